"""The one rounding of the house: up to the whole unit, so that a floor (不低于) is never rounded below."""

from __future__ import annotations

import polars as pl


def round_up(numerator: pl.Expr, denominator: pl.Expr, unit_fen: pl.Expr) -> pl.Expr:
    """The exact fraction numerator/denominator fen, up to the next multiple of `unit_fen`; whole numbers throughout.

    Null where any part is null.
    """
    parts = denominator * unit_fen
    return -(-numerator // parts) * unit_fen
