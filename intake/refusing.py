"""Rows that read well and still do not fit what is known beside their file: who knows it refuses them, worded here."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from contracts.codes import RefusalCode
from contracts.columns import columns_of
from contracts.registers import FILES
from intake.accepting import Accepted
from intake.refusals import ADVICE, SCHEMA


def refuse_rows(accepted: Accepted, column: str, codes: pl.Series) -> Accepted:
    """The same register without the rows that have a code; `column` is where each of them does not fit.

    `codes`: a RefusalCode or null for each of the rows, in their order. The column names nobody: it is shown as it is.
    """
    labels = {facts.name: facts.header for facts in columns_of(FILES[accepted.register])}
    rows = accepted.rows.with_columns(codes.alias("code"))
    found = [RefusalCode(code) for code in codes.drop_nulls().unique()]
    word = pl.col("code").cast(pl.String)
    is_month = rows.schema[column] == pl.Date
    told = {
        "register": pl.lit(accepted.register),
        "source_column": pl.lit(labels[column]),
        "reason": word.replace_strict({code.value: code.label for code in found}, return_dtype=pl.String),
        "advice": word.replace_strict({code.value: ADVICE[code] for code in found}, return_dtype=pl.String),
        "value_masked": pl.col(column).dt.strftime("%Y-%m") if is_month else pl.col(column),
        "person_no": pl.col("person_no") if "person_no" in rows.columns else pl.lit(None, pl.Int64),
    }
    refused = rows.filter(pl.col("code").is_not_null()).with_columns(**told)
    return replace(
        accepted,
        rows=rows.filter(pl.col("code").is_null()).drop("code"),
        refused=pl.concat([accepted.refused, refused.select(pl.col(n).cast(dtype) for n, dtype in SCHEMA.items())]),
        rows_refused=accepted.rows_refused + refused.height,
    )
