"""From what was issued last month to what is to be issued now: a sum of causes, per benefit and in all.

    issued last month − gone + new ± changed = this month's own; + earlier months' = in the files

Heads add up too: people last month − gone + new = people now.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

import polars as pl

from contracts.codes import Benefit
from contracts.months import add_months
from ledger import figures
from ledger.book import Transaction

TOP = 10
KEY = ["person_no", "benefit"]


@dataclass(frozen=True)
class BridgeLine:
    """One benefit. Each fen and head is of regular money (the month's own), but for `earlier`."""

    benefit: str
    label: str
    people_before: int
    fen_before: int
    people_gone: int
    fen_gone: int
    people_new: int
    fen_new: int
    people_changed: int
    fen_changed: int
    people_now: int
    fen_now: int
    fen_earlier: int  # of earlier months: arrears, and what waited
    fen_in_files: int


@dataclass(frozen=True)
class Change:
    """A person whose money in the files differs most from last month's."""

    label: str
    name: str
    village: str
    fen_before: int
    fen_now: int


@dataclass(frozen=True)
class Bridge:
    """`lines` by benefit; `changes`: the largest, of any benefit."""

    lines: tuple[BridgeLine, ...]
    changes: tuple[Change, ...]

    @property
    def total(self) -> BridgeLine:
        """All benefits together; a person of several benefits is counted for each."""
        counted = [one.name for one in fields(BridgeLine) if one.name not in ("benefit", "label")]
        sums = {name: sum(getattr(line, name) for line in self.lines) for name in counted}
        return BridgeLine(benefit="", label="合计", **sums)


def bridge(conn: Transaction, county: str, pay_month: date) -> Bridge:
    """Compare what officers released last month with what stands in this month's batches. Read-only."""
    before = figures.issued(conn, county, add_months(pay_month, -1), is_released_only=True)
    now = figures.issued(conn, county, pay_month, is_released_only=False)
    regular = _of_each(_own(before, add_months(pay_month, -1)), _own(now, pay_month))
    return Bridge(
        tuple(_line(benefit, regular, now) for benefit in Benefit if _is_there(benefit, regular, now)),
        _top(_of_each(before, now)),
    )


def _own(rows: pl.DataFrame, pay_month: date) -> pl.DataFrame:
    return rows.filter(pl.col("benefit_month") == pay_month)


def _of_each(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """person_no, benefit, before, now (fen, null where there is none), name, township, village."""
    sides = [
        rows.group_by(KEY).agg(pl.col("amount_fen").sum().alias(side), pl.col("name", "township", "village").last())
        for side, rows in (("before", before), ("now", now))
    ]
    joined = sides[1].join(sides[0], on=KEY, how="full", coalesce=True, suffix="_then")
    return joined.with_columns(
        pl.coalesce(name, f"{name}_then").alias(name) for name in ("name", "township", "village")
    )


def _is_there(benefit: Benefit, regular: pl.DataFrame, now: pl.DataFrame) -> bool:
    return any((rows["benefit"] == benefit.value).any() for rows in (regular, now))


def _line(benefit: Benefit, regular: pl.DataFrame, now: pl.DataFrame) -> BridgeLine:
    rows = regular.filter(pl.col("benefit") == benefit.value)
    gone, new = rows.filter(pl.col("now").is_null()), rows.filter(pl.col("before").is_null())
    changed = rows.filter(pl.col("now") != pl.col("before"))
    in_files = _fen(now.filter(pl.col("benefit") == benefit.value), "amount_fen")
    return BridgeLine(
        benefit=benefit.value,
        label=benefit.label,
        people_before=rows["before"].count(),
        fen_before=_fen(rows, "before"),
        people_gone=gone.height,
        fen_gone=_fen(gone, "before"),
        people_new=new.height,
        fen_new=_fen(new, "now"),
        people_changed=changed.height,
        fen_changed=_fen(changed, "now") - _fen(changed, "before"),
        people_now=rows["now"].count(),
        fen_now=_fen(rows, "now"),
        fen_earlier=in_files - _fen(rows, "now"),
        fen_in_files=in_files,
    )


def _fen(rows: pl.DataFrame, column: str) -> int:
    return int(rows[column].sum() or 0)


def _top(rows: pl.DataFrame) -> tuple[Change, ...]:
    known = rows.with_columns(pl.col("before", "now").fill_null(0))
    largest = known.filter(pl.col("before") != pl.col("now")).sort(
        (pl.col("now") - pl.col("before")).abs(), "person_no", "benefit", descending=[True, False, False]
    )
    return tuple(
        Change(
            Benefit.label_of(row["benefit"]),
            row["name"],
            f"{row['township']}{row['village']}",
            row["before"],
            row["now"],
        )
        for row in largest.head(TOP).iter_rows(named=True)
    )
