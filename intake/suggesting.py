"""A layout suggested for a county's own file: to be read and put right by a clerk, and checked before use."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import polars as pl

from contracts.columns import CellKind, ColumnFacts, columns_of
from contracts.errors import InputError
from contracts.files import write_whole
from contracts.registers import FILES, key_column
from intake.cells import is_null_word, trimmed, value
from intake.headers import SEARCHED_ROWS, header_names, plain
from intake.layouts import letters_of_place
from intake.raw import RawTable
from intake.resident_ids import legible

ALIKE = 0.6  # of 1: below, two headers are not taken for the same column
TITLES = 3  # cells in a row: fewer are a title
LONGEST_WORD = 12
WORDS_AT_MOST = 20
HOUSEHOLD_KEY = "household_id"
SHEETS_HINT = "  # 要读几张工作表的写 [名称, 名称],每张都读的写 全部"
DEFAULTS_HINT = "# 以下列文件中没有,也找不到相近的。去掉 #;每行都相同的,填在冒号后;本来就不填的,冒号后留空"


@dataclass(frozen=True)
class _Table:
    """A table with the rows that look like its header, and for each place whether identity numbers stand there."""

    number: int
    raw: RawTable
    first_row: int
    last_row: int
    texts: list[str]
    data: pl.DataFrame
    ids: list[int]


def keep_suggested(target: Path, text: str, told: str) -> None:
    """Write a suggested layout, whole; InputError about `told` where there is one, or its name is no layout's."""
    if target.suffix != ".yaml":
        raise InputError("版式文件的名称须以 .yaml 结尾", "如 --write low_income.yaml", told)
    if target.exists():
        raise InputError("该名册已有版式,没有改动", "请直接修改该文件,或先把它移走", told)
    write_whole(target, text.encode())


def suggest(register: str, tables: Sequence[RawTable], part: str = "") -> str:
    """The text of a layout, for one part of the register where it comes in several files. Tables: not none.

    What could not be told stands in it as a comment.
    """
    table = max((_table(number, raw) for number, raw in enumerate(tables, start=1)), key=lambda one: one.data.height)
    columns = list(columns_of(FILES[register]))
    places = _places(register, columns, table)
    members = _members(register, table, places)
    if members and any(facts.name == HOUSEHOLD_KEY for facts in columns):
        places.setdefault(HOUSEHOLD_KEY, places["person_id"])  # a household is known by its applicant
    name = f"{register}-{part}" if part else register
    lines = [f"register: {name}", *([f"sheet: {table.number}{SHEETS_HINT}"] if len(tables) > 1 else [])]
    rows = ", ".join(str(row) for row in range(table.first_row, table.last_row + 1))
    lines.append(f"header_rows: [{rows}]")
    if places:
        lines.append("columns:  # 我们的列: 文件中的列(表头文字,或 H列 这样的列号);请逐行核对")
        lines += [
            f"  {facts.header}: {_called(places[facts.name], table)}" for facts in columns if facts.name in places
        ]
    lines += _words(columns, places, table)
    lines += _defaults([facts for facts in columns if facts.name not in places and not facts.optional_column])
    lines += _household(columns, places, members)
    return "\n".join(lines) + "\n"


def _defaults(absent: Sequence[ColumnFacts]) -> list[str]:
    """What decides nothing is left out; what decides something is asked for."""
    idle = [f"  {facts.header}:" for facts in absent if not facts.decides]
    asked = [f"#   {facts.header}: " for facts in absent if facts.decides]
    head = "defaults:  # 文件中没有、也不影响待遇的列,留空" if idle else "# defaults:"
    if idle and asked:
        return [head, *idle, DEFAULTS_HINT, *asked]
    return [*([DEFAULTS_HINT] if asked else []), *([head] if absent else []), *idle, *asked]


def _table(number: int, raw: RawTable) -> _Table:
    """The header is what stands above the first row with an identity number; without one, the first row of cells."""
    names = [name for name in raw.cells.columns if name != "source_row"]
    seen = raw.cells.select("source_row", *(legible(trimmed(name)).is_not_null().alias(name) for name in names))
    with_ids = seen.filter(pl.any_horizontal(names)).head(1)["source_row"].to_list()
    written = [[text or "" for text in cells] for cells in raw.cells.drop("source_row").head(SEARCHED_ROWS).rows()]
    wide = [row for row, cells in enumerate(written, start=1) if sum(bool(cell.strip()) for cell in cells) >= TITLES]
    last = max(with_ids[0] - 1, 1) if with_ids else (wide or [1])[0]
    first = last
    while first - 1 in wide and first > 1:
        first -= 1
    texts = [
        next((text for text in reversed(cells) if text.strip()), "")
        for cells in zip(*written[first - 1 : last], strict=True)
    ]
    data = raw.cells.filter(pl.col("source_row") > last)
    ids = [place for place, name in enumerate(names) if seen[name].any()]
    return _Table(number, raw, first, last, texts, data, ids)


