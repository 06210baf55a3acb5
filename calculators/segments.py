"""Segments: runs of a person's months in which nothing the law looks at changes.

What holds in the first month of a segment holds in all of them: it is worked out there once, and unfolded to months at
the end. A segment stands where a month stands elsewhere: its benefit_month is its first.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from calculators.scope import MONTH, PERSON, Scope
from contracts.policy import Rules

NEXT = "next_month"  # the first month of the person's next segment; null: the segment lasts to the end of the scope


def segments(people: pl.LazyFrame, changes: Iterable[pl.LazyFrame], scope: Scope) -> pl.LazyFrame:
    """The months of the scope as segments of each of `people` (person_no): person_no, benefit_month, next_month.

    `changes`: person_no and the benefit_month from which something may be another; one beyond the scope says nothing.
    """
    begun = pl.concat(
        [people.select(PERSON, pl.lit(scope.months[0]).alias(MONTH)), *(rows.select(PERSON, MONTH) for rows in changes)]
    )
    of_scope = (  # a change between two months of the scope shows in the later
        begun.filter(pl.col(MONTH) <= scope.months[-1])
        .sort(MONTH)
        .join_asof(scope.month_frame().rename({MONTH: "since"}), left_on=MONTH, right_on="since", strategy="forward")
        .select(PERSON, pl.col("since").alias(MONTH))
        .unique()
    )
    following = pl.when(pl.col(PERSON) == pl.col(PERSON).shift(-1)).then(pl.col(MONTH).shift(-1))
    return of_scope.sort(PERSON, MONTH).with_columns(following.alias(NEXT))


def changes_of_spells(spells: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Where spells begin, and where they are over."""
    return [
        spells.select(PERSON, pl.col("first_month").alias(MONTH)),
        spells.select(PERSON, pl.col("last_month").dt.offset_by("1mo").alias(MONTH)),
    ]


def changes_of_law(people: pl.LazyFrame, rules: Rules) -> list[pl.LazyFrame]:
    """Where a parameter or a figure of some benefit is another than the month before; the same for everybody."""
    changed = []
    for of_benefit in rules.benefits.values():
        ordered = of_benefit.rates.lazy().sort(*of_benefit.keys, MONTH, nulls_last=True)
        told = pl.all().exclude(MONTH)
        changed.append(ordered.filter(pl.any_horizontal(told.ne_missing(told.shift(1)))).select(MONTH))
    return [people.select(PERSON).join(pl.concat(changed).unique(), how="cross")] if changed else []


def unfolded(rows: pl.LazyFrame, scope: Scope) -> pl.LazyFrame:
    """Rows of segments (with next_month), once in every month of theirs."""
    begun = rows.rename({MONTH: "since"})
    is_of_segment = (pl.col(MONTH) >= pl.col("since")) & (pl.col(MONTH) < pl.col(NEXT)).fill_null(True)
    return begun.join(scope.month_frame(), how="cross").filter(is_of_segment).drop("since", NEXT)
