"""What reading changed in the cells of accepted rows, counted by kind and listed: nothing is put right in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from contracts.codes import CellChange
from contracts.columns import CellKind, ColumnFacts, empty, polars_schema
from contracts.registers import PROVENANCE
from contracts.tables import ChangedCell
from intake.cells import ACCOUNT_FORM, BETWEEN_HAN, IDLE, NUMBERS, SERIAL_FORM, says_nothing
from intake.readings import RAW, TEXT, UNREAD, how_often, read_texts
from intake.refusals import masked
from intake.regular import in_plain_characters
from intake.resident_ids import ID_FORM, canonical, is_old

WIDE = r"[\x{FF01}-\x{FF5E}]"
USUAL = {
    CellKind.DAY: (CellChange.DATE_FORM, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    CellKind.MONTH: (CellChange.DATE_FORM, r"^[0-9]{4}-[0-9]{2}$"),
    CellKind.WHOLE: (CellChange.NUMBER_FORM, r"^[0-9]+$"),
    CellKind.MONEY: (CellChange.MONEY_FORM, r"^[0-9]+(?:\.[0-9]{1,2})?$"),
    CellKind.YES_NO: (CellChange.OTHER_WORD, r"^[是否]$"),
}
SCHEMA = polars_schema(ChangedCell)
# Texts of numbers that are regular as they come; most columns hold nothing else, and that is soon told.
REGULAR = {CellKind.RESIDENT_ID: ID_FORM, CellKind.ACCOUNT: ACCOUNT_FORM, CellKind.KEY: r"^[A-Z]{0,4}[0-9]{1,32}$"}


def count_changes(
    cells: pl.DataFrame, is_left: pl.Series, columns: Sequence[ColumnFacts], texts: Mapping[str, pl.DataFrame]
) -> dict[CellChange, int]:
    """Count the cells that were changed, by kind; kinds that did not occur are absent.

    `cells`: each column as it came; `is_left`: which of their rows are left out; `texts`: of each (readings.Readings).
    """
    totals: Counter[CellChange] = Counter()
    for facts in columns:
        read = texts[facts.name]
        if not _is_regular(read[RAW], facts):
            changes = list(_changes(facts))
            occurs = read.select(was.any().alias(change) for change, was in changes).row(0, named=True)
            found = [(change, was) for change, was in changes if occurs[change]]
            often = how_often(cells[facts.name].filter(~is_left), read) if found else read
            for change, was in found:
                totals[change] += int(often.filter(was)["len"].sum())
    return {change: count for change, count in totals.items() if count}


def list_changes(cells: pl.DataFrame, columns: Sequence[ColumnFacts]) -> pl.DataFrame:
    """The changed cells (ChangedCell), in the order of the file.

    `cells`: PROVENANCE and each column as it came.
    """
    listed = [frame for facts in columns for frame in _listed(cells, facts)]
    return pl.concat([empty(ChangedCell), *listed]).sort("source_row", maintain_order=True)


def _listed(cells: pl.DataFrame, facts: ColumnFacts) -> Iterator[pl.DataFrame]:
    texts = read_texts(cells.select(*PROVENANCE, pl.col(facts.name).alias(RAW)), facts)
    for change, was in _changes(facts):
        yield texts.filter(was).select(
            "source_file",
            "source_sheet",
            "source_row",
            source_column=pl.lit(facts.header),
            change=pl.lit(change.value, SCHEMA["change"]),
            value_masked=masked(facts.kind, TEXT + facts.name),
        )


def _is_regular(cells: pl.Series, facts: ColumnFacts) -> bool:
    """Whether a column holds numbers as they should be written, and nothing else."""
    form = REGULAR.get(facts.kind)
    return form is not None and bool(cells.str.contains(form).all())


def _changes(facts: ColumnFacts) -> Iterator[tuple[CellChange, pl.Expr]]:
    """Each kind of change a cell of the column may have had, and whether it had it. One left empty is told as that."""
    if facts.decides:
        yield from _made_regular(facts)
        return
    left = pl.col(UNREAD + facts.name)
    yield CellChange.LEFT_EMPTY, left
    for change, was in _made_regular(facts):
        yield change, was & ~left


def _made_regular(facts: ColumnFacts) -> Iterator[tuple[CellChange, pl.Expr]]:
    raw, text = pl.col(RAW), pl.col(TEXT + facts.name)
    quoted = (raw.str.starts_with('="') & raw.str.ends_with('"')).fill_null(False)
    yield CellChange.EQUALS_SIGN, quoted
    around = raw.is_not_null() & (raw != "") & text.ne_missing(raw) & ~quoted
    inside = text.str.contains(r"\s") if facts.kind in NUMBERS else _between_han(text)
    yield CellChange.BLANKS, around | inside if facts.kind in (*NUMBERS, CellKind.TEXT) else around
    nothing = says_nothing(facts, TEXT + facts.name)
    yield CellChange.NO_VALUE, nothing
    if facts.kind is not CellKind.TEXT:
        yield CellChange.WIDE, text.str.contains(WIDE)
    if facts.kind is CellKind.RESIDENT_ID:
        yield CellChange.SMALL_X, text.str.contains(r"[x\x{FF58}]$")
        yield CellChange.OLD_ID, (text.str.len_chars() < 18) & is_old(canonical(text))
    if facts.kind in NUMBERS:
        yield CellChange.APOSTROPHE, text.str.contains(r"^['\x{FF07}]")
    if facts.kind in USUAL:
        change, form = USUAL[facts.kind]
        unusual = ~text.str.contains(form) & ~nothing
        if change is CellChange.DATE_FORM:
            serial = in_plain_characters(text).str.contains(SERIAL_FORM)
            yield CellChange.DATE_SERIAL, serial
            unusual &= ~serial
        yield change, unusual
    if facts.code is not None:
        standard = [word for member in facts.code for word in (member.value, member.label)]
        yield CellChange.OTHER_WORD, ~text.is_in([*standard, *facts.null_words]) & ~nothing


def _between_han(text: pl.Expr) -> pl.Expr:
    """A blank was taken out between two Han characters. Most files have none, and that is soon told."""

    def told(texts: pl.Series) -> pl.Series:
        has_any = texts.str.contains_any(list(IDLE))
        return texts.str.contains(BETWEEN_HAN) if has_any.any() else has_any

    return text.map_batches(told, return_dtype=pl.Boolean)
