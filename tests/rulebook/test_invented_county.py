"""A county whose rules use the same words needs YAML alone: bands by age and category, the month after the birthday."""

from datetime import date

import polars as pl
import pytest

import calculators
from contracts.months import month_text
from contracts.registers import accepted_schema

MONTHS = tuple(date(2024, month, 1) for month in (4, 5, 6))
HOME = {"source_file": "f", "source_sheet": "", "source_row": 1}


def register(name, rows):
    schema = accepted_schema(name)
    return pl.DataFrame([dict.fromkeys(schema) | HOME | row for row in rows], schema=schema).lazy()


def amounts(law, birth_date, category=None):
    """Month → yuan, for one elder of the invented county."""
    population = {"person_no": 1, "name": "样本", "birth_date": birth_date, "division_code": "990101",
                  "township": "示范镇", "village": "示范村"}  # fmt: skip
    registers = {"population": register("population", [population])}
    if category:
        row = {"person_no": 1, "household_id": "H1", "category": category, "area": "rural", "is_recipient": True,
               "from_month": date(2020, 1, 1)}  # fmt: skip
        registers["low_income"] = register("low_income", [row])
    rules = law.resolve("990101", list(MONTHS), date(2024, 6, 30))
    rows = calculators.entitlements(registers, rules, calculators.Scope("990101", MONTHS, MONTHS[-1])).collect()
    return {month_text(row["benefit_month"]): row["amount_fen"] // 100 for row in rows.iter_rows(named=True)}


@pytest.mark.parametrize(
    ("category", "at_80", "at_90"),
    [(None, 100, 200), ("dibao", 200, 400), ("tekun", 200, 400), ("margin", 150, 300), ("expense_hardship", 150, 300)],
)
def test_the_amount_goes_by_band_and_category(invented, category, at_80, at_90):
    assert amounts(invented, date(1941, 1, 15), category) == dict.fromkeys(("2024-04", "2024-05", "2024-06"), at_80)
    assert amounts(invented, date(1931, 1, 15), category) == dict.fromkeys(("2024-04", "2024-05", "2024-06"), at_90)


def test_who_turns_80_in_may_is_paid_from_june(invented):
    assert amounts(invented, date(1944, 5, 1)) == {"2024-06": 100}
    assert amounts(invented, date(1944, 5, 31)) == {"2024-06": 100}


def test_who_turns_90_in_may_steps_up_in_june(invented):
    assert amounts(invented, date(1934, 5, 20)) == {"2024-04": 100, "2024-05": 100, "2024-06": 200}


def test_the_shipped_counties_do_not_notice(shipped, invented):
    here, there = (law.resolve("410721", list(MONTHS), date(2024, 6, 30)) for law in (shipped, invented))
    for benefit, of_benefit in here.benefits.items():
        assert of_benefit.rates.equals(there.benefits[benefit].rates)
