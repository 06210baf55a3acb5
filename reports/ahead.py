"""What the months ahead owe, decided by the production calculators: for the forecast, and for whose money changes.

Nothing is guessed: the registers as they are and the law as published are put to the months ahead. What is not known
yet (deaths, claims, renewals) does not happen.
"""

from __future__ import annotations

from datetime import date

import polars as pl

import calculators
from contracts.months import add_months, months_between
from contracts.policy import Rules

MONTHS = 12
DECIDED = ("person_no", "benefit", "benefit_month", "outcome", "amount_fen", "would_be_fen", "rate_id")


def months_ahead(pay_month: date, count: int = MONTHS) -> list[date]:
    """The pay month, which the first month ahead is compared with, and the months after it."""
    return months_between(pay_month, add_months(pay_month, count))


def scope_of(rules: Rules) -> calculators.Scope:
    """The months of the rules as one pay month knows them: their first."""
    return calculators.Scope(rules.county, rules.months, rules.months[0])


def decided(registers: calculators.Registers, rules: Rules) -> pl.DataFrame:
    """Every decision of the months of `rules` (DECIDED), which are a pay month and the months after it, in order."""
    return calculators.entitlements(registers, rules, scope_of(rules)).select(DECIDED).collect()
