"""Into how many files a benefit's money goes: as few as the bank's limits allow.

Townships stay whole where they fit, in their order; one that does not is cut between lines, in the order they are
printed. The same rows are always split the same way.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from payments.file_forms import Layout
from payments.instructions import LINE_KEY, MOST_LINES, lines_of


def split(payable: pl.DataFrame, profile: Layout) -> list[pl.DataFrame]:
    """The rows of each file, in order. `payable`: Payable, all of one benefit; no rows, no file.

    Only a line that is above the profile's limit by itself is above it: it is a misfit and does not get here.
    """
    if payable.is_empty():
        return []
    most, most_fen = _limits(profile)
    if payable.height <= most and payable["pays_fen"].sum() <= most_fen:
        return [payable]
    lines = lines_of(payable).with_columns(pl.col("township").fill_null(""))
    numbers = pl.Series("number", _numbers(lines, most, most_fen), dtype=pl.Int64)
    placed = payable.with_columns(line_key=LINE_KEY).join(lines.select("line_key", numbers), on="line_key")
    in_order = placed.drop("line_key").sort("number", "obligation_id")
    return in_order.partition_by("number", include_key=False, maintain_order=True)


def _limits(profile: Layout) -> tuple[int, float]:
    """The most lines, and the most fen, of one file."""
    lines, yuan = profile.limits.lines, profile.limits.yuan
    return min(lines or MOST_LINES, MOST_LINES), float("inf") if yuan is None else yuan * 100


def _numbers(lines: pl.DataFrame, most: int, most_fen: float) -> Iterator[int]:
    """The number of the file of each line."""
    number, count, fen = 0, 0, 0
    for together, together_fen in _kept_together(lines, most, most_fen):
        if count + together > most or fen + together_fen > most_fen:
            number, count, fen = number + 1, 0, 0
        count, fen = count + together, fen + together_fen
        yield from [number] * together


def _kept_together(lines: pl.DataFrame, most: int, most_fen: float) -> Iterator[tuple[int, int]]:
    """Count and fen of what goes into one file: a township, or a line of one that fits into none."""
    for (_,), rows in lines.group_by("township", maintain_order=True):
        total_fen = int(rows["amount_fen"].sum())
        if rows.height <= most and total_fen <= most_fen:
            yield rows.height, total_fen
        else:
            yield from ((1, fen) for fen in rows["amount_fen"])
