"""登记缺项影响待遇: the clerk's list, the totals, one person's proof, from a determination nobody filled in."""

import pytest

import calculators
from contracts.months import parse_month
from ledger import people
from month.listing import left
from month.month import opened_month
from reports.explain import explain
from reports.lists import where_they_live
from reports.missing import LISTED, by_benefit, missing_cells
from tests import homes

JULY = parse_month("2024-07")
SICK = homes.resident_id("1942-04-18", 2)
LOW = {"household_id": "H1", "category": "低保", "area": "农村", "is_recipient": "是", "from_month": "2021-03"}
ASSESSED = {"scale": "GB/T 42195-2022", "level": "3", "assessed_on": "2024-04-22"}  # 生活不能自理 is left empty


@pytest.fixture(scope="module")
def july(tmp_path_factory):
    home = homes.make_home(tmp_path_factory.mktemp("missing") / "home")
    homes.hand_in(
        home, "2024-07", population=[homes.person(SICK)], low_income=[{"person_id": SICK, **LOW}],
        ability=[{"person_id": SICK, **ASSESSED}], account=[homes.account(SICK)],
    )  # fmt: skip
    homes.run_whole(home, "2024-07")
    month = opened_month(home, homes.COUNTY, JULY)
    yield month
    month.close()


@pytest.fixture(scope="module")
def missing(july):
    scope = calculators.Scope(homes.COUNTY, (JULY,), JULY)
    return calculators.missing_that_decide(july.registers, july.rules, scope)


def test_the_clerk_reads_who_what_is_missing_and_what_would_be_drawn(july, missing):
    with july.book.reading() as conn:
        identities = people.identities(conn, missing)
    rows = missing_cells(missing, identities, where_they_live(july.tables.read("accepted_population")))
    assert rows.columns == list(LISTED)
    (row,) = rows.iter_rows(named=True)
    assert row["person_id"] == SICK
    assert row["benefit"] == "护理补贴"
    assert row["missing"] == "老年人能力评估名册“民政部门认定生活不能自理”"
    assert (row["counted"], row["outcome"], row["would_be_fen"]) == ("按没有登记算作不符合", "应发", 6_000)


def test_every_run_leaves_the_list_and_says_how_many(july):
    told = left(july.home, homes.COUNTY, JULY)
    (line,) = told.silence.missing_cells
    assert line.told == "护理补贴:1 人的登记缺项影响待遇,补登后每月可多发至多 60.00 元(见 missing_cells 清单)"
    (written,) = (path for path in told.lists if "missing_cells" in path)
    assert (july.home.path / written).exists()


def test_the_totals_are_told_per_benefit(missing):
    (line,) = by_benefit(missing)
    assert (line.benefit, line.people, line.would_be_fen) == ("elder_care_subsidy", 1, 6_000)


def test_the_proof_of_one_person_says_that_a_cell_is_empty(july):
    with july.book.reading() as conn:
        number = people.person_no_of(conn, SICK)
    proof = explain(july.book, number, JULY, july.rules, july.scope, july.registers)
    benefits = {one.benefit: one for one in proof.benefits}
    care = benefits["elder_care_subsidy"]
    assert care.outcome_label == "不符合条件"
    assert "补登后符合条件的:应发,每月 60.00 元" in care.missing
    (leaf,) = (leaf for leaf in care.conditions if leaf.outcome == "missing")
    assert leaf.condition == "民政部门认定生活不能自理"
    assert "新政办〔2024〕13号" in leaf.clause
    assert all(leaf.outcome == "met" for leaf in benefits["old_age_allowance"].conditions)
    assert benefits["old_age_allowance"].missing == ""
