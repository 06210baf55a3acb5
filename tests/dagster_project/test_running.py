"""Months run through Dagster: a tick of the schedule, a replay, a killed run, and what is kept of a person: nothing."""

import dataclasses
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from datetime import date, datetime
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from contracts.errors import OfficerError
from dagster_project.definitions import MONTH_JOB, defs
from dagster_project.instance import open_instance
from dagster_project.running import run_month
from month import stages, vouchers
from month.month import Choices, opened_month
from tests import homes
from tests.dagster_project.conftest import ELDER

RUN = """
import sys
from datetime import date
from contracts.settings import Home
from month.month import Choices, opened_month
from dagster_project.running import run_month
month, known = sys.argv[1:]
run_month(Home.from_environment(), "410721", date.fromisoformat(month + "-01"), date.fromisoformat(known),
          Choices(maker="示例经办", system_user="test"))
"""


def run(home, month="2024-07", known_on="2024-07-15"):
    choices = Choices(maker=homes.MAKER, system_user="test")
    run_month(home, homes.COUNTY, homes.parse_month(month), date.fromisoformat(known_on), choices)


def statuses(home):
    return sorted(one.status.value for one in open_instance(home).get_runs())


def rows(home, table):
    with sqlite3.connect(home.path / "book.sqlite") as conn:
        return conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def tick(home, moment):
    """Do what the schedule asks for at a moment; the partition it was asked for."""
    instance, repository = open_instance(home), defs.get_repository_def()
    with dg.build_schedule_context(
        instance=instance, scheduled_execution_time=moment, repository_def=repository, resources=defs.resources
    ) as context:
        data = repository.get_schedule_def("monthly").evaluate_tick(context)
    (request,) = data.run_requests
    job = defs.resolve_job_def(MONTH_JOB)
    assert job.execute_in_process(instance=instance, partition_key=request.partition_key, tags=request.tags).success
    return request.partition_key


def left_by(home):
    """Every paper of the month below its folder, byte for byte, a workbook by its parts; whoever made the month is "-".

    Who made it is all that may differ: the review and the cover name him.
    """
    folder = home.lists(homes.COUNTY, homes.parse_month("2024-07"))
    makers = homes.MAKER.encode(), homes.SERVICE.encode()
    return {
        str(path.relative_to(folder)): opened_up(path).replace(makers[0], b"-").replace(makers[1], b"-")
        for path in folder.rglob("*")
        if path.is_file()
    }


