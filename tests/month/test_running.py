"""The month without an orchestrator: what a stage may open, what stops it, and the same book and bytes as Dagster."""

import errno
import subprocess
import sys
from datetime import date
from functools import partial

import polars as pl
import pytest

from contracts.actor import system_user
from contracts.errors import NotAllowedError, OfficerError
from contracts.months import parse_month
from ledger.book import opened
from month import progress, running
from month.listing import left
from month.month import Choices
from month.running import ProgramError, do, run_month
from month.stages import BY_NAME, PREVIEW, STAGES, Stage, upstream
from month.store import UndeclaredError
from tests import homes

JULY = parse_month("2024-07")
CHOICES = Choices(maker=homes.MAKER, system_user="test")
BY_DAGSTER = """
from datetime import date
from contracts.actor import system_user
from contracts.settings import Home
from dagster_project.running import run_month
from month.month import Choices
choices = Choices(maker="示例经办", system_user=system_user())
run_month(Home.from_environment(), "410721", date(2024, 7, 1), date(2024, 7, 15), choices)
"""


def run(home, choices=CHOICES, **how):
    run_month(home, homes.COUNTY, JULY, date(2024, 7, 15), choices, **how)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_stage_cannot_open_what_it_does_not_declare(stage, tmp_path):
    tables = stage.tables(homes.Store(homes.Home(tmp_path)).tables(homes.COUNTY, JULY, "0"))
    own = {*stage.reads, *stage.writes, *stage.sometimes}
    for table in {table for each in STAGES for table in (*each.writes, *each.sometimes)} - own:
        with pytest.raises(UndeclaredError):
            tables.read(table)
        with pytest.raises(UndeclaredError):
            tables.write(table, pl.DataFrame())
        with pytest.raises(UndeclaredError):
            tables.before(f"{table} of before", pl.Schema())


def test_what_a_stage_reads_was_written_by_a_stage_before_it():
    done = set()
    for stage in STAGES:
        assert set(upstream(stage)) <= done, stage.name
        done.add(stage.name)


def test_a_stage_that_opens_more_than_it_declares_fails_without_a_persons_data(home):
    begun = homes.begin(home, "2024-07")
    homes.decide(begun)
    curious = Stage("curious", BY_NAME["facts"].group, "", lambda month: {"行数": month.tables.read("facts").height})
    with pytest.raises(ProgramError, match="curious 出现程序错误 UndeclaredError"):
        do(begun, curious)
    begun.close()


@pytest.mark.parametrize(
    ("number", "what", "advice"),
    [(errno.ENOSPC, "磁盘已满", "请腾出空间后重做同一命令"), (errno.EROFS, "磁盘是只读的", "权限")],
)
def test_a_full_or_closed_disk_is_told_as_such_whichever_stage_meets_it(home, number, what, advice):
    def failing(_):
        raise OSError(number, "in English", "/some/path")

    begun = homes.begin(home, "2024-07")
    with pytest.raises(ProgramError) as told:
        do(begun, Stage("writing", BY_NAME["facts"].group, "", failing))
    begun.close()
    assert (told.value.what, advice in told.value.advice) == (f"writing:{what}", True)


def test_a_month_leaves_the_same_book_files_and_lists_as_through_dagster(home, tmp_path, monkeypatch):
    other = homes.make_home(tmp_path / "other")
    homes.hand_in(other, "2024-07", **homes.handed_in(home, "2024-07"))
    run(home, Choices(maker=homes.MAKER, system_user=system_user()))
    monkeypatch.setenv("DISBURSE_HOME", str(other.path))
    subprocess.run([sys.executable, "-c", BY_DAGSTER], check=True, capture_output=True)
    assert homes.book_rows(home) == homes.book_rows(other)
    assert homes.payment_files(home) == homes.payment_files(other)
    assert reports(home) == reports(other)
    assert "summary.json" in {name.rpartition("/")[2] for name in reports(home)}


def reports(home):
    return {path.relative_to(home.reports).as_posix(): path.read_bytes() for path in home.reports.rglob("*.*")}


def test_every_stage_is_told_once_in_order(home):
    reached = []
    run(home, on_stage=reached.append)
    assert reached == [stage.name for stage in STAGES]


def test_a_preview_posts_nothing_and_leaves_what_it_would_post(home):
    run(home, stages=PREVIEW)
    assert homes.book_rows(home)["obligation"] == []
    assert homes.payment_files(home) == {}
    left = {path.name for path in (home.reports / homes.COUNTY / "2024-07").iterdir()}
    assert left == {"preview.json", "doubtful.xlsx"}


def test_a_file_that_no_register_takes_is_named_by_the_run_and_by_status(home):
    (home.inbox(homes.COUNTY, JULY) / "低收入.et").write_bytes(b"WPS")
    run(home)
    (told,) = left(home, homes.COUNTY, JULY).silence.not_taken
    assert told.startswith("收件目录里的 低收入.et 没有读取")
    with opened(home.database_url) as book:
        found = progress.status(home, book, homes.COUNTY, JULY)
    assert [matter.label for matter in found.matters if matter.code == "not_taken"] == [told.rpartition(";")[0]]


def test_who_may_not_make_a_run_gets_in_by_no_door(home):
    with pytest.raises(NotAllowedError, match="没有经办权限"):
        run(home, Choices(maker=homes.CHECKER, system_user="test"))
    assert not (home.store / homes.COUNTY).exists()


def test_a_blocking_finding_stops_the_month_in_an_officers_words(home, monkeypatch):
    broken = partial(running.do)

    def spoiled(month, stage):
        done = broken(month, stage)
        if stage.name != "coordinated":
            return done
        found = {finding: {"多于一项的人月": 1} if finding.name == "one_winner" else {} for finding in stage.findings}
        return running.Done(stage, done.counts, found)

    monkeypatch.setattr(running, "do", spoiled)
    with pytest.raises(OfficerError, match=r"核对未通过:coordinated.one_winner.*多于一项的人月 1"):
        run(home)
    assert homes.book_rows(home)["obligation"] == []
