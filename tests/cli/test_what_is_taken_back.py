"""Every screen that subtracts tells what will be recovered apart from what waits for a standard; with the papers."""

import pytest

from cli.run import _show_preview
from contracts.months import parse_month
from month.listing import left_by_preview
from month.stages import PREVIEW
from tests import homes
from tests.cases.reading import write_overlay
from tests.cli.giving import asked, disburse

YOUNGER, OLDER = homes.resident_id("1940-03-05"), homes.resident_id("1930-03-05")
AMOUNT = {
    "level": homes.COUNTY, "parameter": "old_age_allowance.amount", "unit": "yuan/month", "role": "fixed",
    "status": "in_force", "effective_from": "2024-07-01",
}  # fmt: skip
JULY = [AMOUNT | {"key": "[80,90)", "value": 80, "issued_on": "2024-07-01"}]
# From August it is known that 60 was meant from 80 on, and 40 from 90 on, which is below the floor.
AUGUST = [
    AMOUNT | {"key": "[80,90)", "value": 60, "issued_on": "2024-08-01"},
    AMOUNT | {"key": "[90,100)", "value": 40, "issued_on": "2024-08-01"},
]
RECOVERED = "原按 新乡县 80 元/月《用例假设的标准》(用例) overlay;现按 新乡县 60 元/月《用例假设的标准》(用例) overlay"
FLOOR = "新乡县 100 元/月《新乡县基本养老服务清单》(新政办〔2024〕13号) 第5项"
BROKEN = f"新乡县 40 元/月《用例假设的标准》(用例) overlay 与 {FLOOR}"
UNSET = f"原按 {FLOOR};现按 {BROKEN}"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """July is paid; August would take back of the one, and pay the other nothing until a standard is set."""
    made = homes.make_home(tmp_path_factory.mktemp("less"))
    write_overlay([*JULY, *AUGUST], made.path / "policies")
    both = [homes.person(YOUNGER), homes.person(OLDER)]
    homes.hand_in(made, "2024-07", population=both, account=[homes.account(YOUNGER), homes.account(OLDER)])
    homes.run_whole(made, "2024-07")
    homes.sign(made, "2024-07")
    return made


def test_a_preview_tells_both_apart_with_the_old_and_the_new_document(home, capsys):
    homes.run_whole(home, "2024-08", stages=PREVIEW)
    rows = left_by_preview(home, homes.COUNTY, parse_month("2024-08")).rows
    told = {row["what"]: (row["people"], row["fen"], row["documents"]) for row in rows if row["documents"]}
    assert told["应追回"] == (1, 2000, RECOVERED)
    assert told["已发不追回"][:2] == (1, 10000)
    assert told["已发不追回"][2].startswith(UNSET)
    _show_preview(home, homes.COUNTY, parse_month("2024-08"), as_json=False)
    told = capsys.readouterr()
    assert f"高龄津贴:{RECOVERED}" in told.out
    assert f"高龄津贴 1 人低于最低标准({BROKEN}" in told.err + told.out


def test_a_comparison_of_two_days_tells_the_same(home):
    days = ("--known-on", "2024-07-15", "--and-known-on", "2024-08-15")
    told = asked(home, "policies", "diff", "--county", homes.COUNTY, *days)
    ((debt,), (unset,)) = told["taken_back"], told["no_longer_set"]
    assert (debt["people"], debt["fen"], unset["people"], unset["why_unset"]) == (1, 2000, 1, "BELOW_FLOOR")
    screen, _ = disburse(home, "policies", "diff", "--county", homes.COUNTY, *days)
    assert f"高龄津贴 1 人 20.00 元已发的将追回({RECOVERED})" in screen
    assert f"高龄津贴 1 人低于最低标准({UNSET}" in screen


def test_a_law_that_is_tried_tells_the_same(home, tmp_path):
    write_overlay([row | {"issued_on": "2024-07-01", "effective_from": "2024-06-01"} for row in AUGUST[1:]], tmp_path)
    written = tmp_path / homes.COUNTY / "assumed.yaml"
    written.write_text(written.read_text("utf-8").replace("assumed", "tried"), "utf-8")
    screen, _ = disburse(home, "simulate", "--county", homes.COUNTY, "--with", str(tmp_path))
    assert "已发的不追回,设定之前不发" in screen


def test_the_month_explained_and_the_page_one_signs_by_tell_the_documents(home):
    homes.run_whole(home, "2024-08")
    said = f"高龄津贴 1 人标准未设定({UNSET}):已发的不追回,设定之前不发"
    assert asked(home, "explain-month", "--county", homes.COUNTY, "--month", "2024-08")["no_longer_set"] == [said]
    screen, _ = disburse(home, "explain-month", "--county", homes.COUNTY, "--month", "2024-08")
    assert said in screen
    assert said in (home.lists(homes.COUNTY, parse_month("2024-08")) / "review.html").read_text("utf-8")
