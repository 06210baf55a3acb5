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
from intake.encodings import STANDARD_2022
from intake.regular import in_plain_characters, regular_first
from intake.resident_ids import (
    birth_date,
    has_check_digit,
    has_form,
    legible,
    upgraded,
    without_apostrophe,
)
from intake.spoilt import KEY_LEFT, NUMBER_LEFT, ends_cut, is_cut, is_error_word

BLANKS = " \t\r\n\v\f\u00a0\u3000\u200b\ufeff"  # what surrounds a text without belonging to it
UNPRINTABLE = r"[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\x{FFFD}]"
PRIVATE_USE = r"\p{Co}"
# Between two Han characters a blank carries nothing: it makes a name of two characters as long as one of three.
IDLE = " \u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2009\u200b\u200c\u200d\u2060\u3000\ufeff"
BETWEEN_HAN = rf"(\p{{Han}})[{IDLE}]+(\p{{Han}})"
LONGEST_TEXT = 100
REGULAR_TEXT = r"^[\x{3400}-\x{4DBF}\x{4E00}-\x{9FFF}\x{B7}0-9]+$"  # in no form of Unicode another, no word for nothing
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
REGULAR_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
TIME_OF_DAY = r"[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$"
DAY_PARTS = "${1}-${2}${4}${6}${8}${10}-${3}${5}${7}${9}${11}"
MONTH_FORM = r"^([0-9]{4})(?:-([0-9]{1,2})|/([0-9]{1,2})|\.?([0-9]{2})|年([0-9]{1,2})月份?)$"  # 2024.1 may be October
MONTH_PARTS = "${1}-${2}${3}${4}${5}-1"
# A spreadsheet's number of a day, counted from 1899-12-30. What may be a year is none: 1850 to 2199.
SERIAL_FORM = r"^(?:1[0-7][0-9]{2}|18[0-4][0-9]|2[2-9][0-9]{2}|[3-9][0-9]{3}|[1-9][0-9]{4})$"
SERIAL_OF_1970 = 25569
SERIAL_OF_1904, DAYS_1900_TO_1904 = r"^[0-9]{1,5}$", 1462
FIRST_DAY, LAST_DAY = date(1850, 1, 1), date(9999, 12, 31)
# What systems write where there is no day, and databases where there is nothing.
NO_YEAR, NO_DAYS = 9999, (date(2999, 12, 31), date(2099, 12, 31))
NO_MONTHS = (date(2999, 12, 1), date(2099, 12, 1))
SERIAL_OF_LAST_DAY = "2958465"
NOTHING = ("NULL", "null", "(null)", "(NULL)", "<null>", "<NULL>", "\\N", "NaN", "nan", "NaT", "None", "undefined")
YES = ("是", "Y", "YES", "1", "TRUE", "\u221a", "\u2713", "\u2714", "\u2611")  # the last ones are ticks
NO = ("否", "N", "NO", "0", "FALSE", "\u00d7", "\u2717", "\u2718", "\u2612")  # and crosses
YES_NO = dict.fromkeys(YES, True) | dict.fromkeys(NO, False)
NUMBERS = (CellKind.RESIDENT_ID, CellKind.ACCOUNT, CellKind.KEY, CellKind.DIVISION)  # used as names
OF_ONE = (CellKind.RESIDENT_ID, CellKind.ACCOUNT, CellKind.KEY)  # hardly two rows have the same; texts of others repeat
# What a system puts around a word of its list: 1-低保, 01低保, 低保(1).
NUMBER_BEFORE, NUMBER_BEHIND = r"^[0-9]{1,3}\s*[-_.、:]?\s*", r"\s*\([0-9]{1,3}\)$"


def trimmed(column: str) -> pl.Expr:
    """The text without surrounding blanks and without ="…", which keeps a spreadsheet from spoiling a number; null
    where nothing is left.
    """
    return pl.col(column).map_batches(_trimmed, return_dtype=pl.String)


def _trimmed(texts: pl.Series) -> pl.Series:
    text = pl.col("text").str.strip_chars(BLANKS)
    bare = texts.to_frame("text").select(pl.when(text != "").then(text))
    quoted = pl.col("text").str.starts_with('="') & pl.col("text").str.ends_with('"')
    if bare.select(quoted.any()).item():
        inside = pl.col("text").str.strip_prefix('="').str.strip_suffix('"').str.strip_chars(BLANKS)
        bare = bare.select(pl.when(quoted & (inside != "")).then(inside).when(~quoted).then("text").alias("text"))
    return bare.to_series().alias(texts.name)


def value(facts: ColumnFacts, text: str) -> pl.Expr:
    """The typed value of the trimmed text in column `text`; null where it is empty, a null word or unreadable."""
    return VALUES[facts.kind](facts, text)


def is_null_word(facts: ColumnFacts, text: str) -> pl.Expr:
    """The cell says null in so many words: a word of the column's own (全部), or a system's word for nothing."""
    return pl.col(text).is_in(list(facts.null_words)) | says_nothing(facts, text)


