"""All registers of some people, as rows that know in which months' files they stand (generator.rows).

Columns: a register's under their contract names, and `position`, `seen_from`, `seen_until`. Days are Dates, months
Int32 numbers, codes their Chinese labels.
"""

from __future__ import annotations

import polars as pl

from generator.accounts import account
from generator.disability import choice, claim, disability
from generator.elders import ability, certification
from generator.hardship import family_planning, low_income, suspension
from generator.people import Populace, month_of
from generator.rows import ALWAYS, EVER, learnt, rows, seen_after


def registers(populace: Populace, people: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Every register's rows of these people; institutions stand apart (generator.accounts)."""
    first = populace.first
    here = people.filter(pl.col("moved_in_on").is_null() | (month_of("moved_in_on") < first))
    poor, disabled = low_income(here, first), disability(here, first)
    assessed, special = ability(here, poor, first), family_planning(here)
    made = {
        "population": population(people),
        "low_income": poor,
        "disability": disabled,
        "ability": assessed,
        "family_planning": special,
        "account": account(here, [poor, disabled, special], populace),
        "claim": claim(here, poor, disabled),
        "choice": choice(here, poor, disabled, assessed, first),
        "certification": certification(here, first),
        "suspension": suspension(here, poor, first),
    }
    return {register: frame.sort("position", "seen_from", maintain_order=True) for register, frame in made.items()}


def population(people: pl.DataFrame) -> pl.DataFrame:
    """Everybody; arrivals, departures and deaths from the month they become known."""
    arrived = people.with_columns(
        seen_from=seen_after("moved_in_on").fill_null(ALWAYS).cast(pl.Int32), seen_until=pl.lit(EVER, pl.Int32)
    )
    left = learnt(arrived, "moved_out_on", seen_after("moved_out_on"))
    return rows("population", learnt(left, "died_on", seen_after("died_on")))
