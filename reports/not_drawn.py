"""条件具备而未发: who meets a benefit's conditions and draws nothing, and whole groups for which that is so.

Nothing that costs somebody money is silent: each outcome is counted, listed by person, and where a benefit is drawn by
nobody at all the reason is said, also where it is a register that never came or a default of the county's layout.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeGuard

import polars as pl

from contracts.codes import Benefit, Outcome, UnsetReason
from contracts.months import month_text
from contracts.registers import REGISTERS, label_of
from reports import documents

NOT_DRAWN = (Outcome.NOT_CLAIMED, Outcome.SUSPENDED, Outcome.EXCLUDED, Outcome.STANDARD_NOT_SET)
CLAIM = "claim"
LISTED = {
    "person_id": "身份证号",
    "name": "姓名",
    "township": "乡镇",
    "village": "村社区",
    "phone": "联系电话",
    "benefit": "项目",
    "benefit_month": "所属月",
    "outcome": "为何未发",
    "would_be_fen": "若发放每月",
}
WHAT_TO_DO = {
    Outcome.NOT_CLAIMED: "通知本人申请,把申请登记进申请名册",
    Outcome.SUSPENDED: "暂停期满或恢复后,更新暂停名册",
    Outcome.EXCLUDED: "政策规定不得兼领,无须办理",
    Outcome.STANDARD_NOT_SET: "标准公布后录入政策包",
}
OUT_OF_BOUNDS = "向上级核实,录入新的文件后重算"  # a standard there is, which may not be paid


@dataclass(frozen=True)
class NotDrawn:
    """People who meet a benefit's conditions in the pay month and draw nothing, by outcome; fen they would draw.

    `documents` are those of a standard outside its bounds, each with what it says: the refused one, and what it breaks.
    """

    benefit: str
    label: str
    outcome: str
    outcome_label: str
    people: int
    would_be_fen: int
    advice: str
    documents: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = " 与 ".join(self.documents)
        return f"{self.label} {self.people} 人{self.outcome_label}({said}):已发的不追回,设定之前不发"


@dataclass(frozen=True)
class NobodyDraws:
    """A benefit that nobody draws in the pay month although it could be otherwise, in an officer's words."""

    benefit: str
    label: str
    people: int  # who meet its conditions; 0 where a register that they rest on never came
    told: str


def not_drawn(coordinated: pl.DataFrame, catalogue: pl.DataFrame, pay_month: date) -> tuple[NotDrawn, ...]:
    """By benefit, outcome and why a standard is not set.

    `coordinated`: contracts.tables.Coordinated of the run. `catalogue`: its rates (RateCatalogue).
    """
    rows = _of_month(coordinated, pay_month).filter(pl.col("outcome").is_in([one.value for one in NOT_DRAWN]))
    sums = rows.group_by("benefit", *_REASON).agg(
        pl.col("person_no").n_unique().cast(pl.Int64), pl.col("would_be_fen").sum(), pl.col("rate_id").unique()
    )
    values = dict(catalogue.select("rate_id", "values_json").iter_rows())
    return tuple(
        NotDrawn(
            benefit,
            Benefit.label_of(benefit),
            outcome,
            _told(outcome, why_unset),
            people,
            fen,
            _advice(outcome, why_unset),
            documents.of_amounts(values[rate_id] for rate_id in sorted(rate_ids)) if _is_broken(why_unset) else (),
        )
        for benefit, outcome, why_unset, people, fen, rate_ids in sums.sort(
            "benefit", "outcome", "unset_code", nulls_last=False
        ).iter_rows()
    )


