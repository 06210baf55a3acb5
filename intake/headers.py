"""Which column of a file is which column of the contract: by Chinese header, alias or English name, in any order."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from typing import NamedTuple

from contracts.codes import RefusalCode
from contracts.columns import columns_of
from contracts.registers import REGISTERS
from intake.refusals import note


class Layout(NamedTuple):
    """Contract column → place in the file, and what was wrong with the header."""

    places: dict[str, int]
    notes: list[dict[str, object]]

    def is_broken(self) -> bool:
        """The file cannot be read with this header."""
        return any(record["code"] != RefusalCode.HEADER_UNKNOWN for record in self.notes)


def match_header(register: str, header: list[str]) -> Layout:
    """Match a header row. A required column that is missing or comes twice stops the file; an unknown one is named."""
    names = header_names(register)
    places: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(header):
        if (name := names.get(plain(text))) is not None:
            places[name].append(place)
    missing = [
        note(register, RefusalCode.HEADER_MISSING, column=facts.header, reason=f"缺少必需的列“{facts.header}”")
        for facts in columns_of(REGISTERS[register])
        if facts.name not in places and not facts.optional_column
    ]
    repeated = [
        note(register, RefusalCode.HEADER_REPEATED, column=facts.header, reason=f"列“{facts.header}”出现了多次")
        for facts in columns_of(REGISTERS[register])
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
        for facts in columns_of(REGISTERS[register])
        for word in (facts.name, facts.header, *facts.aliases)
    }


def plain(text: str) -> str:
    """A header without blanks, in plain characters, without the asterisk that marks required columns."""
    return "".join(unicodedata.normalize("NFKC", text).split()).strip("*").lower()


def _unknown(register: str, text: str) -> dict[str, object]:
    shown = text.strip()[:20]
    return note(register, RefusalCode.HEADER_UNKNOWN, column=shown, reason=f"有不认识的列“{shown}”")
