"""A county's layout, checked before use, and kept by its content so that a stored month is read as it was then."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from contracts.codes import RefusalCode
from contracts.columns import ColumnFacts, columns_of
from contracts.errors import InputError
from contracts.files import digest_of, have_bytes
from contracts.layouts import EVERY, Layout
from contracts.registers import FILES, key_column
from contracts.strict_yaml import Document, Key, Problem, check, read, text_of
from intake.cells import is_null_word, value
from intake.raw import UnreadableError
from intake.refusals import ADVICE, advice_for

LETTERS = re.compile(r"^([A-Z]{1,3})列$")
PRESENCE = "name"  # tells that a member stands in a place, also where the register has no such column
HOUSEHOLD = "one_row_per_household"


class MisfitError(UnreadableError):
    """A layout does not fit the file."""

    code = RefusalCode.LAYOUT_MISFIT

    def __init__(self, reason: str) -> None:
        super().__init__(reason, ADVICE[RefusalCode.LAYOUT_MISFIT])


@dataclass(frozen=True)
class CountyLayout:
    """A layout that was checked. Columns of ours go by their names of the contract."""

    register: str
    content: str = field(repr=False)
    told: Layout = field(repr=False)
    document: Document = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.content.encode()).hexdigest()

    @property
    def columns(self) -> Iterator[tuple[str, str, Key]]:
        """Column of ours, the county's column, and where the layout says so."""
        for word, place in self.told.columns.items():
            yield column_named(self.register, word), place, ("columns", word)

    @property
    def members(self) -> list[list[tuple[str, str, Key]]]:
        """The same for each place where a member of a household may stand."""
        household = self.told.one_row_per_household
        return [
            [
                (column_named(self.register, word), place, (HOUSEHOLD, "members", number, word))
                for word, place in group.items()
            ]
            for number, group in enumerate(household.members if household else ())
        ]

    @cached_property
    def carried(self) -> list[str]:
        """Columns of the applicant that hold for every member."""
        household = self.told.one_row_per_household
        return [column_named(self.register, word) for word in (household.carried if household else ())]

    @cached_property
    def words(self) -> Mapping[str, Mapping[str, str | None]]:
        """Column → the county's word → ours."""
        return {column_named(self.register, word): dict(words) for word, words in self.told.words.items()}

    @cached_property
    def defaults(self) -> Mapping[str, str | None]:
        """Column → what every row says that has no such column."""
        return {column_named(self.register, word): text for word, text in self.told.defaults.items()}

    def misfit(self, key: Key, what: str) -> str:
        """Words for a place of the layout that does not fit the file."""
        return f"版式 {self.document.file} 第 {self.document.place_of(key)[0]} 行:{what}"


def column_named(register: str, word: str) -> str:
    """The contract's column that a layout names by name, Chinese header or alias; empty where there is none."""
    spelt = {
        spelling: facts.name
        for facts in columns_of(FILES[register])
        for spelling in (facts.name, facts.header, *facts.aliases)
    }
    return spelt.get(word, PRESENCE if word in (PRESENCE, "姓名") else "")


def place_of_letters(text: str) -> int | None:
    """`C列` → 2; None where the text is no letter of a column."""
    found = LETTERS.match(text)
    if not found:
        return None
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def letters_of_place(place: int) -> str:
    """2 → `C列`."""
    letters, number = "", place + 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}列"


def find_layout(folder: Path, register: str, part: str = "") -> CountyLayout | None:
    """The layout a county has for a part of a register, or for all of it; None where it has none.

    InputError with every problem of a broken one.
    """
    for name in (f"{register}-{part}", register) if part else (register,):
        path = folder / f"{name}.yaml"
        if path.is_file():
            return read_layout(text_of(path), name)
    return None


def read_layout(text: str, name: str) -> CountyLayout:
    """Read and check a layout; InputError with every problem and its line. `name`: its register, or register-part."""
    document = read(text, f"{name}.yaml")
    told, problems = check(Layout, document)
    register, _, _ = name.partition("-")
    if told is not None:
        problems = sorted(_problems(name, told, document))
    if told is None or problems:
        raise InputError("版式有误:" + ";".join(str(problem) for problem in problems), "请改正后重试", "layouts")
    return CountyLayout(register, text, told, document)


