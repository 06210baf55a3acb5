"""How a register's rows say in which months' files they stand.

A row stands in the files of the months `seen_from` … `seen_until` (Int32 month numbers, both included). What becomes
known later is two rows: one before, one after.
"""

from __future__ import annotations

import polars as pl

from contracts.registers import REGISTERS
from generator.draws import chance, draw
from generator.people import AHEAD, lateness, month_of

ALWAYS, EVER = 0, 10**6  # month numbers before and after all files
GRANTED_BEFORE, GRANTED_LATER = 120, 12_000  # months; share granted in the months to come


def rows(register: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The register's columns in order, those not given empty, and where the rows stand."""
    names = REGISTERS[register].to_schema().columns
    given = frame.with_columns(pl.lit(None).alias(name) for name in names if name not in frame.columns)
    if "seen_from" not in frame.columns:
        given = given.with_columns(seen_from=pl.lit(ALWAYS, pl.Int32))
    if "seen_until" not in frame.columns:
        given = given.with_columns(seen_until=pl.lit(EVER, pl.Int32))
    return given.select(*names, "position", "seen_from", "seen_until")


def learnt(rows: pl.DataFrame, column: str, seen_from: pl.Expr) -> pl.DataFrame:
    """Rows whose `column` files know only from the month `seen_from` on: empty before, filled in after."""
    timed = rows.with_columns(learnt_from=pl.max_horizontal(seen_from.cast(pl.Int32), "seen_from"))
    told = timed.filter(pl.col(column).is_not_null())
    before = told.with_columns(pl.lit(None).alias(column), seen_until=pl.col("learnt_from") - 1)
    after = told.with_columns(seen_from=pl.col("learnt_from"))
    parts = [timed.filter(pl.col(column).is_null()), before.filter(pl.col("seen_from") <= pl.col("seen_until")), after]
    return pl.concat([part.select(timed.columns) for part in parts], how="vertical_relaxed").drop("learnt_from")


def share_by_age(shares: tuple[tuple[int, int], ...]) -> pl.Expr:
    """The share of the first entry whose age is reached."""
    share = pl.lit(shares[-1][1])
    for age, wanted in reversed(shares[:-1]):
        share = pl.when(pl.col("age_years") >= age).then(wanted).otherwise(share)
    return share


def seen_after(column: str) -> pl.Expr:
    """The month after a day's, or later where the person's events are known late."""
    return month_of(column) + 1 + lateness()


def granted(first: int, key: str) -> pl.Expr:
    """A first month: mostly long ago, some in the months to come."""
    ago = draw("granted ago", GRANTED_BEFORE, key) + 1
    coming = draw("granted in", AHEAD, key)
    offset = pl.when(chance("granted later", GRANTED_LATER, key)).then(coming).otherwise(-ago)
    return (offset + first).cast(pl.Int32)
