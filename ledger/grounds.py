"""The ground of a hold as the book keeps it: a word, a subject and a detail; and how rows of before 0004 are read.

Such a row has the whole ground as one text, `word:subject:detail`, and neither of the other two. The rows stay as they
were written (their seals are on them), so the old form is read here, and nowhere else.
"""

from __future__ import annotations

import polars as pl

from contracts.codes import HoldGround

GROUND = ["ground", "subject", "detail"]
_OLD = pl.col("ground").str
_OLD_WORD, _REST = _OLD.extract(r"^([^:]*)"), _OLD.extract(r"(?s)^[^:]*:(.*)$")


def with_grounds(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the hold table with ground, subject and detail as they are told today, whenever they were written."""
    is_old = pl.col("subject").is_null()
    if not rows.select(is_old.any()).item():
        return rows
    return rows.with_columns(
        pl.when(is_old).then(part).otherwise(name).fill_null("").alias(name) for name, part in _read_before().items()
    )


def _read_before() -> dict[str, pl.Expr]:
    """What the parts of an old text mean, by its first word."""
    first, second, last = (
        _REST.str.extract(r"^([^:]*)"),
        _REST.str.extract(r"(?s)^[^:]*:(.*)$"),
        _OLD.extract("([^:]*)$"),
    )
    of_match, of_profile = _OLD_WORD == "match", _OLD_WORD == "profile"
    is_day = _OLD_WORD.is_in([HoldGround.DIED_ON.value, HoldGround.CERTIFIED_UNTIL.value])
    has_parts = _OLD_WORD.is_in([HoldGround.GAP.value, HoldGround.OLD_FILE.value, HoldGround.REJECTED.value])
    header = second.str.extract(r"(?s)^(.*):[^:]*$")  # a header may hold the sign that parted it from the rest
    return {
        "ground": pl.when(of_match)
        .then(second.str.extract(r"^([^:]*)"))
        .when(of_profile)
        .then(last)
        .otherwise(_OLD_WORD),
        "subject": pl.when(of_match | of_profile | has_parts).then(first),
        "detail": pl.when(of_match)
        .then(second.str.extract(r"(?s)^[^:]*:(.*)$"))
        .when(of_profile)
        .then(header)
        .when(has_parts)
        .then(second)
        .when(is_day)
        .then(_REST),
    }
