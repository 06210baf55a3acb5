"""What a county's layout puts into cells: its words become ours, columns it has not are filled in; both are told."""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from typing import NamedTuple

import polars as pl

from contracts.codes import CellChange
from contracts.columns import ColumnFacts, columns_of, polars_schema
from contracts.registers import FILES
from contracts.tables import ChangedCell
from intake.cells import trimmed
from intake.layouts import CountyLayout
from intake.refusals import masked

SCHEMA = polars_schema(ChangedCell)
WAS = "was"


class Reworded(NamedTuple):
    """Cells as they go on, and what was changed in them (ChangedCell, the file's name empty)."""

    cells: pl.DataFrame
    changed: list[pl.DataFrame]


def reworded(register: str, cells: pl.DataFrame, has: Container[str], layout: CountyLayout | None) -> Reworded:
    """Put the layout's words and defaults into the cells of one person of each row.

    `has`: the columns that the file has for this person. A default fills another column, never an empty cell.
    """
    if layout is None:
        return Reworded(cells, [])
    changed = []
    for facts in columns_of(FILES[register]):
        if facts.name in layout.words:
            cells = cells.with_columns(_words(facts, layout).alias(facts.name), pl.col(facts.name).alias(WAS))
            told = pl.col(WAS).ne_missing(pl.col(facts.name))
            changed.append(_changed(cells.filter(told), facts, CellChange.LAYOUT_WORD, masked(facts.kind, WAS)))
            cells = cells.drop(WAS)
        if facts.name not in has and (text := layout.defaults.get(facts.name)):
            cells = cells.with_columns(pl.lit(text).alias(facts.name))
            changed.append(_changed(cells, facts, CellChange.LAYOUT_DEFAULT, pl.lit("")))
    return Reworded(cells, changed)


def _words(facts: ColumnFacts, layout: CountyLayout) -> pl.Expr:
    words = {_plain(theirs): ours for theirs, ours in layout.words[facts.name].items()}
    text = trimmed(facts.name).str.normalize("NFKC")
    ours = text.replace_strict(words, default=None, return_dtype=pl.String)
    return pl.when(text.is_in(list(words))).then(ours).otherwise(facts.name)


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip()


def _changed(cells: pl.DataFrame, facts: ColumnFacts, change: CellChange, was: pl.Expr) -> pl.DataFrame:
    return cells.select(
        source_file=pl.lit(""),
        source_sheet="source_sheet",
        source_row="source_row",
        source_column=pl.lit(facts.header),
        change=pl.lit(change.value, SCHEMA["change"]),
        value_masked=was,
    )
