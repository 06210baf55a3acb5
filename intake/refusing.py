"""Rows that read well and still do not fit what is known beside their file: refused by who knows it, worded here."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from contracts.codes import RefusalCode
from contracts.columns import columns_of
from contracts.registers import FILES
from intake.accepting import Accepted
from intake.refusals import ADVICE, SCHEMA


def refuse_months(accepted: Accepted, column: str, codes: pl.Series) -> Accepted:
    """The same register without the rows that have a code: they are refused for their month, which stands in `column`.

    `codes`: a RefusalCode or null for each of the rows, in their order.
    """
    labels = {facts.name: facts.header for facts in columns_of(FILES[accepted.register])}
    rows = accepted.rows.with_columns(codes.alias("code"))
    found = [RefusalCode(code) for code in codes.drop_nulls().unique()]
    word = pl.col("code").cast(pl.String)
    refused = rows.filter(pl.col("code").is_not_null()).with_columns(
        register=pl.lit(accepted.register),
        source_column=pl.lit(labels[column]),
        reason=word.replace_strict({code.value: code.label for code in found}, return_dtype=pl.String),
        advice=word.replace_strict({code.value: ADVICE[code] for code in found}, return_dtype=pl.String),
        value_masked=pl.col(column).dt.strftime("%Y-%m"),
    )
    return replace(
        accepted,
        rows=rows.filter(pl.col("code").is_null()).drop("code"),
        refused=pl.concat([accepted.refused, refused.select(SCHEMA.names())]),
        rows_refused=accepted.rows_refused + refused.height,
    )
