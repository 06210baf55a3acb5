"""The inbox sensor: a new or changed file starts the deciding job of its month, once for the same contents."""

import os
import time

import dagster as dg
import pytest

from dagster_project.definitions import DECIDE_JOB, defs
from dagster_project.partitions import cycles_of
from dagster_project.resources.month_home import MonthHome
from dagster_project.sensors.inbox import inbox_sensor
from tests import homes

ELDER, OTHER = homes.resident_id("1940-03-05"), homes.resident_id("1935-06-07")


@pytest.fixture
def home(tmp_path):
    made = homes.make_home(tmp_path / "home")
    hand_in(made, population=[homes.person(ELDER)])
    return made


@pytest.fixture(scope="module")
def repository():
    """A job of that name on the partitions of the county: the sensor asks the repository about them."""

    @dg.asset(partitions_def=cycles_of([homes.COUNTY]))
    def decided():
        return None

    job = dg.define_asset_job("decide", selection=[decided])
    return dg.Definitions(assets=[decided], jobs=[job]).get_repository_def()


@pytest.fixture
def tick(home, repository):
    """Evaluate the sensor; what it asks for, and what it says where it waits."""
    cursor = None

    def evaluate():
        nonlocal cursor
        told_home = {"month_home": MonthHome(path=str(home.path))}
        with (
            dg.DagsterInstance.ephemeral() as instance,
            dg.build_sensor_context(
                instance=instance, cursor=cursor, resources=told_home, repository_def=repository
            ) as context,
        ):
            told = inbox_sensor("decide").evaluate_tick(context)
        cursor = told.cursor
        return [(request.run_key, request.partition_key) for request in told.run_requests or []], told.skip_message

    return evaluate


def hand_in(home, month="2024-07", age=60, **registers):
    """Put registers into the inbox; the files have lain there for `age` seconds."""
    homes.hand_in(home, month, **registers)
    for path in home.inbox_of(homes.COUNTY).rglob("*.*"):
        os.utime(path, (time.time() - age,) * 2)


def test_a_new_inbox_asks_once_for_its_newest_month(home, tick):
    hand_in(home, "2024-08", account=[homes.account(ELDER)])
    ([(run_key, partition)], _) = tick()
    assert partition == "410721|2024-08"
    assert run_key.startswith("410721|2024-08|")
    assert tick() == ([], "收件目录没有变化 Nothing has changed")


def test_a_changed_file_asks_again_and_equal_contents_have_the_same_key(home, tick):
    ([(first, _)], _) = tick()
    hand_in(home, population=[homes.person(ELDER), homes.person(OTHER)])
    ([(second, _)], _) = tick()
    assert second != first
    hand_in(home, population=[homes.person(ELDER)], age=90)
    ([(third, _)], _) = tick()
    assert third == first


def test_files_that_the_month_was_run_on_ask_for_nothing(home, tick):
    hand_in(home, account=[homes.account(ELDER)])
    homes.run(home, "2024-07")
    assert tick() == ([], "收件目录没有变化 Nothing has changed")
    hand_in(home, population=[homes.person(ELDER), homes.person(OTHER)])
    assert len(tick()[0]) == 1


def test_a_layout_that_changes_asks_again(home, tick):
    tick()
    path = home.layouts_of(homes.COUNTY) / "population.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("register: population\n", "utf-8")
    os.utime(path, (time.time() - 60,) * 2)
    assert len(tick()[0]) == 1


def test_a_file_that_may_still_be_being_copied_waits(home, tick):
    hand_in(home, population=[homes.person(OTHER)], age=5)
    asked, said = tick()
    assert asked == []
    assert "可能还在复制" in said
    hand_in(home, population=[homes.person(OTHER)])
    assert len(tick()[0]) == 1


def test_a_county_without_run_as_is_left_to_its_clerk(home, tick):
    homes.make_home(home.path, run_as='""')
    assert tick()[0] == []


def test_an_inbox_that_cannot_be_told_apart_says_why(home, tick):
    (home.inbox_of(homes.COUNTY) / "2024-07" / "population.xlsx").touch()
    asked, said = tick()
    assert asked == []
    assert "有 2 个文件" in said


def test_a_month_out_of_reach_is_not_asked_for(home, tick):
    hand_in(home, "2999-01", population=[homes.person(ELDER)])
    assert tick()[0] == []


def test_the_sensor_starts_the_job_that_posts_nothing():
    sensor = defs.get_repository_def().get_sensor_def("inbox")
    assert (sensor.job_name, sensor.default_status) == (DECIDE_JOB, dg.DefaultSensorStatus.RUNNING)
