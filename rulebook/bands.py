"""Which value stands for which cells of a parameter in a month, and which cells a newer paper leaves on an older one.

A notice whose bands leave a hole does not end what the older paper says of the hole: 85–89 stay where they were. That
is lawful and easily meant otherwise, so every stretch is told with its own paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import prod

from contracts.months import add_months, first_of
from rulebook.chain import Chain, Chosen
from rulebook.keys import AND, BY_SIGN, DIMENSIONS, Cell, Dimension
from rulebook.law import Unset, Value

Class = tuple[Cell, ...]  # cells of one dimension that no key tells apart


@dataclass(frozen=True)
class Stretch:
    """Cells of which one thing is said: a value in force, a paper that sets nothing, or nothing at all (None)."""

    said: Chosen | Unset | None
    key: str  # as written, or the part of it that is left
    cells: tuple[tuple[Cell, ...], ...]  # one cell per dimension for each class that stands here


def bands(chain: Chain, parameter: str, month: date, known_on: date) -> list[Stretch]:
    """Every stretch of cells that some paper names, in the order of the cells."""
    by = [DIMENSIONS[name] for name in chain.by(parameter)]
    unset = chain.unset.get(parameter, ())
    said_of: list[Value | Unset] = [*unset, *(value for level in chain.values.get(parameter, ()) for value in level)]
    keys = [said.key for said in said_of]
    classes = [_classes(dimension, [key.parts[place] for key in keys]) for place, dimension in enumerate(by)]
    together: dict[object, tuple[Chosen | Unset | None, list[tuple[Class, ...]]]] = {}
    for group in product(*classes):
        cells = tuple(each[0] for each in group)
        naming = next((said for said in said_of if said.key.holds(cells)), None)
        if naming is None:
            continue
        chosen = chain.choose(parameter, {dim.name: cell for dim, cell in zip(by, cells, strict=True)}, month, known_on)
        if chosen.value is not None:
            together.setdefault(chosen.value, (chosen, []))[1].append(group)
        else:
            said = naming if isinstance(naming, Unset) else None
            together.setdefault(naming.key.text, (said, []))[1].append(group)
    return [
        Stretch(said, _written(said, by, groups), tuple(tuple(each[0] for each in group) for group in groups))
        for said, groups in together.values()
    ]


def _classes(dimension: Dimension, parts: list[frozenset[Cell]]) -> list[Class]:
    told: dict[tuple[bool, ...], list[Cell]] = {}
    for cell in dimension.cells:
        told.setdefault(tuple(cell in part for part in parts), []).append(cell)
    return [tuple(cells) for cells in told.values()]


def _written(said: Chosen | Unset | None, by: list[Dimension], groups: list[tuple[Class, ...]]) -> str:
    """The key as its paper writes it where all of it stands here, otherwise what of it does."""
    paper = said.value if isinstance(said, Chosen) else said
    if paper is not None and sum(prod(map(len, group)) for group in groups) == prod(map(len, paper.key.parts)):
        return paper.key.text
    if len(by) == 1:
        return by[0].written(cell for (cells,) in groups for cell in cells)
    return AND.join(
        f" {BY_SIGN} ".join(dimension.written(cells) for dimension, cells in zip(by, group, strict=True))
        for group in groups
    )


@dataclass(frozen=True)
class LeftBehind:
    """Cells that the newest paper of a parameter does not speak of: they stay on an older value."""

    parameter: str
    month: date  # from which on it is so, as far as asked
    newest: Value
    older: Value
    key: str

    def __str__(self) -> str:
        return (
            f"{self.older.label}({self.parameter}){self.key}:仍按 {self.older.written},"
            f"{self.newest.source} 自 {self.newest.effective_from} 起没有提到({self.newest.where})"
        )


def left_behind(chain: Chain, known_on: date) -> Iterator[LeftBehind]:
    """What stays behind in the month of `known_on` or from a later month on, by parameter and stretch, once."""
    here = first_of(known_on)
    for parameter in chain.values:
        if not chain.by(parameter):
            continue
        starts = {value.effective_from for level in chain.values[parameter] for value in level}
        months = [here, *sorted(_first_whole(start) for start in starts if start > here)]
        told: set[tuple[Value, str]] = set()
        for month in months:
            for found in _left_behind(chain, parameter, month, known_on):
                if (found.older, found.key) not in told:
                    told.add((found.older, found.key))
                    yield found


def _left_behind(chain: Chain, parameter: str, month: date, known_on: date) -> Iterator[LeftBehind]:
    in_force = [
        (stretch, stretch.said.value)
        for stretch in bands(chain, parameter, month, known_on)
        if isinstance(stretch.said, Chosen) and stretch.said.value is not None
    ]
    if not in_force:
        return
    newest = max((value for _, value in in_force), key=lambda value: (value.effective_from, value.issued_on))
    for stretch, value in in_force:
        is_older = value.effective_from < newest.effective_from and value.source.number != newest.source.number
        if is_older and value.text is not None:
            yield LeftBehind(parameter, month, newest, value, stretch.key)


def _first_whole(start: date) -> date:
    return start if start.day == 1 else add_months(first_of(start), 1)
