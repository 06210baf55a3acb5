"""How the text of a cell is read, one reading for each kind of cell.

`value()` gives the typed value, or null where the text cannot be read; `why()` then says what is wrong with it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date

import polars as pl

from contracts.codes import RefusalCode
from contracts.columns import CellKind, ColumnFacts
from intake.resident_ids import (
    SCIENTIFIC,
    has_check_digit,
    has_form,
    legible,
    upgraded,
    without_apostrophe,
)

BLANKS = " \t\r\n\v\f\u00a0\u3000\u200b\ufeff"  # what surrounds a text without belonging to it
UNPRINTABLE = r"[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\x{FFFD}]"
LONGEST_TEXT = 100
ACCOUNT_FORM = r"^[0-9]{6,32}$"
KEY_FORM = r"^[^\s\p{C}]{1,40}$"
DIVISION_FORM = r"^[0-9]{6,12}$"
WHOLE_FORM = r"^([0-9]{1,9})(?:\.0)?级?$"
HAN_DIGITS = {"一级": "1级", "二级": "2级", "三级": "3级", "四级": "4级"}
MONEY_FORM = r"^\u00a5?\s*([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.([0-9]{1,2}))?\s*元?$"
DAY_FORM = (
    r"^([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|\.([0-9]{1,2})\.([0-9]{1,2})"
    r"|([0-9]{2})([0-9]{2})|年([0-9]{1,2})月([0-9]{1,2})[日号])$"
)
TIME_OF_DAY = r"[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$"
DAY_PARTS = "${1}-${2}${4}${6}${8}${10}-${3}${5}${7}${9}${11}"
MONTH_FORM = r"^([0-9]{4})(?:-([0-9]{1,2})|/([0-9]{1,2})|\.?([0-9]{2})|年([0-9]{1,2})月份?)$"  # 2024.1 may be October
MONTH_PARTS = "${1}-${2}${3}${4}${5}-1"
# A spreadsheet's number of a day, counted from 1899-12-30. What may be a year is none: 1850 to 2199.
SERIAL_FORM = r"^(?:1[0-7][0-9]{2}|18[0-4][0-9]|2[2-9][0-9]{2}|[3-9][0-9]{3}|[1-9][0-9]{4})$"
SERIAL_OF_1970 = 25569
SERIAL_OF_1904, DAYS_1900_TO_1904 = r"^[0-9]{1,5}$", 1462
FIRST_DAY, LAST_DAY = date(1850, 1, 1), date(9999, 12, 31)
YES = ("是", "Y", "YES", "1", "TRUE", "\u221a", "\u2713", "\u2714", "\u2611")  # the last ones are ticks
NO = ("否", "N", "NO", "0", "FALSE", "\u00d7", "\u2717", "\u2718", "\u2612")  # and crosses
YES_NO = dict.fromkeys(YES, True) | dict.fromkeys(NO, False)
# What a system puts around a word of its list: 1-低保, 01低保, 低保(1).
NUMBER_BEFORE, NUMBER_BEHIND = r"^[0-9]{1,3}\s*[-_.、:]?\s*", r"\s*\([0-9]{1,3}\)$"


def trimmed(column: str) -> pl.Expr:
    """The text without surrounding blanks; null where nothing is left."""
    text = pl.col(column).str.strip_chars(BLANKS)
    return pl.when(text != "").then(text)


def value(facts: ColumnFacts, text: str) -> pl.Expr:
    """The typed value of the trimmed text in column `text`; null where it is empty, a null word or unreadable."""
    return VALUES[facts.kind](facts, text)


def is_null_word(facts: ColumnFacts, text: str) -> pl.Expr:
    """The cell says null in so many words (全部)."""
    return pl.col(text).is_in(list(facts.null_words))


def why(facts: ColumnFacts, text: str) -> pl.Expr:
    """The refusal code of a text that `value()` could not read."""
    if facts.kind is CellKind.RESIDENT_ID:
        return _why_no_id(text)
    code = pl.lit(UNREADABLE[facts.kind].value)
    if facts.kind in (CellKind.ACCOUNT, CellKind.KEY):
        numeric = pl.col(text).str.contains(SCIENTIFIC)
        return pl.when(numeric).then(pl.lit(RefusalCode.NUMERIC_ID.value)).otherwise(code)
    return code


def _why_no_id(text: str) -> pl.Expr:
    return upgraded(pl.col(text)).map_batches(_what_is_wrong, return_dtype=pl.String)


def _what_is_wrong(identities: pl.Series) -> pl.Series:
    identity = pl.col("identity")
    code = (
        pl.when(identity.str.contains(SCIENTIFIC))
        .then(pl.lit(RefusalCode.NUMERIC_ID.value))
        .when(~has_form(identity))
        .then(pl.lit(RefusalCode.ID_SHAPE.value))
        .when(~has_check_digit(identity))
        .then(pl.lit(RefusalCode.ID_CHECK_DIGIT.value))
        .otherwise(pl.lit(RefusalCode.ID_DATE.value))
    )
    return identities.to_frame("identity").select(code).to_series().alias(identities.name)


def _plain(text: pl.Expr) -> pl.Expr:
    return text.str.normalize("NFKC")


def _once(text: str, reading: Callable[[pl.Expr], pl.Expr], dtype: pl.DataType) -> pl.Expr:
    """Read each distinct text once: names, days, months, amounts and words come again and again."""

    def read(texts: pl.Series) -> pl.Series:
        distinct = texts.unique().to_frame("text").with_columns(read=reading(pl.col("text")))
        return texts.to_frame("text").join(distinct, on="text", how="left", nulls_equal=True, maintain_order="left")[
            "read"
        ]

    return pl.col(text).map_batches(read, return_dtype=dtype)


def _in_form(text: pl.Expr, form: str) -> pl.Expr:
    return pl.when(text.str.contains(form)).then(text)


def _text(_: ColumnFacts, text: str) -> pl.Expr:
    def read(given: pl.Expr) -> pl.Expr:
        kept = given.str.normalize("NFC")
        right = ~kept.str.contains(UNPRINTABLE) & (kept.str.len_chars() <= LONGEST_TEXT)
        return pl.when(right).then(kept)

    return _once(text, read, pl.String())


def _resident_id(_: ColumnFacts, text: str) -> pl.Expr:
    return legible(pl.col(text))


def _account(_: ColumnFacts, text: str) -> pl.Expr:
    return _in_form(without_apostrophe(_plain(pl.col(text))).str.replace_all(" ", "", literal=True), ACCOUNT_FORM)


def _key(_: ColumnFacts, text: str) -> pl.Expr:
    return _in_form(without_apostrophe(_plain(pl.col(text))), KEY_FORM)


def _division(_: ColumnFacts, text: str) -> pl.Expr:
    def read(given: pl.Expr) -> pl.Expr:
        return _in_form(without_apostrophe(_plain(given)), DIVISION_FORM)

    return _once(text, read, pl.String())


def _day(_: ColumnFacts, text: str) -> pl.Expr:
    return _once(text, _day_of, pl.Date())


def _day_of(given: pl.Expr) -> pl.Expr:
    bare = _plain(given).str.replace(TIME_OF_DAY, "").str.replace_all(" ", "", literal=True)
    return pl.coalesce(_date(bare, DAY_FORM, DAY_PARTS), _day_of_serial(bare))


def _month(_: ColumnFacts, text: str) -> pl.Expr:
    return _once(text, _month_of, pl.Date())


def _month_of(given: pl.Expr) -> pl.Expr:
    """A month, or a day that is the first of one."""
    day = _day_of(given)
    first = pl.when(day.dt.day() == 1).then(day)
    return pl.coalesce(_date(_plain(given).str.replace_all(" ", "", literal=True), MONTH_FORM, MONTH_PARTS), first)


def _date(plain: pl.Expr, form: str, parts: str) -> pl.Expr:
    day = _in_form(plain, form).str.replace(form, parts).str.to_date("%Y-%m-%d", strict=False)
    return pl.when(day.is_between(FIRST_DAY, LAST_DAY)).then(day)


def _day_of_serial(plain: pl.Expr) -> pl.Expr:
    return (_in_form(plain, SERIAL_FORM).cast(pl.Int32) - SERIAL_OF_1970).cast(pl.Date)


def counted_from_1900(text: pl.Expr) -> pl.Expr:
    """A spreadsheet's number of a day counted from 1904 as the number of the same day counted from 1900."""
    serial = _in_form(text.str.strip_chars(BLANKS), SERIAL_OF_1904).cast(pl.Int64)
    return pl.coalesce((serial + DAYS_1900_TO_1904).cast(pl.String), text)


