"""Who may draw what: every pair decided, and what a decision does to the rates."""

from datetime import date
from itertools import combinations

import pytest
import yaml

import rulebook
from contracts.codes import Benefit, ChoiceGroup
from tests.rulebook.conftest import TODAY
from tests.rulebook.test_resolving import COUNTIES, JULY, rates

B = Benefit
HENAN = ["410721", "410902", "411102"]
TEKUN = {B.TEKUN_LIVING, B.TEKUN_CARE}
SHUT_OUT = {B.ELDER_SERVICE_SUBSIDY, B.ELDER_CARE_SUBSIDY, B.DISABILITY_LIVING_SUBSIDY, B.DISABILITY_CARE_SUBSIDY}


def expected(county, first, second):
    """What the law says of two benefits, written once more by hand."""
    both = {first, second}
    shut_out = SHUT_OUT | {B.HARDSHIP_ELDER_SUBSIDY}
    if both & TEKUN and both & shut_out:
        return "exclude"
    if both == {B.ELDER_CARE_SUBSIDY, B.DISABILITY_CARE_SUBSIDY}:
        return "choose_higher"
    if both == {B.HARDSHIP_ELDER_SUBSIDY, B.DISABILITY_LIVING_SUBSIDY}:
        return "choose_higher"
    return "stack"


def every_pair(law):
    return [
        (county, *pair) for county in COUNTIES for pair in combinations(law.resolve(county, [JULY], TODAY).benefits, 2)
    ]


def test_every_pair_is_decided_as_the_law_says(shipped):
    for county, first, second in every_pair(shipped):
        pairs = shipped.resolve(county, [JULY], TODAY).pairs
        found = [pair for pair in pairs if {pair.first, pair.second} == {first, second}]
        assert [pair.relation for pair in found] == [expected(county, first, second)], (county, first, second)
        assert found[0].source


@pytest.mark.parametrize(("county", "count"), [*((county, 21) for county in [*HENAN, "130581"]), ("370828", 28)])
def test_how_many_pairs_there_are(shipped, county, count):
    assert len(shipped.resolve(county, [JULY], TODAY).pairs) == count


@pytest.mark.parametrize("county", COUNTIES)
def test_tekun_shuts_out_exactly_what_the_pairs_say(shipped, county):
    for benefit in shipped.resolve(county, [JULY], TODAY).benefits:
        is_shut_out = benefit in SHUT_OUT | {B.HARDSHIP_ELDER_SUBSIDY}
        assert rates(shipped, county, benefit).get("p_excluded_by_tekun", False) is is_shut_out, benefit


def test_an_exclusion_that_begins_later_shuts_nobody_out_before(tmp_path):
    (tmp_path / "410721").mkdir()
    source = {"document": "notice", "clause": "第一条", "quote": "原文"}
    dates = {"effective_from": date(2024, 9, 1), "issued_on": date(2024, 8, 1)}
    shut_out = {"benefit": "tekun_living", "with": ["old_age_allowance"], "relation": "exclude", "excluded_by": "tekun"}
    page = {
        "documents": {"notice": {"title": "通知", "number": "测试"}},
        "pairs": [shut_out | dates | {"source": source}],
    }
    (tmp_path / "410721" / "interactions.yaml").write_text(yaml.safe_dump(page, allow_unicode=True), "utf-8")
    months = [date(2024, 8, 1), date(2024, 9, 1)]
    law = rulebook.load(rulebook.POLICIES, tmp_path).resolve("410721", months, TODAY)
    told = law.benefits[B.OLD_AGE_ALLOWANCE].rates.select("benefit_month", "p_excluded_by_tekun").unique()
    assert sorted(told.rows()) == [(months[0], False), (months[1], True)]


def test_a_pair_with_a_benefit_that_the_county_does_not_have_decides_nothing(tmp_path):
    (tmp_path / "410721").mkdir()
    source = {"document": "notice", "clause": "第一条", "quote": "原文"}
    group = {"benefit": "old_age_allowance", "with": ["family_planning_support"], "relation": "choose_higher"}
    page = {
        "documents": {"notice": {"title": "通知", "number": "测试"}},
        "pairs": [group | {"group": "living", "tie": "old_age_allowance", "source": source}],
    }
    (tmp_path / "410721" / "interactions.yaml").write_text(yaml.safe_dump(page, allow_unicode=True), "utf-8")
    row = rates(rulebook.load(rulebook.POLICIES, tmp_path), "410721", B.OLD_AGE_ALLOWANCE, age_years=85)
    assert (row["p_choose_group"], row["p_tie_rank"]) == (None, 0)


@pytest.mark.parametrize("county", COUNTIES)
def test_groups_and_ties(shipped, county):
    told = {
        benefit: (row["p_choose_group"], row["p_tie_rank"])
        for benefit in shipped.resolve(county, [JULY], TODAY).benefits
        if (row := rates(shipped, county, benefit))["p_choose_group"]
    }
    care = {B.ELDER_CARE_SUBSIDY: (ChoiceGroup.CARE, 0), B.DISABILITY_CARE_SUBSIDY: (ChoiceGroup.CARE, 1)}
    living = {B.HARDSHIP_ELDER_SUBSIDY: (ChoiceGroup.LIVING, 0), B.DISABILITY_LIVING_SUBSIDY: (ChoiceGroup.LIVING, 1)}
    assert told == (care | living if county == "370828" else care)


@pytest.mark.parametrize("county", COUNTIES)
def test_the_groups_of_a_county_are_those_of_its_law_whoever_has_a_row(shipped, county):
    care = {B.DISABILITY_CARE_SUBSIDY: ChoiceGroup.CARE, B.ELDER_CARE_SUBSIDY: ChoiceGroup.CARE}
    living = {B.DISABILITY_LIVING_SUBSIDY: ChoiceGroup.LIVING, B.HARDSHIP_ELDER_SUBSIDY: ChoiceGroup.LIVING}
    found = shipped.resolve(county, [JULY], TODAY).choose_groups()
    assert found["benefit_month"].unique().to_list() == [JULY]
    assert dict(found.select("benefit", "group").rows()) == (care | living if county == "370828" else care)
