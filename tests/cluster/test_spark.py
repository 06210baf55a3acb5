"""A real Spark of two executors: the bytes of one process, also where an executor and a bucket's process are killed.

`.ci/run` takes these walks, with the Spark that `make spark` installs.
"""

import os
import signal
import threading
import time
from datetime import date
from itertools import chain
from pathlib import Path

import dagster as dg
import pytest

from cluster.submitting import Spark, submit
from contracts.months import months_between
from dagster_project.engines import Chosen
from dagster_project.instance import open_instance
from dagster_project.running import run_month
from generator.county_months import generate
from month.buckets import DONE, InBuckets
from month.stages import BUCKETED, REPLAYED
from month.store import Store
from tests import homes
from tests.effort import long_walk

JULY = date(2024, 7, 1)
TWO_EXECUTORS = "local-cluster[2,1,1024]"
DECIDED = list(chain.from_iterable(stage.writes for stage in BUCKETED))
SECONDS = 300  # to see an executor at work

pytestmark = long_walk


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    """A month decided in one process, and the bytes of what was decided."""
    home = homes.make_home(tmp_path_factory.mktemp("spark") / "home")
    generate(home.path / "inbox", homes.COUNTY, 500, months_between(JULY, JULY), xlsx=False)
    month = homes.begin(home, "2024-07")
    homes.do(month, *(stage.name for stage in REPLAYED))
    yield month, {table: month.tables.path(table).read_bytes() for table in DECIDED}
    month.close()


@pytest.fixture(autouse=True)
def a_spark(root, monkeypatch):
    monkeypatch.setenv("SPARK_HOME", str(root / ".spark" / "pyspark"))


def children_of(pid):
    """Every process below one, with its command."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            found[int(path.name)] = parent, (path / "cmdline").read_bytes().decode().replace("\0", " ")
        except OSError:
            continue  # it ended meanwhile
    below, last = {pid}, set()
    while below != last:
        last = below
        below = below | {one for one, (parent, _) in found.items() if parent in below}
    return {one: found[one][1] for one in below if one != pid and one in found}


def kill_one_of_each(folder, wanted, killed):
    """Once a bucket is done, kill one process of each kind that is at work below this one."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and wanted - killed.keys():
        if any(folder.glob(f".*/*/{DONE}")):
            for pid, command in children_of(os.getpid()).items():
                kind = next((kind for kind in wanted - killed.keys() if kind in command), None)
                if kind:
                    os.kill(pid, signal.SIGKILL)
                    killed[kind] = pid
        time.sleep(0.05)


def test_a_killed_executor_and_a_killed_bucket_are_tried_again_and_the_bytes_are_the_same(decided):
    month, kept = decided
    for table in DECIDED:
        month.tables.path(table).unlink()
    killed = {}
    wanted = {"-m cluster.task", "CoarseGrainedExecutorBackend"}
    killing = threading.Thread(target=kill_one_of_each, args=(month.tables.folder, wanted, killed))
    killing.start()

    def on_spark(home, folder, count):
        submit(Spark(TWO_EXECUTORS), home, folder, count)
        return {}

    InBuckets(8).do(month, BUCKETED[0], on_spark)
    killing.join()
    assert killed.keys() == wanted
    assert {table: month.tables.path(table).read_bytes() for table in DECIDED} == kept
    said = (month.home.path / "logs" / "spark.log").read_text()
    assert "Lost task" in said
    numbers = {row["person_id"] for row in homes.handed_in(month.home, "2024-07")["population"]}
    assert not [number for number in numbers if number in said]


def test_a_month_by_spark_is_booked_and_the_lineage_says_by_which(decided, tmp_path):
    _, kept = decided
    home = homes.make_home(tmp_path / "home")
    generate(home.path / "inbox", homes.COUNTY, 500, months_between(JULY, JULY), xlsx=False)
    choices = homes.Choices(maker=homes.MAKER, system_user="test")
    run_month(home, homes.COUNTY, JULY, date(2024, 7, 15), choices, engine=Chosen(4, Spark(TWO_EXECUTORS)))
    tables = Store(home).current(homes.COUNTY, JULY)
    assert {table: tables.path(table).read_bytes() for table in DECIDED} == kept
    with open_instance(home) as instance:
        told = instance.get_latest_materialization_event(dg.AssetKey("facts")).asset_materialization.metadata
    assert (told["分片"].value, told["算完的分片"].value) == ("4", "4")
    assert told["Spark"].value
    assert homes.payment_files(home)
