"""The sensor of answers asks once for what is new; its job reads it as the county's service, and says counts alone."""

import os
import time

import dagster as dg
import pytest

from dagster_project.answers import ANSWERS_JOB, answers_job
from dagster_project.definitions import defs
from dagster_project.instance import open_instance
from dagster_project.resources.month_home import MonthHome
from dagster_project.sensors.answers import answers_sensor
from tests import homes
from tests.dagster_project.conftest import ELDER

PLANTED = "张三的回盘"


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """July of the one elder, released; the bank drops its answers into `from_bank`."""
    return homes.released(tmp_path_factory.mktemp("answers") / "home", [ELDER], answers_folder='"from_bank"')


@pytest.fixture
def home(released, tmp_path, monkeypatch):
    own = homes.copied(released, tmp_path / "home")
    monkeypatch.setenv("DISBURSE_HOME", str(own.path))
    return own


@pytest.fixture
def tick(home):
    """Evaluate the sensor; what it asks for, and what it says where it asks for nothing."""
    cursor = None
    repository = dg.Definitions(jobs=[answers_job], resources={"month_home": MonthHome()}).get_repository_def()

    def evaluate():
        nonlocal cursor
        given = {"month_home": MonthHome(path=str(home.path))}
        with dg.build_sensor_context(cursor=cursor, resources=given, repository_def=repository) as context:
            told = answers_sensor(ANSWERS_JOB).evaluate_tick(context)
        cursor = told.cursor
        return told.run_requests or [], told.skip_message

    return evaluate


def drop(home, name, text, age=60):
    path = home.answers_of(homes.COUNTY) / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "gb18030")
    os.utime(path, (time.time() - age,) * 2)


def read(home, request):
    """Run what the sensor asked for, as the daemon does; what the op told."""
    with open_instance(home) as instance:
        done = defs.resolve_job_def(ANSWERS_JOB).execute_in_process(instance=instance, run_config=request.run_config)
        (output,) = (event for event in done.all_events if event.event_type_value == "STEP_OUTPUT")
        told = [str(record.event_log_entry) for record in instance.get_records_for_run(done.run_id).records]
        acts = instance.fetch_materializations(dg.AssetKey("answered"), limit=5).records
    assert PLANTED not in "".join(told)
    return {name: one.value for name, one in output.event_specific_data.metadata.items()}, len(acts)


def test_a_new_answer_is_read_once_by_the_countys_service(home, tick):
    assert tick() == ([], "没有新的回盘 No new answer")
    drop(home, f"{PLANTED}.csv", "不是,回盘\nx,y\n")
    drop(home, "copying.csv", "指令号,状态\n", age=1)
    ([request], _) = tick()
    assert (request.tags["county"], request.run_key.split("|")[0]) == (homes.COUNTY, homes.COUNTY)
    assert PLANTED not in str(request)
    assert tick()[0] == []
    told, _ = read(home, request)
    assert (told["读入文件"], told["读不了的文件"], told["记入"]) == (0, 1, 0)
    assert tick()[0] == []


def test_what_was_answered_is_told_to_the_lineage(home, tick):
    with homes.opened(home.database_url) as book, book.reading() as conn:
        (number,) = conn.exec_driver_sql("SELECT instruction_id FROM instruction").fetchone()
    drop(home, "回盘.csv", f"指令号,状态\n{number},成功\n")
    ([request], _) = tick()
    told, acts = read(home, request)
    assert (told["读入文件"], told["记入"], acts) == (1, 1, 1)
    drop(home, "回盘.csv", f"指令号,状态\n{number},成功\n")
    ([again], _) = tick()
    assert read(home, again)[0]["此前已知"] == 1


def test_a_county_without_run_as_is_left_to_its_clerk(home, tick):
    homes.make_home(home.path, answers_folder='"from_bank"', run_as='""')
    drop(home, "回盘.csv", "指令号,状态\n")
    assert tick()[0] == []