def opened_up(path):
    """The bytes of a file; of a workbook those of its parts, which are packed in the file."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as book:
        return b"".join(map(book.read, book.namelist()))


def test_a_scheduled_tick_runs_the_month_of_every_county_whose_day_has_come(home, tmp_path):
    assert tick(home, datetime(2024, 7, 3, 2, tzinfo=ZoneInfo("Asia/Shanghai"))) == "410721|2024-07"
    assert rows(home, "obligation") == 1
    (signed,) = homes.book_rows(home)["approval"]
    assert f"'officer': '{homes.SERVICE}'" in signed
    assert "'known_by': 'service'" in signed
    assert list(home.review.rglob("*.xlsx"))
    with opened_month(home, homes.COUNTY, date(2024, 7, 1)) as month:
        known_on = month.manifest.known_on.isoformat()  # a tick's own day, which the cover names
    by_command = homes.make_home(tmp_path / "by_command")
    homes.hand_in(by_command, "2024-07", **homes.handed_in(home, "2024-07"))
    homes.run_whole(by_command, "2024-07", known_on)
    expected = left_by(by_command)
    assert left_by(home) == expected
    assert homes.payment_files(home) == homes.payment_files(by_command)
    assert {"summary.json", "roster.xlsx", "review.html"} <= expected.keys()


@pytest.mark.parametrize(
    "told",
    [
        {"override_by": "路人甲", "override_reason": "已核对"},
        {"override_by": homes.MAKER, "override_reason": "已核对"},
        {"override_by": homes.CHECKER},
        {"maker": "路人甲"},
        {"maker": homes.CHECKER},
    ],
    ids=["no officer agrees", "the maker agrees", "no reason", "no officer makes it", "a checker makes it"],
)
def test_what_a_run_is_told_on_the_lineage_page_is_no_permission(home, told):
    assert_refused(home, told)


@pytest.mark.parametrize("voucher", ["", "guessed"], ids=["none", "a guess"])
def test_a_name_in_a_runs_configuration_is_nobody_without_his_voucher(home, voucher):
    told = home.settings_file.read_text("utf-8").replace('["maker"]', '["maker"]\nsystem_users = ["wang"]')
    home.settings_file.write_text(told, "utf-8")
    assert_refused(home, {"maker": homes.MAKER, "voucher": voucher})


def test_a_voucher_of_another_makes_no_run(home):
    of_checker = vouchers.give(home, homes.actor(homes.CHECKER))
    assert_refused(home, {"maker": homes.MAKER, "voucher": of_checker})


def assert_refused(home, told):
    """Start a run as whoever reaches the lineage page does; nothing comes of it."""
    job = defs.resolve_job_def(MONTH_JOB)
    config = {"ops": {"manifest": {"config": told}}, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    done = job.execute_in_process(
        instance=open_instance(home), partition_key="410721|2024-07", run_config=config, raise_on_error=False
    )
    assert not done.success
    assert not home.store.exists(), "nothing was taken in"


def on_the_page(home, officer, asset, **told):
    """An asset materialised as the lineage page starts it for whoever is signed in; whether that succeeded."""
    config = {
        "resources": {"month_home": {"config": {"officer": officer}}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
        **({"ops": {"manifest": {"config": told}}} if told else {}),
    }
    done = defs.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=open_instance(home),
        partition_key="410721|2024-07",
        run_config=config,
        raise_on_error=False,
        asset_selection=[dg.AssetKey(asset)],
    )
    return done.success


def test_a_run_of_the_page_is_made_by_whoever_is_signed_in_and_nobody_else_goes_on_with_it(home):
    settings = home.path / "disburse.toml"
    settings.write_text(f'{settings.read_text("utf-8")}[[officer]]\nname = "另一经办"\nroles = ["maker"]\n', "utf-8")
    assert not on_the_page(home, "另一经办", "manifest", maker=homes.MAKER)
    assert not on_the_page(home, homes.CHECKER, "manifest")
    assert not home.store.exists(), "nothing was taken in"
    assert on_the_page(home, "另一经办", "manifest", known_on="2024-07-15")
    with opened_month(home, homes.COUNTY, date(2024, 7, 1)) as month:
        assert month.choices.maker == "另一经办"
    assert not on_the_page(home, homes.MAKER, "accepted_population")
    assert on_the_page(home, "另一经办", "accepted_population")


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


@pytest.fixture
def spoiled(monkeypatch):
    """A finding that finds something, in the middle of a month."""
    whole = stages.BY_NAME["coordinated"]
    found = [
        dataclasses.replace(one, find=lambda month: {"多于一项的人月": 1}) if one.name == "one_winner" else one
        for one in whole.own_findings
    ]
    kept = whole.own_findings
    object.__setattr__(whole, "own_findings", found)
    yield
    object.__setattr__(whole, "own_findings", kept)


def marks(instance):
    """What the lineage page shows of each check: status, severity where it is not passed, and the first words."""
    graph = defs.resolve_asset_graph()
    for key in (key for name in stages.BY_NAME for key in graph.get(dg.AssetKey(name)).check_keys):
        (record,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
        told = record.evaluation
        said = [
            record.status.value,
            *([] if told.passed else [told.severity.value, (told.description or "").split(":")[0]]),
        ]
        yield f"{key.asset_key.to_user_string()}.{key.name}", " ".join(said)


def test_a_stopped_month_says_once_in_an_officers_words_what_stopped_it(home, spoiled):
    """The failing check is one red mark; those that were never reached say so and are none."""
    with pytest.raises(OfficerError):
        run(home)
    instance = open_instance(home)
    (stopped,) = instance.get_runs()
    (failed,) = instance.get_records_for_run(stopped.run_id, of_type=dg.DagsterEventType.STEP_FAILURE).records
    told = failed.event_log_entry.dagster_event.event_specific_data.user_failure_data.description
    assert told.startswith("核对未通过:coordinated.one_winner")
    checks = dict(marks(instance))
    assert checks["coordinated.one_winner"].startswith("FAILED ERROR")
    assert checks["coordinated.contract"] == "SUCCEEDED"
    assert checks["payable.heads_and_sums"] == "FAILED WARN 未运行"


def test_running_a_month_again_and_rematerialising_an_older_one_post_nothing(home):
    run(home)
    first, made = homes.book_rows(home), homes.payment_files(home)
    run(home)
    assert (homes.book_rows(home), homes.payment_files(home)) == (first, made)
    homes.sign(home, "2024-07")
    homes.hand_in(home, "2024-08", population=[homes.person(ELDER, died_on="2024-07-02")])
    homes.run_whole(home, "2024-08", "2024-08-15")
    book, files = homes.book_rows(home), homes.payment_files(home)
    run(home, "2024-07", "2024-09-15")
    assert (homes.book_rows(home), homes.payment_files(home)) == (book, files)


PLANTED = {"号码": ELDER, "账号": homes.account(ELDER)["account_no"], "姓名": homes.person(ELDER)["name"]}


def planted_in(*places):
    """Which of the elder's id, account and name stand in files, or below folders; a workbook is looked into."""
    files = [path for place in places for path in (place.rglob("*") if place.is_dir() else [place]) if path.is_file()]
    kept = b"".join(map(opened_up, files))
    assert kept, "nothing was looked at"
    written = {word: (told.encode(), told.encode("unicode_escape")) for word, told in PLANTED.items()}
    return {word for word, ways in written.items() if any(way in kept for way in ways)}


