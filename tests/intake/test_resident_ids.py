"""Identity numbers, against another library's check digit."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.iso7064 import mod_11_2

from intake.resident_ids import birth_date, has_check_digit, has_form, legible, out_of_time

TEXT = pl.col("text")
digits = st.text("0123456789", min_size=17, max_size=17)


def said(expression, *texts):
    return pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(expression).to_series().to_list()


@given(st.lists(st.tuples(digits, st.sampled_from("0123456789X")), min_size=1, max_size=200))
def test_the_check_digit_is_right_exactly_where_another_library_says_so(parts):
    numbers = [body + last for body, last in parts]
    assert said(has_check_digit(TEXT), *numbers) == [mod_11_2.is_valid(number) for number in numbers]


@pytest.fixture(scope="module")
def million():
    """A million bodies of numbers with real days of birth, and the last character each has by another library."""
    count, days = 1_000_000, (date(2024, 1, 1) - date(1900, 1, 1)).days
    place = pl.int_range(count, dtype=pl.UInt64)
    drawn = pl.select(
        region=pl.lit("99") + (place.hash(1) % 10_000).cast(pl.String).str.zfill(4),
        born=(pl.lit(date(1900, 1, 1)) + pl.duration(days=(place.hash(2) % days))).dt.strftime("%Y%m%d"),
        serial=(place.hash(3) % 996).cast(pl.String).str.zfill(3),
    )
    bodies = drawn.select(pl.concat_str("region", "born", "serial")).to_series()
    last = [ric.calc_check_digit(body + "0") for body in bodies.to_list()]
    return drawn.with_columns(body=bodies, last=pl.Series(last))


def test_a_million_numbers_agree_with_another_library(million):
    wrong = pl.when(pl.col("last") == "0").then(pl.lit("1")).otherwise(pl.lit("0"))
    numbers = million.select(right=pl.col("body") + pl.col("last"), wrong=pl.col("body") + wrong)
    read = numbers.select("right", read=legible(pl.col("right")), broken=legible(pl.col("wrong")))
    assert read["read"].equals(read["right"], check_names=False)
    assert read["broken"].null_count() == numbers.height


def test_numbers_of_fifteen_digits_get_the_century_and_the_check_digit_another_library_says(million):
    born_before_2000 = million.filter(pl.col("born") < "2000")
    old = pl.concat_str("region", pl.col("born").str.slice(2), "serial")
    read = born_before_2000.select(read=legible(old), right=pl.col("body") + pl.col("last"))
    assert read.height > 700_000
    assert read["read"].equals(read["right"], check_names=False)


@pytest.mark.parametrize("text", ["990721440731996", "990721440230001", "99072144073100X", "9907214407310019"])
def test_what_is_no_number_of_fifteen_is_not_upgraded(text):
    assert said(legible(TEXT), text) == [None]


@given(digits, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(body, place, shift):
    number = body + mod_11_2.calc_check_digit(body)
    other = str((int(number[place]) + shift) % 10)
    assert said(has_check_digit(TEXT), number[:place] + other + number[place + 1 :]) == [False]


@pytest.mark.parametrize("made", [str.lower, lambda number: number + " ", lambda number: number.translate(WIDE)])
def test_full_width_and_lower_case_are_the_same_number(made, resident_id):
    number = next(one for one in (resident_id(serial=serial) for serial in range(1, 99)) if one.endswith("X"))
    assert said(legible(TEXT), made(number)) == [number]


WIDE = {ord(char): ord(char) + 0xFEE0 for char in "0123456789X"}


@pytest.mark.parametrize("text", ["", "99072119440731", "X9072119440731001X", "99072119440731001XX", "Х" * 18])
def test_what_is_no_number_has_no_form(text):
    assert said(has_form(TEXT), text) == [False]


def test_a_day_that_never_was_is_no_birth_date(resident_id):
    assert said(birth_date(TEXT), resident_id("19440731"), resident_id("19440230")) == [date(1944, 7, 31), None]
    assert said(legible(TEXT), resident_id("19440230")) == [None]


def test_nobody_is_born_tomorrow_or_131_years_old(resident_id, known_on):
    numbers = [resident_id(born) for born in ("20240715", "20240716", "18940101", "18931231")]
    assert said(out_of_time(birth_date(TEXT), known_on), *numbers) == [False, True, False, True]
