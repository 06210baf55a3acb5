"""What a run would book, summed for people to read."""

from __future__ import annotations

from typing import Any

import polars as pl

from contracts.codes import Benefit, Cause, CorrectionGround, Kind, ListChange
from contracts.months import month_text
from contracts.registers import label_of
from ledger import explained
from ledger.book import Transaction
from ledger.posting import Decided, Differences
from ledger.versions import KEY
from reports import documents

UNSET = "已发不追回"


def by_benefit(conn: Transaction, decided: Decided, differences: Differences) -> list[dict[str, Any]]:
    """Rows of what, benefit, label, benefit_month ("YYYY-MM"), cause, ground, documents, people, fen, in order.

    What would be owed back is told after set-off: money that a person keeps under another name is no debt. Months whose
    standard is no longer set stand as they were booked, and are told apart from what would be taken back. Of both,
    `documents` tells what was paid by and what counts now, where those are not the same.
    """
    kinds = {kind.value: f"{kind.label}应付" for kind in Kind}
    parts = [
        differences.obligations.select(
            *_KEYS, pl.col("kind").cast(pl.String).replace(kinds).alias("what"), pl.lit("").alias("cause")
        ),
        differences.withdrawals.select(*_KEYS, pl.lit("撤回").alias("what"), pl.col("cause").cast(pl.String)),
        differences.left_to_recover.select(*_KEYS, pl.lit("应追回").alias("what"), pl.col("cause").cast(pl.String)),
        differences.unset.select(*_KEYS, pl.lit(UNSET).alias("what"), pl.lit("标准未设定,设定前不再发").alias("cause")),
    ]
    less = pl.concat([part.select(KEY) for part in parts[1:]]).unique()
    before = explained.values_behind(conn, decided.manifest.county, less)
    after = decided.catalogue.select("rate_id", after_json="values_json")
    rows = (
        pl.concat(parts)
        .join(differences.versions.select(*_VERSION, "correction", "rate_id"), on=_VERSION, how="left")
        .join(before, on=KEY, how="left")
        .join(after, on="rate_id", how="left")
        .group_by("what", "benefit", "benefit_month", "cause", "correction")
        .agg(
            people=pl.col("person_no").n_unique(),
            fen=pl.col("amount_fen").sum(),
            before=pl.col("values_json").drop_nulls().unique().sort(),
            after=pl.col("after_json").drop_nulls().unique().sort(),
        )
        .sort("what", "benefit", "benefit_month", "cause", "correction", nulls_last=False)
    )
    return [
        {
            "what": row["what"],
            "benefit": row["benefit"],
            "label": Benefit.label_of(row["benefit"]),
            "benefit_month": month_text(row["benefit_month"]),
            "cause": Cause.label_of(row["cause"]),
            "ground": CorrectionGround.label_of(row["correction"]) if row["correction"] else "",
            "documents": _documents(row["before"], row["after"]),
            "people": row["people"],
            "fen": row["fen"],
        }
        for row in rows.iter_rows(named=True)
    ]


def _documents(before: list[str], after: list[str]) -> str:
    """Empty where the amounts rest on the same, or nothing is said of one side."""
    was, now = documents.of_amounts(before), documents.of_amounts(after)
    return documents.turned(was, now) if was and now and was != now else ""


def by_change(changes: pl.DataFrame) -> list[dict[str, Any]]:
    """What current lists change (ListedChange): register, label, change, change_label, month ("YYYY-MM"), people."""
    counted = (
        changes.group_by("register", "change", "month")
        .agg(people=pl.col("person_no").n_unique())
        .sort("register", "change", "month")
    )
    return [
        {
            "register": row["register"],
            "label": label_of(row["register"]),
            "change": row["change"],
            "change_label": ListChange.label_of(row["change"]),
            "month": month_text(row["month"]),
            "people": row["people"],
        }
        for row in counted.iter_rows(named=True)
    ]


_VERSION = [*KEY, "version_no"]
_KEYS = (*_VERSION, "amount_fen")
