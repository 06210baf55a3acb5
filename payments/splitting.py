"""Into how many files a benefit's money goes: as few as what the bank wants apart, and its limits, allow.

Townships stay whole where they fit, in their order; one that does not is cut between lines, in the order they are
printed. The same rows are always split the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from payments.file_forms import Layout, SplitBy
from payments.instructions import MOST_LINES, kind_words, line_key, lines_of
from payments.printing import is_of_other_bank


class Part(NamedTuple):
    """What goes into one file."""

    name: str  # what of the benefit it is, in an officer's words; empty where nothing is wanted apart
    rows: pl.DataFrame  # Payable


def split(payable: pl.DataFrame, profile: Layout) -> list[Part]:
    """The parts of a benefit, in order. `payable`: Payable, all of one benefit; no rows, no file.

    Only a line that is above the profile's limit by itself is above it: it is a misfit and does not get here.
    """
    if payable.is_empty():
        return []
    most, most_fen = _limits(profile)
    if not profile.split_by and payable.height <= most and payable["pays_fen"].sum() <= most_fen:
        return [Part("", payable)]
    lines = lines_of(payable, profile).with_columns(apart=_name(profile)).sort("apart", maintain_order=True)
    numbers = pl.Series("number", _numbers(lines, most, most_fen), dtype=pl.Int64)
    placed = payable.with_columns(line_key=line_key(profile)).join(
        lines.select("line_key", "apart", numbers), on="line_key"
    )
    in_order = placed.drop("line_key").sort("number", "obligation_id").partition_by("number", include_key=False)
    return [Part(rows["apart"][0], rows.drop("apart")) for rows in in_order]


def _name(profile: Layout) -> pl.Expr:
    """What of lines never goes into one file, in words."""
    words: list[pl.Expr] = []
    for apart in profile.split_by:
        match apart:
            case SplitBy.TOWNSHIP:
                elsewhere = (
                    pl.when(pl.col("person_id").is_null()).then(pl.lit("供养机构")).otherwise(pl.lit("乡镇不详"))
                )
                words.append(pl.when(pl.col("township") != "").then("township").otherwise(elsewhere))
            case SplitBy.OTHER_BANK if profile.own_bank:
                is_other = is_of_other_bank(profile.own_bank)
                words.append(pl.when(is_other).then(pl.lit("他行")).otherwise(pl.lit("本行")))
            case SplitBy.KIND:
                words.append(kind_words())
    return pl.concat_str(words, separator=" ") if words else pl.lit("")


def _limits(profile: Layout) -> tuple[int, float]:
    """The most lines, and the most fen, of one file."""
    lines, yuan = profile.limits.lines, profile.limits.yuan
    return min(lines or MOST_LINES, MOST_LINES), float("inf") if yuan is None else yuan * 100


def _numbers(lines: pl.DataFrame, most: int, most_fen: float) -> Iterator[int]:
    """The number of the file of each line; those of one name stand together."""
    number = -1
    for _, named in lines.group_by("apart", maintain_order=True):
        number, count, fen = number + 1, 0, 0
        for together, together_fen in _kept_together(named, most, most_fen):
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