def keep_layout(layout: CountyLayout, store: Path) -> None:
    """Keep a layout's text by its digest."""
    have_bytes(_kept_path(store, layout.digest), layout.content.encode())


def kept_layout(store: Path, register: str, digest: str) -> CountyLayout | None:
    """The layout of a digest, from the store alone; None for no digest, InputError where it is not there any more."""
    if not digest:
        return None
    path = _kept_path(store, digest)
    if not path.is_file():
        raise InputError("存档中没有读取该名册所用的版式", "请检查存档目录是否完整", f"layouts/{digest[:12]}")
    if digest_of(path) != digest:
        raise InputError("存档中读取该名册所用的版式已被改动", "请从备份恢复存档目录(store)", f"layouts/{digest[:12]}")
    text = path.read_text("utf-8")
    said = read(text, path.name).content
    return read_layout(text, str(said["register"]) if isinstance(said, dict) else register)


def _kept_path(store: Path, digest: str) -> Path:
    return store / "layouts" / f"{digest}.yaml"


def _problems(name: str, told: Layout, document: Document) -> Iterator[Problem]:
    if told.register_name != name:
        yield document.problem(("register",), f"register:应为 {name}")
        return
    register, _, _ = name.partition("-")
    if EVERY in told.sheets and len(told.sheets) > 1:
        yield document.problem(("sheet",), f"sheet:“{EVERY}”须单独写")
    household = told.one_row_per_household
    named = [
        *((("columns", word), word) for word in told.columns),
        *((("words", word), word) for word in told.words),
        *((("defaults", word), word) for word in told.defaults),
        *(((HOUSEHOLD, "carried", place), word) for place, word in enumerate(household.carried if household else ())),
        *(
            ((HOUSEHOLD, "members", place, word), word)
            for place, group in enumerate(household.members if household else ())
            for word in group
        ),
    ]
    facts_of = {facts.name: facts for facts in columns_of(FILES[register])}
    for key, word in named:
        column = column_named(register, word)
        if column not in facts_of and not (column == PRESENCE and "members" in key):
            yield document.problem(key, f"“{word}”不是该名册的列")
    yield from (
        document.problem(("defaults", word), f"“{word}”不能补填")
        for word in told.defaults
        if column_named(register, word) == key_column(register)
    )
    yield from _twice(register, told, document)
    yield from _unreadable(register, told, document, facts_of)
    if any(later != before + 1 for before, later in zip(told.header_rows, told.header_rows[1:], strict=False)):
        yield document.problem(("header_rows",), "header_rows:须是相连的行")


def _twice(register: str, told: Layout, document: Document) -> Iterator[Problem]:
    """One column of ours under two spellings, or both read and filled in."""
    seen: dict[str, str] = {}
    for section, words in (("columns", told.columns), ("defaults", told.defaults)):
        for word in words:
            name = column_named(register, word)
            if name and name in seen:
                yield document.problem((section, word), f"“{word}”已在前面写过({seen[name]})")
            seen[name] = word


def _unreadable(
    register: str, told: Layout, document: Document, facts_of: Mapping[str, ColumnFacts]
) -> Iterator[Problem]:
    """Words and defaults that the contract would refuse."""
    targets = [
        *((("defaults", word), word, text) for word, text in told.defaults.items()),
        *(
            (("words", word, theirs), word, ours)
            for word, words in told.words.items()
            for theirs, ours in words.items()
        ),
    ]
    for key, word, text in targets:
        facts = facts_of.get(column_named(register, word))
        if facts is None or text is None:
            continue
        cell = pl.DataFrame({"text": [text]})
        if cell.select(value(facts, "text").is_null() & ~is_null_word(facts, "text")).item():
            advice = f";{advice_for(RefusalCode.CODE_UNKNOWN, facts)}" if facts.code else ""
            yield document.problem(key, f"“{text}”不能作为“{facts.header}”{advice}")