def people_not_drawing(
    coordinated: pl.DataFrame, pay_month: date, identities: pl.DataFrame, lives: pl.DataFrame
) -> pl.DataFrame:
    """The same by person, columns of LISTED, by benefit and township.

    `identities`: person_no, person_id. `lives`: person_no, name, township, village, phone.
    """
    rows = _of_month(coordinated, pay_month).filter(pl.col("outcome").is_in([one.value for one in NOT_DRAWN]))
    reasons = rows.select(*_REASON).unique()
    reasons = reasons.with_columns(told=pl.Series([f"{_told(*one)}:{_advice(*one)}" for one in reasons.rows()]))
    benefits = {benefit.value: benefit.label for benefit in Benefit}
    return (
        rows.with_columns(*_REASON)
        .join(reasons, on=["outcome", "unset_code"], nulls_equal=True, validate="m:1")
        .join(identities, on="person_no")
        .join(lives, on="person_no", how="left")
        .sort("benefit", "outcome", "township", "village", "person_id", nulls_last=True)
        .with_columns(
            pl.col("benefit").cast(pl.String).replace(benefits),
            outcome="told",
            benefit_month=pl.lit(month_text(pay_month)),
        )
        .select(*LISTED)
    )


def nobody_draws(
    coordinated: pl.DataFrame,
    pay_month: date,
    looked_at: Mapping[str, Collection[str]],
    never_received: Collection[str],
    in_registers: Mapping[str, int],
) -> tuple[NobodyDraws, ...]:
    """Benefits that no one draws, with the reason, where a register, claims or a standard are lacking.

    `looked_at`: benefit of the county → the registers its conditions look at. `in_registers`: register → rows taken.
    """
    return tuple(_nobody_draws(_of_month(coordinated, pay_month), looked_at, never_received, in_registers))


def _nobody_draws(
    rows: pl.DataFrame,
    looked_at: Mapping[str, Collection[str]],
    never_received: Collection[str],
    in_registers: Mapping[str, int],
) -> Iterator[NobodyDraws]:
    for benefit, registers in looked_at.items():
        of_benefit = rows.filter(pl.col("benefit") == benefit)
        if (of_benefit["outcome"] == Outcome.ENTITLED.value).any():
            continue
        label, people = Benefit.label_of(benefit), of_benefit["person_no"].n_unique()
        absent = [label_of(name) for name in REGISTERS if name in registers and name in never_received]
        unclaimed = of_benefit.filter(pl.col("outcome") == Outcome.NOT_CLAIMED.value)["person_no"].n_unique()
        unset = of_benefit.filter(pl.col("outcome") == Outcome.STANDARD_NOT_SET.value)
        why = dict.fromkeys(_told(*one) for one in unset.select(*_REASON).unique().sort("unset_code").rows())
        known = [
            f"{label_of(name)} {in_registers[name]} 行"
            for name in REGISTERS
            if name in registers and in_registers.get(name)
        ]
        before = f"{label} 0 人领取" + (f"(名册收下{'、'.join(known)})" if known else "")
        if not people and absent:
            yield NobodyDraws(benefit, label, 0, f"{before}:从未收到{'、'.join(absent)}名册")
        elif unclaimed and CLAIM in never_received:
            yield NobodyDraws(benefit, label, people, f"{before}:{unclaimed} 人条件具备,从未收到申请名册")
        elif unclaimed:
            yield NobodyDraws(benefit, label, people, f"{before}:{unclaimed} 人条件具备,没有一人的申请已获审批")
        elif why:
            count = unset["person_no"].n_unique()
            yield NobodyDraws(benefit, label, people, f"{before}:{count} 人条件具备,{'、'.join(why)}")


_REASON = (
    pl.col("outcome"),
    pl.when(pl.col("outcome") == Outcome.STANDARD_NOT_SET.value).then("unset_code").alias("unset_code"),
)


def _is_broken(why_unset: str | None) -> TypeGuard[str]:
    return why_unset not in (None, UnsetReason.NOT_SET)


def _told(outcome: str, why_unset: str | None) -> str:
    return UnsetReason.label_of(why_unset) if _is_broken(why_unset) else Outcome.label_of(outcome)


def _advice(outcome: str, why_unset: str | None) -> str:
    return OUT_OF_BOUNDS if _is_broken(why_unset) else WHAT_TO_DO[Outcome(outcome)]


def _of_month(coordinated: pl.DataFrame, pay_month: date) -> pl.DataFrame:
    return coordinated.filter(pl.col("benefit_month") == pay_month)
