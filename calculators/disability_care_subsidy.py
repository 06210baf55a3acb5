"""重度残疾人护理补贴 (disability_care_subsidy): the care subsidy of severely disabled people.

Rule        The published amount of the person's disability grade.  (新政办〔2024〕13号 清单第14项)
In          the conditions' facts and the keys of the rates (disability_grade);
            p_amount_fen for p_amount_months (null: no standard set), p_round_up_to_fen
Out         would_be_fen   fen/person/month, null where no standard is set
Rounding    Up to the whole unit of p_round_up_to_fen, once.
Not here    Claims and the choice against 护理补贴 (coordination.py); 特困 who are 全自理, whose tier borrows
            this standard (tekun_care.py).
"""

from __future__ import annotations

import polars as pl

from calculators.entitled import PUBLISHED, finish, qualifying
from contracts.policy import BenefitRules


def disability_care_subsidy(facts: pl.LazyFrame, rules: BenefitRules) -> pl.LazyFrame:
    """Keep the person-months that meet the conditions and add what the law would owe (contracts.tables.Entitled)."""
    return qualifying(facts, rules).pipe(finish, rules, owed_fen=PUBLISHED)