def says_nothing(facts: ColumnFacts, text: str) -> pl.Expr:
    """A system's word for nothing, where nothing may stand: NULL, or of a day 9999-12-31. Never null."""
    if facts.required or facts.blank:
        return pl.lit(False)
    nothing = pl.col(text).is_in(NOTHING)
    if facts.kind is CellKind.DAY:
        nothing |= _is_no_day(pl.col(text))
    if facts.kind is CellKind.MONTH:
        nothing |= _is_no_month(pl.col(text))
    return nothing.fill_null(False)


def _is_no_day(given: pl.Expr) -> pl.Expr:
    day = _day_of(given)
    return (day.dt.year() == NO_YEAR) | day.is_in(NO_DAYS) | (given == SERIAL_OF_LAST_DAY)


def _is_no_month(given: pl.Expr) -> pl.Expr:
    month = _month_of(given)
    return (month.dt.year() == NO_YEAR) | month.is_in(NO_MONTHS) | _is_no_day(given)


def why(facts: ColumnFacts, text: str) -> pl.Expr:
    """The refusal code of a text that `value()` could not read."""
    given = pl.col(text)
    if facts.kind is CellKind.RESIDENT_ID:
        code = _why_no_id(text)
    elif facts.kind in NUMBERS:
        bare = in_plain_characters(given).str.replace_all(" ", "", literal=True)
        code = _code_where(bare.str.contains(NUMBER_LEFT) | ends_cut(bare), RefusalCode.NUMERIC_ID, facts.kind)
    else:
        code = _code_where(given.str.contains(PRIVATE_USE), RefusalCode.PRIVATE_USE, facts.kind)
    return (
        pl.when(is_error_word(given))
        .then(pl.lit(RefusalCode.CELL_ERROR.value))
        .when(given.is_in(NOTHING))
        .then(pl.lit(RefusalCode.VALUE_MISSING.value))
        .otherwise(code)
    )


def _code_where(holds: pl.Expr, code: RefusalCode, kind: CellKind) -> pl.Expr:
    return pl.when(holds).then(pl.lit(code.value)).otherwise(pl.lit(UNREADABLE[kind].value))


def where_wrong(text: pl.Expr) -> pl.Expr:
    """Words for a character of a text that nobody sees, or no other machine has: place and code. Else empty."""
    return text.map_batches(
        lambda texts: pl.Series([_where_wrong(one or "") for one in texts], dtype=pl.String), return_dtype=pl.String
    )


def _where_wrong(text: str) -> str:
    for place, char in enumerate(text, start=1):
        kind = unicodedata.category(char)
        if kind == "Co":
            standard = chr(code) if (code := STANDARD_2022.get(ord(char))) else ""
            meant = f",标准中是“{standard}”" if standard else ""
            return f":第 {place} 个字是自造字(代码 {ord(char):04X}{meant})"
        if kind in ("Cc", "Cf", "Zl", "Zp") or char == "\ufffd":
            return f":第 {place} 个字符看不见或已损坏(代码 {ord(char):04X})"
    return ""


def _why_no_id(text: str) -> pl.Expr:
    return upgraded(pl.col(text)).map_batches(_what_is_wrong, return_dtype=pl.String)


def _what_is_wrong(identities: pl.Series) -> pl.Series:
    identity = pl.col("identity")
    code = (
        pl.when(identity.str.contains(NUMBER_LEFT) | (ends_cut(identity) & birth_date(identity).is_not_null()))
        .then(pl.lit(RefusalCode.NUMERIC_ID.value))
        .when(~has_form(identity))
        .then(pl.lit(RefusalCode.ID_SHAPE.value))
        .when(~has_check_digit(identity))
        .then(pl.lit(RefusalCode.ID_CHECK_DIGIT.value))
        .otherwise(pl.lit(RefusalCode.ID_DATE.value))
    )
    return identities.to_frame("identity").select(code).to_series().alias(identities.name)


def _in_form(text: pl.Expr, form: str) -> pl.Expr:
    return pl.when(text.str.contains(form)).then(text)


def _text(_: ColumnFacts, text: str) -> pl.Expr:
    return pl.col(text).map_batches(_right_texts, return_dtype=pl.String)


def _right_texts(texts: pl.Series) -> pl.Series:
    text = pl.col("text")
    is_regular = text.str.contains(REGULAR_TEXT) & (text.str.len_bytes() <= LONGEST_TEXT)
    return regular_first(texts, is_regular, lambda text: text, _right_text)


def _right_text(text: pl.Expr) -> pl.Expr:
    # twice: a character that has a blank on both sides is found once at a time
    joined = text.str.normalize("NFC").str.replace_all(BETWEEN_HAN, "${1}${2}")
    kept = joined.str.replace_all(BETWEEN_HAN, "${1}${2}")
    spoilt = is_error_word(kept) | kept.is_in(NOTHING)
    right = ~spoilt & ~kept.str.contains(UNPRINTABLE) & (kept.str.len_chars() <= LONGEST_TEXT)
    return pl.when(right).then(kept)