def test_a_killed_run_is_failed_by_the_next_one_and_what_is_kept_shows_nobody(home):
    """Dagster's storage, and what a month leaves for those who may not see whole names, ids and accounts."""
    killed = subprocess.Popen(
        [sys.executable, "-c", RUN, "2024-07", "2024-07-15"], cwd=home.path, stderr=subprocess.DEVNULL
    )
    wait_for(lambda: (home.path / "store" / "410721" / "2024-07").exists())
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert "STARTED" in statuses(home)
    run(home)
    assert statuses(home) == ["FAILURE", "SUCCESS"]
    kept = b"".join(path.read_bytes() for path in home.dagster.rglob("*") if path.is_file())
    assert b"coordinated" in kept
    assert planted_in(home.dagster) == set()
    assert not (home.path / "logs").exists(), "a run that goes well logs nothing"
    lists = home.lists(homes.COUNTY, homes.parse_month("2024-07"))
    assert planted_in(lists / "review.html", lists / "roster.xlsx") == {"号码", "账号", "姓名"}
    assert "样*" in (lists / "review_masked.html").read_text("utf-8")
    for_others = ("review_masked.html", "summary.json", "summary.xlsx", "totals.xlsx", "application.xlsx", "cover.xlsx")
    assert planted_in(*(lists / name for name in for_others)) == set()
    assert planted_in(lists / "public.xlsx") == {"姓名"}


def quoting(_):
    """Fail as a library does that quotes the row it could not take."""
    raise ValueError(f"could not take {PLANTED}") from KeyError(ELDER)


@pytest.mark.parametrize("stage", ["accepted_account", "batch"], ids=["at the door", "when files are made"])
def test_a_failing_step_that_quotes_a_person_leaves_nobody_in_dagster_or_the_logs(home, monkeypatch, capfd, stage):
    monkeypatch.setitem(vars(stages.BY_NAME[stage]), "step", quoting)
    with pytest.raises(OfficerError) as told:
        run(home)
    (trace,) = (home.path / "logs").iterdir()
    assert trace.name == f"{stage}.trace"
    assert "ValueError" in trace.read_text("utf-8")
    assert planted_in(home.dagster, home.path / "logs") == set()
    said = f"{told.value} {told.value.advice} {capfd.readouterr()}"
    assert not [one for one in PLANTED.values() if one in said]


def wait_for(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "nothing happened"
        time.sleep(0.02)


def test_a_full_disk_under_the_lineage_is_told_in_chinese_alone(home, monkeypatch, capsys):
    write = dg.DagsterInstance.handle_new_event

    def full(instance, event, **more):
        if event.dagster_event and event.dagster_event.is_step_event:
            raise sqlite3.OperationalError("database or disk is full")
        write(instance, event, **more)

    monkeypatch.setattr(dg.DagsterInstance, "handle_new_event", full)
    with pytest.raises(OfficerError, match=r"血缘记录库|运行中断"):
        run(home)
    assert "Exception" not in "".join(capsys.readouterr())
