"""Numbers that can belong to nobody and are right in form: checked against another implementation."""

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from generator.numbers import account_number, region_of, resident_id, resident_ids

days = st.dates(date(1900, 1, 1), date(2030, 12, 31))


@given(days, st.integers(1, 999))
def test_an_identity_number_has_the_check_digit_another_library_gives(born, ordinal):
    number = resident_id("990721", born, ordinal)
    assert mod_11_2.is_valid(number)
    assert number[6:14] == born.strftime("%Y%m%d")


@given(st.lists(st.tuples(days, st.integers(1, 999)), min_size=1, max_size=50))
def test_many_at_once_are_the_same_as_one_by_one(people):
    frame = pl.DataFrame(people, schema={"born": pl.Date, "ordinal": pl.Int64}, orient="row")
    numbers = frame.select(resident_ids("990721", pl.col("born"), pl.col("ordinal"))).to_series().to_list()
    assert numbers == [resident_id("990721", born, ordinal) for born, ordinal in people]


def test_every_region_is_one_that_exists_nowhere():
    assert {region_of(county)[:2] for county in ("410721", "130581", "370828")} == {"99"}


def test_a_million_serials_have_a_million_accounts():
    accounts = pl.select(serial=pl.int_range(1_000_000, dtype=pl.Int64)).select(
        account_number("410721", pl.col("serial"))
    )
    assert accounts.to_series().n_unique() == 1_000_000
    assert accounts.to_series().str.contains(r"^99000721[0-9]{9}$").all()
