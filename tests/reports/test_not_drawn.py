"""Who meets a benefit's conditions and draws nothing is told, and why whole groups do not."""

import polars as pl
import pytest

from contracts.codes import Outcome
from contracts.months import parse_month
from reports.not_drawn import nobody_draws, not_drawn

AUGUST = parse_month("2024-08")


def rows(*outcomes):
    told = [
        {"person_no": number, "benefit": benefit, "benefit_month": AUGUST, "outcome": outcome, "would_be_fen": 60_00}
        for number, (benefit, outcome) in enumerate(outcomes)
    ]
    return pl.DataFrame(told, schema_overrides={"benefit_month": pl.Date, "would_be_fen": pl.Int64})


UNCLAIMED = ("disability_care_subsidy", Outcome.NOT_CLAIMED.value)
DRAWN = ("disability_care_subsidy", Outcome.ENTITLED.value)
CARE = {"disability_care_subsidy": ["disability"]}


def test_who_meets_the_conditions_and_draws_nothing_is_counted_with_the_money():
    (line,) = not_drawn(rows(UNCLAIMED, UNCLAIMED, DRAWN), AUGUST)
    assert (line.label, line.outcome_label, line.people, line.would_be_fen) == (
        "重度残疾人护理补贴",
        "未申请",
        2,
        120_00,
    )


@pytest.mark.parametrize(
    ("decided", "never", "told"),
    [
        ([UNCLAIMED] * 15, ["claim"], "重度残疾人护理补贴 0 人领取(名册收下残疾 15 行):15 人条件具备,从未收到申请名册"),
        ([UNCLAIMED] * 15, [], "重度残疾人护理补贴 0 人领取(名册收下残疾 15 行):15 人条件具备,没有一人的申请已获审批"),
        ([], ["disability"], "重度残疾人护理补贴 0 人领取:从未收到残疾名册"),
        ([UNCLAIMED, DRAWN], ["claim"], None),
        ([], [], None),
    ],
)
def test_a_group_in_which_nobody_draws_says_what_is_lacking(decided, never, told):
    in_registers = {"disability": len(decided)}
    found = nobody_draws(rows(DRAWN, *decided)[1:], AUGUST, CARE, never, in_registers)
    assert [one.told for one in found] == ([told] if told else [])