def _places(register: str, columns: Sequence[ColumnFacts], table: _Table) -> dict[str, int]:
    """Column of ours → the place that is called so, or nearly so, each place once; the person by his number."""
    names = header_names(register)
    found: dict[str, int] = {}
    for place, text in enumerate(table.texts):
        name = names.get(plain(text))
        if name is not None and name not in found:
            found[name] = place
    key = key_column(register)
    so_called = [place for place, text in enumerate(table.texts) if names.get(plain(text)) == key]
    free = [place for place in table.ids if place not in found.values() or place in so_called]
    if key == "person_id" and free and (len(so_called) != 1 or so_called[0] not in free):
        found[key] = free[0]  # of several the leftmost: the members of a household stand to the right
    alike = sorted(
        ((_likeness(facts, text), facts.name, place) for facts in columns for place, text in enumerate(table.texts)),
        key=lambda one: (-one[0], one[2]),
    )
    for likeness, name, place in alike:
        if likeness >= ALIKE and name not in found and place not in found.values():
            found[name] = place
    return found


def _likeness(facts: ColumnFacts, text: str) -> float:
    written = plain(text)
    if not written:
        return 0
    spellings = [plain(word) for word in (facts.header, *facts.aliases)]
    if any(len(word) > 1 and (word in written or (len(written) > 1 and written in word)) for word in spellings):
        return 0.9
    return max(SequenceMatcher(None, written, word).ratio() for word in spellings)


def _called(place: int, table: _Table) -> str:
    """A column by its text where it is the only one so called, otherwise by its letter."""
    text = plain(table.texts[place])
    alone = [plain(other) for other in table.texts].count(text) == 1
    return json.dumps(text, ensure_ascii=False) if text and alone else letters_of_place(place)


def _members(register: str, table: _Table, places: dict[str, int]) -> list[dict[str, int]]:
    """Further columns of identity numbers that are no column of ours, each with the name to its left."""
    if key_column(register) != "person_id":
        return []
    others = [place for place in table.ids if place not in places.values()]
    return [
        {"身份证号": place} | ({"姓名": place - 1} if place and "姓名" in plain(table.texts[place - 1]) else {})
        for place in others
    ]


def _household(columns: Sequence[ColumnFacts], places: dict[str, int], members: Sequence[dict[str, int]]) -> list[str]:
    if not members:
        return []
    carried = [facts.header for facts in columns if facts.name in places and facts.name != "person_id"]
    return [
        "one_row_per_household:  # 一户一行;成员的其他列请补写",
        "  members:",
        *(
            f"    - {{{', '.join(f'{word}: {letters_of_place(place)}' for word, place in member.items())}}}"
            for member in members
        ),
        f"  carried: [{', '.join(carried)}]  # 这些列按申请人的填给每个成员",
    ]


def _words(columns: Sequence[ColumnFacts], places: dict[str, int], table: _Table) -> list[str]:
    """Words of the county that the contract does not know, as comments to be filled in."""
    lines = []
    for facts in columns:
        if facts.kind in (CellKind.CODE, CellKind.YES_NO) and facts.name in places:
            text = table.data.select(text=trimmed(str(places[facts.name]))).unique(maintain_order=True)
            unread = text.filter(value(facts, "text").is_null() & ~is_null_word(facts, "text"))["text"]
            words = unread.drop_nulls().head(WORDS_AT_MOST).to_list()
            ours = "、".join([member.label for member in facts.code] if facts.code else ["是", "否"])
            if words:
                lines.append(f"#   {facts.header}:  # 可填:{ours}")
            lines += [f"#     {json.dumps(word[:LONGEST_WORD], ensure_ascii=False)}: " for word in words]
    return ["# words:  # 以下是不认识的词;去掉 # 并在冒号后填我们的词", *lines] if lines else []
