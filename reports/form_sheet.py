"""A county's paper as a workbook made to be printed.

A4 across, titles on every page, page x of y, sums and signatures last.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.bulk_rows import Look, write_rows
from contracts.files import whole_file
from contracts.workbooks import A4, new_workbook
from reports.forms import Filled
from reports.tables import content_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook

Cell = int | str | None


def content(paper: Filled) -> str:
    """The digest of all that the workbook of a paper shows (reports.tables.content_of)."""
    return content_of((paper.form, paper.heading, paper.totals, paper.notes), paper.lines)


def write(paper: Filled, target: Path) -> Path:
    """Write a paper (.xlsx), whole or not at all."""
    with whole_file(target) as temporary, new_workbook(temporary) as workbook:
        _Page(workbook, paper).fill()
    return target


class _Page:
    """A sheet that is filled from the top."""

    def __init__(self, workbook: Workbook, paper: Filled) -> None:
        self.paper = paper
        self.sheet = workbook.add_worksheet(paper.form.title[:31])
        usual = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
        cell = {**usual, "border": 1}
        self.styles = {
            "title": workbook.add_format({**usual, "font_size": 16, "bold": True, "align": "center"}),
            "plain": workbook.add_format(usual),
            "header": workbook.add_format({**cell, "bold": True, "align": "center", "text_wrap": True}),
            "text": workbook.add_format({**cell, "num_format": "@", "shrink": True}),
            "count": workbook.add_format({**cell, "num_format": "0"}),
            "yuan": workbook.add_format({**cell, "num_format": "#,##0.00"}),
        }
        self.at = 0

    def fill(self) -> None:
        paper = self.paper
        self._set_up()
        self._across(paper.form.title, "title", 28)
        self._across(paper.heading.told, "plain", 18)
        for place, (_, printed) in enumerate(paper.columns):
            self.sheet.write_string(self.at, place, printed.header, self.styles["header"])
        self.at += 1
        self.at = write_rows(self.sheet, self.at, paper.lines, [self._look(name) for name, _ in paper.columns])
        if totals := paper.totals:
            self._line(totals.get(name) for name, _ in paper.columns)
        for note in paper.notes:
            self._across(note, "plain", 20)
        if paper.form.signatures:
            self._across("".join(f"{office}:{'　' * 8}" for office in paper.form.signatures), "plain", 30)

    def _set_up(self) -> None:
        sheet, heading = self.sheet, self.paper.heading
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.set_footer(f"&L{heading.county} {heading.month}&C第 &P 页 共 &N 页&R{self.paper.form.title}")
        sheet.repeat_rows(0, 2)
        sheet.freeze_panes(3, 0)
        for place, (_, printed) in enumerate(self.paper.columns):
            sheet.set_column(place, place, printed.width)

    def _across(self, text: str, style: str, height: int) -> None:
        self.sheet.set_row(self.at, height)
        self.sheet.merge_range(self.at, 0, self.at, len(self.paper.columns) - 1, text, self.styles[style])
        self.at += 1

    def _look(self, name: str) -> Look:
        of_number = "yuan" if name.endswith("_fen") else "count"
        style = of_number if self.paper.lines.schema[name].is_integer() else "text"
        return Look(self.styles[style], is_yuan=style == "yuan", empty=self.styles["text"])

    def _line(self, row: Iterable[Cell]) -> None:
        for place, ((name, _), value) in enumerate(zip(self.paper.columns, row, strict=True)):
            if value is None:
                self.sheet.write_blank(self.at, place, None, self.styles["text"])
            elif isinstance(value, str):
                self.sheet.write_string(self.at, place, value, self.styles["text"])
            elif name.endswith("_fen"):
                self.sheet.write_number(self.at, place, Decimal(value).scaleb(-2), self.styles["yuan"])
            else:
                self.sheet.write_number(self.at, place, value, self.styles["count"])
        self.at += 1
