"""养老服务补贴 (elder_service_subsidy): the service subsidy of elders in economic hardship.

Rule        The published amount.  (新政办〔2024〕13号 清单第7项)
In          the conditions' facts;
            p_amount_fen for p_amount_months (null: no standard set), p_round_up_to_fen
Out         would_be_fen   fen/person/month, null where no standard is set
Rounding    Up to the whole unit of p_round_up_to_fen, once.
Not here    What else a 低保 elder must meet (the pack's `when:`); that 特困 are EXCLUDED (its interactions).
"""

from __future__ import annotations

import polars as pl

from calculators.entitled import PUBLISHED, finish, qualifying
from contracts.policy import BenefitRules


def elder_service_subsidy(facts: pl.LazyFrame, rules: BenefitRules) -> pl.LazyFrame:
    """Keep the person-months that meet the conditions and add what the law would owe (contracts.tables.Entitled)."""
    return qualifying(facts, rules).pipe(finish, rules, owed_fen=PUBLISHED)
