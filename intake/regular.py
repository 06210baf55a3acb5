"""Most texts are written as they should be, and that is soon told; only the others are read in every other way."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

Reading = Callable[[pl.Expr], pl.Expr]
TEXT, IS_REGULAR = pl.col("text"), pl.col("is_regular")


def regular_first(texts: pl.Series, is_regular: pl.Expr, usual: Reading, other: Reading) -> pl.Series:
    """What `other` reads of each text, where `usual` reads the same of those that are regular.

    `is_regular` is about the column `text`. Both read each text as if it stood alone; `usual` raises of none.
    """
    told = texts.to_frame("text").with_columns(is_regular=is_regular.fill_null(value=True))
    if told["is_regular"].all():
        return told.select(usual(TEXT)).to_series().alias(texts.name)
    others = told.filter(~IS_REGULAR).select(other(TEXT)).to_series()
    place = pl.when(~IS_REGULAR).then((~IS_REGULAR).cum_sum().cast(pl.Int64) - 1)
    read = told.select(pl.when(IS_REGULAR).then(usual(TEXT)).otherwise(pl.lit(others).gather(place)))
    return read.to_series().alias(texts.name)


def in_plain_characters(text: pl.Expr) -> pl.Expr:
    """The text in NFKC: full-width digits and letters as plain ones."""
    return text.map_batches(_in_plain_characters, return_dtype=pl.String)


def _in_plain_characters(texts: pl.Series) -> pl.Series:
    is_ascii = TEXT.str.len_bytes() == TEXT.str.len_chars()
    return regular_first(texts, is_ascii, lambda text: text, lambda text: text.str.normalize("NFKC"))
