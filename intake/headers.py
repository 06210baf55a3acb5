"""Where a file's header is, and which of its columns is which of the contract: by names, not by place.

A title may stand above the header, the header may take two rows, and the table may be on the second sheet.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from contracts.codes import RefusalCode
from contracts.columns import columns_of
from contracts.registers import FILES, MONTHS, WITH_MONTHS, tells_row
from contracts.strict_yaml import Key
from intake.layouts import CountyLayout, column_named, letters_of_place, place_of_letters
from intake.raw import RawTable
from intake.refusals import note

SEARCHED_ROWS = 20
HARMLESS = (RefusalCode.HEADER_UNKNOWN, RefusalCode.MONTHS_ABSENT)  # the rows can be read all the same


class Matched(NamedTuple):
    """Contract column → place in the file, and what was wrong with the header.

    `members`: the same for each place where a member of a household may stand; `carried`: columns that hold for all.
    """

    places: dict[str, int]
    notes: list[dict[str, object]]
    members: tuple[dict[str, int], ...] = ()
    carried: tuple[str, ...] = ()

    def is_broken(self) -> bool:
        """The file cannot be read with this header."""
        return any(record["code"] not in HARMLESS for record in self.notes)

    def lacks_months(self) -> bool:
        """The file does not say since when and until when its rows run."""
        return any(record["code"] == RefusalCode.MONTHS_ABSENT for record in self.notes)


class Header(NamedTuple):
    """A header found: its sheet, its first and last row, its texts, and what they mean."""

    table: RawTable
    first_row: int
    last_row: int
    texts: list[str]
    matched: Matched


def find_header(register: str, tables: Sequence[RawTable], layout: CountyLayout | None = None) -> Header:
    """The first whole header of any sheet, one with its months before one without; else the row nearest to a header.

    `tables`: not none.
    """
    found = [header for table in tables for header in _candidates(register, table, layout)]
    whole = [header for header in found if not header.matched.is_broken()]
    if whole:
        return min(whole, key=lambda header: header.matched.lacks_months())
    return max(found, key=lambda header: len(header.matched.places))


def _candidates(register: str, table: RawTable, layout: CountyLayout | None) -> Iterator[Header]:
    """Single rows first: a title above would fill a header's empty cells."""
    declared = layout.told.header_rows if layout else ()
    searched = table.cells.drop("source_row").head(declared[-1] if declared else SEARCHED_ROWS)
    rows = [[text or "" for text in cells] for cells in searched.rows()]
    if declared:
        texts = _joined(rows[declared[0] - 1 :])
        yield Header(table, declared[0], declared[-1], texts, match_header(register, texts, layout))
        return
    for number, texts in enumerate(rows, start=1):
        yield Header(table, number, number, texts, match_header(register, texts, layout))
    for number, pair in enumerate(pairwise(rows), start=1):
        texts = _joined(pair)
        matched = match_header(register, texts, layout)
        if not matched.is_broken():
            yield Header(table, number, number + 1, texts, matched)


def _joined(rows: Sequence[list[str]]) -> list[str]:
    """The texts of a header of several rows: of each column the lowest that is written."""
    return [next((text for text in reversed(cells) if text.strip()), "") for cells in zip(*rows, strict=True)]


