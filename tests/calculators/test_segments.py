"""A segment is a run of months without a change; unfolded, every month stands once under the person it is of."""

from datetime import date

import polars as pl
import pytest

from calculators import entitlements
from calculators.segments import changes_of_law, segments, unfolded
from contracts.policy import AllOf, Fact
from tests.calculators.building import (
    EVERYBODY,
    FEBRUARY,
    JANUARY,
    JUNE,
    MARCH,
    MONTHS,
    benefit,
    registers,
    rules,
    scope,
)

BEFORE, AFTER = date(2024, 12, 1), date(2025, 7, 1)
SCHEMA = {"person_no": pl.Int64, "benefit_month": pl.Date}


def cut(*changes, people=(1,), months=MONTHS):
    of_people = pl.LazyFrame({"person_no": people}, schema={"person_no": pl.Int64})
    told = pl.LazyFrame(changes, schema=SCHEMA, orient="row")
    return segments(of_people, [told], scope(months))


@pytest.mark.parametrize("change", [None, BEFORE, JANUARY, AFTER])
def test_without_a_change_within_the_months_all_are_one_segment(change):
    assert cut((1, change)).collect().rows() == [(1, JANUARY, None)]


def test_a_change_begins_a_segment_of_its_person_alone_and_two_in_a_month_begin_one():
    told = cut((1, MARCH), (1, MARCH), (2, JUNE), people=(1, 2)).collect()
    assert told.rows() == [(1, JANUARY, MARCH), (1, MARCH, None), (2, JANUARY, JUNE), (2, JUNE, None)]


def test_a_change_in_a_month_that_is_not_asked_for_shows_in_the_next_that_is():
    assert cut((1, FEBRUARY), months=[JANUARY, MARCH]).collect().rows() == [(1, JANUARY, MARCH), (1, MARCH, None)]


def test_every_month_of_the_scope_stands_once_for_each_person():
    told = unfolded(cut((1, MARCH), (1, JUNE), (2, FEBRUARY), people=(1, 2)), scope()).sort(
        "person_no", "benefit_month"
    )
    assert told.collect().rows() == [(person, month) for person in (1, 2) for month in MONTHS]


def test_the_law_changes_where_a_figure_is_another_than_the_month_before():
    people = pl.LazyFrame({"person_no": [1]}, schema={"person_no": pl.Int64})
    cells = [{"benefit_month": month, "p_amount_fen": 6_000 if month < MARCH else 7_000} for month in MONTHS]
    [told] = changes_of_law(people, rules(benefit("elder_care_subsidy", *cells)))
    assert set(told.collect()["benefit_month"]) == {JANUARY, MARCH}  # of the first it is not known


def test_the_law_changes_back_in_whatever_order_the_months_of_its_figures_come():
    people = pl.LazyFrame({"person_no": [1]}, schema={"person_no": pl.Int64})
    amounts = {JANUARY: 6_000, MARCH: 6_000, FEBRUARY: 7_000}
    cells = [{"benefit_month": month, "p_amount_fen": fen} for month, fen in amounts.items()]
    [told] = changes_of_law(people, rules(benefit("elder_care_subsidy", *cells)))
    assert set(told.collect()["benefit_month"]) == {JANUARY, FEBRUARY, MARCH}


def test_a_law_that_asks_for_the_month_of_birth_gives_that_month_alone():
    in_march = benefit(
        "elder_care_subsidy", p_amount_fen=5_000, when=AllOf((*EVERYBODY.conditions, Fact("birthday_month")))
    )
    told = entitlements(registers(population=[{}]), rules(in_march), scope()).collect()
    assert told.select("benefit_month", "amount_fen").rows() == [(MARCH, 5_000)]
