"""What registers together leave in doubt is listed: strangers to the population, and 低保 beside 特困."""

from datetime import date

import polars as pl
import pytest

from contracts.registers import REGISTERS, accepted_schema, empty_register
from intake import doubts

TEKUN, DIBAO = "tekun", "dibao"


def low_income(person_no, category, first, last=None, confirmed=None, row=1):
    return {
        "person_no": person_no,
        "category": category,
        "from_month": first,
        "to_month": last,
        "confirmed_on": confirmed,
        "source_file": "low_income.csv",
        "source_sheet": "",
        "source_row": row,
    }


def found(population, *rows):
    registers = {name: empty_register(name) for name in REGISTERS}
    registers["population"] = pl.DataFrame(
        [{"person_no": one} for one in population], schema=accepted_schema("population")
    )
    registers["low_income"] = pl.DataFrame(list(rows), schema=accepted_schema("low_income"))
    return [(row["source_row"], row["doubt"]) for row in doubts(registers).iter_rows(named=True)]


def test_a_stranger_to_the_population_is_in_doubt():
    assert found([1], low_income(2, DIBAO, date(2024, 1, 1))) == [(1, "NOT_IN_POPULATION")]


def test_a_dibao_row_that_runs_beside_a_tekun_row_is_in_doubt():
    both = low_income(1, DIBAO, date(2023, 1, 1), row=2), low_income(1, TEKUN, date(2024, 5, 1), row=3)
    assert found([1], *both) == [(2, "DIBAO_BESIDE_TEKUN")]


@pytest.mark.parametrize("last", [date(2024, 4, 1), date(2023, 12, 1)])
def test_a_dibao_row_that_ended_before_is_not(last):
    rows = low_income(1, DIBAO, date(2023, 1, 1), last, row=2), low_income(1, TEKUN, date(2024, 5, 1), row=3)
    assert found([1], *rows) == []


def test_a_row_with_a_confirmation_day_begins_the_month_after():
    dibao = low_income(1, DIBAO, date(2023, 1, 1), date(2024, 5, 1), row=2)
    tekun = low_income(1, TEKUN, None, confirmed=date(2024, 5, 20), row=3)
    assert found([1], dibao, tekun) == []
    assert found([1], {**dibao, "to_month": date(2024, 6, 1)}, tekun) == [(2, "DIBAO_BESIDE_TEKUN")]


def test_two_tekun_rows_put_a_dibao_row_in_doubt_once():
    rows = [low_income(1, category, date(2024, 1, 1), row=n) for n, category in enumerate([DIBAO, TEKUN, TEKUN], 1)]
    assert found([1], *rows) == [(1, "DIBAO_BESIDE_TEKUN")]
