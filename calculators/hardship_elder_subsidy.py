"""经济困难老年人生活补贴 (hardship_elder_subsidy): the living subsidy of 低保 elders.

Rule        The published amount of the person's age band.  (金政办发〔2023〕2号 清单第17项)
In          the conditions' facts and the keys of the rates (age_years);
            p_amount_fen for p_amount_months (null: no standard set), p_round_up_to_fen
Out         would_be_fen   fen/person/month, null where no standard is set
Rounding    Up to the whole unit of p_round_up_to_fen, once.
Not here    The choice against 困难残疾人生活补贴 (coordination.py); the age at which it ends (the pack's `when:`).
"""

from __future__ import annotations

import polars as pl

from calculators.entitled import PUBLISHED, finish, qualifying
from contracts.policy import BenefitRules


def hardship_elder_subsidy(facts: pl.LazyFrame, rules: BenefitRules) -> pl.LazyFrame:
    """Keep the person-months that meet the conditions and add what the law would owe (contracts.tables.Entitled)."""
    return qualifying(facts, rules).pipe(finish, rules, owed_fen=PUBLISHED)
