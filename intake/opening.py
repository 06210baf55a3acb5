"""A file of any kind is opened, and the register's table found in it."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from intake.columnar import read_columnar
from intake.delimited import read_delimited
from intake.headers import Header, find_header, plain
from intake.layouts import CountyLayout, MisfitError
from intake.raw import RawTable, UnreadableError
from intake.spreadsheets import read_spreadsheet

Reader = Callable[[Path], list[RawTable]]

READERS: dict[str, Reader] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".xlsx": read_spreadsheet,
    ".xls": read_spreadsheet,
    ".xlsm": read_spreadsheet,
    ".parquet": read_columnar,
}
# How a file begins that is a workbook or Parquet, whatever its name says.
MAGIC: dict[bytes, Reader] = {
    b"PK\x03\x04": read_spreadsheet,
    b"\xd0\xcf\x11\xe0": read_spreadsheet,
    b"PAR1": read_columnar,
}


START_BYTES = 512


class Opened(NamedTuple):
    """The table of a register with its header, and the names of the other sheets that have content."""

    header: Header
    ignored: tuple[str, ...]


def open_register(path: Path, register: str, layout: CountyLayout | None = None) -> Opened | None:
    """Open a file by its ending; None where nothing is written in it, UnreadableError where it cannot be read.

    MisfitError where the file has no sheet that the layout names.
    """
    written = written_tables(path)
    if not written:
        return None
    header = find_header(register, _sheets(written, layout), layout)
    _require_even(header)
    return Opened(header, tuple(table.sheet for table in written if table is not header.table))


def _reader_of(path: Path) -> Reader:
    """The reader a file needs by how it begins; a text that is called .xls is read as the text it is.

    UnreadableError where it is a web page or another XML document.
    """
    with path.open("rb") as opened:
        start = opened.read(START_BYTES)
    if (reader := MAGIC.get(start[:4])) is not None:
        return reader
    if start.removeprefix(BOM_UTF8).lstrip().startswith(b"<"):
        raise UnreadableError("文件其实是网页或 XML,不是表格", "请用 Excel 或 WPS 打开,另存为 .xlsx 后重新报送")
    by_name = READERS[path.suffix]
    return read_delimited if by_name is read_spreadsheet else by_name


def written_tables(path: Path) -> list[RawTable]:
    """The visible tables of a file in which something is written."""
    tables = _reader_of(path)(path) if path.stat().st_size else []
    return [table for table in tables if not table.is_blank()]


def _sheets(written: list[RawTable], layout: CountyLayout | None) -> list[RawTable]:
    """The sheet that the layout names; all of them where it names none."""
    if layout is None or not layout.told.sheet:
        return written
    wanted = layout.told.sheet
    named = [table for table in written if plain(table.sheet) == plain(wanted)]
    if not named and wanted.isdecimal():
        named = written[int(wanted) - 1 : int(wanted)] if int(wanted) else []
    if not named:
        there = "、".join(f"{number} {table.sheet or '(唯一的表)'}" for number, table in enumerate(written, start=1))
        raise MisfitError(layout.misfit(("sheet",), f"文件中没有工作表“{wanted}”,有的是:{there}"))
    return named


def _require_even(header: Header) -> None:
    """A row wider than the header has its cells in the wrong columns: somewhere a separator is too many."""
    widths = header.table.widths
    width = len([text for text in header.texts if text.strip()])
    for number, cells in enumerate(widths[header.last_row :], start=header.last_row + 1):
        if cells > max(width, widths[header.last_row - 1]):
            raise UnreadableError(f"第 {number} 行有 {cells} 列,多于表头的 {width} 列", "请核对该行是否多了逗号")
