"""Spells run from their first month through their last; of several that run, the first in the stated order counts."""

from datetime import date

import polars as pl
import pytest

from calculators.spells import Order, running, strongest
from tests.calculators.building import FEBRUARY, JANUARY, JUNE, MARCH, MONTHS, scope

BEFORE, AFTER = date(2024, 12, 1), date(2025, 7, 1)


def spells(*rows):
    schema = {
        "person_no": pl.Int64,
        "first_month": pl.Date,
        "last_month": pl.Date,
        "grade": pl.Int64,
        "sure": pl.Boolean,
    }
    usual = {"person_no": 1, "grade": 1, "sure": False}
    return pl.DataFrame([{**usual, **row} for row in rows], schema=schema).lazy()


def counting(rows, order):
    return dict(
        strongest(rows, scope().month_frame(), order)
        .sort("benefit_month")
        .select("benefit_month", "grade")
        .collect()
        .iter_rows()
    )


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (FEBRUARY, MARCH, [FEBRUARY, MARCH]),
        (FEBRUARY, FEBRUARY, [FEBRUARY]),
        (None, FEBRUARY, [JANUARY, FEBRUARY]),
        (JUNE, None, [JUNE]),
        (BEFORE, JANUARY, [JANUARY]),
        (BEFORE, BEFORE, []),
        (AFTER, None, []),
        (MARCH, FEBRUARY, []),
        (None, None, list(MONTHS)),
    ],
)
def test_a_spell_runs_in_its_months_both_included(first, last, months):
    rows = running(spells({"first_month": first, "last_month": last}), scope().month_frame())
    assert rows.collect()["benefit_month"].sort().to_list() == months


def test_the_first_in_the_order_counts_while_it_runs_and_then_the_next():
    rows = spells({"grade": 2}, {"grade": 1, "first_month": FEBRUARY, "last_month": FEBRUARY})
    assert counting(rows, Order(by=("grade",))) == {**dict.fromkeys(MONTHS, 2), FEBRUARY: 1}


def test_an_order_may_go_down():
    rows = spells({"grade": 2}, {"grade": 1, "first_month": FEBRUARY, "last_month": FEBRUARY})
    assert counting(rows, Order(by=("grade",), descending=("grade",))) == dict.fromkeys(MONTHS, 2)


@pytest.mark.parametrize("descending", [(), ("grade",)])
def test_what_is_unknown_counts_last(descending):
    assert set(
        counting(spells({"grade": None}, {"grade": 3}), Order(by=("grade",), descending=descending)).values()
    ) == {3}


def test_the_order_of_rows_does_not_matter():
    rows = spells({"grade": 2}, {"grade": 2, "last_month": MARCH}, {"grade": 1, "first_month": MARCH})
    order = Order(by=("grade",))
    assert counting(rows, order) == counting(rows.reverse(), order)


def test_of_spells_that_are_as_good_the_order_of_rows_does_not_decide():
    rows = spells({"sure": True}, {"sure": False}, {"sure": None})
    order = Order(by=("grade",))
    told = [
        strongest(each, scope().month_frame(), order).select("sure").unique().collect().rows()
        for each in (rows, rows.reverse())
    ]
    assert told == [[(False,)], [(False,)]]


def test_what_is_not_said_is_no_yes():
    rows = spells({"sure": None}, {"sure": False})
    assert strongest(rows, scope().month_frame(), Order(by=("grade",), any_of="sure")).collect()[
        "sure"
    ].unique().to_list() == [False]


def test_a_yes_on_any_row_that_is_as_good_is_enough_and_on_a_weaker_one_is_not():
    order = Order(by=("grade", "first_month"), any_of="sure")

    def is_sure(*rows):
        return strongest(spells(*rows), scope([JANUARY]).month_frame(), order).collect()["sure"].to_list()

    assert is_sure({"first_month": BEFORE}, {"sure": True}) == [True]
    assert is_sure({"first_month": BEFORE}, {"sure": True, "grade": 2}) == [False]
    assert is_sure({"first_month": BEFORE}, {"sure": True, "first_month": AFTER}) == [False]


def test_spells_may_be_compared_within_a_column():
    rows = spells({"grade": 1}, {"grade": 2, "sure": True})
    told = strongest(rows, scope([JANUARY]).month_frame(), Order(by=("grade",), per=("sure",))).collect()
    assert sorted(told.select("sure", "grade").rows()) == [(False, 1), (True, 2)]


def test_months_may_be_of_one_person_and_then_only_these_count():
    rows = spells({"last_month": MARCH}, {"person_no": 2})
    of_each = pl.LazyFrame({"person_no": [1, 1, 2], "benefit_month": [MARCH, JUNE, JANUARY]})
    assert set(running(rows, of_each).select("person_no", "benefit_month").collect().iter_rows()) == {
        (1, MARCH),
        (2, JANUARY),
    }
