"""What was imported of the payments before the first run, summed for people to read."""

from __future__ import annotations

from typing import Any

import polars as pl

from contracts.codes import Benefit
from contracts.months import month_text


def by_benefit(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of benefit, label, first_month and last_month ("YYYY-MM"), people, rows, fen, in the order of the code list.

    `rows`: the accepted history.
    """
    summed = (
        rows.group_by("benefit")
        .agg(
            first_month=pl.col("benefit_month").min(),
            last_month=pl.col("benefit_month").max(),
            people=pl.col("person_no").n_unique(),
            rows=pl.len(),
            fen=pl.col("amount_fen").sum(),
        )
        .sort("benefit")
    )
    return [
        {
            **row,
            "label": Benefit.label_of(row["benefit"]),
            "first_month": month_text(row["first_month"]),
            "last_month": month_text(row["last_month"]),
        }
        for row in summed.iter_rows(named=True)
    ]
