"""The review of a month: one file without anything outside it, and a variant without whole names."""

import re

import pytest

from contracts.errors import BookError
from contracts.months import parse_month
from month.review_page import review_of
from tests import homes

AUGUST = parse_month("2024-08")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """July released; in August one has died, and one whose name is markup has no account."""
    made = homes.make_home(tmp_path_factory.mktemp("review") / "home")
    first, second, third = (homes.resident_id(born) for born in ("1940-03-05", "1935-06-07", "1934-08-20"))
    people = [
        homes.person(first, "样本甲"),
        homes.person(second, "样本乙"),
        homes.person(third, "<b>丙</b>", village="<i>村</i>"),
    ]
    accounts = [homes.account(first, "样本甲"), homes.account(second, "样本乙")]
    homes.hand_in(made, "2024-07", population=people, account=accounts)
    homes.run(made, "2024-07")
    homes.sign(made, "2024-07")
    died = homes.person(second, "样本乙", died_on="2024-07-09")
    homes.hand_in(made, "2024-08", population=[people[0], died, people[2]], account=accounts)
    homes.run_whole(made, "2024-08")
    return made


def page(home, name="review"):
    return (home.lists(homes.COUNTY, AUGUST) / f"{name}.html").read_text("utf-8")


def test_the_page_needs_nothing_outside_itself(home):
    told = page(home)
    assert not re.search(r"<script|<link|<img|<iframe|src=|href=|url\(|@import|https?://", told)
    assert told.startswith("<!doctype html>")


def test_the_page_tells_why_money_differs_and_who_is_next(home):
    told = page(home)
    for words in ("死亡", "缺少账户", "按乡镇(元)", "80—89岁", "各发放月文件合计", "2024-07", homes.CHECKER, "SHA-256"):
        assert words in told, words
    assert "<li>共 1 笔 " in told  # what the lines of the files are


def test_a_cause_opens_to_its_people_without_a_script(home):
    (died,) = re.findall(r"<details><summary>[^<]*死亡:1 人次</summary>.*?</details>", page(home), re.DOTALL)
    assert "样本乙" in died
    assert "样本甲" not in died


def test_what_came_from_a_register_is_never_markup(home):
    told = page(home)
    assert "&lt;b&gt;丙" in told
    assert "<b>丙" not in told
    assert "<i>村" not in told


def test_the_variant_for_finance_has_no_whole_name(home):
    assert "样本乙" in page(home)
    masked = page(home, "review_masked")
    assert "样本" not in masked
    assert "样**" in masked
    assert "示范村" not in masked


def test_it_is_written_again_as_the_book_stands(home, tmp_path):
    homes.sign(home, "2024-08")
    again = review_of(home, homes.COUNTY, AUGUST, tmp_path / "again.html", is_masked=False).read_text("utf-8")
    assert homes.RELEASER in again
    assert "已放行,待银行回盘" in again
    with pytest.raises(BookError):
        review_of(home, homes.COUNTY, parse_month("2024-01"), tmp_path / "none.html", is_masked=False)
