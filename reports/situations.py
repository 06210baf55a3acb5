"""A county's law over every situation it can tell apart: the rulebook names them, the calculators decide them.

The two rooms do not know each other; here they meet (docs/decisions/0090). Nothing is read but the law.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from calculators.parts import Part, parts
from calculators.situations import CLASS, Table, classes, decide, facts_of, members, situations
from contracts.codes import Benefit
from contracts.policy import Rules
from contracts.situations import AXES
from reports.merging import Box, Point, fewest
from rulebook.naming import Naming
from rulebook.situations import leaf_by_leaf, told_apart, words_seen

PLACES = [f"{CLASS}{axis}" for axis in AXES]
BETWEEN = ","
USUAL = {"alive": "is_alive", "registered": "is_registered"}


@dataclass(frozen=True)
class Situations:
    """The table of a county's law, and what its situations are called."""

    rules: Rules
    table: Table
    words: frozenset[str]

    @cached_property
    def names(self) -> Mapping[str, Naming]:
        """Axis → the names of sets of its members."""
        return {
            axis: Naming(axis, frame.select(AXES[axis].columns), self.words)
            for axis, frame in self.table.members.items()
        }

    @cached_property
    def count(self) -> int:
        """How many combinations of members the table's situations stand for."""
        count = 1
        for frame in self.table.members.values():
            count *= frame.height
        return count

    def said(self, axis: str, chosen: Iterable[int], within: Iterable[int] | None = None) -> str:
        """The words for some classes of an axis among those `within` (None: all); empty for all of them."""
        meant = None if within is None else self._rows(axis, within)
        return self.names[axis].name(self._rows(axis, chosen), meant)

    def _rows(self, axis: str, chosen: Iterable[int]) -> list[int]:
        wanted = set(chosen)
        return [row for row, number in enumerate(self.table.members[axis]["class"]) if number in wanted]

    def box(self, box: Box, within: Box | None = None) -> str:
        """The words for a box of classes, one set per axis in the order of AXES; who is usual goes without saying."""
        told = [
            self.said(axis, chosen, within[place] if within else None)
            for place, (axis, chosen) in enumerate(zip(AXES, box, strict=True))
            if not self._is_usual(axis, chosen)
        ]
        return BETWEEN.join(text for text in told if text) or "任何人"

    def _is_usual(self, axis: str, chosen: Iterable[int]) -> bool:
        """Whether these are the people every table is about: alive in the month, registered here."""
        if axis not in USUAL:
            return False
        rows = self.table.members[axis].filter(pl.col("class").is_in(list(chosen)))
        return bool(rows[USUAL[axis]].all())

    def merged(self, people: Iterable[int], within: Iterable[int] | None = None) -> list[str]:
        """The fewest words for situations (person_no), one line per box, among those `within` (None: all).

        `within` is itself a box of situations: every combination of its classes.
        """
        domain, chosen = self.points(within), self.points(people)
        edges = tuple(frozenset(values) for values in zip(*domain, strict=True))
        found = fewest({point: (True if point in chosen else None) for point in domain})
        return [self.box(box, edges) for box, _ in found]

    def points(self, people: Iterable[int] | None) -> set[Point]:
        """The classes of situations, one number per axis; of all of them for None."""
        rows = self.table.situations
        if people is not None:
            rows = rows.filter(pl.col("person_no").is_in(list(people)))
        return set(rows.select(PLACES).unique().iter_rows())


def tabulate(rules: Rules, *others: Rules) -> Situations:
    """Decide every situation under these rules; those that other rules tell apart are apart here too."""
    distinctions = told_apart(rules, *others)
    grouped = classes(members(rules), distinctions)
    return Situations(rules, decide(situations(grouped), grouped, rules), words_seen(distinctions))


def parts_of(rules: Rules, known: Mapping[str, pl.DataFrame], benefit: Benefit) -> list[Part]:
    """The parts of a benefit's conditions in the months of the rules; `known` are the members of the axes."""
    of_benefit = rules.benefits[benefit]
    grouped = classes(known, leaf_by_leaf(of_benefit))
    return parts(facts_of(situations(grouped), rules.months), of_benefit)
