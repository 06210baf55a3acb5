"""An act that is in the book is done: lineage is told afterwards, and what it could not be told is told later."""

import sqlite3
from contextlib import closing

import dagster as dg
import pytest

from contracts.codes import Act
from contracts.months import parse_month
from dagster_project.instance import open_instance
from dagster_project.reporting import tell
from ledger import signing
from ledger.book import opened
from month.signing import approve, release
from tests import homes
from tests.cli.giving import disburse
from tests.dagster_project.conftest import ELDER

JULY = ("--county", homes.COUNTY, "--month", "2024-07")


@pytest.fixture(scope="module")
def once_ready(tmp_path_factory):
    home = homes.make_home(tmp_path_factory.mktemp("reporting") / "home")
    homes.hand_in(home, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    homes.run(home, "2024-07")
    return home


@pytest.fixture
def ready(once_ready, tmp_path, monkeypatch):
    """July run to its files, without Dagster."""
    home = homes.copied(once_ready, tmp_path / "home")
    monkeypatch.setenv("DISBURSE_HOME", str(home.path))
    return home


def told(home):
    """Act → how often the lineage was told of it."""
    instance = open_instance(home)
    events = {act: instance.fetch_materializations(dg.AssetKey(act), limit=99) for act in Act.values()}
    return {act: len(found.records) for act, found in events.items()}


def act(home, sign, name):
    return sign(home, homes.COUNTY, parse_month("2024-07"), homes.actor(name))


def test_lineage_is_told_of_each_act_once(ready):
    act(ready, approve, homes.CHECKER)
    assert [tell(ready, homes.COUNTY), tell(ready, homes.COUNTY)] == ["", ""]
    assert told(ready) == {"approved": 1, "released": 0, "answered": 0, "closed": 0}
    act(ready, release, homes.RELEASER)
    assert tell(ready, homes.COUNTY) == ""
    assert told(ready) == {"approved": 1, "released": 1, "answered": 0, "closed": 0}


def test_what_the_lineage_missed_is_told_with_the_next_act(ready):
    act(ready, approve, homes.CHECKER)
    act(ready, release, homes.RELEASER)
    assert tell(ready, homes.COUNTY) == ""
    assert told(ready) == {"approved": 1, "released": 1, "answered": 0, "closed": 0}


@pytest.mark.parametrize("trouble", ["broken", "locked"])
def test_an_act_stands_though_dagsters_storage_is_in_trouble(ready, trouble):
    """Approve, through command, function and lineage."""
    open_instance(ready)  # Dagster's databases are there
    index = ready.dagster / "history" / "runs" / "index.db"
    whole = index.read_bytes()
    with closing(sqlite3.connect(index, isolation_level=None)) as holder:
        if trouble == "locked":
            holder.execute("BEGIN EXCLUSIVE")
        else:
            index.write_bytes(b"no database" * 1000)
        said, warned = disburse(ready, "approve", *JULY, "--as", homes.CHECKER, "--yes")
    assert "已批准 1 批:410721-2024-07-01-01" in said
    assert warned.startswith("提醒:已办理完毕,但未能记入血缘界面")
    assert warned.count("\n") == 1
    with opened(ready.database_url) as book, book.reading() as conn:
        (state,) = signing.waiting(conn, homes.COUNTY, parse_month("2024-07"))["state"]
    assert state == "approved"
    index.write_bytes(whole)
    assert tell(ready, homes.COUNTY) == ""
    assert told(ready)["approved"] == 1
