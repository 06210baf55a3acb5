"""Spells: rows that run from first_month through last_month, both included, null being open.

Of the spells of one person that run in a month the first in a stated order counts, whatever order the rows came in.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from calculators.scope import KEY, MONTH, PERSON

BOUNDS = ["first_month", "last_month"]


@dataclass(frozen=True)
class Order:
    """Which of the spells that run in a month counts: the first by these columns, nulls last.

    `any_of` is a yes/no column: a yes on any running spell that is as good in the first column is enough. `per` names
    columns within whose values spells are compared, beside person and month.
    """

    by: tuple[str, ...] = ()
    descending: tuple[str, ...] = ()
    any_of: str = ""
    per: tuple[str, ...] = ()


def running(spells: pl.LazyFrame, months: pl.LazyFrame) -> pl.LazyFrame:
    """One row per spell and month it runs in. `months`: benefit_month of everybody or, with person_no, of each."""
    is_of_person = PERSON in months.collect_schema()
    met = spells.join(months.select(KEY), on=PERSON) if is_of_person else spells.join(months, how="cross")
    is_begun = (pl.col("first_month") <= pl.col(MONTH)).fill_null(True)
    return met.filter(is_begun, (pl.col("last_month") >= pl.col(MONTH)).fill_null(True)).drop(BOUNDS)


def strongest(spells: pl.LazyFrame, months: pl.LazyFrame, order: Order) -> pl.LazyFrame:
    """One row per person and month (and `per`) with the spell that counts: person_no, benefit_month, its columns.

    `months` as `running` has them.
    """
    names = spells.collect_schema().names()
    keys = [PERSON, *order.by, *(name for name in names if name != PERSON and name not in order.by)]
    ranked = spells.sort(keys, descending=[name in order.descending for name in keys], nulls_last=True).with_row_index(
        "rank"
    )
    best = running(ranked, months).group_by(*KEY, *order.per).agg(pl.col("rank").min(), *_any_of(order))
    kept = ranked.drop(PERSON, *BOUNDS, *order.per, *([order.any_of] if order.any_of else []))
    return best.join(kept, on="rank", how="left", validate="m:1").drop("rank")


def _any_of(order: Order) -> list[pl.Expr]:
    if not order.any_of:
        return []
    place = pl.col(order.by[0]).to_physical().cast(pl.Int64)
    return [((place * 2 + (~pl.col(order.any_of).fill_null(False)).cast(pl.Int64)).min() % 2 == 0).alias(order.any_of)]
