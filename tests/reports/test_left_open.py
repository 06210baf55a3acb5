"""A proof names the text that leaves a standard open, and whose business it is where somebody is not old enough."""

import pytest

from contracts.months import parse_month
from ledger import people
from month.month import opened_month
from reports.explain import explain
from rulebook import load_kept
from rulebook.telling import in_force
from tests import homes

COUNTY, JULY = "370828", parse_month("2024-07")
ELDER, YOUNG = homes.resident_id("1940-03-05", 2), homes.resident_id("1980-05-06", 3)


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    """An elder, and a disabled person of 44 from a 低保 household."""
    home = homes.make_home(tmp_path_factory.mktemp("open") / "home", COUNTY)
    low = {"household_id": "H1", "category": "低保", "area": "农村", "is_recipient": "是", "from_month": "2021-03"}
    paper = {"certificate_no": f"{YOUNG}44", "category": "肢体", "grade": "一级", "needs_long_term_care": "是"}
    homes.hand_in(
        home,
        "2024-07",
        COUNTY,
        population=[homes.person(one, division_code=COUNTY) for one in (ELDER, YOUNG)],
        account=[homes.account(ELDER), homes.account(YOUNG)],
        low_income=[{"person_id": YOUNG, **low}],
        disability=[{"person_id": YOUNG, "issued_on": "2020-01-01", **paper}],
    )
    homes.run(home, "2024-07", county=COUNTY)
    with opened_month(home, COUNTY, JULY) as opened:
        yield opened


def benefits_of(month, person_id):
    with month.book.reading() as conn:
        number = people.person_no_of(conn, person_id)
    law = load_kept(month.home.store, month.manifest.pack_digest)
    told = in_force(law.chain_of(COUNTY), JULY, month.manifest.known_on)
    proof = explain(month.book, number, JULY, month.rules, month.scope, month.registers, told)
    return {one.benefit: one for one in proof.benefits}


def test_the_text_that_leaves_a_standard_open_is_named_where_it_is_open(month):
    benefits = benefits_of(month, ELDER)
    left_open = benefits["old_age_allowance"].left_open
    assert benefits["old_age_allowance"].outcome == "STANDARD_NOT_SET"
    assert any("无人设定标准" in line and ";" in line for line in left_open), left_open
    assert all(one.left_open == () for one in benefits.values() if one.outcome != "STANDARD_NOT_SET")


def test_of_somebody_not_old_enough_it_is_told_whose_business_that_is(month):
    told = benefits_of(month, YOUNG)
    for benefit in ("disability_living_subsidy", "disability_care_subsidy"):
        assert "周岁≥60" in told[benefit].reason
        assert "残联和民政部门另行受理" in told[benefit].reason
        assert "在本县政策里另写这一项" in told[benefit].reason
    assert "残联" not in told["old_age_allowance"].reason
