"""Money: inside whole fen (Int64), for people yuan with two decimals. Never a float."""

from __future__ import annotations

import re

import polars as pl

MAX_FEN = 10_000_000_00  # an amount above ten million yuan for one person and month is a mistake
YUAN_TEXT = re.compile(r"^(\d{1,12})(?:\.(\d{1,2}))?$")


def yuan_text(fen: int) -> str:
    """Write fen as yuan: 66700 → "667.00", -5 → "-0.05"."""
    sign, whole = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def yuan_label(fen: int) -> str:
    """Write fen as yuan for a person to read: 123456700 → "1,234,567.00"."""
    sign, whole = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"


def parse_yuan(text: str) -> int:
    """Read yuan with at most two decimals as fen; ValueError where it is none."""
    found = YUAN_TEXT.match(text.strip())
    if not found:
        raise ValueError(f"{text!r} 不是金额(元,最多两位小数)")
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def yuan_expr(column: str) -> pl.Expr:
    """`yuan_text` for a whole column of fen."""
    fen = pl.col(column)
    sign, whole = pl.when(fen < 0).then(pl.lit("-")).otherwise(pl.lit("")), fen.abs()
    return pl.format("{}{}.{}", sign, whole // 100, (whole % 100).cast(pl.String).str.zfill(2))
