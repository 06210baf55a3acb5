"""The bytes of a payment file, by kind of profile: a pure function of the order and the profile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from contracts.bulk_rows import Look, write_rows
from contracts.errors import InputError
from contracts.workbooks import MAX_SHEET_ROWS, new_workbook
from payments.file_forms import Delimited, Fitted, FixedWidth, Pain001, Printed, Profile, Xlsx
from payments.orders import Order
from payments.printing import printed, total_words

NEWLINES = {"CRLF": "\r\n", "LF": "\n"}


def write_body(target: Path, order: Order, profile: Profile) -> None:
    """Write the whole file; `target` is overwritten."""
    if isinstance(profile, Xlsx):
        _write_xlsx(target, order, profile)
    elif isinstance(profile, Pain001):
        from payments.pain001 import write_pain001  # loads the XML library

        write_pain001(target, order, profile)
    else:
        target.write_bytes(text_bytes(order, profile))


def text_bytes(order: Order, profile: Delimited | FixedWidth) -> bytes:
    """Text: lines of totals, one line a payee, lines of totals; a character the encoding lacks is an error."""
    lines = _delimited(order, profile) if isinstance(profile, Delimited) else _fixed(order, profile)
    newline = NEWLINES[profile.newline]
    text = newline.join(lines) + (newline if profile.final_newline else "")
    return text.encode(profile.encoding, "strict")


def _delimited(order: Order, profile: Delimited) -> Iterator[str]:
    words = total_words(order, profile)
    yield from (text.format(**words) for text in profile.header)
    line = pl.concat_str(pl.all(), separator=profile.delimiter)
    yield from (
        printed(order, profile).select(line + (profile.delimiter if profile.trailing_delimiter else "")).to_series()
    )
    yield from (text.format(**words) for text in profile.trailer)


def _fixed(order: Order, profile: FixedWidth) -> Iterator[str]:
    words = total_words(order, profile)
    for pieces in profile.header:
        yield "".join(_fitted(piece.text.format(**words), piece, profile) for piece in pieces)
    places = [
        [_fitted(text, column, profile) for text in cells]
        for column, cells in zip(profile.columns, printed(order, profile), strict=True)
    ]
    yield from map("".join, zip(*places, strict=True))
    for pieces in profile.trailer:
        yield "".join(_fitted(piece.text.format(**words), piece, profile) for piece in pieces)


def _fitted(text: str, place: Fitted, profile: FixedWidth) -> str:
    """The text filled up to its place; never cut: what does not fit was held, but a total cannot be."""
    missing = place.width - profile.length_of(text)
    if missing < 0:
        what = f"宽 {place.width} 的一栏写不下 {profile.length_of(text)} 位的内容"
        raise InputError(what, "请按银行的说明放宽这一栏,或把一批拆小", profile.profile)
    return text + place.pad * missing if place.side == "left" else place.pad * missing + text


def _write_xlsx(target: Path, order: Order, profile: Xlsx) -> None:
    """Text, so that no spreadsheet shortens an account; only the line number and the amount are numbers."""
    lines = order.lines
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
        cells = printed(order, profile)
        looks = {}
        for place, column in enumerate(profile.columns):
            name = str(place)
            if column.field == Printed.AMOUNT and profile.amount == "yuan2":
                cells, looks[name] = cells.with_columns(lines["amount_fen"].alias(name)), Look(money, is_yuan=True)
            elif column.field == Printed.LINE_NO:
                cells, looks[name] = cells.cast({name: pl.Int64}), Look()
        texts = pl.all().exclude(*looks).replace("", None)
        write_rows(sheet, 1, cells.with_columns(texts), [looks.get(name, Look(text)) for name in cells.columns])
