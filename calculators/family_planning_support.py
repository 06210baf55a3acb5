"""计划生育特别扶助金 (family_planning_support): the support of parents whose only child died or is disabled.

Rule        The published amount of the kind; with both in a month 死亡 counts.  (金政办发〔2023〕2号 清单第26项)
In          the conditions' facts and the keys of the rates (family_planning_code);
            p_amount_fen for p_amount_months (null: no standard set), p_round_up_to_fen
Out         would_be_fen   fen/person/month, null where no standard is set
Rounding    Up to the whole unit of p_round_up_to_fen, once.
Not here    Which kind counts (facts.py).
"""

from __future__ import annotations

import polars as pl

from calculators.entitled import PUBLISHED, finish, qualifying
from contracts.policy import BenefitRules


def family_planning_support(facts: pl.LazyFrame, rules: BenefitRules) -> pl.LazyFrame:
    """Keep the person-months that meet the conditions and add what the law would owe (contracts.tables.Entitled)."""
    return qualifying(facts, rules).pipe(finish, rules, owed_fen=PUBLISHED)
