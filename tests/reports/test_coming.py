"""Who reaches an age, whose certificate or assessment ends: from the law's own bands and the registers' own dates."""

from datetime import date

import pytest

import rulebook
from calculators import entitlements
from contracts.codes import Outcome
from contracts.months import add_months, months_between
from reports import ahead
from reports.ahead import MONTHS
from reports.coming import coming
from tests.calculators.building import registers, scope

SEPTEMBER = date(2024, 9, 1)
AHEAD = tuple(months_between(SEPTEMBER, add_months(SEPTEMBER, MONTHS)))
PEOPLE = [
    {"person_no": 1, "birth_date": date(1944, 12, 24)},
    {"person_no": 2, "birth_date": date(1935, 1, 31)},
    {"person_no": 3, "birth_date": date(1950, 1, 1)},
    {"person_no": 4, "birth_date": date(1950, 1, 1)},
    {"person_no": 5, "birth_date": date(1965, 8, 9)},
    {"person_no": 6, "birth_date": date(1970, 1, 1)},
]
POOR = [{"person_no": number, "household_id": f"H{number}", "from_month": date(2020, 1, 1)} for number in (3, 5)]
ENDS = {"person_no": 4, "household_id": "H4", "from_month": date(2020, 1, 1), "to_month": date(2025, 2, 1)}
REGISTERS = {
    "population": PEOPLE,
    "low_income": [*POOR, ENDS],
    "disability": [
        {"person_no": 3, "grade": 1, "expires_on": date(2024, 11, 30)},
        {"person_no": 5, "grade": 1},
    ],
    "claim": [{"person_no": 3, "benefit": "disability_care_subsidy", "claimed_on": date(2023, 1, 5)}],
}


@pytest.fixture(scope="module")
def rules():
    return rulebook.load(rulebook.POLICIES).resolve("410721", AHEAD, date(2024, 9, 15))


@pytest.fixture(scope="module")
def told(rules):
    given = registers(**REGISTERS)
    return coming(ahead.decided(given, rules), given, rules)


def of(told, person_no):
    """What a person's lines say, without the person."""
    rows = told.filter(person_no=person_no).iter_rows(named=True)
    return [
        (f"{row['benefit_month']:%Y-%m}", row["benefit"], row["cause"], row["before_fen"], row["after_fen"])
        for row in rows
    ]


def test_a_birthday_ahead_is_told_in_its_month_with_the_bands_money(told):
    assert of(told, 1) == [("2024-12", "old_age_allowance", "AGE", 0, 50_00)]
    assert of(told, 2) == [("2025-01", "old_age_allowance", "AGE", 50_00, 100_00)]
    assert told.filter(person_no=2)["age_years"].item() == 90


def test_a_certificate_that_ends_is_told_with_the_money_that_goes(told):
    assert ("2024-12", "disability_care_subsidy", "CERTIFICATE_ENDS", 75_00, 0) in of(told, 3)


def test_a_status_that_ends_is_told_with_the_money_that_goes(told):
    assert of(told, 4) == [("2025-03", "elder_service_subsidy", "STATUS_CHANGES", 60_00, 0)]


def test_who_comes_of_age_for_what_is_claimed_is_told_to_claim(told):
    rows = told.filter(person_no=5, needs_claim=True)
    assert set(rows["benefit"]) == {"disability_living_subsidy", "disability_care_subsidy"}
    assert set(rows["benefit_month"]) == {date(2025, 8, 1)}


def test_who_reaches_no_age_is_not_in_it(told):
    assert of(told, 6) == []


def test_what_changes_adds_up_to_what_the_last_month_pays(told, rules):
    decided = entitlements(registers(**REGISTERS), rules, scope(AHEAD)).collect()
    fen = {
        month: decided.filter(benefit_month=month, outcome=Outcome.ENTITLED.value)["amount_fen"].sum()
        for month in (AHEAD[0], AHEAD[-1])
    }
    paid = told.filter(needs_claim=False)
    assert fen[AHEAD[0]] + (paid["after_fen"] - paid["before_fen"]).sum() == fen[AHEAD[-1]]
