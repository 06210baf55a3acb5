"""What the lineage is told by anybody but our own reporting is marked foreign, by comparing it with the book."""

import dagster as dg
import pytest

from cli import lineage
from contracts.codes import Act
from contracts.months import parse_month
from dagster_project.comparing import OF_THE_BOOK, Foreign, foreign, mark_foreign, warning_of
from dagster_project.definitions import defs
from dagster_project.instance import open_instance
from dagster_project.partitions import read_key
from dagster_project.reporting import HEAD, MARK, tell
from month.after_release import LOOKS
from month.signing import approve
from tests import homes
from tests.dagster_project.conftest import ELDER

JULY, AUGUST = f"{homes.COUNTY}|2024-07", f"{homes.COUNTY}|2024-08"


@pytest.fixture(scope="module")
def once_approved(tmp_path_factory):
    """July approved and told; nothing else done."""
    home = homes.make_home(tmp_path_factory.mktemp("comparing") / "home")
    homes.hand_in(home, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    homes.run(home, "2024-07")
    approve(home, homes.COUNTY, parse_month("2024-07"), homes.actor(homes.CHECKER))
    assert tell(home, homes.COUNTY) == ""
    return home


@pytest.fixture
def approved(once_approved, tmp_path, monkeypatch):
    """A home of its own to be told things."""
    copied = homes.copied(once_approved, tmp_path / "home")
    monkeypatch.setenv("DISBURSE_HOME", str(copied.path))
    return copied


def report(home, event):
    with open_instance(home) as instance:
        instance.report_runless_asset_event(event)


def materialised(asset, partition=JULY, **metadata):
    return dg.AssetMaterialization(asset_key=asset, partition=partition, metadata=metadata)


def own(home):
    """What our reporting said of the approval."""
    (record,) = open_instance(home).fetch_materializations(dg.AssetKey("approved"), limit=1).records
    return {name: one.value for name, one in record.asset_materialization.metadata.items()}


def test_what_our_reporting_told_is_of_the_book_also_when_it_is_done_again(approved):
    assert foreign(approved) == []
    homes.hand_in(approved, "2024-07", population=[homes.person(homes.resident_id("1930-01-01"))])
    homes.run(approved, "2024-07")
    assert tell(approved, homes.COUNTY) == ""
    assert foreign(approved) == [], "the approval was voided; it had been one"


def test_a_release_that_nobody_made_is_foreign_whatever_it_says(approved):
    told = own(approved)
    for metadata in ({}, {"by": "curl"}, told, {**told, MARK: "0" * 12}, {HEAD: "0" * 64}):
        report(approved, materialised("released", **metadata))
    report(approved, materialised("approved", AUGUST, **told))
    assert foreign(approved) == [*[Foreign("released", JULY)] * 5, Foreign("approved", AUGUST)]


def test_an_approval_of_other_money_or_of_another_book_is_foreign(approved):
    told = own(approved)
    report(approved, materialised("approved", **{**told, "金额": "999,999.00 元"}))
    report(approved, materialised("approved", **{**told, HEAD: "f" * 64}))
    report(approved, materialised("approved"))
    assert foreign(approved) == [Foreign("approved", JULY)] * 3


@pytest.mark.parametrize("partition", [None, "x", "410721|x", "a|b|c"])
def test_a_partition_that_is_none_is_foreign(approved, partition):
    report(approved, materialised("released", partition))
    assert foreign(approved) == [Foreign("released", partition or "")]


def test_a_stage_is_materialised_and_checked_by_runs_only(approved):
    report(approved, materialised("posted"))
    report(approved, dg.AssetObservation(asset_key="released", partition=JULY))
    report(approved, dg.AssetCheckEvaluation(dg.AssetKey("posted"), "heads_and_sums", passed=True, metadata={}))
    assert sorted(one.asset for one in foreign(approved)) == ["posted", "posted", "released"]


def evaluations(home):
    store = open_instance(home).event_log_storage
    for act in Act.values():
        key = dg.AssetCheckKey(dg.AssetKey(act), OF_THE_BOOK)
        (record,) = store.get_asset_check_execution_history(key, limit=1)
        yield act, record.evaluation.passed


def test_the_check_marks_the_act_and_stages_are_marked_with_the_first(approved):
    mark_foreign(approved)
    assert set(dict(evaluations(approved)).values()) == {True}
    report(approved, materialised("released"))
    mark_foreign(approved)
    assert [act for act, passed in evaluations(approved) if not passed] == ["released"]
    report(approved, materialised("posted"))
    done = dg.materialize(  # asked for on the page
        [*defs.assets, *defs.asset_checks],
        selection=dg.AssetSelection.checks(dg.AssetCheckKey(dg.AssetKey("approved"), OF_THE_BOOK)),
        resources=defs.resources,
        instance=open_instance(approved),
    )
    assert done.success
    assert [act for act, passed in evaluations(approved) if not passed] == ["approved", "released"]


def test_an_officer_is_told_and_dagster_is_asked_only_when_its_storage_has_changed(approved, monkeypatch):
    assert lineage.foreign_lineage(approved) == ""
    report(approved, materialised("released"))
    told = lineage.foreign_lineage(approved)
    assert told == warning_of(approved)
    assert told.startswith(f"血缘界面上有 1 条外来记录(released {JULY})")
    monkeypatch.setattr("dagster_project.comparing.warning_of", None)
    assert lineage.foreign_lineage(approved) == told


NO_KEYS = ["../x|2024-07", "|2024-07", "410721|../07", "410721", "410721|2024-07|x", "nul|2024-07"]


@pytest.mark.parametrize("key", NO_KEYS)
def test_a_partition_of_no_county_and_month_is_none(key):
    with pytest.raises(ValueError, match=r"名|年月|values to unpack"):
        read_key(key)


def test_what_follows_a_release_is_looked_at_when_it_is_asked_for(approved):
    keys = [dg.AssetCheckKey(dg.AssetKey(look.act.value), look.name) for look in LOOKS]
    done = dg.materialize(
        [*defs.assets, *defs.asset_checks],
        selection=dg.AssetSelection.checks(*keys),
        resources=defs.resources,
        instance=open_instance(approved),
    )
    assert {one.check_name: one.passed for one in done.get_asset_check_evaluations()} == {
        "answers_in_time": True,
        "answers_tie": True,
        "every_fen_accounted": True,
    }
