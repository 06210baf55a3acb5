"""Where in the files a finding stands: parts of conditions, the values behind a row of rates, the months of change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from contracts.months import add_months, first_of
from contracts.policy import AllOf, AnyOf, Condition, Not, Rules
from rulebook.chain import Chain
from rulebook.law import Conditions, Value, Where

WHEN = ("conditions", "when")


def place_of_part(conditions: Conditions, path: Sequence[int]) -> Where:
    """Where a part of a benefit's conditions is written; `path` is which part of which part, from the top."""
    assert conditions.tree is not None
    key: tuple[str | int, ...] = WHEN
    tree: Condition = conditions.tree.condition
    for step in path:
        match tree:
            case AllOf(conditions=parts):
                key, tree = (*key, "all", step), parts[step]
            case AnyOf(conditions=parts):
                key, tree = (*key, "any", step), parts[step]
            case Not(condition=part):
                key, tree = (*key, "not"), part
            case _:
                raise AssertionError(tree)
    while key not in conditions.places and key != WHEN:
        key = key[:-1]
    return conditions.places.get(key, conditions.where)


class ValuesOf:
    """The values behind the rows of rates of a county's resolved law."""

    def __init__(self, chain: Chain, rules: Rules) -> None:
        """Values are told by what the catalogue says of them, which no two of a level share."""
        self._known = {_told(value): value for levels in chain.values.values() for values in levels for value in values}
        self._rows = dict(rules.catalogue.select("rate_id", "values_json").iter_rows())
        self._amounts: dict[str, tuple[Value, ...]] = {}

    def amounts(self, rate_id: str) -> tuple[Value, ...]:
        """The values an amount rests on, those that differ by key first."""
        if rate_id not in self._amounts:
            rows: list[Mapping[str, str]] = json.loads(self._rows[rate_id])
            found = [self._known[_of_catalogue(row)] for row in rows if row["is_amount"]]
            self._amounts[rate_id] = tuple(sorted(found, key=lambda value: not value.key.text))
        return self._amounts[rate_id]


def _told(value: Value) -> tuple[str | None, ...]:
    return (
        value.parameter,
        value.key.text,
        value.text,
        value.effective_from.isoformat(),
        value.issued_on.isoformat(),
        value.role,
        value.level_code,
    )


def _of_catalogue(row: Mapping[str, str]) -> tuple[str | None, ...]:
    names = ("parameter", "key", "value", "effective_from", "issued_on", "role", "level_code")
    return tuple(row[name] for name in names)


def months_of_change(chain: Chain) -> list[date]:
    """The months in which anything may change in a county's law, from the first in which all its benefits exist."""
    months = sorted({_month_of(day) for day in _days(chain)})
    begun = max((told.begins_on for told, _ in chain.conditions.values() if told.begins_on), default=months[0])
    return [month for month in months if month >= begun]


def _days(chain: Chain) -> Iterator[date]:
    yield from (value.effective_from for levels in chain.values.values() for level in levels for value in level)
    yield from (conditions.begins_on for conditions, _ in chain.conditions.values() if conditions.begins_on)
    for level in chain.levels:
        yield from (pair.form.effective_from for pair in level.pairs if pair.form.effective_from)


def _month_of(day: date) -> date:
    """The first month that a day's change counts in: its own where it is the first of it, else the next."""
    return first_of(day) if day.day == 1 else add_months(first_of(day), 1)
