"""特困供养基本生活 (tekun_living): the monthly living amount of a person in extreme hardship.

Rule        The amount the county has published; else the dibao standard of the person's area times the ratio.
            (新政办〔2024〕13号 清单第9、10项; 金政办发〔2023〕2号 清单第13、14项)
In          the conditions' facts and the keys of the rates (area_code); p_amount_fen for
            p_amount_months, p_dibao_fen for p_dibao_months (null: no standard set), p_ratio_num/den, p_round_up_to_fen
Out         would_be_fen   fen/person/month, null where no standard is set
Rounding    Up to the whole unit of p_round_up_to_fen, once, after the division by the months.
Not here    tekun_care; suspensions (coordination.py); that a published amount reaches the ratio (the rulebook).
"""

from __future__ import annotations

import polars as pl

from calculators.entitled import PUBLISHED, UNIT, finish, qualifying
from calculators.rounding import round_up
from contracts.policy import BenefitRules

BY_DIBAO = round_up(
    pl.col("p_dibao_fen") * pl.col("p_ratio_num"), pl.col("p_ratio_den") * pl.col("p_dibao_months"), UNIT
)


def tekun_living(facts: pl.LazyFrame, rules: BenefitRules) -> pl.LazyFrame:
    """Keep the person-months that meet the conditions and add what the law would owe (contracts.tables.Entitled)."""
    return qualifying(facts, rules).pipe(finish, rules, owed_fen=pl.coalesce(PUBLISHED, BY_DIBAO))
