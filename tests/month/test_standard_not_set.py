"""A standard nobody has set gives a row and a line on the list 标准未设定, never money; a draft is marked as one."""

import sqlite3

import pytest
from python_calamine import CalamineWorkbook

from contracts.months import parse_month
from ledger.book import open_book
from reports.lists import write_lists
from reports.status import status_of
from tests import homes

ELDER, YOUNGER = homes.resident_id("1940-03-05"), homes.resident_id("1960-03-05")
JULY = "2024-07"


@pytest.fixture(params=["370828", "130581"])
def county(request):
    return request.param


@pytest.fixture
def home(tmp_path, county):
    made = homes.make_home(tmp_path / "home", county)
    here = {"division_code": county}
    both = [homes.person(ELDER, name="样本甲", **here), homes.person(YOUNGER, **here)]
    homes.hand_in(made, JULY, county, population=both, account=[homes.account(ELDER)])
    return made


def test_who_meets_the_conditions_is_listed_and_not_paid(home, county):
    homes.run(home, JULY, county=county)
    with sqlite3.connect(home.path / "book.sqlite") as book:
        assert book.execute("select benefit, outcome, amount_fen from entitlement_version").fetchall() == [
            ("old_age_allowance", "STANDARD_NOT_SET", None)
        ]
        assert not book.execute("select 1 from obligation").fetchall()
    assert not list(home.outbox.rglob("*.txt"))

    month = homes.begin(home, JULY, county=county)
    written = write_lists(month.book, home.reports / "lists", county, parse_month(JULY), month.tables.read)
    month.close()
    (path,) = [path for path in written if path.name == "standard_not_set.xlsx"]
    assert CalamineWorkbook.from_path(str(path)).get_sheet_by_name("标准未设定").to_python() == [
        ["身份证号", "姓名", "乡镇", "村社区", "项目", "所属月"],
        [ELDER, "样本甲", "示范镇", "示范村", "高龄津贴", JULY],
    ]


@pytest.mark.parametrize(("county", "label"), [("410902", "高龄津贴(征求意见稿)"), ("411102", "高龄津贴(占位待核)")])
def test_who_signs_is_told_what_money_rests_on_a_draft_or_a_placeholder(home, county, label):
    homes.run(home, JULY, county=county)
    book = open_book(home.database_url)
    (told,) = status_of(book, home.settings(), county, parse_month(JULY)).uncertain
    book.close()
    assert (told.label, told.count, told.fen) == (label, 1, 5000)
