"""The bytes of a payment file, by kind of profile: a pure function of the lines and the profile."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl

from contracts.errors import InputError
from contracts.money import yuan_text
from contracts.workbooks import MAX_SHEET_ROWS, new_workbook
from payments.printing import amount_text, printed
from payments.profiles import Delimited, Printed, Profile, Xlsx

NEWLINES = {"CRLF": "\r\n", "LF": "\n"}


def file_words(lines: pl.DataFrame, county: str) -> dict[str, str]:
    """The words of a file name."""
    first = lines.row(0, named=True)
    return {name: first[name] for name in ("pay_month", "batch_id", "benefit")} | {"county": county}


def write_body(target: Path, lines: pl.DataFrame, county: str, profile: Profile) -> None:
    """Write the whole file. `lines`: InstructionLine of one batch in order of line_no; `target` is overwritten."""
    if isinstance(profile, Xlsx):
        _write_xlsx(target, lines, profile)
    else:
        target.write_bytes(delimited_bytes(lines, county, profile))


def delimited_bytes(lines: pl.DataFrame, county: str, profile: Delimited) -> bytes:
    """Text: lines of totals, one line a payee, lines of totals; a character the encoding lacks is an error."""
    words = file_words(lines, county) | {
        "count": str(lines.height),
        "total": amount_text(int(lines["amount_fen"].sum()), profile),
    }
    body = printed(lines, profile).select(pl.concat_str(pl.all(), separator=profile.delimiter)).to_series().to_list()
    told = [*(text.format(**words) for text in profile.header), *body, *(t.format(**words) for t in profile.trailer)]
    newline = NEWLINES[profile.newline]
    return "".join(text + newline for text in told).encode(profile.encoding, "strict")


def _write_xlsx(target: Path, lines: pl.DataFrame, profile: Xlsx) -> None:
    """Text, so that no spreadsheet shortens an account; only the line number and the amount are numbers."""
    if lines.height >= MAX_SHEET_ROWS:
        raise InputError(f"一张工作表放不下 {lines.height} 行", "请按乡镇拆分,或改用文本格式", profile.profile)
    with new_workbook(target) as book:
        text, bold, money = (
            book.add_format(look) for look in ({"num_format": "@"}, {"bold": True}, {"num_format": "0.00"})
        )
        sheet = book.add_worksheet(profile.sheet)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)
        sheet.set_landscape()
        for place, column in enumerate(profile.columns):
            sheet.write_string(0, place, column.header, bold)
        cells = printed(lines, profile)
        fields = [column.field for column in profile.columns]
        for row, (fen, *values) in enumerate(zip(lines["amount_fen"], *cells.get_columns(), strict=True), start=1):
            for place, (field, value) in enumerate(zip(fields, values, strict=True)):
                if field == Printed.AMOUNT and profile.amount == "yuan2":
                    sheet.write_number(row, place, Decimal(yuan_text(fen)), money)  # exact: its digits are copied
                elif field == Printed.LINE_NO:
                    sheet.write_number(row, place, int(value))
                elif value:
                    sheet.write_string(row, place, value, text)
