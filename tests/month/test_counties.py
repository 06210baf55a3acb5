"""Many counties' months at once: one is refused, one is killed midway, the others pay; what is left is run again."""

import os
import signal
from datetime import date

import openpyxl
import pytest

from contracts.months import parse_month
from month import counties as many
from month.counties_told import tell_together
from month.month import Choices
from month.running import run_month
from month.side_by_side import ALONE_THROUGH, side_by_side
from tests import homes

PAYS, KILLED, REFUSED = "410721", "410902", "411102"
COUNTIES = [PAYS, KILLED, REFUSED]
JULY, KNOWN = parse_month("2024-07"), date(2024, 7, 15)
HERE, ALONE, THERE = (homes.resident_id(f"{born}-03-05") for born in (1920, 1921, 1922))
SHARED = homes.account(HERE)["account_no"]
CHOICES = Choices(maker=homes.MAKER, system_user="test")


def run_plain(home, county, pay_month, known_on, choices, *, on_stage=lambda name: None):
    """A county's month without the graph; KILLED dies at its first stage until its file says that it may live."""

    def reached(stage):
        on_stage(stage)
        if county == PAYS and stage == "manifest":  # the papers of a large county are written by further processes
            assert side_by_side(len, [("one",), ("other",)], [ALONE_THROUGH, ALONE_THROUGH]) == [3, 5]
        if county == KILLED and stage == "facts" and not (home.path / "may_live").exists():
            os.kill(os.getpid(), signal.SIGKILL)

    run_month(home, county, pay_month, known_on, choices, on_stage=reached)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made = homes.make_home(tmp_path_factory.mktemp("city") / "home")
    here = [homes.person(one) for one in (HERE, ALONE)]
    there = homes.person(THERE, division_code="410902")
    homes.hand_in(made, "2024-07", PAYS, population=here, account=[homes.account(HERE), homes.account(ALONE)])
    homes.hand_in(made, "2024-07", KILLED, population=[there], account=[homes.account(THERE, account_no=SHARED)])
    homes.hand_in(made, "2024-07", REFUSED, population=[])
    made.inbox(REFUSED, JULY).joinpath("population.csv").write_text("这不是名册\n", "utf-8")
    return made


@pytest.fixture(scope="module")
def first(home):
    """How the counties ended, two at a time, and the stages that were told of."""
    told = []
    order = many.Order(home, JULY, KNOWN, CHOICES)
    ended = many.run_counties(order, COUNTIES, run_plain, 2, lambda county, stage: told.append((county, stage)))
    return {one.county: one for one in ended}, told


@pytest.fixture(scope="module")
def second(home, first):
    """What was left, and all counties side by side after it was run again; REFUSED cannot."""
    left = many.unfinished(home, COUNTIES, JULY, KNOWN)
    (home.path / "may_live").touch()
    run_plain(home, KILLED, JULY, KNOWN, CHOICES)
    ended = [many.Ended(PAYS), many.Ended(KILLED), first[0][REFUSED]]
    return left, tell_together(home, ended, JULY, {PAYS: "新乡县"})


def test_a_county_that_cannot_run_or_is_killed_stops_no_other(first):
    ended, told = first
    assert ended[PAYS] == many.Ended(PAYS)
    assert ended[REFUSED].exit_code == 3
    assert "名册不能使用" in ended[REFUSED].what
    assert ended[KILLED].exit_code != 0
    assert "运行被中断" in ended[KILLED].what
    assert (PAYS, "listed") in told


def test_what_is_left_is_what_did_not_end(second):
    assert second[0] == [KILLED, REFUSED]


def test_a_county_that_is_known_on_another_day_is_not_ended(home, second):
    assert many.unfinished(home, [PAYS], JULY, date(2024, 7, 16)) == [PAYS]


def test_the_counties_stand_side_by_side_with_their_sums(home, second):
    lines = {line.county: line for line in second[1].lines}
    assert (lines[PAYS].name, lines[PAYS].state, lines[PAYS].people) == ("新乡县", "已入账", 2)
    assert (lines[KILLED].state, lines[KILLED].people) == ("已入账", 1)
    assert (lines[REFUSED].state, lines[REFUSED].files_fen) == ("没有办成", 0)
    sheet = openpyxl.load_workbook(second[1].workbook)["各县"]
    header, *rows = sheet.iter_rows(values_only=True)
    total = dict(zip(header, rows[-1], strict=True))
    assert total["代码"] == "合计"
    in_files = lines[PAYS].files_fen + lines[KILLED].files_fen
    assert round(total["文件金额(元)"] * 100) == in_files > 0


def test_an_account_that_two_counties_pay_is_listed_with_the_people_of_both(second):
    assert second[1].in_two == 1
    sheet = openpyxl.load_workbook(second[1].workbook)["同时在两县"]
    rows = [row[:5] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert rows == [("同一账号", SHARED, PAYS, "样本", HERE), ("同一账号", SHARED, KILLED, "样本", THERE)]


def test_as_many_run_at_once_as_there_are_cores_and_memory_for_the_largest(home, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert many.together(home, COUNTIES, JULY) == 3
    memory = {"SC_PAGE_SIZE": 1 << 20, "SC_PHYS_PAGES": 1700}
    monkeypatch.setattr(os, "sysconf", memory.__getitem__)
    assert many.together(home, COUNTIES, JULY) == 2
