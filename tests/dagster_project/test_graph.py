"""The graph as an officer sees it: groups by stage, Chinese descriptions, blocking checks, partitions ahead."""

from datetime import date

import dagster as dg
import pytest
from dagster._core.remote_representation.external_data import RepositorySnap

from contracts.codes import Act, Benefit
from contracts.columns import columns_of
from contracts.registers import FILES, INBOX_FILES, MATCH_LISTS
from contracts.tables import Facts
from dagster_project import definitions
from dagster_project.groups import GROUPS, group_of
from dagster_project.partitions import partition_key, read_key
from month.stages import BY_NAME, REPLAYED, STAGES, upstream


@pytest.fixture(scope="module")
def graph():
    return definitions.defs.resolve_asset_graph()


@pytest.fixture(scope="module")
def specs():
    return definitions.defs.resolve_all_asset_specs()


def test_the_graph_is_the_table_of_stages(graph, specs):
    by_name = {spec.key.to_user_string(): spec for spec in specs}
    assert by_name.keys() == {*BY_NAME, *Act.values()}
    for stage in STAGES:
        spec = by_name[stage.name]
        assert (spec.group_name, spec.description) == (group_of(stage.group), stage.text)
        assert {key.to_user_string() for key in graph.get(spec.key).parent_keys} == set(upstream(stage))
        checks = {key.name for key in graph.get(spec.key).check_keys}
        assert checks == {finding.name for finding in stage.findings}


def test_officers_acts_follow_the_run_in_order(graph, specs):
    parents = {act: {key.to_user_string() for key in graph.get(dg.AssetKey(act)).parent_keys} for act in Act.values()}
    assert parents == {
        "approved": {"batch"},
        "released": {"approved"},
        "answered": {"released"},
        "closed": {"answered"},
    }
    assert {spec.group_name for spec in specs} == {group_of(group) for group in GROUPS}


def test_groups_sort_as_a_month_goes_and_each_asset_says_its_step_in_chinese(specs):
    assert sorted(map(group_of, GROUPS)) == [group_of(group) for group in GROUPS]
    by_name = {spec.key.to_user_string(): spec for spec in specs}
    assert by_name["facts"].metadata["环节"] == "3 情形"
    assert by_name["released"].metadata["环节"] == "12 放行"


def test_the_graph_can_be_sent_to_dagsters_web_server():
    """An asset that is named by an enum's member stands in this process and in none of the page's."""
    snap = RepositorySnap.from_def(definitions.defs.get_repository_def())
    assert dg.deserialize_value(dg.serialize_value(snap), RepositorySnap) == snap


def test_every_description_begins_in_chinese_and_goes_on_in_english(specs):
    for spec in specs:
        told = spec.description or ""
        assert "\u4e00" <= told.strip()[0] <= "\u9fff", spec.key
        assert any("a" <= letter <= "z" for letter in told), spec.key


def test_each_register_and_each_benefit_is_an_asset(specs):
    names = {spec.key.to_user_string() for spec in specs}
    assert {f"accepted_{register}" for register in INBOX_FILES} <= names
    assert {f"entitled_{benefit}" for benefit in Benefit} <= names


def test_lineage_goes_from_the_manifest_to_the_release(graph):
    released = dg.AssetKey("released")
    upstream = set()
    waiting = [released]
    while waiting:
        for parent in graph.get(waiting.pop()).parent_keys:
            if parent not in upstream:
                upstream.add(parent)
                waiting.append(parent)
    names = {key.to_user_string() for key in upstream}
    assert {
        "manifest",
        "accepted_population",
        "facts",
        "coordinated",
        "posted",
        "payable",
        "batch",
        "approved",
    } <= names


def test_lineage_goes_from_each_match_list_to_the_facts(graph):
    evidenced = graph.get(dg.AssetKey("evidenced_population")).parent_keys
    assert {dg.AssetKey(f"accepted_{name}") for name in MATCH_LISTS} <= evidenced
    assert dg.AssetKey("evidenced_population") in graph.get(dg.AssetKey("facts")).parent_keys


