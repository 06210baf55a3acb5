"""Who bears a benefit: cited and dated shares that add up to the whole, the nearest level's first."""

from datetime import date
from fractions import Fraction

import pytest

import rulebook
from contracts.codes import Benefit, FundLevel, ValueStatus
from contracts.errors import PolicyError
from tests.rulebook.conftest import TODAY

COUNTY, BENEFIT = "410721", Benefit.OLD_AGE_ALLOWANCE
ENTRY = """documents:
  shared: {{title: 高龄津贴资金分担办法, number: 新财社〔2025〕9号}}
funding:
  - benefits: [old_age_allowance]
    effective_from: {effective_from}
    issued_on: {issued_on}
    status: in_force
    source: {{document: shared, clause: 第二条, quote: 省级三成}}
    shares: {shares}
"""


@pytest.fixture
def law_where(tmp_path):
    def load(shares, effective_from="2025-01-01", issued_on="2025-03-01"):
        (tmp_path / COUNTY).mkdir(exist_ok=True)
        text = ENTRY.format(shares=shares, effective_from=effective_from, issued_on=issued_on)
        (tmp_path / COUNTY / "funding.yaml").write_text(text, "utf-8")
        return rulebook.load(rulebook.POLICIES, tmp_path)

    return load


def test_every_county_says_of_every_benefit_it_pays_who_bears_it(shipped):
    for county in shipped.counties():
        paid = set(shipped.chain_of(county).conditions)
        assert set(shipped.funding(county, date(2024, 7, 1), TODAY)) >= paid, shipped.name_of(county)


def test_what_no_document_gives_as_a_share_is_a_placeholder(shipped):
    said = shipped.funding(COUNTY, date(2024, 7, 1), TODAY)
    assert said[BENEFIT].status is ValueStatus.PLACEHOLDER
    assert said[Benefit.ELDER_CARE_SUBSIDY].status is ValueStatus.IN_FORCE
    assert "新政办〔2024〕13号" in said[Benefit.ELDER_CARE_SUBSIDY].source


def test_a_countys_own_shares_count_from_their_month_and_once_they_are_known(law_where):
    law = law_where("{county: 7/10, province: 3/10}")
    before, after = date(2024, 12, 1), date(2025, 1, 1)
    new = {FundLevel.PROVINCE: Fraction(3, 10), FundLevel.COUNTY: Fraction(7, 10)}
    assert law.funding(COUNTY, after, TODAY)[BENEFIT].shares == new
    assert law.funding(COUNTY, after, TODAY)[BENEFIT].told == "省 3/10、县(区) 7/10"
    assert law.funding(COUNTY, before, TODAY)[BENEFIT].shares == {FundLevel.COUNTY: Fraction(1)}
    assert law.funding(COUNTY, after, date(2025, 2, 28))[BENEFIT].shares == {FundLevel.COUNTY: Fraction(1)}


def test_a_city_speaks_for_its_counties(shipped):
    assert shipped.funding("410902", date(2024, 7, 1), TODAY)[BENEFIT].source.startswith("《濮阳市")


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ("{county: 7/10, province: 2/10}", "funding.yaml:9:.*各级分担合计 9/10,应正好为 1"),
        ("{county: 70%, province: 3/10}", "funding.yaml:9:.*70% 应为分数"),
        ("{village: 1/1}", "funding.yaml:9:"),
        ("{}", "funding.yaml:9:"),
    ],
)
def test_shares_that_are_not_the_whole_are_refused_with_their_line(law_where, shares, told):
    with pytest.raises(PolicyError, match=told):
        law_where(shares)


def test_two_entries_of_the_same_days_are_refused(tmp_path):
    (tmp_path / COUNTY).mkdir()
    text = ENTRY.format(shares="{county: 1/1}", effective_from="2025-01-01", issued_on="2025-01-01")
    (tmp_path / COUNTY / "funding.yaml").write_text(text + text[text.index("  - benefits") :], "utf-8")
    with pytest.raises(PolicyError, match="同日起、同日发布的分担已在第 1 条写过"):
        rulebook.load(rulebook.POLICIES, tmp_path)
