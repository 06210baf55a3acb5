"""What a reader gives: the cells of one table as text, still without meaning."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

import polars as pl

from contracts.codes import RefusalCode

MARK_SCHEMA = pl.Schema({"source_row": pl.Int64(), "place": pl.Int64(), "code": pl.String()})


class UnreadableError(Exception):
    """A file cannot be read: why, and what the sender should do. Never holds a cell's content."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


class Mark(NamedTuple):
    """Something about a cell that its text does not show: it was a number, an error, or holds a line break."""

    source_row: int
    place: int
    code: RefusalCode


class RawTable(NamedTuple):
    """A header and rows of text. Columns of `rows` are "0", "1", … and `source_row` (the header is row 1)."""

    sheet: str
    header: list[str]
    rows: pl.DataFrame
    marks: pl.DataFrame
    ignored: tuple[str, ...] = ()

    def is_blank(self) -> bool:
        """Neither a header nor a row."""
        return self.rows.is_empty() and not any(text.strip() for text in self.header)

    @classmethod
    def of_rows(
        cls, sheet: str, rows: Sequence[Sequence[str | None]], marks: Sequence[Mark], ignored: tuple[str, ...] = ()
    ) -> RawTable:
        """A table from Python rows, the header first."""
        columns = [list(cells) for cells in zip_longest(*rows)]
        frame = pl.DataFrame({str(place): pl.Series(cells, dtype=pl.String) for place, cells in enumerate(columns)})
        return cls.of_frame(sheet, frame, pl.DataFrame(marks, schema=MARK_SCHEMA, orient="row"), ignored)

    @classmethod
    def of_frame(cls, sheet: str, frame: pl.DataFrame, marks: pl.DataFrame, ignored: tuple[str, ...] = ()) -> RawTable:
        """A table from a frame of text whose first row is the header; rows without any text are left out."""
        if not frame.width or not frame.height:
            return cls(sheet, [], pl.DataFrame(schema={"source_row": pl.Int64()}), marks, ignored)
        header = [text or "" for text in frame.row(0)]
        numbered = frame.with_columns(source_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64)).slice(1)
        has_text = pl.any_horizontal(pl.exclude("source_row").str.strip_chars() != "")
        marked = pl.col("source_row").is_in(marks["source_row"].unique().to_list())
        return cls(sheet, header, numbered.filter(has_text | marked), marks, ignored)


NOTHING = RawTable.of_rows("", [], [])
