"""Resident identity numbers (GB 11643) as polars expressions: form, check digit (ISO 7064 MOD 11-2), birth date.

The region part is not looked up: elders carry the code of the county that issued the number decades ago, and no table
of codes holds them all (docs/decisions/0020).
"""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl

from intake.regular import in_plain_characters, regular_first

ID_FORM = r"^[0-9]{17}[0-9X]$"
# Of a number as it was before 1999: no century, no check digit. The last three numbers 996 to 999 were kept for people
# born before 1900, so they are not upgraded.
OLD_FORM = r"^[0-9]{12}(?:[0-8][0-9]{2}|9[0-8][0-9]|99[0-5])$"
CUT = "000"  # after its first fifteen digits a spreadsheet leaves zeros
OLDEST_YEARS = 130


def canonical(text: pl.Expr) -> pl.Expr:
    """The text in plain characters without blanks, x in upper case, without the apostrophe that marks a text."""
    return without_apostrophe(in_plain_characters(text)).str.replace_all(r"\s", "").str.to_uppercase()


def without_apostrophe(text: pl.Expr) -> pl.Expr:
    """What a spreadsheet shows of a number typed as a text: '0100 is 0100."""
    return text.str.strip_prefix("'")


def has_form(identity: pl.Expr) -> pl.Expr:
    """Seventeen digits and a digit or X."""
    return identity.str.contains(ID_FORM)


def has_check_digit(identity: pl.Expr) -> pl.Expr:
    """The last character is the check digit of the seventeen before it; null where those are no digits."""
    return identity.map_batches(_has_check_digit, return_dtype=pl.Boolean)


def _has_check_digit(identities: pl.Series) -> pl.Series:
    last = pl.col("last")
    check = pl.when(last == "X").then(10).otherwise(last.cast(pl.Int64, strict=False))
    told = pl.DataFrame({"weighed": _weighed(identities), "last": identities.str.slice(17, 1)})
    return told.select((pl.col("weighed") + check) % 11 == 1).to_series().alias(identities.name)


def _weighed(identities: pl.Series) -> pl.Series:
    """The first seventeen digits, each with its weight; with the check digit one more than a multiple of eleven.

    Each digit weighs twice the next one, so that four digits are weighed at a time.
    """
    digits = pl.col("digits")
    total = digits // 10**16
    for place in (12, 8, 4, 0):
        total = total * 16 + pl.lit(_of_four_digits()).gather(digits // 10**place % 10_000)
    return digits_of(identities).to_frame("digits").select(total * 2).to_series()


def digits_of(identities: pl.Series) -> pl.Series:
    """The first seventeen digits as a number, in the order of the identity numbers; null where they are no digits."""
    return identities.str.slice(0, 17).cast(pl.Int64, strict=False)


@cache
def _of_four_digits() -> pl.Series:
    """For each number of four digits the sum of them by weight, the last one's being 1."""
    number = pl.int_range(10_000, dtype=pl.Int64)
    weighed = sum((number // 10**place % 10 * 2**place for place in range(4)), pl.lit(0))
    return pl.select(weighed).to_series()


def is_old(identity: pl.Expr) -> pl.Expr:
    """A number of fifteen digits that can be upgraded."""
    return identity.str.contains(OLD_FORM)


def upgraded(text: pl.Expr) -> pl.Expr:
    """The canonical number, one of fifteen digits made eighteen: born in 19.., the check digit worked out."""
    # as one expression, the canonical text would be worked out anew for each of the seventeen digits
    return text.map_batches(_upgraded, return_dtype=pl.String)


def _upgraded(texts: pl.Series) -> pl.Series:
    return regular_first(texts, has_form(pl.col("text")), lambda text: text, _upgraded_from_any)


def _upgraded_from_any(text: pl.Expr) -> pl.Expr:
    return canonical(text).map_batches(_with_century, return_dtype=pl.String)


def _with_century(identities: pl.Series) -> pl.Series:
    identity = pl.col("identity")
    numbers = identities.to_frame("identity")
    if not numbers.select(is_old(identity).any()).item():
        return identities
    century = pl.concat_str(identity.str.slice(0, 6), pl.lit("19"), identity.str.slice(6, 9))
    bodies = numbers.select(pl.when(is_old(identity)).then(century)).to_series()
    check = (1 - pl.col("weighed")) % 11
    last = pl.when(check == 10).then(pl.lit("X")).otherwise(check.cast(pl.String))
    made = numbers.with_columns(bodies.alias("body"), _weighed(bodies).alias("weighed"))
    return made.select(pl.coalesce(pl.col("body") + last, identity)).to_series().alias(identities.name)


def birth_date(identity: pl.Expr) -> pl.Expr:
    """The birth date inside an identity number; null where there is no such day."""
    return identity.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)


def legible(text: pl.Expr) -> pl.Expr:
    """The canonical identity number of eighteen where form, check digit and day are right, else null."""
    return text.map_batches(_legible, return_dtype=pl.String)


def _legible(texts: pl.Series) -> pl.Series:
    identities, identity = _upgraded(texts), pl.col("identity")
    is_right = has_form(identity) & has_check_digit(identity) & birth_date(identity).is_not_null()
    told = identities.to_frame("identity").with_columns(is_right=is_right, is_cut=identity.str.ends_with(CUT))
    # of the numbers that a spreadsheet has cut one in eleven has a right check digit by chance
    most_are_wrong = (pl.col("is_cut") & ~pl.col("is_right")).sum() * 2 > pl.col("is_cut").sum()
    kept = pl.col("is_right") & ~(pl.col("is_cut") & most_are_wrong)
    return told.select(pl.when(kept).then(identity)).to_series().alias(texts.name)


def out_of_time(born: pl.Expr, known_on: date) -> pl.Expr:
    """Born after `known_on`, or more than 130 years before it."""
    return (born > known_on) | (known_on.year - born.dt.year() > OLDEST_YEARS)
