"""The parts of a condition: whether each can hold, and can fail, where it would decide.

A part decides where everything beside it leaves the answer to it: all other parts of an `all` hold, no other part of an
`any` does. One that can never hold there, or never fails there, says nothing, whatever it says elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import polars as pl

from calculators.conditions import compiled
from calculators.entitled import attach
from contracts.policy import AllOf, AnyOf, BenefitRules, Condition, Not

Path = tuple[int, ...]  # which part of which part, from the top


@dataclass(frozen=True)
class Part:
    """A part of a condition: where it would decide, whether it can hold there and whether it can fail there."""

    path: Path
    condition: Condition
    can_decide: bool
    can_hold: bool
    can_fail: bool


def parts(facts: pl.DataFrame, rules: BenefitRules) -> list[Part]:
    """Every part of the benefit's condition over these facts, itself first; none where it is abolished throughout."""
    found = list(_parts(rules.when, (), pl.lit(True)))
    asked = [
        expression.alias(f"{number}{name}")
        for number, (_, tree, decides) in enumerate(found)
        for name, expression in (
            ("decides", decides.any()),
            ("holds", (decides & compiled(tree)).any()),
            ("fails", (decides & ~compiled(tree)).any()),
        )
    ]
    living = attach(facts.lazy(), rules).filter(~pl.col("p_is_abolished").fill_null(False))
    told = living.select(pl.len().alias("rows"), *asked).collect().row(0, named=True)
    if not told["rows"]:
        return []
    return [
        Part(path, tree, told[f"{number}decides"], told[f"{number}holds"], told[f"{number}fails"])
        for number, (path, tree, _) in enumerate(found)
    ]


def _parts(tree: Condition, path: Path, decides: pl.Expr) -> Iterator[tuple[Path, Condition, pl.Expr]]:
    yield path, tree, decides
    match tree:
        case AllOf(conditions=conditions) | AnyOf(conditions=conditions):
            is_all = isinstance(tree, AllOf)
            for place, part in enumerate(conditions):
                others = [compiled(other) for other in (*conditions[:place], *conditions[place + 1 :])]
                left = reduce(pl.Expr.and_, (held if is_all else ~held for held in others), decides)
                yield from _parts(part, (*path, place), left)
        case Not(condition=part):
            yield from _parts(part, (*path, 0), decides)
        case _:
            return
