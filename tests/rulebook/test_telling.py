"""What stands in a month, how well it is covered, which documents disagree, and conditions in words."""

from datetime import date

import pytest

from contracts.codes import Benefit, UnsetReason, ValueStatus
from contracts.months import months_between
from contracts.policy import AllOf, AnyOf, Compare, Fact, Not, OneOf, Parameter, Switch
from rulebook.breaches import breaches
from rulebook.cells import may_qualify
from rulebook.coverage import Cover, calendar
from rulebook.telling import in_force
from rulebook.wording import lines, sentence
from tests.rulebook.conftest import TODAY

JULY = date(2024, 7, 1)
B = Benefit


def told(law, county, parameter, key="", month=JULY, known_on=TODAY):
    rows = in_force(law.chain_of(county), month, known_on)
    return next(row for row in rows if (row.parameter, row.key) == (parameter, key))


def cover_of(law, county, benefit, month, known_on=TODAY):
    rows = calendar(law.resolve(county, [month], known_on))
    return next(row for row in rows if row.benefit is benefit)


def test_a_value_says_who_set_it_and_on_what(shipped):
    row = told(shipped, "410721", "old_age_allowance.amount", "[80,90)")
    assert (row.text, row.set_by, row.status) == ("50 元/月", "新乡县", ValueStatus.IN_FORCE)
    assert row.source == "《新乡县基本养老服务清单》(新政办〔2024〕13号) 第5项"
    assert row.quote


def test_before_the_county_spoke_the_province_did(shipped):
    row = told(shipped, "410721", "old_age_allowance.amount", "[80,90)", date(2024, 5, 1))
    assert (row.set_by, row.status) == ("河南省", ValueStatus.PLACEHOLDER)


def test_what_is_not_set_names_the_text_that_leaves_it_open(shipped):
    row = told(shipped, "370828", "old_age_allowance.amount", "[80,90)")
    assert (row.text, row.why_unset) == ("标准未设定", UnsetReason.NOT_SET)
    assert row.quote == "具体标准另行制定"


def test_codes_and_switches_are_told_in_chinese(shipped):
    assert told(shipped, "410721", "disability_care_subsidy.enrolment").text == "依申请"
    assert told(shipped, "410721", "elder_service_subsidy.dibao_needs_qualifier").text == "否"
    assert told(shipped, "370828", "elder_care_subsidy.test").text == "能力评估等级"


def test_a_refused_value_names_the_document_against_it(with_overlay):
    law = with_overlay(
        {"level": "410721", "parameter": "elder_care_subsidy.amount", "value": 50, "effective_from": "2024-07-01"}
    )
    row = told(law, "410721", "elder_care_subsidy.amount")
    assert row.why_unset is UnsetReason.BELOW_FLOOR
    assert "60 yuan/month" in row.against
    assert "新政办〔2024〕13号" in row.against


def test_an_abolished_value_says_so(with_overlay):
    law = with_overlay(
        {"level": "410721", "parameter": "elder_care_subsidy.amount", "value": None, "effective_from": "2024-07-01"}
    )
    assert told(law, "410721", "elder_care_subsidy.amount").text == "已取消"


@pytest.mark.parametrize(
    ("county", "benefit", "month", "cover"),
    [
        ("410721", B.OLD_AGE_ALLOWANCE, JULY, Cover.IN_FORCE),
        ("410721", B.OLD_AGE_ALLOWANCE, date(2024, 5, 1), Cover.PLACEHOLDER),
        ("410721", B.OLD_AGE_ALLOWANCE, date(2021, 5, 1), Cover.NOT_SET),
        ("410721", B.OLD_AGE_ALLOWANCE, date(2015, 5, 1), Cover.ABOLISHED),
        ("410721", B.DISABILITY_CARE_SUBSIDY, JULY, Cover.IN_FORCE),  # grades 3 and 4 cannot qualify
        ("410902", B.OLD_AGE_ALLOWANCE, JULY, Cover.DRAFT),
        ("370828", B.OLD_AGE_ALLOWANCE, JULY, Cover.PARTLY_SET),
        ("370828", B.HARDSHIP_ELDER_SUBSIDY, JULY, Cover.IN_FORCE),  # there is no band from 100
        ("370828", B.TEKUN_CARE, JULY, Cover.NOT_SET),
        ("130581", B.TEKUN_LIVING, JULY, Cover.NOT_SET),
    ],
)
def test_how_a_month_is_covered(shipped, county, benefit, month, cover):
    assert cover_of(shipped, county, benefit, month).cover is cover