def _yes_no(_: ColumnFacts, text: str) -> pl.Expr:
    def read(given: pl.Expr) -> pl.Expr:
        return _plain(given).str.to_uppercase().replace_strict(YES_NO, default=None, return_dtype=pl.Boolean)

    return _once(text, read, pl.Boolean())


def _whole(facts: ColumnFacts, text: str) -> pl.Expr:
    def read(given: pl.Expr) -> pl.Expr:
        return _inside(facts, _plain(given).replace(HAN_DIGITS).str.extract(WHOLE_FORM).cast(pl.Int64))

    return _once(text, read, pl.Int64())


def _money(facts: ColumnFacts, text: str) -> pl.Expr:
    def read(given: pl.Expr) -> pl.Expr:
        plain = _plain(given)
        yuan = plain.str.extract(MONEY_FORM, 1).str.replace_all(",", "", literal=True).cast(pl.Int64)
        fen = plain.str.extract(MONEY_FORM, 2).str.pad_end(2, "0").cast(pl.Int64).fill_null(0)
        return _inside(facts, yuan * 100 + fen)

    return _once(text, read, pl.Int64())


def _inside(facts: ColumnFacts, number: pl.Expr) -> pl.Expr:
    """The number where it lies within the column's bounds."""
    inside = pl.lit(True)
    if facts.minimum is not None:
        inside &= number >= facts.minimum
    if facts.maximum is not None:
        inside &= number <= facts.maximum
    return pl.when(inside).then(number)


