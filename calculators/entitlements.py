"""Everything at once: from accepted registers to what became of every entitlement of the months.

Worked out once for each segment of a person's months (segments.py), and unfolded at the end.
"""

from __future__ import annotations

import polars as pl

from calculators.benefits import CALCULATORS
from calculators.coordination import changes_of_claims, coordinate
from calculators.facts import facts_of_segments
from calculators.scope import KEY, Registers, Scope
from calculators.segments import unfolded
from contracts.columns import empty
from contracts.policy import Rules
from contracts.tables import Entitled


def entitlements(registers: Registers, rules: Rules, scope: Scope) -> pl.LazyFrame:
    """Every benefit of the county for every month of the scope (contracts.tables.Coordinated), in no particular order.

    The same rows as facts, the calculators and coordination one after the other. ValueError where the rules are another
    county's or lack a month.
    """
    known, runs = facts_of_segments(registers, rules, scope, changes_of_claims(registers))
    each = [CALCULATORS[benefit](known, of_benefit).collect() for benefit, of_benefit in rules.benefits.items()]
    decided = coordinate(pl.concat([empty(Entitled), *each]).lazy(), registers, scope)
    names = decided.collect_schema().names()
    return unfolded(decided.join(runs, on=KEY, how="left", validate="m:1"), scope).select(names)
