"""What another law would mean for the people on a register."""

from datetime import date

import pytest

from cli.simulate import compared
from reports.law_change import (
    CHANGE_SCHEMA,
    by_name,
    gaining_and_losing,
    law_change,
    month_totals,
    months_to_year_end,
    no_longer_set,
    taken_back,
    totals,
)
from tests.cases.reading import read_cases

JULY = date(2024, 7, 1)
CASE = next(case for case in read_cases("410721") if case.id == "410721-04")  # 低保, unable, disability grade 1


@pytest.fixture
def registers():
    return {name: rows.lazy() for name, rows in CASE.registers().items()}


@pytest.fixture
def months():
    return months_to_year_end([JULY], JULY)


def test_the_months_run_to_the_end_of_the_year():
    assert months_to_year_end([JULY], JULY)[-1] == date(2024, 12, 1)
    assert months_to_year_end([date(2024, 12, 1)], date(2024, 12, 1)) == [date(2024, 12, 1)]


def test_identical_laws_differ_by_nothing(shipped, registers, months):
    rules = shipped.resolve("410721", months, CASE.known_on)
    changes = law_change(registers, rules, rules, JULY)
    assert changes.is_empty()
    assert changes.schema == CHANGE_SCHEMA
    assert totals(changes, JULY).is_empty()


def test_a_raise_turns_the_choice_and_is_counted_to_year_end(shipped, with_overlay, registers, months):
    raised = with_overlay(
        {"level": "410721", "parameter": "elder_care_subsidy.amount", "value": 100, "effective_from": "2024-07-01"}
    )
    before, after = (law.resolve("410721", months, CASE.known_on) for law in (shipped, raised))
    changes = law_change(registers, before, after, JULY)
    assert changes.height == 12  # two benefits, six months
    told = {row["benefit"]: row for row in totals(changes, JULY).iter_rows(named=True)}
    up, down = told["elder_care_subsidy"], told["disability_care_subsidy"]
    assert (up["gaining_count"], up["losing_count"]) == (1, 0)
    assert (up["until_now_fen"], up["to_year_end_fen"]) == (10000, 50000)
    assert (down["gaining_count"], down["losing_count"]) == (0, 1)
    assert (down["until_now_fen"], down["to_year_end_fen"]) == (-7500, -37500)
    assert gaining_and_losing(changes) == (1, 0)  # one person: 75 less of the one, 100 more of the other
    assert taken_back(changes, before, after, JULY) == (), "who keeps as much under the other owes nothing back"
    (debt,) = taken_back(law_change(registers, after, before, JULY), after, before, JULY)
    assert (debt.benefit, debt.people, debt.fen) == ("elder_care_subsidy", 1, 2500)
    named = by_name(changes, CASE.numbers, JULY)
    assert named.height == changes.height
    assert named.row(0, named=True) == {
        "person_id": CASE.person_ids[0],
        "benefit": "护理补贴",
        "benefit_month": "2024-07",
        "before": "择高未选",
        "after": "应发",
        "before_fen": 0,
        "after_fen": 10000,
        "meaning": "增加",
    }


def test_a_value_below_its_floor_takes_nothing_back_and_is_no_loss(shipped, with_overlay, registers, months):
    low = with_overlay(
        {"level": "410721", "parameter": "old_age_allowance.amount", "key": "[80,90)", "value": 40,
         "effective_from": "2024-07-01"}
    )  # fmt: skip
    before, after = (law.resolve("410721", months, CASE.known_on) for law in (shipped, low))
    changes = law_change(registers, before, after, JULY)
    (row,) = totals(changes, JULY).iter_rows(named=True)
    assert (row["benefit"], row["losing_count"], row["until_now_fen"], row["to_year_end_fen"]) == (
        "old_age_allowance", 0, 0, 0,
    )  # fmt: skip
    assert (row["unset_count"], row["unset_to_year_end_fen"]) == (1, 25000)
    assert gaining_and_losing(changes) == (0, 0)
    assert taken_back(changes, before, after, JULY) == ()
    (unset,) = no_longer_set(changes, before, after)
    assert any("50 元/月" in document and "新政办〔2024〕13号" in document for document in unset.before_documents)
    assert (unset.why_unset, unset.people) == ("BELOW_FLOOR", 1)
    assert any("40 元/月" in document for document in unset.documents)
    assert any("50 元/月" in document and "新政办〔2024〕13号" in document for document in unset.documents)
    assert by_name(changes, CASE.numbers, JULY)["meaning"].to_list() == [
        "标准未设定:已发的不追回", *["标准未设定:设定之前不发"] * 5,
    ]  # fmt: skip


def test_a_lower_amount_of_a_past_month_is_told_as_taken_back(shipped, with_overlay, registers, months):
    raised = with_overlay(
        {"level": "410721", "parameter": "old_age_allowance.amount", "key": "[80,90)", "value": 80,
         "effective_from": "2024-07-01"}
    )  # fmt: skip
    before, after = (law.resolve("410721", months, CASE.known_on) for law in (raised, shipped))
    changes = law_change(registers, before, after, JULY)
    assert by_name(changes, CASE.numbers, JULY)["meaning"].to_list() == ["已发的将追回", *["以后少发"] * 5]
    (debt,) = taken_back(changes, before, after, JULY)
    assert (debt.benefit, debt.people, debt.fen) == ("old_age_allowance", 1, 3000)
    assert str(debt).startswith(
        "高龄津贴 1 人 30.00 元已发的将追回(原按 新乡县 80 元/月《用例假设的标准》(用例) overlay;"
    )
    assert str(debt).endswith("(新政办〔2024〕13号) 第5项)")


def test_a_change_from_a_month_leaves_the_months_before_alone(shipped, with_overlay, registers, months):
    raised = with_overlay(
        {"level": "410721", "parameter": "elder_care_subsidy.amount", "value": 100, "effective_from": "2024-09-01"}
    )
    before, after = (law.resolve("410721", months, CASE.known_on) for law in (shipped, raised))
    assert law_change(registers, before, after, JULY)["benefit_month"].min() == date(2024, 9, 1)


def test_the_month_under_another_law_beside_the_month_as_it_is(shipped, with_overlay, registers, months):
    raised = with_overlay(
        {"level": "410721", "parameter": "elder_care_subsidy.amount", "value": 100, "effective_from": "2024-07-01"}
    )
    now, then = (law.resolve("410721", months, CASE.known_on) for law in (shipped, raised))
    sides = [month_totals(registers, rules, JULY) for rules in (now, then)]
    rows = compared(*sides, totals(law_change(registers, now, then, JULY), JULY)).rows_by_key("benefit", named=True)
    (care,) = rows["elder_care_subsidy"]
    assert (care["people_count"], care["people_count_simulated"], care["amount_fen_simulated"]) == (None, 1, 10000)
    (disability,) = rows["disability_care_subsidy"]
    assert (disability["people_count"], disability["people_count_simulated"]) == (1, None)
    (unmoved,) = rows["old_age_allowance"]
    assert (unmoved["amount_fen"], unmoved["amount_fen_simulated"], unmoved["until_now_fen"]) == (5000, 5000, None)
