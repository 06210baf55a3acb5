"""Dagster's storage with its connections kept: the same files as Dagster's own, and few connections for many events."""

import sqlite3

import dagster as dg
import pytest
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from sqlalchemy import event
from sqlalchemy.pool import Pool

from dagster_project.instance import open_instance
from dagster_project.storage import ENGINES_KEPT, Engines
from tests import homes


@pytest.fixture
def home(tmp_path):
    return homes.make_home(tmp_path / "home")


@pytest.fixture
def opened():
    """The databases that were connected to, a line for each time."""
    made = []

    def note(connection, _):
        made.extend(file for _, name, file in connection.execute("PRAGMA database_list") if name == "main")

    event.listen(Pool, "connect", note)
    yield made
    event.remove(Pool, "connect", note)


def tell(instance, count):
    for number in range(count):
        instance.report_runless_asset_event(dg.AssetMaterialization(asset_key="released", partition=str(number)))


def told(instance):
    return instance.fetch_materializations(dg.AssetKey("released"), limit=99).records


def test_many_events_are_told_over_few_connections(home, opened):
    with open_instance(home) as instance:
        tell(instance, 1)
        first = len(opened)
        tell(instance, 20)
        assert len(opened) == first
        assert len(told(instance)) == 21


def test_what_dagsters_own_storage_wrote_is_read_and_the_other_way_round(home):
    with open_instance(home) as instance:
        tell(instance, 1)
    own = DagsterSqliteStorage.from_local(str(home.dagster))
    with dg.DagsterInstance.ephemeral() as instance:
        own.register_instance(instance)
        assert len(own.event_log_storage.get_logs_for_run("")) == 1
    with open_instance(home) as instance:
        assert len(told(instance)) == 1


def test_nothing_is_held_open_afterwards(home):
    with open_instance(home) as instance:
        tell(instance, 1)
    assert list(home.dagster.rglob("*-wal")) == []
    for path in home.dagster.rglob("*.db"):
        with sqlite3.connect(path, isolation_level=None) as conn:
            conn.execute("BEGIN EXCLUSIVE")
        conn.close()


def test_the_databases_of_many_runs_are_not_all_kept_open(tmp_path):
    engines = Engines()
    for number in range(ENGINES_KEPT + 3):
        with engines.of(f"sqlite:///{tmp_path}/{number}.db").begin() as conn:
            conn.exec_driver_sql("PRAGMA journal_mode = WAL")
            conn.exec_driver_sql("CREATE TABLE told (event TEXT)")
    assert len(list(tmp_path.glob("*-wal"))) == ENGINES_KEPT
    engines.close()
    assert list(tmp_path.glob("*-wal")) == []
