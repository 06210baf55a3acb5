"""Months and money: what goes out comes back."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.money import parse_yuan, yuan_expr, yuan_label, yuan_text
from contracts.months import add_months, first_of, month_text, months_between, parse_month

MONTHS = st.builds(date, st.integers(1900, 2200), st.integers(1, 12), st.just(1))
FEN = st.integers(0, 10**13)


@given(MONTHS)
def test_a_month_is_read_back_from_its_text(month):
    assert parse_month(month_text(month)) == month


@pytest.mark.parametrize("text", ["2024-13", "2024-00", "2024-7", "24-07", "2024-07-01", "2024/07", "", " 2024-07"])
def test_what_is_not_a_month_is_refused(text):
    with pytest.raises(ValueError, match="不是年月"):
        parse_month(text)


@given(MONTHS, st.integers(-600, 600))
def test_months_added_can_be_taken_away(month, count):
    assert add_months(add_months(month, count), -count) == month


@given(MONTHS, st.integers(0, 60))
def test_months_between_are_all_of_them_once(month, count):
    months = months_between(month, add_months(month, count))
    assert len(months) == count + 1
    assert months == sorted(set(months))
    assert months[0] == month
    assert months[-1] == add_months(month, count)


@given(MONTHS, st.integers(1, 60))
def test_there_is_no_month_between_a_later_and_an_earlier(month, count):
    assert months_between(add_months(month, count), month) == []


def test_a_day_lies_in_its_month():
    assert first_of(date(2024, 2, 29)) == date(2024, 2, 1)


@given(FEN)
def test_an_amount_is_read_back_from_its_text(fen):
    assert parse_yuan(yuan_text(fen)) == fen


@given(FEN)
def test_the_column_is_written_as_the_single_amount(fen):
    written = pl.DataFrame({"amount_fen": [fen]}).select(text=yuan_expr("amount_fen"))
    assert written.item() == yuan_text(fen)


@given(FEN)
def test_the_label_is_the_text_with_groups_of_three(fen):
    assert yuan_label(fen).replace(",", "") == yuan_text(fen)
    assert yuan_text(-fen) == (f"-{yuan_text(fen)}" if fen else "0.00")


def test_amounts_look_as_an_officer_writes_them():
    assert yuan_text(66700) == "667.00"
    assert yuan_text(5) == "0.05"
    assert yuan_text(-5) == "-0.05"
    assert yuan_label(123456700) == "1,234,567.00"
    assert parse_yuan("80") == 8000
    assert parse_yuan(" 80.5 ") == 8050


@pytest.mark.parametrize("text", ["", "1.005", "-1", "1e3", "1,000", "NaN", "1.", ".5", "壹元"])
def test_what_is_not_an_amount_is_refused(text):
    with pytest.raises(ValueError, match="不是金额"):
        parse_yuan(text)
