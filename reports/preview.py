"""What a run would book, summed for people to read."""

from __future__ import annotations

from typing import Any

import polars as pl

from contracts.codes import Benefit, Cause, CorrectionGround, Kind, ListChange
from contracts.months import month_text
from contracts.registers import label_of
from ledger.posting import Differences

UNSET = "已发不追回"


def by_benefit(differences: Differences) -> list[dict[str, Any]]:
    """Rows of what, benefit, label, benefit_month ("YYYY-MM"), cause, ground, people, fen, in an officer's order.

    What would be owed back is told after set-off: money that a person keeps under another name is no debt. Months whose
    standard is no longer set stand as they were booked, and are told apart from what would be taken back.
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
    rows = (
        pl.concat(parts)
        .join(differences.versions.select(*_VERSION, "correction"), on=_VERSION, how="left", maintain_order="left")
        .group_by("what", "benefit", "benefit_month", "cause", "correction", maintain_order=True)
        .agg(people=pl.col("person_no").n_unique(), fen=pl.col("amount_fen").sum())
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
            "people": row["people"],
            "fen": row["fen"],
        }
        for row in rows.iter_rows(named=True)
    ]


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


_VERSION = ["person_no", "benefit", "benefit_month", "version_no"]
_KEYS = (*_VERSION, "amount_fen")