def match_header(register: str, header: list[str], layout: CountyLayout | None = None) -> Matched:
    """Match a header row. A required column that is missing or comes twice stops the file; an unknown one is named."""
    declared = _Declared(register, header, layout)
    names = header_names(register)
    places: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(header):
        name = names.get(plain(text))
        if name is not None and place not in declared.claimed and name not in declared.places:
            places[name].append(place)
    found = {name: matched[0] for name, matched in places.items()} | declared.places
    known = {*found, *declared.defaults, *declared.missed}
    absent = [facts for facts in columns_of(FILES[register]) if facts.name not in known and not facts.optional_column]
    if not absent and not declared.missed and not any(name in found for name in tells_row(register)):
        absent = [facts for facts in columns_of(FILES[register]) if facts.name == tells_row(register)[0]]
    of_months = [facts for facts in absent if register in WITH_MONTHS and facts.name in MONTHS]
    missing = [
        note(register, RefusalCode.HEADER_MISSING, column=facts.header, reason=f"缺少必需的列“{facts.header}”")
        for facts in absent
        if facts not in of_months
    ]
    monthless = [
        note(register, RefusalCode.MONTHS_ABSENT, column=facts.header, reason=f"没有“{facts.header}”列")
        for facts in of_months
    ]
    repeated = [
        note(register, RefusalCode.HEADER_REPEATED, column=facts.header, reason=f"列“{facts.header}”出现了多次")
        for facts in columns_of(FILES[register])
        if len(places[facts.name]) > 1
    ]
    # a file without a header row would show its first person here, so strangers are named only beside a whole header
    read = {*found.values(), *declared.claimed, *(place for matched in places.values() for place in matched)}
    strangers = [text for place, text in enumerate(header) if plain(text) and place not in read]
    unknown = [] if missing or declared.notes else [_unknown(register, text) for text in strangers]
    notes = [*missing, *monthless, *repeated, *declared.notes, *declared.filled_twice(found), *unknown]
    return Matched(found, notes, declared.members, tuple(layout.carried) if layout else ())


class _Declared:
    """What a layout says of a header's columns: where they are, and what does not fit."""

    def __init__(self, register: str, header: list[str], layout: CountyLayout | None) -> None:
        self.register, self.header, self.layout = register, header, layout
        self.notes: list[dict[str, object]] = []
        self.missed: set[str] = set()
        self.places = self._places_of(layout.columns if layout else ())
        self.members = tuple(self._places_of(member) for member in (layout.members if layout else ()))
        self.defaults = dict(layout.defaults) if layout else {}
        self.claimed = {*self.places.values(), *(place for member in self.members for place in member.values())}

    def _places_of(self, declared: Iterable[tuple[str, str, Key]]) -> dict[str, int]:
        found = {}
        for name, text, key in declared:
            places = self._places(text)
            if len(places) == 1:
                found[name] = places[0]
            else:
                self.missed.add(name)
                self._misfit(key, self._why_not_one(text, places))
        return found

    def _places(self, text: str) -> list[int]:
        letters = place_of_letters(text)
        if letters is not None:
            return [letters] if letters < len(self.header) else []
        return [place for place, written in enumerate(self.header) if plain(written) == plain(text)]

    def _why_not_one(self, text: str, places: list[int]) -> str:
        if not places:
            return f"表头中没有“{text}”"
        return f"表头中有 {len(places)} 列叫“{text}”({'、'.join(map(letters_of_place, places))}),请写列号"

    def filled_twice(self, found: Mapping[str, int]) -> list[dict[str, object]]:
        """Columns that the layout would fill in although the file has them."""
        before = len(self.notes)
        for name in self.defaults:
            if name in found and self.layout:
                word = next(word for word in self.layout.told.defaults if column_named(self.register, word) == name)
                self._misfit(("defaults", word), f"文件中已有“{word}”列,不应再补填")
        filled, self.notes = self.notes[before:], self.notes[:before]
        return filled

    def _misfit(self, key: Key, what: str) -> None:
        if self.layout:
            reason = self.layout.misfit(key, what)
            self.notes.append(note(self.register, RefusalCode.LAYOUT_MISFIT, reason=reason))


@cache
def header_names(register: str) -> Mapping[str, str]:
    """Every accepted spelling of a header, made plain → the contract's column."""
    return {
        plain(word): facts.name
        for facts in columns_of(FILES[register])
        for word in (facts.name, facts.header, *facts.aliases)
    }


def plain(text: str) -> str:
    """A header without blanks, in plain characters, without the asterisk that marks required columns."""
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    if bare.startswith('="'):
        bare = bare[2:].removesuffix('"')
    return bare.strip("*").lower()


def _unknown(register: str, text: str) -> dict[str, object]:
    shown = text.strip()[:20]
    return note(register, RefusalCode.HEADER_UNKNOWN, column=shown, reason=f"有不认识的列“{shown}”")
