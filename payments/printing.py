"""What stands in each cell of a payment file, as text; the writers only put it into bytes."""

from __future__ import annotations

import polars as pl

from contracts.money import yuan_expr, yuan_text
from payments.instructions import benefit_words, kind_words
from payments.profiles import Column, Layout, Printed


def printed(lines: pl.DataFrame, profile: Layout) -> pl.DataFrame:
    """The cells of every line (InstructionLine) in the profile's order: text columns "0", "1", …, nothing as ""."""
    return lines.select(
        _cell(column, profile).fill_null("").alias(str(place)) for place, column in enumerate(profile.columns)
    )


def amount_text(fen: int, profile: Layout) -> str:
    """An amount in the profile's style."""
    return str(fen) if profile.amount == "fen" else yuan_text(fen)


def _cell(column: Column, profile: Layout) -> pl.Expr:
    if column.field is None:
        return pl.lit(column.constant)
    match column.field:
        case Printed.ITEM_CODE:
            codes = {benefit.value: code for benefit, code in profile.item_codes.items()}
            return pl.col("benefit").cast(pl.String).replace_strict(codes, default="", return_dtype=pl.String)
        case Printed.BENEFIT:
            return benefit_words()
        case Printed.KIND:
            return kind_words()
        case Printed.AMOUNT:
            return pl.col("amount_fen").cast(pl.String) if profile.amount == "fen" else yuan_expr("amount_fen")
        case stored:
            return pl.col(stored.value).cast(pl.String)
