"""Many rows of one look on a sheet of `contracts.workbooks`, made ready by column instead of cell by cell.

The writing library takes a cell at a time, some Python calls for each, and a county's rosters have millions. Here rows
become their XML in one expression, byte for byte as the library writes it, and go where the library puts a row that is
done (memory being bounded, it keeps them in a file). A row with a text that XML or Excel escapes is left to the library
itself. tests/contracts/test_bulk_rows.py holds both ways to the same bytes; docs/decisions/0116 says why this way.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from contracts.money import yuan_expr

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ROWS_AT_ONCE = 10_000  # bounds memory: that many rows are XML at a time
ESCAPED = r"[&<>\x00-\x1f\x7f\x{fffe}\x{ffff}]|_x|^\s|\s$"  # or what the library might escape or mark
LONGEST = 16_383  # bytes of a text that is surely no longer than a cell may be
MOST_DIGITS = 15  # of a number that is surely written as it stands


class Look(NamedTuple):
    """How the cells of a column look. Integers are numbers, those of fen with `is_yuan` yuan; everything else is text.

    `empty`: of a cell without a value; without one there is no such cell.
    """

    format: Format | None = None
    is_yuan: bool = False
    empty: Format | None = None


def write_rows(sheet: Worksheet, at: int, rows: pl.DataFrame, looks: Sequence[Look]) -> int:
    """Write a frame below everything written before, from the sheet's row `at` on; the row after it.

    `looks`: one for each column.
    """
    for part in rows.iter_slices(ROWS_AT_ONCE):
        sheet._write_single_row(at)  # what stands above has its formats numbered first
        columns = [_Column(place, cells, look) for place, (cells, look) in enumerate(zip(part, looks, strict=True))]
        _number_formats(columns)
        _write(sheet, at, columns, _as_xml(at, columns))
        at += part.height
    return at


class _Column:
    """A column of a part: its values as texts, how they look, and whether they are numbers."""

    def __init__(self, place: int, cells: pl.Series, look: Look) -> None:
        self.place, self.look = place, look
        self.is_number = cells.dtype.is_integer()
        self.texts = _texts(cells, is_yuan=look.is_yuan).alias(str(place))

    @cached_property
    def needed(self) -> list[tuple[int, Format]]:
        """The formats that its cells need, each with the first row that does."""
        empty = self.texts.is_null()
        looks = ((self.look.format, ~empty), (self.look.empty, empty))
        return [(cells.arg_true()[0], look) for look, cells in looks if look and cells.any()]

    def xml(self, row: pl.Expr) -> pl.Expr:
        """Each cell as the library writes it; null where that is left to the library."""
        from xlsxwriter.utility import xl_col_to_name

        text = pl.col(self.texts.name)
        start = pl.format(f'<c r="{xl_col_to_name(self.place)}{{}}"', row)
        styles = {look: f' s="{look._get_xf_index()}"' for _, look in self.needed}
        style = styles.get(self.look.format, "")
        if self.is_number:
            is_plain = text.str.len_bytes() <= MOST_DIGITS
            cell = pl.format(f"{{}}{style}><v>{{}}</v></c>", start, text)
        else:
            is_plain = (text.str.len_bytes() <= LONGEST) & ~text.str.contains(ESCAPED)
            cell = pl.format(f'{{}}{style} t="inlineStr"><is><t>{{}}</t></is></c>', start, text)
        empty = self.look.empty
        blank = pl.format(f"{{}}{styles.get(empty, '')}/>", start) if empty else pl.lit("")
        return pl.when(text.is_null()).then(blank).when(is_plain).then(cell)

    def write(self, sheet: Worksheet, at: int, text: str | None) -> None:
        """Write one cell by the library."""
        if text is None:
            if self.look.empty:
                sheet.write_blank(at, self.place, None, self.look.empty)
        elif self.is_number:
            number = Decimal(text) if self.look.is_yuan else int(text)
            sheet.write_number(at, self.place, number, self.look.format)
        else:
            sheet.write_string(at, self.place, text, self.look.format)


def _texts(cells: pl.Series, *, is_yuan: bool) -> pl.Series:
    if cells.dtype.is_integer():
        fen = cells.alias("fen").to_frame()
        return fen.select(yuan_expr("fen") if is_yuan else pl.col("fen").cast(pl.String)).to_series()
    if isinstance(cells.dtype, pl.String | pl.Enum | pl.Date):
        return cells.cast(pl.String)
    return pl.Series([None if value is None else str(value) for value in cells], dtype=pl.String)


def _number_formats(columns: Sequence[_Column]) -> None:
    """The library numbers its formats in the order in which cells first need them."""
    needed = [(first, column.place, look) for column in columns for first, look in column.needed]
    for _, _, look in sorted(needed, key=lambda one: one[:2]):
        look._get_xf_index()


def _as_xml(at: int, columns: Sequence[_Column]) -> pl.DataFrame:
    """The texts of each row and, as `xml`, the row as the library writes it; null where that is left to the library."""
    texts = pl.DataFrame([column.texts for column in columns]).with_row_index("row", offset=at + 1)
    row = pl.col("row").cast(pl.String)
    cells = pl.concat_str(column.xml(row) for column in columns)
    xml = pl.when(cells != "").then(pl.format('<row r="{}">{}</row>', row, cells))
    return texts.select(*(column.texts.name for column in columns), xml=xml)


def _write(sheet: Worksheet, at: int, columns: Sequence[_Column], rows: pl.DataFrame) -> None:
    done = 0
    for left in (*rows["xml"].is_null().arg_true(), rows.height):
        _put(sheet, at + done, rows["xml"][done:left], len(columns))
        for column, text in zip(columns, rows.row(left)[:-1] if left < rows.height else (), strict=False):
            column.write(sheet, at + left, text)
        done = left + 1


def _put(sheet: Worksheet, at: int, xml: pl.Series, width: int) -> None:
    """Put rows where the library puts those that are done, and let it know how far the sheet goes."""
    if xml.is_empty():
        return
    after = at + xml.len()
    for row, place in ((at, 0), (after - 1, width - 1)):
        sheet._check_dimensions(row, place)
    sheet._write_single_row(at)  # the one it still has in hand
    sheet.fh.write(xml.str.join().item())
    sheet._write_single_row(after)  # none: it goes on below
