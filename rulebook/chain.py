"""A county's levels, nearest first, and which value of a parameter counts in a month.

Of each level the row in force with the latest start counts, then the latest issued. The nearest number (fixed, default)
is paid; where there is none, the highest floor. A floor nearer than the number raises it, because the nearer document
says "not below"; a floor of the number's own level or above refuses it (BELOW_FLOOR), because nobody raises a published
number in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from contracts.codes import Benefit, Role, UnsetReason
from rulebook.keys import Cell
from rulebook.law import Conditions, Jurisdiction, Pair, Unset, Value
from rulebook.parameters import ALL, OF_ALL, PAY_MONTHS, UNITS, Kind, declared

NUMBERS = (Role.FIXED, Role.DEFAULT)
EVER = date.min


@dataclass(frozen=True)
class Chosen:
    """The value that counts; where it may not be paid, why and against which value."""

    value: Value | None = None
    why_unset: UnsetReason | None = None
    against: Value | None = None

    @property
    def is_abolished(self) -> bool:
        """From here on there is nothing."""
        return self.value is not None and self.value.text is None

    @property
    def usable(self) -> Value | None:
        """The value, where it may be used."""
        return None if self.why_unset or self.is_abolished else self.value


def measure(value: Value) -> Fraction | None:
    """A value as it compares with others of its parameter, money per month; None where it is no quantity."""
    kind, months = UNITS[value.unit]
    figure = value.figure
    if kind is Kind.MONEY and isinstance(figure, int):
        return Fraction(figure, months or 1)
    if kind in (Kind.FRACTION, Kind.WHOLE) and isinstance(figure, int | Fraction):
        return Fraction(figure)
    return None


def choose(levels: Sequence[Sequence[Value]], month: date, known_on: date) -> Chosen:
    """Which of these values counts: one sequence per level, nearest first, all of one parameter and cell."""
    live = [[row for row in rows if row.effective_from <= month and row.issued_on <= known_on] for rows in levels]
    numbers = [_latest(rows, NUMBERS) for rows in live]
    floors = [_latest(rows, (Role.FLOOR,)) for rows in live]
    ceilings = [_latest(rows, (Role.CEILING,)) for rows in live]
    depth = next((place for place, number in enumerate(numbers) if number), len(levels))
    number = numbers[depth] if depth < len(levels) else None
    nearer = [floor for floor in floors[:depth] if floor]
    paid = _highest([*nearer, *([number] if number else [])], number)
    if paid is None or paid.text is None or measure(paid) is None:
        return Chosen(paid)
    own_and_above = slice(depth if number else 0, None)
    return _within(paid, floors[own_and_above], ceilings[own_and_above])


def _latest(rows: Iterable[Value], roles: tuple[Role, ...]) -> Value | None:
    of_roles = [row for row in rows if row.role in roles]
    return max(of_roles, key=lambda row: (row.effective_from, row.issued_on), default=None)


def _highest(values: Sequence[Value], number: Value | None) -> Value | None:
    """The highest quantity, the nearest of equals; an abolished number stands; what is no quantity: the nearest."""
    if number is not None and number.text is None:
        return number
    measured = [(size, value) for value in values if (size := measure(value)) is not None]
    if not measured:
        return values[0] if values else None
    return max(measured, key=lambda pair: pair[0])[1]


def _within(paid: Value, floors: Iterable[Value | None], ceilings: Iterable[Value | None]) -> Chosen:
    size = measure(paid)
    assert size is not None
    for floor in floors:
        if floor and (least := measure(floor)) is not None and size < least:
            return Chosen(paid, UnsetReason.BELOW_FLOOR, floor)
    for ceiling in ceilings:
        if ceiling and (most := measure(ceiling)) is not None and size > most:
            return Chosen(paid, UnsetReason.ABOVE_CEILING, ceiling)
    return Chosen(paid)


@dataclass(frozen=True)
class Chain:
    """A county with everything above it, nearest first."""

    levels: tuple[Jurisdiction, ...]

    @cached_property
    def values(self) -> Mapping[str, tuple[tuple[Value, ...], ...]]:
        """Parameter → its values, one tuple per level."""
        names = {value.parameter for level in self.levels for value in level.values}
        return {
            name: tuple(tuple(value for value in level.values if value.parameter == name) for level in self.levels)
            for name in names
        }

    @cached_property
    def unset(self) -> Mapping[str, tuple[Unset, ...]]:
        """Parameter → what documents say they do not set."""
        told: dict[str, tuple[Unset, ...]] = {}
        for level in self.levels:
            for said in level.unset:
                told[said.parameter] = (*told.get(said.parameter, ()), said)
        return told

    @cached_property
    def conditions(self) -> Mapping[Benefit, tuple[Conditions, Conditions]]:
        """Benefit → the conditions whose tree counts, and those whose source is named; the nearest, the last read."""
        told: dict[Benefit, tuple[Conditions, Conditions]] = {}
        for benefit in Benefit:
            said = [found for level in self.levels for found in reversed(level.conditions) if found.benefit is benefit]
            with_tree = [found for found in said if found.tree is not None]
            if with_tree:
                told[benefit] = (with_tree[0], said[0])
        return told

    def by(self, parameter: str) -> tuple[str, ...]:
        """What a parameter is keyed by here."""
        for level in self.values.get(parameter, ()):
            for value in level:
                return value.by
        for said in self.unset.get(parameter, ()):
            return said.by
        return ()

    def names_of(self, benefit: Benefit, suffix: str) -> tuple[str, ...]:
        """Where a benefit's parameter is looked up: by its own name, then, where it has nothing, by that of `all`."""
        own = f"{benefit}.{suffix}"
        return (own, f"{ALL}.{suffix}") if suffix in OF_ALL else (own,)

    def values_of(self, benefit: Benefit, suffix: str) -> list[Value]:
        """Every value of a benefit's parameter, its own and that of `all`."""
        names = self.names_of(benefit, suffix)
        return [value for name in names for level in self.values.get(name, ()) for value in level]

    def label_of(self, parameter: str) -> str:
        """What a parameter is called, by the nearest level that sets it."""
        labels = [value.label for level in self.values.get(parameter, ()) for value in level]
        known = declared(parameter)
        return labels[0] if labels else known.label if known else parameter

    def choose(self, parameter: str, cells: Mapping[str, Cell], month: date, known_on: date) -> Chosen:
        """Which value of a parameter counts for these cells; cells of dimensions it does not have are ignored."""
        place = tuple(cells.get(name) for name in self.by(parameter))
        levels = [[value for value in rows if value.key.holds(place)] for rows in self.values.get(parameter, ())]
        return choose(levels, month, known_on)

    def pay_months(self, benefit: Benefit, month: date, known_on: date) -> Value | None:
        """The months of the year in which a benefit is paid, as a month has it; None where every month pays."""
        chosen = (self.choose(name, {}, month, known_on) for name in self.names_of(benefit, PAY_MONTHS))
        return next((found.usable for found in chosen if found.value is not None), None)

    def pair(self, first: Benefit, second: Benefit, month: date, known_on: date) -> Pair | None:
        """What the nearest level says of two benefits in a month; of entries with the same dates the last read."""
        for level in self.levels:
            live = [
                pair
                for pair in reversed(level.pairs)
                if pair.key == {first, second}
                and (pair.form.effective_from or EVER) <= month
                and (pair.form.issued_on or EVER) <= known_on
            ]
            if live:
                return max(live, key=lambda pair: (pair.form.effective_from or EVER, pair.form.issued_on or EVER))
        return None
