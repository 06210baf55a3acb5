"""Who meets a benefit's conditions and draws nothing is told, and why whole groups do not."""

import json

import polars as pl
import pytest

from contracts.codes import Outcome, UnsetReason
from contracts.months import parse_month
from reports.not_drawn import nobody_draws, not_drawn

AUGUST = parse_month("2024-08")


def rows(*outcomes):
    told = [
        {"person_no": number, "benefit": benefit, "benefit_month": AUGUST, "outcome": outcome, "would_be_fen": 60_00,
         "rate_id": "r", "unset_code": why[0] if why else None}
        for number, (benefit, outcome, *why) in enumerate(outcomes)
    ]  # fmt: skip
    types = {
        "benefit_month": pl.Date,
        "would_be_fen": pl.Int64,
        "rate_id": pl.String,
        "unset_code": UnsetReason.dtype(),
    }
    return pl.DataFrame(told, schema_overrides=types)


def catalogue(*values):
    return pl.DataFrame({"rate_id": ["r"], "values_json": [json.dumps(values)]})


UNCLAIMED = ("disability_care_subsidy", Outcome.NOT_CLAIMED.value)
DRAWN = ("disability_care_subsidy", Outcome.ENTITLED.value)
UNSET = ("disability_care_subsidy", Outcome.STANDARD_NOT_SET.value, "NOT_SET")
BELOW = ("disability_care_subsidy", Outcome.STANDARD_NOT_SET.value, "BELOW_FLOOR")
CARE = {"disability_care_subsidy": ["disability"]}


def test_who_meets_the_conditions_and_draws_nothing_is_counted_with_the_money():
    (line,) = not_drawn(rows(UNCLAIMED, UNCLAIMED, DRAWN), catalogue(), AUGUST)
    assert (line.label, line.outcome_label, line.people, line.would_be_fen) == (
        "重度残疾人护理补贴",
        "未申请",
        2,
        120_00,
    )


def test_a_standard_that_is_broken_is_told_apart_from_one_that_nobody_set_with_both_documents():
    said = [
        {"is_amount": True, "level_name": name, "text": text, "title": title, "number": "号", "clause": "第一条"}
        for name, text, title in (("某县", "40 元/月", "通知"), ("某省", "50 元/月", "清单"))
    ]
    nobodys, broken = not_drawn(rows(UNSET, BELOW, BELOW, DRAWN), catalogue(*said), AUGUST)
    assert (nobodys.outcome_label, nobodys.people, nobodys.documents) == ("标准未设定", 1, ())
    assert (broken.outcome_label, broken.people) == ("低于最低标准", 2)
    assert str(broken) == (
        "重度残疾人护理补贴 2 人低于最低标准(某县 40 元/月《通知》(号) 第一条 与 某省 50 元/月《清单》(号) 第一条):"
        "已发的不追回,设定之前不发"
    )


@pytest.mark.parametrize(
    ("decided", "never", "told"),
    [
        ([UNCLAIMED] * 15, ["claim"], "重度残疾人护理补贴 0 人领取(名册收下残疾 15 行):15 人条件具备,从未收到申请名册"),
        ([UNCLAIMED] * 15, [], "重度残疾人护理补贴 0 人领取(名册收下残疾 15 行):15 人条件具备,没有一人的申请已获审批"),
        ([], ["disability"], "重度残疾人护理补贴 0 人领取:从未收到残疾名册"),
        ([UNSET, BELOW], [], "重度残疾人护理补贴 0 人领取(名册收下残疾 2 行):2 人条件具备,标准未设定、低于最低标准"),
        ([UNCLAIMED, DRAWN], ["claim"], None),
        ([], [], None),
    ],
)
def test_a_group_in_which_nobody_draws_says_what_is_lacking(decided, never, told):
    in_registers = {"disability": len(decided)}
    found = nobody_draws(rows(DRAWN, *decided)[1:], AUGUST, CARE, never, in_registers)
    assert [one.told for one in found] == ([told] if told else [])
