"""特困供养照料护理 (tekun_care): the monthly care amount of a person in extreme hardship, by care tier.

Rule        The amount the county has published for the tier; else the county's minimum wage times the tier's ratio;
            else the benchmark of the tier (全自理: the 重度残疾人护理补贴 standard).
            (新政办〔2024〕13号 清单第9、10项)
In          the conditions' facts and the keys of the rates (self_care_code); p_amount_fen for p_amount_months,
            p_wage_fen with p_ratio_num/den, p_benchmark_fen for p_benchmark_months (each null where the tier has
            none), p_round_up_to_fen
Out         would_be_fen   fen/person/month, null where no standard is set
Rounding    Up to the whole unit of p_round_up_to_fen, once.
Not here    tekun_living; suspensions (coordination.py); which tier a person is in (the register).
"""

from __future__ import annotations

import polars as pl

from calculators.entitled import PUBLISHED, UNIT, finish, qualifying
from calculators.rounding import round_up
from contracts.policy import BenefitRules

BY_WAGE = round_up(pl.col("p_wage_fen") * pl.col("p_ratio_num"), pl.col("p_ratio_den"), UNIT)
BY_BENCHMARK = round_up(pl.col("p_benchmark_fen"), pl.col("p_benchmark_months"), UNIT)


def tekun_care(facts: pl.LazyFrame, rules: BenefitRules) -> pl.LazyFrame:
    """Keep the person-months that meet the conditions and add what the law would owe (contracts.tables.Entitled)."""
    return qualifying(facts, rules).pipe(finish, rules, owed_fen=pl.coalesce(PUBLISHED, BY_WAGE, BY_BENCHMARK))
