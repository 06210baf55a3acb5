"""A file of any kind is opened, and the tables of a register found in it."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from contracts.codes import RefusalCode
from contracts.layouts import EVERY
from intake.cells import trimmed
from intake.columnar import read_columnar
from intake.delimited import read_delimited
from intake.headers import Header, find_header, plain
from intake.kinds import COLUMNAR, OLE, PARQUET, START_BYTES, ZIP, require_kind
from intake.layouts import CountyLayout, MisfitError
from intake.raw import RawTable, UnreadableError
from intake.refusals import ADVICE
from intake.resident_ids import legible
from intake.spreadsheets import read_spreadsheet
from intake.strangers import sort_rows

Reader = Callable[[Path], list[RawTable]]

# How a file begins that is a workbook or Parquet, whatever its name says.
MAGIC: dict[bytes, Reader] = {ZIP: read_spreadsheet, OLE: read_spreadsheet, PARQUET: read_columnar}
SHEETS_AT_MOST = 1024


class SheetsError(UnreadableError):
    """Several sheets have people, and nothing says which are meant."""

    code = RefusalCode.SHEETS_SEVERAL

    def __init__(self, sheets: Sequence[str]) -> None:
        super().__init__(f"工作表“{'”、“'.join(sheets)}”里都有人员", ADVICE[RefusalCode.SHEETS_SEVERAL])


class Opened(NamedTuple):
    """The tables of a register, each with its header, at least one; and the other sheets that have content."""

    headers: tuple[Header, ...]
    ignored: tuple[RawTable, ...]


def open_register(path: Path, register: str, layout: CountyLayout | None = None) -> Opened | None:
    """Open a file; None where nothing that can be seen is written in it, UnreadableError where it cannot be read.

    MisfitError where the file has no sheet that the layout names, SheetsError where several fit and none is named.
    """
    tables = _tables(path)
    visible = [table for table in tables if not table.is_hidden]
    if not visible:
        return None
    headers = _headers(register, visible, layout)
    if len(headers) > SHEETS_AT_MOST:
        raise UnreadableError(f"工作表多于 {SHEETS_AT_MOST} 张", "请分成几个文件报送")
    for header in headers:
        _require_even(header)
    read = [id(header.table) for header in headers]
    return Opened(tuple(headers), tuple(table for table in tables if id(table) not in read))


def _headers(register: str, written: list[RawTable], layout: CountyLayout | None) -> list[Header]:
    """Of every sheet that the layout names; else of the one sheet that fits, or comes nearest."""
    if layout is None or not layout.told.sheets:
        return [_only_one(register, written, layout)]
    if layout.told.sheets == (EVERY,):
        every = [find_header(register, [table], layout) for table in written]
        return [one for one in every if not one.matched.is_broken() or _names_people(one.table)] or every[:1]
    named = {id(table): table for table in (_sheet(written, layout, wanted) for wanted in layout.told.sheets)}
    if len(named) < len(layout.told.sheets):
        raise MisfitError(layout.misfit(("sheet",), "同一张工作表写了两次"))
    return [find_header(register, [table], layout) for table in named.values()]


def _only_one(register: str, written: list[RawTable], layout: CountyLayout | None) -> Header:
    """The sheet that fits best; SheetsError where others have rows that fit, or people under a header that does not."""
    best = find_header(register, written, layout)
    if best.matched.is_broken() or len(written) == 1:
        return best
    each = [best if table is best.table else find_header(register, [table], layout) for table in written]
    with_people = [
        one
        for one in each
        if (_fits_like(best, one) and not sort_rows(register, one).data.is_empty()) or _names_people(one.table)
    ]
    if len(with_people) > 1:
        raise SheetsError([one.table.sheet for one in with_people])
    fitting = [one for one in with_people if _fits_like(best, one)]
    return fitting[0] if fitting else best


def _fits_like(best: Header, other: Header) -> bool:
    """Whether another whole header says as much as the best."""
    return not other.matched.is_broken() and other.matched.lacks_months() == best.matched.lacks_months()


def _names_people(table: RawTable) -> bool:
    """Whether an identity number stands anywhere in a sheet."""
    cells = table.cells.drop("source_row")
    return bool(
        cells.select(pl.any_horizontal(legible(trimmed(name)).is_not_null().any() for name in cells.columns)).item()
    )


def _reader_of(path: Path) -> Reader:
    """The reader a file needs by how it begins; a text that is called .xls is read as the text it is.

    UnreadableError where its name says a kind that is not read, or it is a web page or another XML document.
    """
    require_kind(path)
    with path.open("rb") as opened:
        start = opened.read(START_BYTES)
    if (reader := MAGIC.get(start[:4])) is not None:
        return reader
    if start.removeprefix(BOM_UTF8).lstrip().startswith(b"<"):
        raise UnreadableError("文件其实是网页或 XML,不是表格", "请用 Excel 或 WPS 打开,另存为 .xlsx 后重新报送")
    return read_columnar if path.suffix in COLUMNAR else read_delimited


def written_tables(path: Path) -> list[RawTable]:
    """The visible tables of a file in which something is written."""
    return [table for table in _tables(path) if not table.is_hidden]


def _tables(path: Path) -> list[RawTable]:
    tables = _reader_of(path)(path) if path.stat().st_size else []
    return [table for table in tables if not table.is_blank()]


def _sheet(written: list[RawTable], layout: CountyLayout, wanted: str) -> RawTable:
    """The sheet that the layout names, by its name or by its number among the written ones."""
    named = [table for table in written if plain(table.sheet) == plain(wanted)]
    if not named and wanted.isdecimal():
        named = written[int(wanted) - 1 : int(wanted)] if int(wanted) else []
    if not named:
        there = "、".join(f"{number} {table.sheet or '(唯一的表)'}" for number, table in enumerate(written, start=1))
        raise MisfitError(layout.misfit(("sheet",), f"文件中没有工作表“{wanted}”,有的是:{there}"))
    return named[0]


def _require_even(header: Header) -> None:
    """A row wider than the header has its cells in the wrong columns: somewhere a separator is too many."""
    widths = header.table.widths
    width = len([text for text in header.texts if text.strip()])
    for number, cells in enumerate(widths[header.last_row :], start=header.last_row + 1):
        if cells > max(width, widths[header.last_row - 1]):
            raise UnreadableError(f"第 {number} 行有 {cells} 列,多于表头的 {width} 列", "请核对该行是否多了逗号")