def test_every_table_and_every_hop_has_a_blocking_check_and_only_what_may_go_on_warns():
    made = [asset for asset in definitions.defs.assets or [] if isinstance(asset, dg.AssetsDefinition)]
    specs = [spec for asset in made for spec in asset.check_specs]
    assert {spec.name for spec in specs if not spec.blocking} == {"fresh", "usable", "none_open"}
    by_asset = {spec.asset_key.to_user_string() for spec in specs if spec.blocking}
    assert by_asset >= {
        "refused_rows", "facts", "coordinated", "posted", "payable", "findings", "batch",
        *(f"accepted_{register}" for register in INBOX_FILES),
        *(f"entitled_{benefit}" for benefit in Benefit),
    }  # fmt: skip


def test_the_month_runs_in_process():
    assert definitions.defs.executor is dg.in_process_executor


def test_partitions_reach_two_months_ahead_because_february_is_paid_before_the_festival():
    months = definitions.CYCLES.get_partitions_def_for_dimension("pay_month")
    keys = months.get_partition_keys(current_time=__import__("datetime").datetime(2025, 1, 10))
    assert keys[-1] == "2025-02"


def test_a_partition_is_a_county_and_a_month():
    assert read_key(str(partition_key("410721", date(2024, 7, 1)))) == ("410721", date(2024, 7, 1))


def test_previewing_reaches_up_to_the_decisions_and_no_further():
    job = definitions.defs.resolve_job_def(definitions.DECIDE_JOB)
    names = {node.name for node in job.graph.nodes}
    assert "coordinated" in names
    assert not names & {"posted", "payable", "batch"}


def test_what_is_replayed_is_what_the_graph_decides(graph):
    decided = dg.AssetSelection.assets("coordinated", "refused_rows").upstream().resolve(graph)
    names = {key.to_user_string() for key in decided} - {"manifest"}
    assert [stage.name for stage in REPLAYED if stage.name in names] == [stage.name for stage in REPLAYED]
    assert names == {stage.name for stage in REPLAYED}


def test_columns_come_from_columns_that_there_are(specs):
    """Every source of every column is a column of the contract of an asset that the stage reads."""
    by_name = {spec.key.to_user_string(): spec for spec in specs}
    columns = {
        name: {column.name for column in spec.metadata["dagster/column_schema"].columns}
        for name, spec in by_name.items()
        if "dagster/column_schema" in spec.metadata
    }
    for name, spec in by_name.items():
        lineage = spec.metadata.get("dagster/column_lineage")
        for column, sources in lineage.deps_by_column.items() if lineage else ():
            assert column in columns[name]
            for source in sources:
                asset = source.asset_key.to_user_string()
                assert asset in upstream(BY_NAME[name])
                assert source.column_name in columns[asset]


def test_a_fact_comes_from_its_registers_and_money_from_the_decision_before(specs):
    by_name = {spec.key.to_user_string(): spec.metadata.get("dagster/column_lineage") for spec in specs}

    def of(asset, column):
        found = by_name[asset].deps_by_column[column]
        return {(one.asset_key.to_user_string(), one.column_name) for one in found}

    assert of("facts", "age_years") == {("evidenced_population", "birth_date")}
    assert of("facts", "is_tekun") == {("accepted_low_income", "category")}
    assert ("facts", "institution_id") in of("entitled_tekun_living", "institution_id")
    assert of("coordinated", "would_be_fen") == {(f"entitled_{one}", "would_be_fen") for one in Benefit.values()}
    assert ("accepted_account", "account_no") in of("payable", "account_no")
    (told,) = (
        column.description
        for spec in specs
        if spec.key.to_user_string() == "facts"
        for column in spec.metadata["dagster/column_schema"].columns
        if column.name == "is_tekun"
    )
    assert told == "特困人员 · 取自 accepted_low_income.category"
    assert "outcome" not in by_name["coordinated"].deps_by_column  # the stage decides it itself


def test_every_fact_says_which_columns_of_registers_it_is_read_from():
    """A new fact without its source would have none in the lineage and in the dictionary."""
    facts = {column.name: column for column in columns_of(Facts)}
    assert [name for name, one in facts.items() if not one.comes_from] == ["person_no", "benefit_month"]
    for one in facts.values():
        for register, name in (source.split(".") for source in one.comes_from):
            assert name in {column.name for column in columns_of(FILES[register])}