def test_a_standard_of_two_years_ago_is_stale(shipped):
    months = months_between(date(2023, 11, 1), date(2024, 2, 1))
    rows = [row for row in calendar(shipped.resolve("411102", months, TODAY)) if row.benefit is B.OLD_AGE_ALLOWANCE]
    assert [row.stale_since for row in rows] == [None, None, date(2024, 1, 1), date(2024, 1, 1)]
    assert {row.since for row in rows} == {date(2022, 1, 1)}


def test_the_shipped_law_has_no_breach(shipped):
    assert breaches(shipped, TODAY) == []


def test_a_breach_is_found_at_its_first_month_and_names_both(with_overlay):
    law = with_overlay(
        {"level": "410721", "parameter": "elder_care_subsidy.amount", "value": 70, "effective_from": "2024-01-01"},
        {"level": "410000", "parameter": "elder_care_subsidy.amount", "value": 80, "role": "floor",
         "effective_from": "2025-03-01", "issued_on": "2025-02-01"},
    )  # fmt: skip
    assert breaches(law, date(2025, 1, 31)) == []
    (here,) = [breach for breach in breaches(law, TODAY) if breach.county == "410721"]
    assert (here.benefit, here.month) == (B.ELDER_CARE_SUBSIDY, date(2025, 3, 1))
    assert here.why_unset is UnsetReason.BELOW_FLOOR
    assert "新乡县 70 元/月" in str(here)
    assert "河南省 80 元/月" in str(here)
    assert cover_of(law, "410721", B.ELDER_CARE_SUBSIDY, date(2025, 3, 1)).cover is Cover.BREACH


AGE = Compare("age", at_least=Parameter("min_age"), below=100)
LEVEL = Compare("level", at_least=Parameter("levels_from"), at_most=Parameter("levels_to"))


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Fact("tekun"), "特困人员"),
        (AGE, "周岁 ≥ <min_age> 且 < 100"),
        (LEVEL, "能力评估等级在“<levels>”之内"),
        (Switch(Parameter("open")), "已规定“<open>”"),
        (OneOf("support_mode", ("home",)), "供养方式为 分散"),
        (OneOf(Parameter("test"), ("unable",)), "<test>按“民政部门认定生活不能自理”"),
        (Not(Fact("tekun")), "不(特困人员)"),
        (AllOf((Fact("tekun"), AnyOf((Fact("limited"), Fact("disabled"))))), "特困人员,(失能 或 持有效残疾人证)"),
    ],
)
def test_a_condition_in_words(condition, words):
    assert sentence(condition, "<{}>".format) == words
    assert list(lines(condition, "<{}>".format))


def test_a_label_stands_before_its_parts():
    told_lines = list(lines(AnyOf((Fact("tekun"), Fact("margin")), "困难"), str))
    assert told_lines == ["- **困难**:以下任何一项:", "  - 特困人员", "  - 低保边缘"]


ROW = {"age_years": 85, "disability_grade": 3, "p_min_age": 80, "p_open": False, "p_test": "unable"}


@pytest.mark.parametrize(
    ("condition", "may"),
    [
        (Compare("age", at_least=Parameter("min_age")), True),
        (Compare("age", at_least=86), False),
        (Compare("age", below=85), False),
        (Compare("level", at_least=2), True),  # not told by the row
        (Fact("severe"), False),
        (Fact("disabled"), True),
        (Not(Fact("disabled")), False),
        (Not(Fact("tekun")), True),
        (Switch(Parameter("open")), False),
        (OneOf(Parameter("test"), ("level",)), False),
        (AnyOf((Fact("severe"), Switch(Parameter("open")))), False),
        (AnyOf((Fact("severe"), Fact("tekun"))), True),
        (AllOf((Fact("tekun"), Fact("severe"))), False),
    ],
)
def test_whether_anybody_in_a_cell_can_qualify(condition, may):
    assert may_qualify(condition, ROW) is may


@pytest.mark.parametrize(("word", "may"), [("tekun", False), ("dibao_household", True), ("dibao_person", True)])
def test_a_low_income_cell_settles_its_words(word, may):
    assert may_qualify(Fact(word), {"low_income_code": "dibao"}) is may
    assert may_qualify(Not(Fact("dibao_household")), {"low_income_code": "dibao"}) is False
    assert may_qualify(Not(Fact("dibao_person")), {"low_income_code": "dibao"}) is True
