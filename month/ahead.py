"""The months ahead of a month at work, decided by its own registers and law as known on its day. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

import rulebook
from contracts.policy import Rules
from month.month import Month
from reports import ahead


@dataclass(frozen=True)
class Ahead:
    """The law of a pay month and the months after it, and what they owe (reports.ahead.DECIDED)."""

    rules: Rules
    decided: pl.DataFrame


def ahead_of(month: Month, count: int = ahead.MONTHS) -> Ahead:
    """The pay month and the `count` months after it."""
    given = month.manifest
    law = rulebook.load_kept(month.home.store, given.pack_digest)
    rules = law.resolve(given.county, ahead.months_ahead(given.pay_month, count), given.known_on)
    return Ahead(rules, ahead.decided(month.registers, rules))
