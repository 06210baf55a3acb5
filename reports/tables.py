"""A table as a file: CSV, Parquet or a workbook, by the file's ending."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from polars import selectors as cs

from contracts.bulk_rows import ROWS_AT_ONCE, Look, write_rows
from contracts.code_version import digest_of_rooms
from contracts.errors import InputError
from contracts.files import whole_file
from contracts.workbooks import A4, MAX_SHEET_ROWS, new_workbook

if TYPE_CHECKING:
    from xlsxwriter import Workbook

Sheet = tuple[str, pl.DataFrame, Mapping[str, str]]  # its name, rows, and headers


def write_table(table: pl.DataFrame, target: Path, headers: Mapping[str, str] | None = None, sheet: str = "表") -> Path:
    """Write a frame to `target` (.csv, .parquet, .xlsx), whole or not at all.

    A workbook with `headers` is for people: Chinese headers, and money in yuan. Everything else keeps the names and the
    fen of the contract. InputError for another ending, or too many rows for a sheet.
    """
    writers: dict[str, Callable[[Path], None]] = {
        ".csv": lambda path: table.with_columns(_NO_FORMULA).write_csv(path),
        ".parquet": lambda path: table.write_parquet(path),
        ".xlsx": lambda path: write_workbook(table, path, headers or {}, sheet),
    }
    write = writers.get(target.suffix.lower())
    if write is None:
        what = f"不认识的文件类型 {target.suffix or '(无)'}"
        raise InputError(what, "请用 .csv、.parquet 或 .xlsx 结尾", target.name)
    with whole_file(target) as temporary:
        write(temporary)
    return target


# A cell of a CSV that a spreadsheet would take for a formula keeps its text, behind the mark that says so.
_NO_FORMULA = cs.string().str.replace(r"^([=+\-@\t\r])", "'${1}")


def write_workbook(table: pl.DataFrame, path: Path, headers: Mapping[str, str], sheet: str) -> None:
    """Write one sheet: bold headers, frozen and repeated when printed, on A4; texts stay texts, numbers numbers.

    Columns named in `headers` get that header, and where they hold fen are written in yuan.
    """
    if table.height >= MAX_SHEET_ROWS:
        raise InputError(f"{table.height} 行超过一张工作表的上限", "请导出为 .csv 或 .parquet", path.name)
    with new_workbook(path) as workbook:
        _write_sheet(workbook, table, headers, sheet)


def content_of(shown: object, *tables: pl.DataFrame) -> str:
    """SHA-256 of what a workbook shows and of the program that lays it out: the same content makes the same file.

    `shown`: everything beside the rows, told by its repr. Values count, not how a frame holds them in memory.
    """
    laid_out_by = digest_of_rooms("contracts", "reports"), version("xlsxwriter")
    digest = hashlib.sha256(repr((laid_out_by, shown)).encode())
    for table in tables:
        digest.update(repr(table.schema).encode())
        for part in table.iter_slices(ROWS_AT_ONCE):
            digest.update(part.write_csv(include_header=False).encode())
    return digest.hexdigest()


def content_of_sheets(sheets: Sequence[Sheet]) -> str:
    """The content of what `write_sheets` would write."""
    shown = [(sheet, list(headers.items())) for sheet, _, headers in sheets]
    return content_of(shown, *(table for _, table, _ in sheets))


def write_sheets(sheets: Sequence[Sheet], target: Path) -> Path:
    """Write several short tables (sheet, rows, headers) as the sheets of one workbook, whole or not at all."""
    with whole_file(target) as temporary, new_workbook(temporary) as workbook:
        for sheet, table, headers in sheets:
            _write_sheet(workbook, table, headers, sheet)
    return target


def _write_sheet(workbook: Workbook, table: pl.DataFrame, headers: Mapping[str, str], sheet: str) -> None:
    bold = workbook.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    text = workbook.add_format({"num_format": "@"})
    yuan = workbook.add_format({"num_format": "#,##0.00"})
    page = workbook.add_worksheet(sheet)
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.set_footer("&L&F&C第 &P 页 共 &N 页&R&A")  # the file, the page, the sheet
    in_yuan = {name for name in table.columns if name.endswith("_fen") and name in headers}
    for place, name in enumerate(table.columns):
        title = headers.get(name, name) + ("(元)" if name in in_yuan else "")
        page.set_column(place, place, _width(table, name, title))
        page.write_string(0, place, title, bold)
    looks = [
        Look(yuan, is_yuan=True) if name in in_yuan else Look(None if dtype.is_integer() else text)
        for name, dtype in table.schema.items()
    ]
    write_rows(page, 1, table, looks)


def _width(table: pl.DataFrame, name: str, header: str) -> int:
    longest = table[name].head(200).cast(pl.String).str.len_bytes().max() if table.height else 0
    return min(max(len(header) * 2, int(str(longest or 0))) + 2, 60)
