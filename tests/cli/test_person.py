"""`disburse person`, as the clerk on the telephone reads it."""

import json

import pytest

from tests import homes
from tests.cli.giving import disburse

ELDER, STRANGER = homes.resident_id("1940-03-05", 2), homes.resident_id("1941-03-05", 2)


def said(home, *arguments, code=0):
    return "".join(disburse(home, *arguments, code=code))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """July released, August made and not yet signed."""
    made = homes.make_home(tmp_path_factory.mktemp("person") / "home")
    homes.hand_in(made, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    homes.run(made, "2024-07")
    homes.sign(made, "2024-07")
    homes.run(made, "2024-08")
    return made


def test_the_first_lines_answer_the_telephone(home):
    head, who, allowance, sums, *_ = said(home, "person", ELDER).splitlines()
    assert head == f"样本 {ELDER} · 410721"
    assert f"示例农村商业银行 …{ELDER[13:17]}" in who
    assert allowance.strip() == "高龄津贴:已发到 2024-07(已发出);未付 2024-08 50.00 元(已编批)"
    assert sums.strip() == "合计:已发 50.00 元,未付 50.00 元,应追回 0.00 元"


def test_the_course_tells_decision_posting_file_and_signatures_in_order(home):
    told = said(home, "person", ELDER, "--county", homes.COUNTY)
    course = told[told.index("经过") :]
    steps = (
        "2024-07 高龄津贴",
        "核定第 1 版:应发 50.00 元",
        "入账正常 50.00 元",
        "410721-2024-07-01-01 第 1 行",
        "放行",
    )
    places = [course.index(step) for step in steps]
    assert places == sorted(places)
    assert f"99{ELDER[6:17]}" not in told


def test_as_json_money_is_whole_fen(home):
    told = json.loads(said(home, "person", ELDER, "--json"))
    assert told["sums"]["paid_fen"] == 50_00
    assert [month["benefit_month"] for month in told["counties"][0]["months"]] == ["2024-07", "2024-08"]


def test_a_number_never_received_is_said_to_be_so(home):
    told = said(home, "person", STRANGER, code=3)
    assert "从未收到过这个身份证号" in told
    assert STRANGER not in told
