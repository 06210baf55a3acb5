"""Register files as counties hand them over: Chinese headers, every value a text, .csv in UTF-8 or .xlsx."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import polars as pl
import xlsxwriter

from contracts.columns import CellKind, columns_of
from contracts.errors import InputError
from contracts.files import whole_file
from contracts.registers import REGISTER_LABELS, REGISTERS, file_headers

XLSX_CREATED = datetime(2024, 1, 1)  # noqa: DTZ001 - a workbook's dates have no zone; fixed: the same bytes twice
XLSX_ROWS = 1_048_576
XLSX_COLUMN_WIDTH = 20
YES_NO = {True: "是", False: "否"}

Append = Callable[[pl.DataFrame], None]  # takes rows of texts, columns in the order of the headers


def cells_of(register: str, rows: pl.DataFrame) -> pl.DataFrame:
    """What a register's file says for these rows (generator.registers): String columns in the order of the headers."""
    texts = []
    for facts in columns_of(REGISTERS[register]):
        value = pl.col(facts.name)
        if facts.kind is CellKind.DAY:
            value = value.cast(pl.Date).dt.to_string("%Y-%m-%d")
        elif facts.kind is CellKind.MONTH:
            number = value.cast(pl.Int32)
            value = pl.format("{}-{}", number // 12, (number % 12 + 1).cast(pl.String).str.zfill(2))
        elif facts.kind is CellKind.YES_NO:
            value = value.replace_strict(YES_NO, return_dtype=pl.String)
        texts.append(value.cast(pl.String).alias(facts.name))
    return rows.select(texts)


@contextmanager
def register_file(folder: Path, register: str, *, xlsx: bool) -> Iterator[Append]:
    """Open `<folder>/<register>.csv` or `.xlsx`, its headers written; it appears whole, in place of the other form."""
    path, other = (folder / f"{register}{suffix}" for suffix in ((".xlsx", ".csv") if xlsx else (".csv", ".xlsx")))
    with whole_file(path) as temporary, (_xlsx if xlsx else _csv)(temporary, register) as append:
        yield append
    other.unlink(missing_ok=True)


@contextmanager
def _csv(path: Path, register: str) -> Iterator[Append]:
    with path.open("wb") as opened:
        opened.write((",".join(file_headers(register)) + "\n").encode())

        def append(cells: pl.DataFrame) -> None:
            cells.write_csv(opened, include_header=False)

        yield append


@contextmanager
def _xlsx(path: Path, register: str) -> Iterator[Append]:
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_urls": False}) as book:
        book.set_properties({"created": XLSX_CREATED})
        text = book.add_format({"num_format": "@"})
        headers = file_headers(register)
        sheet = book.add_worksheet(REGISTER_LABELS[register])
        sheet.set_column(0, len(headers) - 1, XLSX_COLUMN_WIDTH)
        sheet.write_row(0, 0, headers, book.add_format({"bold": True, "num_format": "@"}))
        written = 1

        def append(cells: pl.DataFrame) -> None:
            nonlocal written
            if written + cells.height > XLSX_ROWS:
                raise InputError(f"“{REGISTER_LABELS[register]}”超过 Excel 一张表的行数", "请改用 CSV")
            for row, values in enumerate(cells.iter_rows(), start=written):
                for place, value in enumerate(values):
                    if value is not None:
                        sheet.write_string(row, place, value, text)
            written += cells.height

        yield append
