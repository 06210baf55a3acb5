"""Identity numbers, against another library's check digit."""

import random
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from intake.resident_ids import birth_date, born_out_of_time, has_check_digit, has_form, legible

TEXT = pl.col("text")
digits = st.text("0123456789", min_size=17, max_size=17)


def said(expression, *texts):
    return pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(expression).to_series().to_list()


@given(st.lists(st.tuples(digits, st.sampled_from("0123456789X")), min_size=1, max_size=200))
def test_the_check_digit_is_right_exactly_where_another_library_says_so(parts):
    numbers = [body + last for body, last in parts]
    assert said(has_check_digit(TEXT), *numbers) == [mod_11_2.is_valid(number) for number in numbers]


def test_a_hundred_thousand_numbers_agree_with_another_library():
    draw = random.Random(1)
    bodies = [f"{draw.randrange(10**17):017d}" for _ in range(100_000)]
    right = [body + mod_11_2.calc_check_digit(body) for body in bodies]
    wrong = [number[:-1] + ("0" if number[-1] != "0" else "1") for number in right]
    assert all(said(has_check_digit(TEXT), *right))
    assert not any(said(has_check_digit(TEXT), *wrong))


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
    assert said(born_out_of_time(TEXT, known_on), *numbers) == [False, True, False, True]
