"""What a reader gives: the cells of one table as text, still without meaning."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import ClassVar, NamedTuple

import polars as pl

from contracts.codes import RefusalCode

WRITTEN = r"\S"
FIRST_ROWS = 100
CENT_TOLERANCE = 1e-6  # 1.15 is held as 1.149999…, a sum of amounts as 0.30000000000000004
MARK_SCHEMA = pl.Schema({"source_row": pl.Int64(), "place": pl.Int64(), "code": pl.String()})


class UnreadableError(Exception):
    """A file cannot be read: why, and what the sender should do. Never holds a cell's content."""

    code: ClassVar[RefusalCode] = RefusalCode.FILE_UNREADABLE

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


class RawTable(NamedTuple):
    """All rows of one sheet as text. Columns of `cells` are "0", "1", … and `source_row`, counted from 1.

    `marks` (source_row, place, code): cells of which their text does not show it: a number, an error, a line break.
    `widths`: how many cells each row had, where a file's rows differ in that; empty where they do not. `is_1904`: a
    number that stands for a day is counted from 1904. `is_hidden`: whoever opens the file does not see the sheet;
    `hidden_rows` (from 1) and `hidden_places` (from 0): nor these of it.
    """

    sheet: str
    cells: pl.DataFrame
    marks: pl.DataFrame
    widths: tuple[int, ...] = ()
    is_1904: bool = False
    is_hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_places: tuple[int, ...] = ()

    def is_blank(self) -> bool:
        """No row has any text."""
        first = self.cells.head(FIRST_ROWS)  # most often it is told there
        return not any(
            texts.str.contains(WRITTEN).any() for part in (first, self.cells) for texts in part.drop("source_row")
        )

    def written_rows(self) -> int:
        """How many rows have any text."""
        return int(self.cells.select(pl.any_horizontal(has_text()).sum()).item() or 0)

    def written_and_hidden(self) -> tuple[list[int], list[int]]:
        """The hidden rows (from 1) and places (from 0) in which something is written."""
        if not (self.hidden_rows or self.hidden_places):
            return [], []
        hidden = self.cells.filter(pl.col("source_row").is_in(self.hidden_rows))
        rows = hidden.filter(pl.any_horizontal(has_text()))["source_row"].to_list()
        texts = self.cells.drop("source_row")
        places = [place for place in self.hidden_places if place < texts.width]
        return rows, [place for place in places if (texts[str(place)].str.strip_chars() != "").any()]

    @classmethod
    def of_rows(cls, sheet: str, rows: Sequence[Sequence[str]], widths: tuple[int, ...] = ()) -> RawTable:
        """A table from Python rows."""
        columns = [pl.Series(str(place), cells, dtype=pl.String) for place, cells in enumerate(zip_longest(*rows))]
        return cls.of_frame(sheet, pl.DataFrame(columns), pl.DataFrame(schema=MARK_SCHEMA), widths)

    @classmethod
    def of_frame(cls, sheet: str, frame: pl.DataFrame, marks: pl.DataFrame, widths: tuple[int, ...] = ()) -> RawTable:
        """A table from a frame of text, its columns named "0", "1", …"""
        return cls(sheet, frame.with_columns(source_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64)), marks, widths)


def has_text() -> pl.Expr:
    """One boolean for each cell of a RawTable: something is written in it."""
    return pl.exclude("source_row").str.strip_chars() != ""