def _resident_id(_: ColumnFacts, text: str) -> pl.Expr:
    return legible(pl.col(text))


def _account(_: ColumnFacts, text: str) -> pl.Expr:
    plain = in_plain_characters(pl.col(text)).str.replace_all(" ", "", literal=True)
    # an apostrophe says that the number was kept as a text
    return pl.when(~is_cut(plain)).then(_in_form(without_apostrophe(plain), ACCOUNT_FORM))


def _key(_: ColumnFacts, text: str) -> pl.Expr:
    plain = in_plain_characters(pl.col(text))
    spoilt = plain.str.contains(KEY_LEFT) | is_error_word(plain) | plain.is_in(NOTHING) | is_cut(plain, enough=None)
    return pl.when(~spoilt).then(_in_form(without_apostrophe(plain), KEY_FORM))


def _division(_: ColumnFacts, text: str) -> pl.Expr:
    return _in_form(without_apostrophe(in_plain_characters(pl.col(text))), DIVISION_FORM)


def _day(facts: ColumnFacts, text: str) -> pl.Expr:
    return _unless_nothing(facts, text, _day_of(pl.col(text)))


def _unless_nothing(facts: ColumnFacts, text: str, day: pl.Expr) -> pl.Expr:
    return pl.when(~says_nothing(facts, text)).then(day)


def _day_of(given: pl.Expr) -> pl.Expr:
    return given.map_batches(_days, return_dtype=pl.Date)


def _days(texts: pl.Series) -> pl.Series:
    return regular_first(texts, pl.col("text").str.contains(REGULAR_DAY), _day_in_order, _day_in_any_form)


def _day_in_order(text: pl.Expr) -> pl.Expr:
    day = text.str.to_date("%Y-%m-%d", strict=False)
    return pl.when(day.is_between(FIRST_DAY, LAST_DAY)).then(day)


def _day_in_any_form(given: pl.Expr) -> pl.Expr:
    bare = in_plain_characters(given).str.replace(TIME_OF_DAY, "").str.replace_all(" ", "", literal=True)
    return pl.coalesce(_date(bare, DAY_FORM, DAY_PARTS), _day_of_serial(bare))


def _month(facts: ColumnFacts, text: str) -> pl.Expr:
    return _unless_nothing(facts, text, _month_of(pl.col(text)))


def _month_of(given: pl.Expr) -> pl.Expr:
    """A month, or a day that is the first of one."""
    day = _day_of(given)
    first = pl.when(day.dt.day() == 1).then(day)
    return pl.coalesce(
        _date(in_plain_characters(given).str.replace_all(" ", "", literal=True), MONTH_FORM, MONTH_PARTS), first
    )


def _date(plain: pl.Expr, form: str, parts: str) -> pl.Expr:
    return _day_in_order(_in_form(plain, form).str.replace(form, parts))


def _day_of_serial(plain: pl.Expr) -> pl.Expr:
    return (_in_form(plain, SERIAL_FORM).cast(pl.Int32) - SERIAL_OF_1970).cast(pl.Date)


def counted_from_1900(text: pl.Expr) -> pl.Expr:
    """A spreadsheet's number of a day counted from 1904 as the number of the same day counted from 1900."""
    serial = _in_form(text.str.strip_chars(BLANKS), SERIAL_OF_1904).cast(pl.Int64)
    return pl.coalesce((serial + DAYS_1900_TO_1904).cast(pl.String), text)


def _yes_no(_: ColumnFacts, text: str) -> pl.Expr:
    return (
        in_plain_characters(pl.col(text))
        .str.to_uppercase()
        .replace_strict(YES_NO, default=None, return_dtype=pl.Boolean)
    )


def _whole(facts: ColumnFacts, text: str) -> pl.Expr:
    return _inside(facts, in_plain_characters(pl.col(text)).replace(HAN_DIGITS).str.extract(WHOLE_FORM).cast(pl.Int64))


def _money(facts: ColumnFacts, text: str) -> pl.Expr:
    plain = in_plain_characters(pl.col(text))
    yuan = plain.str.extract(MONEY_FORM, 1).str.replace_all(",", "", literal=True).cast(pl.Int64)
    fen = plain.str.extract(MONEY_FORM, 2).str.pad_end(2, "0").cast(pl.Int64).fill_null(0)
    return _inside(facts, yuan * 100 + fen)


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
    spellings = {_without_blanks(word): member.value for word, member in facts.code.spellings().items()}

    plain = in_plain_characters(pl.col(text))
    bare = plain.str.replace(NUMBER_BEHIND, "").str.replace(NUMBER_BEFORE, "")
    words = (word.str.replace_all(r"\s", "") for word in (plain, bare))
    known = pl.coalesce(word.replace_strict(spellings, default=None, return_dtype=dtype) for word in words)
    if not facts.otherwise:
        return known
    other = pl.lit(facts.otherwise[0].value, dtype)
    return pl.coalesce(known, pl.when(_text(facts, text).is_not_null()).then(other))


def _without_blanks(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).split())


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
