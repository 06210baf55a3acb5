"""Everything at once: from accepted registers to what became of every entitlement of the months, in one lazy plan."""

from __future__ import annotations

import polars as pl

from calculators.benefits import CALCULATORS
from calculators.coordination import coordinate
from calculators.facts import facts
from calculators.scope import Registers, Scope
from contracts.columns import empty
from contracts.policy import Rules
from contracts.tables import Entitled


def entitlements(registers: Registers, rules: Rules, scope: Scope) -> pl.LazyFrame:
    """Every benefit of the county for every month of the scope (contracts.tables.Coordinated), in no particular order.

    The same rows as facts, the calculators and coordination one after the other. ValueError where the rules are another
    county's or lack a month.
    """
    known = facts(registers, rules, scope).cache()  # read once, not once for each benefit
    each = [CALCULATORS[benefit](known, of_benefit) for benefit, of_benefit in rules.benefits.items()]
    return coordinate(pl.concat([empty(Entitled).lazy(), *each]), registers, scope)
