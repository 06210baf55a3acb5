"""The roster beside a payment file: whom each line to an institution pays for, and how much of it is whose.

For officers and the institution, not for the bank. A pure function of the book, as the payment file is, to the byte on
any machine; each line's sum is the amount the bank is told. A file that pays no institution has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from contracts.codes import Benefit
from contracts.files import whole_file
from contracts.money import yuan_text
from contracts.workbooks import new_workbook, uncompress
from payments.instructions import kind_words
from payments.orders import Order

ROSTER = ".roster.xlsx"
SHEET = "供养人员名单"
SUM = "本行合计"
AMOUNT = "金额(元)"
HEADERS = ("文件行号", "指令号", "供养机构", "账号", "享受人", "身份证号", "项目", "所属月份", "发放类型", AMOUNT)
WIDTHS = (9, 22, 26, 24, 12, 21, 20, 10, 10, 14)


def write_roster(target: Path, order: Order) -> Path | None:
    """Write the roster of an order whole; None, and no file, where it pays no institution by name."""
    rows = list(_rows(order))
    if not rows:
        return None
    with whole_file(target) as temporary:
        _write(temporary, rows)
        uncompress(temporary)
    return target


def _write(target: Path, rows: list[tuple[Any, ...]]) -> None:
    with new_workbook(target) as book:
        looks = ({"num_format": "@"}, {"bold": True}, {"num_format": "0.00"}, {"num_format": "0.00", "bold": True})
        text, bold, money, sum_of = (book.add_format(look) for look in looks)
        sheet = book.add_worksheet(SHEET)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)
        sheet.set_landscape()
        for place, (header, width) in enumerate(zip(HEADERS, WIDTHS, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, header, bold)
        for number, (*cells, fen) in enumerate(rows, start=1):
            is_sum = cells[4] == SUM
            for place, cell in enumerate(cells):
                sheet.write_string(number, place, cell, bold if is_sum else text)
            sheet.write_number(number, len(cells), Decimal(yuan_text(fen)), sum_of if is_sum else money)


def _rows(order: Order) -> Iterator[tuple[Any, ...]]:
    """HEADERS as text, the amount in fen: of each line to an institution its people, then its sum."""
    if order.roster.is_empty():
        return
    lines = order.lines.select("line_no", "instruction_id", "kind", "attempt", "name", "account_no", "amount_fen")
    told = order.roster.join(lines.rename({"name": "institution", "amount_fen": "line_fen"}), on="instruction_id")
    in_order = told.with_columns(kind=kind_words()).sort("line_no", "person_id", "benefit_month", "obligation_id")
    for _, people in in_order.group_by("line_no", maintain_order=True):
        for row in people.iter_rows(named=True):
            of_line = (str(row["line_no"]), row["instruction_id"], row["institution"], row["account_no"])
            month = f"{row['benefit_month']:%Y-%m}"
            benefit = Benefit.label_of(row["benefit"])
            yield *of_line, row["name"], row["person_id"], benefit, month, row["kind"], row["amount_fen"]
        count = f"{people['person_id'].n_unique()} 人"
        yield *of_line, SUM, count, "", "", "", int(people["amount_fen"].sum())
