"""Months run through Dagster: a tick of the schedule, a replay, a killed run, and what is kept of a person: nothing."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

from tests import homes
from tests.dagster_project.conftest import ELDER

RUN = """
import sys
from datetime import date
from contracts.settings import Home
from month.month import Choices
from dagster_project.running import run_month
month, known = sys.argv[1:]
run_month(Home.from_environment(), "410721", date.fromisoformat(month + "-01"), date.fromisoformat(known),
          Choices(maker="示例经办", system_user="test"))
"""
TICK = """
from datetime import datetime, timezone, timedelta
import dagster as dg
from contracts.settings import Home
from dagster_project.instance import open_instance
instance = open_instance(Home.from_environment())
from dagster_project.definitions import MONTH_JOB, defs
repository = defs.get_repository_def()
tick = datetime(2024, 7, 3, 2, 0, tzinfo=timezone(timedelta(hours=8)))
with dg.build_schedule_context(instance=instance, scheduled_execution_time=tick, repository_def=repository,
                               resources=defs.resources) as context:
    data = repository.get_schedule_def("monthly").evaluate_tick(context)
(request,) = data.run_requests
result = defs.resolve_job_def(MONTH_JOB).execute_in_process(
    instance=instance, partition_key=request.partition_key, tags=request.tags)
print(result.success, request.partition_key)
"""
STOPPED = (
    RUN.replace(
        "run_month(",
        """
import dataclasses
from month import stages
whole = stages.BY_NAME["coordinated"]
spoiled = [dataclasses.replace(one, find=lambda month: {"多于一项的人月": 1}) if one.name == "one_winner" else one
           for one in whole.own_findings]
object.__setattr__(whole, "own_findings", spoiled)
from contracts.errors import OfficerError
try:
    run_month(""",
        1,
    ).rstrip()
    + """
except OfficerError:
    pass
import json
import dagster as dg
from dagster_project.instance import open_instance
instance = open_instance(Home.from_environment())
(run,) = instance.get_runs()
failed = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE).records
said = [one.event_log_entry.dagster_event.event_specific_data.user_failure_data.description for one in failed]
from dagster_project.definitions import defs
marks = {}
for key in defs.resolve_asset_graph().asset_check_keys:
    (record,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
    told = record.evaluation
    marks[f"{key.asset_key.to_user_string()}.{key.name}"] = " ".join([
        record.status.value, *([told.severity.value] if not told.passed else []), (told.description or "").split(":")[0]
    ]).strip()
print(json.dumps([said, marks]))
"""
)
STATUSES = """
from contracts.settings import Home
from dagster_project.instance import open_instance
print(sorted(run.status.value for run in open_instance(Home.from_environment()).get_runs()))
"""


def rows(home, table):
    with sqlite3.connect(home.path / "book.sqlite") as conn:
        return conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_a_scheduled_tick_runs_the_month_of_every_county_whose_day_has_come(home, in_child):
    assert in_child(TICK).split() == ["True", "410721|2024-07"]
    assert rows(home, "obligation") == 1
    assert list(home.review.rglob("*.xlsx"))
    left = {path.name for path in (home.reports / homes.COUNTY / "2024-07").iterdir()}
    assert left == {"doubtful.xlsx", "summary.json", "summary.xlsx"}, "the same as a run by command leaves"


def test_running_a_month_twice_posts_nothing_the_second_time(home, in_child):
    in_child(RUN, "2024-07", "2024-07-15")
    book, files = homes.book_rows(home), homes.payment_files(home)
    in_child(RUN, "2024-07", "2024-07-15")
    assert homes.book_rows(home) == book
    assert homes.payment_files(home) == files


def test_the_facts_of_a_fresh_month_are_materialised_alone(home):
    home.dagster.mkdir()
    selected = ("-m", "dagster_project.definitions", "--select", "*facts", "--partition", "410721|2024-07")
    told = subprocess.run(
        [sys.executable, "-m", "dagster", "asset", "materialize", *selected],
        env=os.environ | {"DAGSTER_HOME": str(home.dagster)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert homes.tables_of(home, "2024-07").has("facts")
    assert not homes.tables_of(home, "2024-07").has("accepted_account")


def test_a_stopped_month_says_once_in_an_officers_words_what_stopped_it(home, in_child):
    """The failing check is one red mark; those that were never reached say so and are none."""
    failures, checks = json.loads(in_child(STOPPED, "2024-07", "2024-07-15"))
    assert len(failures) == 1
    assert failures[0].startswith("核对未通过:coordinated.one_winner")
    assert checks["coordinated.one_winner"] == "FAILED ERROR"
    assert checks["coordinated.contract"] == "SUCCEEDED"
    assert checks["payable.heads_and_sums"] == "FAILED WARN 未运行"


def test_rematerialising_an_older_month_compares_and_posts_nothing(home, in_child):
    in_child(RUN, "2024-07", "2024-07-15")
    homes.sign(home, "2024-07")
    died = homes.person(ELDER, died_on="2024-07-02")
    homes.hand_in(home, "2024-08", population=[died])
    in_child(RUN, "2024-08", "2024-08-15")
    book, files = homes.book_rows(home), homes.payment_files(home)
    in_child(RUN, "2024-07", "2024-09-15")
    assert homes.book_rows(home) == book
    assert homes.payment_files(home) == files


def test_a_killed_run_is_failed_by_the_next_one(home, in_child):
    killed = subprocess.Popen(
        [sys.executable, "-c", RUN, "2024-07", "2024-07-15"], cwd=home.path, stderr=subprocess.DEVNULL
    )
    wait_for(lambda: (home.path / "store" / "410721" / "2024-07").exists())
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert "STARTED" in in_child(STATUSES)
    in_child(RUN, "2024-07", "2024-07-15")
    assert in_child(STATUSES).strip() == "['FAILURE', 'SUCCESS']"


def test_dagster_keeps_no_identity_number_account_or_name(home, in_child):
    in_child(RUN, "2024-07", "2024-07-15")
    kept = b"".join(path.read_bytes() for path in home.dagster.rglob("*") if path.is_file())
    assert b"coordinated" in kept
    for secret in (ELDER, f"99{ELDER[6:17]}", "样本"):
        assert secret.encode() not in kept, "personal data in Dagster's storage"
        assert secret.encode("unicode_escape") not in kept


def test_a_failing_step_leaves_no_personal_data_in_dagster(home, in_child):
    homes.hand_in(home, "2024-07", account=[homes.account(ELDER), homes.account(ELDER, account_no="99001122")])
    in_child(
        RUN.replace("run_month(", "import intake\nintake.accept = None\nrun_month("),
        "2024-07",
        "2024-07-15",
        check=False,
    )
    kept = b"".join(path.read_bytes() for path in home.dagster.rglob("*") if path.is_file())
    assert ELDER.encode() not in kept
    assert list((home.path / "logs").glob("*.trace"))


def wait_for(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "nothing happened"
        time.sleep(0.02)