def _code(facts: ColumnFacts, text: str) -> pl.Expr:
    assert facts.code is not None
    dtype = facts.code.dtype()
    spellings = {unicodedata.normalize("NFKC", word): member.value for word, member in facts.code.spellings().items()}

    def read(given: pl.Expr) -> pl.Expr:
        plain = _plain(given)
        bare = plain.str.replace(NUMBER_BEHIND, "").str.replace(NUMBER_BEFORE, "")
        words = (plain, bare)
        return pl.coalesce(word.replace_strict(spellings, default=None, return_dtype=dtype) for word in words)

    return _once(text, read, dtype)


VALUES: dict[CellKind, Callable[[ColumnFacts, str], pl.Expr]] = {
    CellKind.TEXT: _text,
    CellKind.RESIDENT_ID: _resident_id,
    CellKind.ACCOUNT: _account,
    CellKind.KEY: _key,
    CellKind.DIVISION: _division,
    CellKind.DAY: _day,
    CellKind.MONTH: _month,
    CellKind.YES_NO: _yes_no,
    CellKind.WHOLE: _whole,
    CellKind.MONEY: _money,
    CellKind.CODE: _code,
}
UNREADABLE: dict[CellKind, RefusalCode] = {
    CellKind.TEXT: RefusalCode.TEXT_INVALID,
    CellKind.ACCOUNT: RefusalCode.TEXT_INVALID,
    CellKind.KEY: RefusalCode.TEXT_INVALID,
    CellKind.DIVISION: RefusalCode.TEXT_INVALID,
    CellKind.DAY: RefusalCode.DATE_INVALID,
    CellKind.MONTH: RefusalCode.MONTH_INVALID,
    CellKind.YES_NO: RefusalCode.CODE_UNKNOWN,
    CellKind.WHOLE: RefusalCode.NUMBER_INVALID,
    CellKind.MONEY: RefusalCode.AMOUNT_INVALID,
    CellKind.CODE: RefusalCode.CODE_UNKNOWN,
}
