"""What the program sees in a file, before it is handed in: sheets, header, columns, rows, and what would be refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from contracts.codes import RefusalCode
from contracts.columns import columns_of
from contracts.errors import InputError
from contracts.registers import FILES
from intake.accepting import Accepted, accept, ids_in
from intake.headers import Header, find_header, match_header, plain
from intake.inbox import register_named
from intake.kinds import content_of, require_kind
from intake.layouts import CountyLayout, letters_of_place
from intake.opening import open_register, written_tables
from intake.raw import RawTable, UnreadableError
from intake.receiving import Received, receive
from intake.refusals import masked

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
        """How many rows would be refused for each reason."""
        if self.accepted is None:
            return {}
        of_rows = self.accepted.refused.filter(
            (pl.col("source_row") > 0) & (pl.col("code") != RefusalCode.NOT_DATA.value)
        )
        place = pl.struct("source_sheet", "source_row", "source_column")
        counted = of_rows.group_by("code").agg(place.n_unique()).sort("code")
        return {RefusalCode(code).label: count for code, count in counted.iter_rows()}


def inspect(
    path: Path, register: str | None, layout: CountyLayout | None, known_on: date, *, is_current_list: bool = False
) -> Seen:
    """Look at a file without keeping anything of it. `register`: by the file's name, or by its header, where not given.

    InputError where the file is of no kind that is read, or is no register that can be told.
    """
    content = content_of(path)
    try:
        require_kind(path)
    except UnreadableError as other:
        raise InputError(other.reason, other.advice, path.name) from None
    with TemporaryDirectory(prefix="intake-") as folder:
        copy = Path(folder) / f"{path.stem}{path.suffix.lower()}"
        copy.write_bytes(content)
        tables = _tables(copy)
        chosen = register or (layout.register if layout else "") or _register_of(path, tables)
        received = receive(copy, chosen, Path(folder) / "store", layout)
        accepted = _accepted(received, known_on, is_current_list)
        return Seen(chosen, tables, _headers(copy, chosen, tables, layout), received, accepted)


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
