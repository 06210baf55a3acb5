"""The refused rows of a file go back to its sender: his own columns, the wrong cells red, the reasons beside them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import polars as pl

from contracts.codes import RefusalCode
from contracts.columns import columns_of
from contracts.files import whole_file
from contracts.registers import FILES, label_of
from contracts.workbooks import new_workbook
from intake.headers import Header
from intake.households import member_column, parts_of
from intake.layouts import kept_layout
from intake.opening import open_register
from intake.raw import UnreadableError
from intake.receiving import Received, original_path
from intake.refusals import WHOLE_FILE

LEAD = ("原文件行号",)
TAIL = ("退回原因", "处理办法")
WIDTH, WIDE = 16, 50
ROWS_AT_MOST = 100_000


class Refusals(NamedTuple):
    """Why one row was refused: its reasons, what to do, and the places of its wrong cells."""

    reasons: list[str]
    advice: list[str]
    places: set[int]


def write_returned(received: Received, refused: pl.DataFrame, store: Path, target: Path) -> Path | None:
    """Write the refused rows of a received file as a workbook to `target`; None where no row of it was refused.

    `refused` (RefusedRow): those of this register, from accept(). Cells are as the file has them, unmasked: the
    workbook is for the sender. The first 100 000 rows are written.
    """
    by_row = refused.filter((pl.col("source_row") != WHOLE_FILE) & (pl.col("code") != RefusalCode.NOT_DATA.value))
    if by_row.is_empty():
        target.unlink(missing_ok=True)
        return None
    layout = kept_layout(store, received.register, received.layout_digest)
    try:
        opened = open_register(original_path(store, received.file_name, received.digest), received.register, layout)
    except UnreadableError:
        opened = None
    if opened is None:
        raise ValueError("rows were refused of a file that cannot be read")
    told = _by_row(received.register, by_row, opened.header)
    with whole_file(target) as temporary:
        _write(temporary, received.register, opened.header, told)
    return target


def _by_row(register: str, refused: pl.DataFrame, header: Header) -> dict[int, Refusals]:
    places = {
        member_column(part.person, facts.header): part.places.get(facts.name)
        for facts in columns_of(FILES[register])
        for part in parts_of(header)
    }
    told: dict[int, Refusals] = defaultdict(lambda: Refusals([], [], set()))
    for record in refused.sort("source_row", maintain_order=True).iter_rows(named=True):
        row = told[record["source_row"]]
        where = f"{record['source_column']}:" if record["source_column"] else ""
        row.reasons.append(where + record["reason"])
        row.advice.append(record["advice"])
        place = places.get(record["source_column"])
        if place is not None:
            row.places.add(place)
    return told


def _write(path: Path, register: str, header: Header, told: dict[int, Refusals]) -> None:
    with new_workbook(path) as book:
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
        red = book.add_format({"num_format": "@", "bg_color": "#FFC7CE", "font_color": "#9C0006"})
        sheet = book.add_worksheet(label_of(register))
        titles = [*LEAD, *header.texts, *TAIL]
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(titles) - 3, WIDTH)
        sheet.set_column(len(titles) - 2, len(titles) - 1, WIDE)
        sheet.write_row(0, 0, titles, bold)
        rows = header.table.cells.filter(pl.col("source_row").is_in(list(told))).head(ROWS_AT_MOST)
        for line, cells in enumerate(rows.drop("source_row").rows(), start=1):
            number = rows["source_row"][line - 1]
            why = told[number]
            sheet.write_number(line, 0, number)
            for place, cell in enumerate(cells):
                if place in why.places or cell:
                    sheet.write_string(line, place + 1, cell or "", red if place in why.places else text)
            sheet.write_string(line, len(titles) - 2, ";".join(dict.fromkeys(why.reasons)), text)
            sheet.write_string(line, len(titles) - 1, ";".join(dict.fromkeys(why.advice)), text)
