"""What may be asked over GraphQL: to look at everything; to start a month and stop a run, in one's own name."""

import json

import pytest
from dagster_graphql.schema import create_schema
from graphql import parse, validate

from dagster_project.page.asked import STARTS, STOPS, SignedIn, judged
from dagster_project.page.refused import RefusedError
from tests import homes

LAUNCH = """
mutation Launch($executionParams: ExecutionParams!) {
  launchPipelineExecution(executionParams: $executionParams) { __typename ...Told }
}
fragment Told on PythonError { message }
"""
TAGS = [{"key": "dagster/partition", "value": "410721|2024-09"}]
SELECTOR = {"pipelineName": "month"}
OFFICER = homes.MAKER
BY = SignedIn(OFFICER, lambda: "voucher")
OWN = {"month_home": {"config": {"officer": OFFICER, "voucher": "voucher"}}}


def launch(config="{}\n", query=LAUNCH, **more):
    told = {"selector": SELECTOR, "mode": "default", "executionMetadata": {"tags": TAGS}, "runConfigData": config}
    return {"operationName": "Launch", "variables": {"executionParams": told | more}, "query": query}


def passes(asked, by=BY):
    return json.loads(judged(json.dumps(asked).encode(), by))


def started(config="{}\n", **more):
    """What a start is put together to."""
    return passes(launch(config, **more))["variables"]["executionParams"]


def refused(asked, by=BY):
    with pytest.raises(RefusedError) as told:
        passes(asked, by)
    return told.value.told


def manifest(**config):
    return {"ops": {"manifest": {"config": config}}}


def test_a_question_goes_on_as_it_was_asked():
    asked = {"operationName": None, "variables": {"a": 1}, "query": "query Q($a: Int) { version }"}
    assert passes(asked, None) == passes(asked) == asked


def test_every_mutation_of_the_page_that_only_shows_is_refused():
    assert "只看不动" in refused(launch(), by=None)


def test_whatever_dagster_can_do_else_is_refused_from_whoever_is_signed_in():
    schema = create_schema().graphql_schema
    others = schema.mutation_type.fields.keys() - STARTS - STOPS
    assert {"reportRunlessAssetEvents", "wipeAssets", "launchRunReexecution", "launchPartitionBackfill"} <= others
    for name in others:
        assert "只能运行一个县一个月" in refused({"query": f"mutation {{ {name} {{ __typename }} }}"})
    assert schema.mutation_type.fields.keys() >= STARTS | STOPS
    assert validate(schema, parse(LAUNCH)) == [], "what the tests ask is what Dagster understands"


def test_a_run_can_be_stopped():
    asked = {
        "operationName": None,
        "variables": {"ids": ["r"]},
        "query": "mutation S($ids: [String!]!) { terminateRuns(runIds: $ids) { __typename } }",
    }
    assert passes(asked) == asked


@pytest.mark.parametrize(
    "config", [{}, "", None, "{}\n", manifest(), manifest(maker=""), manifest(maker=f" {OFFICER}")]
)
def test_who_starts_a_run_makes_it(config):
    assert started(config)["runConfigData"]["resources"] == OWN
    assert "ops" not in started(config)["runConfigData"]


@pytest.mark.parametrize("config", [manifest(maker="路人甲"), "ops: {manifest: {config: {maker: 路人甲}}}"])
def test_a_run_in_anothers_name_is_refused(config):
    assert refused(launch(config)) == f"登录的是“{OFFICER}”,不能以“路人甲”的名义运行"


@pytest.mark.parametrize("told", [{"override_by": homes.CHECKER}, {"override_reason": "已核对"}])
def test_one_person_at_the_page_does_not_let_a_stopped_run_go_on(told):
    assert "须由复核人员" in refused(launch(manifest(**told)))


def test_of_the_rest_only_the_day_goes_on():
    elsewhere = {"month_home": {"config": {"path": "/tmp/other", "officer": "路人甲"}}}
    config = started({**manifest(known_on="2024-09-15"), "resources": elsewhere, "execution": {"a": 1}})[
        "runConfigData"
    ]
    assert config.pop("loggers")
    assert config == {
        "ops": {"manifest": {"config": {"known_on": "2024-09-15"}}},
        "resources": OWN,
    }


def test_a_start_has_nothing_but_jobs_assets_and_partition():
    told = started(
        stepKeys=["posted"],
        preset="p",
        executionMetadata={"parentRunId": "r", "tags": [*TAGS, {"key": "dagster/is_resume_retry", "value": "true"}]},
    )
    assert told.pop("runConfigData")
    assert told == {"selector": SELECTOR, "mode": "default", "executionMetadata": {"tags": TAGS}}


START = "launchRun(executionParams: $e)"
GIVEN = "mutation A($e: ExecutionParams!)"


@pytest.mark.parametrize(
    "query",
    [
        "mutation A { launchRun(executionParams: {selector: {}}) { __typename } }",
        f"{GIVEN} {{ {START} {{ __typename }} wipeAssets {{ __typename }} }}",
        f"{GIVEN} {{ ...More }} fragment More on Mutation {{ {START} {{ __typename }} }}",
        f"{GIVEN} {{ {START} @include(if: true) {{ __typename }} }}",
        f"query Q {{ version }} {GIVEN} {{ {START} {{ __typename }} }}",
        "subscription S { pipelineRunLogs(runId: 1) { __typename } }",
    ],
    ids=["literal", "two at once", "hidden in a fragment", "directive", "two operations", "subscription"],
)
def test_a_start_in_any_other_shape_is_refused(query):
    assert refused(launch(query=query))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"1",
        b"{}",
        b"\xff",
        b'{"query": 1}',
        b'{"query": "{"}',
        b'{"query": "{a}", "variables": "{}"}',
        b"[" * 100_000,
        json.dumps({"query": "{a" * 5000}).encode(),
        json.dumps(launch(executionMetadata={"tags": "x"})).encode(),
        json.dumps(launch(executionMetadata=1)).encode(),
        json.dumps(launch("{")).encode(),
        json.dumps(launch([1])).encode(),
        json.dumps(launch(manifest() | {"ops": [1]})).encode(),
    ],
)
def test_what_cannot_be_understood_is_refused_in_words(body):
    with pytest.raises(RefusedError) as told:
        judged(body, BY)
    assert told.value.status == 400
