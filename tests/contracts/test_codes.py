"""Code lists: one meaning per spelling."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Benefit, LowIncomeCategory, Outcome, SelfCare
from contracts.dictionary import code_lists

CODE_LISTS = list(code_lists())


@pytest.mark.parametrize("listed", CODE_LISTS, ids=lambda listed: listed.__name__)
def test_every_member_is_found_by_code_label_and_alias(listed):
    for member in listed:
        for spelling in (member.value, member.label, *member.aliases):
            assert listed.of(f" {spelling} ") is member


@pytest.mark.parametrize("listed", CODE_LISTS, ids=lambda listed: listed.__name__)
def test_no_spelling_means_two_members(listed):
    spellings = [word for member in listed for word in {member.value, member.label, *member.aliases}]
    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize("listed", CODE_LISTS, ids=lambda listed: listed.__name__)
def test_every_member_has_a_label_in_its_own_words(listed):
    assert all(member.label for member in listed)
    assert len({member.label for member in listed}) == len(listed)


@given(st.text())
def test_an_unknown_spelling_is_none_of_them(text):
    assert text.strip() in Outcome.spellings() or Outcome.of(text) is None


def test_a_code_column_holds_codes_in_the_order_of_the_list():
    assert Benefit.dtype() == pl.Enum(Benefit.values())
    assert LowIncomeCategory.values()[0] == "tekun"
    assert SelfCare.values()[-1] == "full"


def test_an_unknown_code_is_shown_as_it_is():
    assert Outcome.label_of("ENTITLED") == "应发"
    assert Outcome.label_of("whatever") == "whatever"


IN_PAPERS = {
    "高龄津贴": Benefit.OLD_AGE_ALLOWANCE,
    "(经济困难老年人)养老服务补贴": Benefit.ELDER_SERVICE_SUBSIDY,
    "(经济困难失能老年人)护理补贴": Benefit.ELDER_CARE_SUBSIDY,
    "经济困难老年人补贴·生活补贴": Benefit.HARDSHIP_ELDER_SUBSIDY,
    "困难残疾人生活补贴": Benefit.DISABILITY_LIVING_SUBSIDY,
    "重度残疾人护理补贴": Benefit.DISABILITY_CARE_SUBSIDY,
    "计划生育特别扶助金": Benefit.FAMILY_PLANNING_SUPPORT,
}


@pytest.mark.parametrize("name", IN_PAPERS)
def test_the_names_that_officers_and_their_papers_use_are_spellings(name):
    assert Benefit.of(name) is IN_PAPERS[name]
