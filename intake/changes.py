"""What reading changed in the cells of accepted rows, counted by kind: nothing is put right in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from contracts.codes import Code
from contracts.columns import CellKind, ColumnFacts

WIDE = r"[\x{FF01}-\x{FF5E}]"
ISO = {CellKind.DAY: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", CellKind.MONTH: r"^[0-9]{4}-[0-9]{2}$"}
NUMBERS = (CellKind.RESIDENT_ID, CellKind.ACCOUNT, CellKind.KEY, CellKind.DIVISION)


class Change(Code):
    """A way in which a cell's text was made regular."""

    BLANKS = "BLANKS", "去首尾空白"
    WIDE = "WIDE", "全角改半角"
    SMALL_X = "SMALL_X", "小写x改大写"
    APOSTROPHE = "APOSTROPHE", "去号码前撇号"
    DATE_FORM = "DATE_FORM", "统一日期写法"
    OTHER_WORD = "OTHER_WORD", "别名改标准词"


def count_changes(raw: pl.DataFrame, texts: pl.DataFrame, columns: Sequence[ColumnFacts]) -> dict[Change, int]:
    """Count the cells that were changed, by kind; kinds that did not occur are absent.

    `raw`: cells as the file has them; `texts`: the same without surrounding blanks. Both have the contract's columns.
    """
    both = raw.select(facts.name for facts in columns).hstack(
        texts.select(pl.col(facts.name).alias(f"text:{facts.name}") for facts in columns)
    )
    found = [(change, was) for facts in columns for change, was in _changes(facts)]
    counts = both.select(was.sum().alias(str(place)) for place, (_, was) in enumerate(found)).row(0)
    totals: dict[Change, int] = {}
    for (change, _), count in zip(found, counts, strict=True):
        if count:
            totals[change] = totals.get(change, 0) + count
    return totals


def _changes(facts: ColumnFacts) -> Iterator[tuple[Change, pl.Expr]]:
    raw, text = pl.col(facts.name), pl.col(f"text:{facts.name}")
    yield Change.BLANKS, raw.is_not_null() & (raw != "") & text.ne_missing(raw)
    if facts.kind is not CellKind.TEXT:
        yield Change.WIDE, text.str.contains(WIDE)
    if facts.kind is CellKind.RESIDENT_ID:
        yield Change.SMALL_X, text.str.contains(r"[x\x{FF58}]$")
    if facts.kind in NUMBERS:
        yield Change.APOSTROPHE, text.str.contains(r"^['\x{FF07}]")
    if facts.kind in ISO:
        yield Change.DATE_FORM, ~text.str.contains(ISO[facts.kind])
    if facts.code is not None:
        standard = [word for member in facts.code for word in (member.value, member.label)]
        yield Change.OTHER_WORD, ~text.is_in([*standard, *facts.null_words])
