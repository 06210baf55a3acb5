"""What a run would book, summed for people to read."""

from __future__ import annotations

from typing import Any

import polars as pl

from contracts.codes import Benefit, Cause, Kind
from contracts.months import month_text
from ledger.posting import Differences


def by_benefit(differences: Differences) -> list[dict[str, Any]]:
    """Rows of what, benefit, label, benefit_month ("YYYY-MM"), cause, people, fen, in the order an officer reads."""
    kinds = {kind.value: f"{kind.label}应付" for kind in Kind}
    parts = [
        differences.obligations.select(
            *_KEYS, pl.col("kind").cast(pl.String).replace(kinds).alias("what"), pl.lit("").alias("cause")
        ),
        differences.withdrawals.select(*_KEYS, pl.lit("撤回").alias("what"), pl.col("cause").cast(pl.String)),
        differences.receivables.select(*_KEYS, pl.lit("应追回").alias("what"), pl.col("cause").cast(pl.String)),
    ]
    rows = (
        pl.concat(parts)
        .group_by("what", "benefit", "benefit_month", "cause", maintain_order=True)
        .agg(people=pl.col("person_no").n_unique(), fen=pl.col("amount_fen").sum())
        .sort("what", "benefit", "benefit_month", "cause")
    )
    return [
        {
            "what": row["what"],
            "benefit": row["benefit"],
            "label": Benefit.label_of(row["benefit"]),
            "benefit_month": month_text(row["benefit_month"]),
            "cause": Cause.label_of(row["cause"]) if row["cause"] else "",
            "people": row["people"],
            "fen": row["fen"],
        }
        for row in rows.iter_rows(named=True)
    ]


_KEYS = ("person_no", "benefit", "benefit_month", "amount_fen")
