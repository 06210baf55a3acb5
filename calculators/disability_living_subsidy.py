"""困难残疾人生活补贴 (disability_living_subsidy): the living subsidy of disabled people in hardship.

Rule        The published amount of the person's disability grade.  (新政办〔2024〕13号 清单第14项)
In          the conditions' facts and the keys of the rates (disability_grade);
            p_amount_fen for p_amount_months (null: no standard set), p_round_up_to_fen
Out         would_be_fen   fen/person/month, null where no standard is set
Rounding    Up to the whole unit of p_round_up_to_fen, once.
Not here    Claims and the choice of the higher (coordination.py); person or household of 低保 (the pack's `when:`).
"""

from __future__ import annotations

import polars as pl

from calculators.entitled import PUBLISHED, finish, qualifying
from contracts.policy import BenefitRules


def disability_living_subsidy(facts: pl.LazyFrame, rules: BenefitRules) -> pl.LazyFrame:
    """Keep the person-months that meet the conditions and add what the law would owe (contracts.tables.Entitled)."""
    return qualifying(facts, rules).pipe(finish, rules, owed_fen=PUBLISHED)
