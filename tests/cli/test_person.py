"""`disburse person`, as the clerk on the telephone reads it."""

import json
import re

import pytest

from tests import homes
from tests.cli.giving import disburse

ELDER, STRANGER = homes.resident_id("1940-03-05", 2), homes.resident_id("1941-03-05", 2)
NAMESAKE, NEIGHBOUR = homes.resident_id("1939-01-02", 2), homes.resident_id("1938-06-07", 2)


PEOPLE = [
    homes.person(ELDER),
    homes.person(NAMESAKE, village="河东村"),
    homes.person(NEIGHBOUR, "样 邻", village="河东村"),
]


def said(home, *arguments, code=0, piped=""):
    return "".join(disburse(home, *arguments, code=code, piped=piped))


def head_of(told):
    """The first line, without the number by which this person is asked for again."""
    head, _, number = told.splitlines()[0].rpartition(" · 序号 ")
    assert number.isdecimal()
    return head


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """July released, August made and not yet signed."""
    made = homes.make_home(tmp_path_factory.mktemp("person") / "home")
    homes.hand_in(made, "2024-07", population=PEOPLE, account=[homes.account(one) for one in (ELDER, NAMESAKE)])
    homes.run(made, "2024-07")
    homes.sign(made, "2024-07")
    homes.run(made, "2024-08")
    return made


def test_the_first_lines_answer_the_telephone(home):
    head, who, allowance, sums, *_ = said(home, "person", "-", piped=ELDER).splitlines()
    assert head_of(head) == f"样本 {ELDER} · 410721"
    assert f"示例农村商业银行 …{ELDER[13:17]}" in who
    assert allowance.strip() == "高龄津贴:已发到 2024-07(已发出);未付 2024-08 50.00 元(已编批)"
    assert sums.strip() == "合计:已发 50.00 元,未付 50.00 元,应追回 0.00 元"


def test_the_course_tells_decision_posting_file_and_signatures_in_order(home):
    told = said(home, "person", "-", "--county", homes.COUNTY, piped=ELDER)
    course = told[told.index("经过") :]
    steps = (
        "2024-07 高龄津贴",
        "核定第 1 版:应发 50.00 元",
        "入账正常 50.00 元",
        "410721-2024-07-01-01 第 2 行",
        "放行",
    )
    places = [course.index(step) for step in steps]
    assert places == sorted(places)
    assert f"99{ELDER[6:17]}" not in told


def test_as_json_money_is_whole_fen(home):
    told = json.loads(said(home, "person", "-", "--json", piped=ELDER))
    assert told["sums"]["paid_fen"] == 50_00
    assert [month["benefit_month"] for month in told["counties"][0]["months"]] == ["2024-07", "2024-08"]


def test_a_number_never_received_is_said_to_be_so(home):
    told = said(home, "person", "-", code=3, piped=STRANGER)
    assert "从未收到过这个身份证号" in told
    assert STRANGER not in told


def test_a_person_is_found_by_name_and_village(home):
    assert head_of(said(home, "person", "样本", "河东")) == f"样本 {NAMESAKE} · 410721"
    assert head_of(said(home, "person", "样邻")).endswith(f"{NEIGHBOUR} · 410721")


def test_of_several_it_is_told_who_they_are_and_how_to_ask_for_one(home):
    told = said(home, "person", "样本")
    assert "找到 2 人" in told
    assert "1939-01-02" in told
    assert ELDER not in told
    assert NAMESAKE not in told
    listed = json.loads(said(home, "person", "样本", "--json"))["found"]
    assert [(one["village"], one["person_id"]) for one in listed] == [
        ("河东村", f"…{NAMESAKE[-4:]}"),
        ("示范村", f"…{ELDER[-4:]}"),
    ]
    one = said(home, "person", "--number", str(listed[1]["person_no"]))
    assert head_of(one) == f"样本 {ELDER} · 410721"


def test_a_person_is_found_by_the_end_of_an_account_and_by_an_instruction(home):
    tail = homes.account(ELDER)["account_no"][-6:]
    assert head_of(said(home, "person", tail)) == f"样本 {ELDER} · 410721"
    told = json.loads(said(home, "person", "-", "--json", piped=ELDER))
    july, _ = told["counties"][0]["months"]
    (paid,) = july["obligations"]
    number = paid["attempts"][0]["instruction_id"]
    assert head_of(said(home, "person", number)) == f"样本 {ELDER} · 410721"


@pytest.mark.parametrize("asked", ["无此人", "123", "0" * 20])
def test_nobody_found_says_what_is_searched(home, asked):
    assert "没有找到这个人" in said(home, "person", asked, code=3)


def test_one_person_is_one_page_that_needs_nothing_outside_itself(home, tmp_path):
    said(home, "person", "-", "--output", str(tmp_path / "one.html"), piped=ELDER)
    page = (tmp_path / "one.html").read_text("utf-8")
    assert not re.search(r"<script|<link|<img|<iframe|src=|href=|url\(|@import|https?://", page)
    for words in (
        "population.csv 第 2 行",
        "2024-07 至 2024-08",
        "高龄津贴 2024-08:50.00 元已编批",
        "新政办〔2024〕13号",
        "放行",
    ):
        assert words in page, words
    assert f"99{ELDER[6:17]}" not in page


def test_explain_writes_the_page_of_the_month_it_is_asked_about(home, tmp_path):
    target = tmp_path / "july.html"
    explain = ("explain", "-", "--county", homes.COUNTY, "--month", "2024-07", "--output", str(target))
    said(home, *explain, piped=ELDER)
    page = target.read_text("utf-8")
    assert "2024-07 同 2024-06 比,为什么多了或少了?" in page
    assert "高龄津贴:2024-06 应发 0.00 元,2024-07 应发 50.00 元;条件具备。" in page
    assert "[80,90)" in page
    assert "[[" not in page
