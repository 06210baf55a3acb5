"""The refused rows of a file go back to its sender: his own columns, the wrong cells red, the reasons beside them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from contracts.codes import RefusalCode
from contracts.columns import columns_of
from contracts.files import whole_file
from contracts.registers import FILES, label_of
from contracts.workbooks import new_workbook
from intake.bundles import FilePart
from intake.headers import Header
from intake.households import member_column, parts_of
from intake.inbox import part_named
from intake.layouts import kept_layout
from intake.opening import open_register
from intake.raw import UnreadableError
from intake.receiving import original_path, require_original
from intake.refusals import WHOLE_FILE

if TYPE_CHECKING:
    from xlsxwriter import Workbook

LEAD = ("原文件行号",)
TAIL = ("退回原因", "处理办法")
UNSEEN = (RefusalCode.SHEET_IGNORED, RefusalCode.HIDDEN_CELLS)
UNSEEN_SHEET = "隐藏或未读取的内容"
WIDTH, WIDE = 16, 50
ROWS_AT_MOST = 100_000


def write_returned(
    register: str, parts: Sequence[FilePart], refused: pl.DataFrame, store: Path, target: Path
) -> Path | None:
    """Write the refused rows of received files as a workbook to `target`, and what in them their sender may not know.

    None where no row of it was refused and nothing is hidden or unread. `refused` (RefusedRow): those of this register,
    from accept(). Cells are as the file has them, unmasked: the workbook is for the sender. Each table of the register
    has a sheet, of its first 100 000 refused rows.
    """
    by_row = refused.filter((pl.col("source_row") != WHOLE_FILE) & (pl.col("code") != RefusalCode.NOT_DATA.value))
    unseen = refused.filter(pl.col("code").cast(pl.String).is_in([code.value for code in UNSEEN]))
    if by_row.is_empty() and unseen.is_empty():
        target.unlink(missing_ok=True)
        return None
    told = _by_row(by_row)
    tables = [
        (part_named(part.file_name), header, found)
        for part in parts
        for header in _headers(register, part, store)
        if (found := told.get((part.file_name, header.table.sheet)))
    ]
    if by_row.height and not tables:
        raise ValueError("rows were refused of a file that cannot be read")
    with whole_file(target) as temporary, new_workbook(temporary) as book:
        for number, (part, header, found) in enumerate(tables, start=1):
            which = f"{number} {part} {header.table.sheet}" if len(tables) > 1 else ""
            _write(book, _sheet_name(register, which), register, header, found)
        _write_unseen(book, unseen)
    return target


def _headers(register: str, part: FilePart, store: Path) -> tuple[Header, ...]:
    original = original_path(store, part.file_name, part.file_digest)
    require_original(original, part)
    try:
        opened = open_register(original, register, kept_layout(store, register, part.layout_digest))
    except UnreadableError:
        opened = None
    return opened.headers if opened else ()


def _sheet_name(register: str, which: str) -> str:
    """The register; where it came in several tables, which one. A sheet's name has 31 characters at most."""
    return re.sub(r"[\[\]:*?/\\']", " ", f"{label_of(register)} {which}").strip()[:31].strip()


def _by_row(refused: pl.DataFrame) -> dict[tuple[str, str], dict[int, list[dict[str, Any]]]]:
    """File and sheet → row → what was refused of it."""
    told: dict[tuple[str, str], dict[int, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for record in refused.iter_rows(named=True):
        told[record["source_file"], record["source_sheet"]][record["source_row"]].append(record)
    return told


def _places(register: str, header: Header) -> dict[str, int | None]:
    """What a refusal calls a column → where it stands in the sheet."""
    return {
        member_column(part.person, facts.header): part.places.get(facts.name)
        for facts in columns_of(FILES[register])
        for part in parts_of(header)
    }


def _write(book: Workbook, name: str, register: str, header: Header, told: dict[int, list[dict[str, Any]]]) -> None:
    """One table's refused rows, its own columns between the row's number and the reasons."""
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
    red = book.add_format({"num_format": "@", "bg_color": "#FFC7CE", "font_color": "#9C0006"})
    sheet = book.add_worksheet(name)
    titles = [*LEAD, *header.texts, *TAIL]
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(titles) - 3, WIDTH)
    sheet.set_column(len(titles) - 2, len(titles) - 1, WIDE)
    sheet.write_row(0, 0, titles, bold)
    places = _places(register, header)
    rows = header.table.cells.filter(pl.col("source_row").is_in(list(told))).head(ROWS_AT_MOST)
    for line, cells in enumerate(rows.drop("source_row").rows(), start=1):
        number = rows["source_row"][line - 1]
        wrong = {places.get(record["source_column"]) for record in told[number]}
        sheet.write_number(line, 0, number)
        for place, cell in enumerate(cells):
            if place in wrong or cell:
                sheet.write_string(line, place + 1, cell or "", red if place in wrong else text)
        sheet.write_string(line, len(titles) - 2, ";".join(dict.fromkeys(map(_reason, told[number]))), text)
        sheet.write_string(line, len(titles) - 1, ";".join(dict.fromkeys(one["advice"] for one in told[number])), text)


def _write_unseen(book: Workbook, unseen: pl.DataFrame) -> None:
    """What of the whole file its sender may not know, in a last sheet."""
    if unseen.is_empty():
        return
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
    sheet = book.add_worksheet(UNSEEN_SHEET)
    sheet.set_column(0, 2, WIDE)
    sheet.write_row(0, 0, ("文件", "请核对", TAIL[1]), bold)
    told = unseen.select("source_file", "reason", "advice").unique(maintain_order=True)
    for line, cells in enumerate(told.iter_rows(), start=1):
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, cell, text)


def _reason(record: dict[str, Any]) -> str:
    return f"{record['source_column']}:{record['reason']}" if record["source_column"] else str(record["reason"])
