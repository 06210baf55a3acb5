"""What the program sees in a file, before it is handed in: sheets, header, columns, rows, and what would be refused.

A county's own table is offered a layout that is filled in as far as can be told, and tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from contracts.codes import RefusalCode
from contracts.columns import columns_of, empty
from contracts.errors import InputError
from contracts.files import own_folder
from contracts.registers import FILES
from contracts.tables import RefusedRow
from intake.accepting import Accepted, accept, ids_in
from intake.headers import Header, find_header, match_header, plain
from intake.inbox import part_named, register_named
from intake.kinds import open_given
from intake.layouts import CountyLayout, letters_of_place, read_layout
from intake.numbering import in_ranges
from intake.opening import open_register, written_tables
from intake.raw import RawTable, UnreadableError
from intake.receiving import Received, receive
from intake.refusals import masked
from intake.suggesting import suggest

SHOWN_ROWS = 3


@dataclass(frozen=True)
class Seen:
    """A file as a register. `tables`: its sheets with content; `headers`: of those that are read, or of the one that
    comes nearest; none where nothing is written in the file.

    `accepted`: none where the whole file would be refused, and `received` then says why.
    """

    register: str
    tables: list[RawTable] = field(repr=False)
    headers: tuple[Header, ...]
    received: Received
    accepted: Accepted | None

    def columns(self) -> list[tuple[str, str, str]]:
        """Column of ours, letter and text of the county's column, in the order of the first sheet that is read."""
        if not self.headers:
            return []
        header = self.headers[0]
        labels = {facts.name: facts.header for facts in columns_of(FILES[self.register])}
        places = sorted((place, name) for name, place in header.matched.places.items())
        return [(labels[name], letters_of_place(place), header.texts[place].strip()) for place, name in places]

    def absent(self) -> list[tuple[str, bool]]:
        """Columns of ours that the file does not have, and whether each must be there."""
        places = self.headers[0].matched.places if self.headers else {}
        columns = columns_of(FILES[self.register])
        return [(facts.header, not facts.optional_column) for facts in columns if facts.name not in places]

    def needs_layout(self) -> bool:
        """The file has a table, and columns that must be there are not found under their names."""
        codes = self.received.refused["code"].cast(pl.String)
        return bool(self.tables) and RefusalCode.HEADER_MISSING.value in codes.to_list()

    def about_the_file(self) -> list[tuple[str, str]]:
        """What is to be said of the whole file, and what to do."""
        whole = self.received.refused.filter(pl.col("source_row") == 0)
        return list(whole.select("reason", "advice").iter_rows())

    def first_rows(self) -> pl.DataFrame:
        """The first rows under our headers, masked."""
        facts = [facts for facts in columns_of(FILES[self.register]) if facts.name in self.received.cells.columns]
        first = self.received.cells.head(SHOWN_ROWS)
        return first.select(masked(one.kind, one.name).fill_null("").alias(one.header) for one in facts)

    def refusals(self) -> dict[str, int]:
        """How many cells or rows would be refused for each reason."""
        place = pl.struct("source_sheet", "source_row", "source_column")
        counted = self.refused_rows().group_by("code").agg(place.n_unique()).sort("code")
        return {RefusalCode(code).label: count for code, count in counted.iter_rows()}

    def refused_rows(self) -> pl.DataFrame:
        """The rows that would be refused (RefusedRow), one for each reason."""
        return self._of_rows(pl.col("code") != RefusalCode.NOT_DATA.value)

    def rows_of_refusals(self) -> dict[str, str]:
        """For each reason which rows would be refused, in words (第 3–5、9 行)."""
        return _rows_in_words(self.refused_rows(), pl.col("code"), {code.value: code.label for code in RefusalCode})

    def rows_of_no_data(self) -> dict[str, str]:
        """What was taken as no data (标题行, 空行, …), and which rows that are, in words."""
        return _rows_in_words(self._of_rows(pl.col("code") == RefusalCode.NOT_DATA.value), pl.col("reason"), {})

    def _of_rows(self, which: pl.Expr) -> pl.DataFrame:
        refused = self.accepted.refused if self.accepted else empty(RefusedRow)
        return refused.filter((pl.col("source_row") > 0) & which)


