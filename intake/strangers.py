"""Rows of a sheet that are no data: titles, blank rows, headers repeated on each page, totals, signatures.

They are listed, so that every row of a file is accounted for. A row with an identity number is never one of them.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from contracts.codes import RefusalCode
from contracts.registers import tells_row
from intake.cells import trimmed
from intake.headers import Header, header_names
from intake.numbering import NUMBER
from intake.raw import WRITTEN, has_text
from intake.refusals import ADVICE, SCHEMA

TOTAL = r"^(?:[本全].)?[合小总共]\s*计[\s::0-9人户行元.,,、]*$"
SIGNATURE = r"^(?:单位|部门)?(?:制表|填表|填报|审核|复核|经办|负责|分管|联系)(?:人|单位|日期|时间|领导|部门)*\s*[::]"
REMARK = r"^(?:注|说明|备注|填表说明)\s*[::]"
CLOSING = f"{TOTAL}|{SIGNATURE}|{REMARK}"
NUMBERED = r"^\W?\d{6}"  # how an identity number begins, right or wrong
NUMBER_AT_ONCE = r"^[0-9]{6}"  # and how nearly all do


class SheetRows(NamedTuple):
    """The data rows of a sheet as RawTable.cells, and the other rows (RefusedRow, NOT_DATA; the file's name empty)."""

    data: pl.DataFrame
    listed: pl.DataFrame


def sort_rows(register: str, header: Header) -> SheetRows:
    """Tell the data rows below a header from the rows that are no data."""
    cells = header.table.cells
    name = next(name for name in tells_row(register) if name in header.matched.places)
    key = str(header.matched.places[name])
    unnumbered = cells.filter(~pl.col(key).str.contains(NUMBER_AT_ONCE).fill_null(value=False))  # hardly any
    blank_rows = _blank_rows(header, unnumbered, key)
    titles = _without(cells.head(header.first_row - 1), blank_rows)
    last_row = _without(cells.select(NUMBER), blank_rows).select(NUMBER.max()).item() or 0
    below = cells.slice(header.last_row, max(last_row - header.last_row, 0))
    blank = _those(below, blank_rows)
    is_below = NUMBER.is_between(header.last_row + 1, header.last_row + below.height)
    keys = unnumbered.filter(is_below).select(NUMBER, trimmed(key).alias("key"))
    keys = _without(keys, blank_rows).filter(pl.col("key").is_null() | ~pl.col("key").str.contains(NUMBERED))
    is_header = _is_header(register, name)
    repeated = _those(below, keys.filter(is_header)["source_row"])
    keyless = _those(below, keys.filter(~is_header & (pl.col("key").is_null() | _closes(pl.col("key"))))["source_row"])
    closing = keyless.filter(_closes(pl.coalesce(map(trimmed, _texts(cells)))))
    listed = [(titles, "标题行"), (blank, "空行"), (repeated, "重复的表头"), (closing, "合计、落款或说明行")]
    data = _without(below, pl.concat([blank_rows, repeated["source_row"], closing["source_row"]]))
    told = [_told(register, header.table.sheet, rows, reason) for rows, reason in listed]
    return SheetRows(data, pl.concat(told).sort("source_row"))


def _blank_rows(header: Header, unnumbered: pl.DataFrame, key: str) -> pl.Series:
    """The rows in which nothing is written or marked. Where the key is written the other cells need no look."""
    keyless = unnumbered.filter(~pl.col(key).str.contains(WRITTEN).fill_null(value=False))
    is_written = pl.any_horizontal(has_text()).fill_null(value=False)
    return _without(keyless.filter(~is_written), header.table.marks["source_row"].unique())["source_row"]


def _those(rows: pl.DataFrame, numbers: pl.Series) -> pl.DataFrame:
    return rows.filter(NUMBER.is_in(numbers.implode())) if numbers.len() else rows.clear()


def _without(rows: pl.DataFrame, numbers: pl.Series) -> pl.DataFrame:
    return rows.filter(~NUMBER.is_in(numbers.implode())) if numbers.len() else rows


def _is_header(register: str, name: str) -> pl.Expr:
    spellings = [word for word, named in header_names(register).items() if named == name]
    bare = pl.col("key").str.normalize("NFKC").str.replace_all(r"\s", "").str.strip_chars("*").str.to_lowercase()
    return bare.is_in(spellings).fill_null(False)


def _closes(text: pl.Expr) -> pl.Expr:
    return text.str.contains(CLOSING).fill_null(False)


def _texts(cells: pl.DataFrame) -> list[str]:
    return [name for name in cells.columns if name != "source_row"]


def _told(register: str, sheet: str, rows: pl.DataFrame, reason: str) -> pl.DataFrame:
    said = {
        "register": pl.lit(register),
        "source_file": pl.lit(""),
        "source_sheet": pl.lit(sheet),
        "source_row": pl.col("source_row"),
        "code": pl.lit(RefusalCode.NOT_DATA.value),
        "reason": pl.lit(reason),
        "advice": pl.lit(ADVICE[RefusalCode.NOT_DATA]),
    }
    return rows.select(said.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in SCHEMA.items())
