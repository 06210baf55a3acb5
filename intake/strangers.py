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
from intake.raw import WRITTEN, has_text
from intake.refusals import ADVICE, SCHEMA

TOTAL = r"^(?:[本全].)?[合小总共]\s*计[\s::0-9人户行元.,,、]*$"
SIGNATURE = r"^(?:单位|部门)?(?:制表|填表|填报|审核|复核|经办|负责|分管|联系)(?:人|单位|日期|时间|领导|部门)*\s*[::]"
REMARK = r"^(?:注|说明|备注|填表说明)\s*[::]"
CLOSING = f"{TOTAL}|{SIGNATURE}|{REMARK}"
NUMBERED = r"^\W?\d{6}"  # how an identity number begins, right or wrong


class SheetRows(NamedTuple):
    """The data rows of a sheet as RawTable.cells, and the other rows (RefusedRow, NOT_DATA; the file's name empty)."""

    data: pl.DataFrame
    listed: pl.DataFrame


def sort_rows(register: str, header: Header) -> SheetRows:
    """Tell the data rows below a header from the rows that are no data."""
    cells = header.table.cells
    name = next(name for name in tells_row(register) if name in header.matched.places)
    key = str(header.matched.places[name])
    is_blank = _is_blank(header, key)
    titles = cells.filter((pl.col("source_row") < header.first_row) & ~is_blank)
    below = cells.filter(pl.col("source_row") > header.last_row)
    last_row = below.filter(~is_blank)["source_row"].max()
    below = below.filter(pl.col("source_row") <= last_row) if last_row is not None else below.clear()
    blank = below.filter(is_blank)
    silent = _without_key(register, below.filter(~is_blank), name, key)
    repeated = silent.filter(_is_header(register, name, key))
    closing = silent.filter(~_is_header(register, name, key) & _closes(pl.coalesce(map(trimmed, _texts(cells)))))
    listed = [(titles, "标题行"), (blank, "空行"), (repeated, "重复的表头"), (closing, "合计、落款或说明行")]
    others = pl.concat([rows.select("source_row") for rows, _ in listed])
    data = below.join(others, on="source_row", how="anti", maintain_order="left") if others.height else below
    told = [_told(register, header.table.sheet, rows, reason) for rows, reason in listed]
    return SheetRows(data, pl.concat(told).sort("source_row"))


def _is_blank(header: Header, key: str) -> pl.Expr:
    """Nothing is written in a row, nor marked; hardly a row whose key is written needs a look at its other cells."""
    cells, marked = header.table.cells, header.table.marks["source_row"].unique().to_list()
    keyless = cells.filter(~pl.col(key).str.contains(WRITTEN).fill_null(value=False))
    is_written = pl.any_horizontal(has_text()).fill_null(value=False) | pl.col("source_row").is_in(marked)
    return pl.col("source_row").is_in(keyless.filter(~is_written)["source_row"].to_list())


def _without_key(register: str, rows: pl.DataFrame, name: str, key: str) -> pl.DataFrame:
    """The rows whose key names nobody: it is empty, a header, or words of a closing row."""
    unnumbered = rows.filter(trimmed(key).is_null() | ~trimmed(key).str.contains(NUMBERED))
    return unnumbered.filter(trimmed(key).is_null() | _is_header(register, name, key) | _closes(trimmed(key)))


def _is_header(register: str, name: str, key: str) -> pl.Expr:
    spellings = [word for word, named in header_names(register).items() if named == name]
    bare = trimmed(key).str.normalize("NFKC").str.replace_all(r"\s", "").str.strip_chars("*").str.to_lowercase()
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
