"""How much of an account, an identity number or a telephone number people are shown."""

from __future__ import annotations

import polars as pl

SHOWN = 4  # last digits


def masked(number: str) -> str:
    """The last digits of a number; nothing of nothing."""
    return f"…{number[-SHOWN:]}" if number else ""


def masked_id(column: str) -> pl.Expr:
    """The first 6 and last 4 characters of an identity number with 8 stars between, as published lists print it."""
    number = pl.col(column)
    return pl.format("{}********{}", number.str.head(6), number.str.tail(SHOWN))


def masked_name(name: str) -> str:
    """The family name and stars; nothing of nothing."""
    return name[:1] + "*" * (len(name) - 1)