@dataclass(frozen=True)
class Offer:
    """A layout for a file: its text, and the file as it is seen with it. Not seen: lines must be filled in before."""

    text: str
    seen: Seen | None


def inspect(
    path: Path, register: str | None, layout: CountyLayout | None, known_on: date, *, is_current_list: bool = False
) -> Seen:
    """Look at a file without keeping anything of it. `register`: by the file's name, or by its header, where not given.

    InputError where the file cannot be opened, is of no kind that is read, or is no register that can be told.
    """
    content = open_given(path)
    with own_folder() as folder:
        copy = folder / f"{path.stem}{path.suffix.lower()}"
        copy.write_bytes(content)
        tables = _tables(copy)
        chosen = register or (layout.register if layout else "") or _register_of(path, tables)
        received = receive(copy, chosen, folder / "store", layout)
        accepted = _accepted(received, known_on, is_current_list)
        return Seen(chosen, tables, _headers(copy, chosen, tables, layout), received, accepted)


def offer(path: Path, seen: Seen, known_on: date, *, is_current_list: bool = False) -> Offer:
    """Suggest a layout for a file in which something is written, and look at the file with it."""
    part = part_named(path.name)
    text = suggest(seen.register, seen.tables, part)
    try:
        layout = read_layout(text, f"{seen.register}-{part}" if part else seen.register)
        tried = inspect(path, seen.register, layout, known_on, is_current_list=is_current_list)
    except InputError:
        return Offer(text, None)
    return Offer(text, tried if tried.accepted else None)


def _rows_in_words(rows: pl.DataFrame, by: pl.Expr, labels: Mapping[str, str]) -> dict[str, str]:
    told: dict[str, list[str]] = {}
    of_each = rows.group_by(by.cast(pl.String).alias("by"), "source_sheet", maintain_order=True)
    sheets = rows["source_sheet"].n_unique()
    for word, sheet, numbers in of_each.agg(pl.col("source_row").unique().sort()).iter_rows():
        where = f"{sheet} " if sheets > 1 else ""
        told.setdefault(labels.get(word, word), []).append(f"{where}第 {in_ranges(numbers)} 行")
    return {word: ";".join(places) for word, places in told.items()}


def _tables(path: Path) -> list[RawTable]:
    try:
        return written_tables(path)
    except UnreadableError:
        return []


def _register_of(path: Path, tables: list[RawTable]) -> str:
    """By the file's name, otherwise the register whose header comes nearest."""
    if named := register_named(path):
        return named
    scored = {register: _score(register, tables) for register in FILES} if tables else {}
    best = max(scored, key=lambda register: scored[register], default="")
    if not best or scored[best] <= 0:
        raise InputError("看不出这是哪个名册", f"请写明 --register,可用:{'、'.join(FILES)}", path.name)
    return best


def _score(register: str, tables: list[RawTable]) -> int:
    """Columns of the register that the file has, less those that it lacks."""
    texts = find_header(register, tables).texts
    lacking = [note for note in match_header(register, texts).notes if note["code"] == RefusalCode.HEADER_MISSING]
    return sum(bool(plain(text)) for text in texts) and len(match_header(register, texts).places) - len(lacking)


def _headers(path: Path, register: str, tables: list[RawTable], layout: CountyLayout | None) -> tuple[Header, ...]:
    try:
        opened = open_register(path, register, layout)
    except UnreadableError:
        return (find_header(register, tables),) if tables else ()
    return opened.headers if opened else ()


def _accepted(received: Received, known_on: date, is_current_list: bool) -> Accepted | None:
    """The rows as they would be sorted, everybody numbered for the moment."""
    if received.cells.is_empty():
        return None
    ids = ids_in([received])
    numbers = ids.select("person_id", person_no=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    return accept(received, numbers, known_on, is_current_list=is_current_list)
