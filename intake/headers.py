"""Where a file's header is, and which of its columns is which of the contract: by names, not by place.

A title may stand above the header, the header may take two rows, and the table may be on the second sheet.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from contracts.codes import RefusalCode
from contracts.columns import columns_of
from contracts.registers import FILES
from intake.raw import RawTable
from intake.refusals import note

SEARCHED_ROWS = 20


class Layout(NamedTuple):
    """Contract column → place in the file, and what was wrong with the header."""

    places: dict[str, int]
    notes: list[dict[str, object]]

    def is_broken(self) -> bool:
        """The file cannot be read with this header."""
        return any(record["code"] != RefusalCode.HEADER_UNKNOWN for record in self.notes)


class Header(NamedTuple):
    """A header found: its sheet, its first and last row, its texts, and what they mean."""

    table: RawTable
    first_row: int
    last_row: int
    texts: list[str]
    layout: Layout


def find_header(register: str, tables: Sequence[RawTable]) -> Header:
    """The first whole header of any sheet; where there is none, the row that comes nearest to one. Tables: not none."""
    found = [header for table in tables for header in _candidates(register, table)]
    whole = next((header for header in found if not header.layout.is_broken()), None)
    return whole or max(found, key=lambda header: len(header.layout.places))


def _candidates(register: str, table: RawTable) -> Iterator[Header]:
    """Single rows first: a title above would fill a header's empty cells."""
    rows = [[text or "" for text in cells] for cells in table.cells.drop("source_row").head(SEARCHED_ROWS).rows()]
    for number, texts in enumerate(rows, start=1):
        yield Header(table, number, number, texts, match_header(register, texts))
    for number, (upper, lower) in enumerate(pairwise(rows), start=1):
        texts = [below if below.strip() else above for above, below in zip(upper, lower, strict=True)]
        layout = match_header(register, texts)
        if not layout.is_broken():
            yield Header(table, number, number + 1, texts, layout)


def match_header(register: str, header: list[str]) -> Layout:
    """Match a header row. A required column that is missing or comes twice stops the file; an unknown one is named."""
    names = header_names(register)
    places: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(header):
        if (name := names.get(plain(text))) is not None:
            places[name].append(place)
    missing = [
        note(register, RefusalCode.HEADER_MISSING, column=facts.header, reason=f"缺少必需的列“{facts.header}”")
        for facts in columns_of(FILES[register])
        if facts.name not in places and not facts.optional_column
    ]
    repeated = [
        note(register, RefusalCode.HEADER_REPEATED, column=facts.header, reason=f"列“{facts.header}”出现了多次")
        for facts in columns_of(FILES[register])
        if len(places[facts.name]) > 1
    ]
    # a file without a header row would show its first person here, so strangers are named only beside a whole header
    unknown = (
        [] if missing else [_unknown(register, text) for text in header if plain(text) and plain(text) not in names]
    )
    return Layout({name: found[0] for name, found in places.items() if found}, [*missing, *repeated, *unknown])


def header_names(register: str) -> dict[str, str]:
    """Every accepted spelling of a header, made plain → the contract's column."""
    return {
        plain(word): facts.name
        for facts in columns_of(FILES[register])
        for word in (facts.name, facts.header, *facts.aliases)
    }


def plain(text: str) -> str:
    """A header without blanks, in plain characters, without the asterisk that marks required columns."""
    return "".join(unicodedata.normalize("NFKC", text).split()).strip("*").lower()


def _unknown(register: str, text: str) -> dict[str, object]:
    shown = text.strip()[:20]
    return note(register, RefusalCode.HEADER_UNKNOWN, column=shown, reason=f"有不认识的列“{shown}”")
