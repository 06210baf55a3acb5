"""护理补贴 (elder_care_subsidy): the care subsidy of elders in hardship who cannot care for themselves.

Rule        The published amount.  (新政办〔2024〕13号 清单第11项; 金政办发〔2023〕2号 清单第17项)
In          the conditions' facts;
            p_amount_fen for p_amount_months (null: no standard set), p_round_up_to_fen
Out         would_be_fen   fen/person/month, null where no standard is set
Rounding    Up to the whole unit of p_round_up_to_fen, once.
Not here    The choice against 重度残疾人护理补贴 (coordination.py); which test of ability counts (the pack's `when:`).
"""

from __future__ import annotations

import polars as pl

from calculators.entitled import PUBLISHED, finish, qualifying
from contracts.policy import BenefitRules


def elder_care_subsidy(facts: pl.LazyFrame, rules: BenefitRules) -> pl.LazyFrame:
    """Keep the person-months that meet the conditions and add what the law would owe (contracts.tables.Entitled)."""
    return qualifying(facts, rules).pipe(finish, rules, owed_fen=PUBLISHED)
