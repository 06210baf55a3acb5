"""What a row decides is what differs where the row was never handed in."""

from datetime import date

import polars as pl
import pytest

import calculators
import rulebook
from contracts.registers import MATCH_LISTS, PROVENANCE, accepted_schema
from intake import evidenced_population
from reports.left_out import KEY, PLACE, decided_by_row
from tests.calculators import building

RULES = rulebook.load(rulebook.POLICIES).resolve("410721", list(building.MONTHS), date(2025, 6, 15))
SCOPE = building.scope()
OWN = {
    "population": [{}],
    "low_income": [
        {"to_month": building.MARCH},
        {"source_row": 3, "household_id": "H1"},  # says the same, and goes on
        {"source_row": 4, "category": "tekun", "support_mode": "scattered", "self_care": "full_care",
         "from_month": date(2025, 5, 1)},
    ],
    "disability": [{}],
    "ability": [{"is_unable": True}],
    "claim": [
        {"benefit": "disability_care_subsidy"},
        {"benefit": "disability_living_subsidy", "source_row": 3, "claimed_on": date(2025, 4, 1)},
    ],
    "choice": [{"benefit": "elder_care_subsidy", "from_month": building.MARCH}],
    "suspension": [{"benefit": "old_age_allowance"}],
    "account": [{"payee_name": "样本", "payee_id": "1", "relationship": "self", "account_no": "9", "bank_name": "行"}],
    "cremation": [{"name": "样本", "died_on": date(2025, 5, 9), "cremated_on": date(2025, 5, 11)}],
}  # fmt: skip


def listed(name):
    """The person's rows of a register, with what every row of it has besides."""
    schema = accepted_schema(name)
    usual = {
        "person_no": 7,
        **building.USUAL_ROW.get(name, {}),
        "source_file": f"{name}.csv",
        "source_sheet": "",
        "source_row": 2,
    }
    rows = [{key: value for key, value in {**usual, **row}.items() if key in schema} for row in OWN.get(name, ())]
    return pl.DataFrame(rows, schema=schema)


NAMES = [*building.REGISTERS, *MATCH_LISTS]
ROWS = {name: listed(name) for name in NAMES if name != "institution"}


@pytest.fixture(scope="module")
def decided():
    return decided_by_row(ROWS, RULES, SCOPE)


def worked_out(rows):
    """What becomes of the person with these rows, one by one, by the way the month takes."""
    population = evidenced_population(rows["population"], {name: rows[name] for name in MATCH_LISTS})
    registers = {name: own.lazy() for name, own in {**rows, "population": population}.items()}
    found = calculators.entitlements(registers, RULES, SCOPE).select(*KEY, "outcome", "amount_fen").collect()
    return {row[:2]: row[2:] for row in found.iter_rows()}


def places():
    return [(name, *place) for name, rows in ROWS.items() for place in rows.select(*PROVENANCE).iter_rows()]


@pytest.mark.parametrize("place", places(), ids=lambda place: f"{place[0]}-{place[-1]}")
def test_it_is_what_differs_without_the_row(decided, place):
    name, *where = place
    left = ROWS[name].filter(~(pl.col("source_row") == where[-1]))
    whole, without = worked_out(ROWS), worked_out({**ROWS, name: left})
    differing = {key for key in {*whole, *without} if whole.get(key) != without.get(key)}
    told = decided.filter(pl.col("register") == name, pl.col("source_row") == where[-1])
    assert {row[:2] for row in told.select(*KEY).iter_rows()} == differing
    for row in told.select(*KEY, "outcome", "amount_fen", "without_outcome", "without_fen").iter_rows():
        assert (row[2:4], row[4:]) == (whole.get(row[:2], (None, None)), without.get(row[:2], (None, None)))


def test_rows_of_every_kind_decide_something_and_an_account_nothing(decided):
    assert set(decided["register"]) == {
        "population",
        "low_income",
        "ability",
        "claim",
        "choice",
        "suspension",
        "cremation",
        "disability",
    }
    assert decided.select(*PLACE, *KEY).is_sorted


def test_a_row_that_says_what_another_says_decides_nothing():
    same = pl.concat([ROWS["population"], ROWS["population"].with_columns(source_row=pl.lit(9, pl.Int64))])
    twice = decided_by_row({**ROWS, "population": same}, RULES, SCOPE)
    assert "population" not in set(twice["register"])
