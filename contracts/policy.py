"""What the rulebook hands to the calculators: conditions as trees, figures as frames. Plain data.

A `when:` tree is made of `AllOf`, `AnyOf`, `Not`, `Fact`, `Switch`, `Compare` and `OneOf`. Words are those of
`contracts.vocabulary`; a parameter is named as in the pack, without the benefit (`min_age`), and stands in the rates as
column `p_<name>`. A leaf's `source` is the document and clause it rests on, for a person to read, where that is not the
one of the whole condition; it is no part of what the leaf says, and two leaves that say the same are equal.

`BenefitRules.rates` has one row per benefit month and combination of keys:

    benefit_month   Date
    <keys>          fact columns the figures are keyed by (age_years, disability_grade, area_code …); the domain holds
                    null too, so a left join with `nulls_equal=True` on benefit_month and keys never misses
    p_<parameter>   Boolean, Int64 (whole numbers as such, money in fen with suffix _fen, fractions as _num and _den) or
                    String; null: no value
    p_excluded_by_<word>   Boolean: this status excludes the benefit in the month
    p_is_abolished  Boolean: from here on there is no row
    unset_code      Enum UnsetReason, null where the standard is set
    rate_id         String: names the set of values this row rests on; the key of `Rules.catalogue`

Money columns each calculator reads are in `RATE_MONEY`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import polars as pl

from contracts.codes import AuditRule, Benefit, ChoiceGroup, UnsetReason


@dataclass(frozen=True)
class Parameter:
    """A reference to a pack value: `$min_age`."""

    name: str


@dataclass(frozen=True)
class AllOf:
    """Every one of these conditions holds."""

    conditions: tuple[Condition, ...]
    label: str = ""


@dataclass(frozen=True)
class AnyOf:
    """At least one of these conditions holds."""

    conditions: tuple[Condition, ...]
    label: str = ""


@dataclass(frozen=True)
class Not:
    """The condition does not hold."""

    condition: Condition


@dataclass(frozen=True)
class Fact:
    """A yes/no word of the vocabulary."""

    word: str
    source: str = field(default="", compare=False)


@dataclass(frozen=True)
class Switch:
    """A yes/no parameter of the pack."""

    parameter: Parameter
    source: str = field(default="", compare=False)


@dataclass(frozen=True)
class Compare:
    """A number word within bounds, both included: `{age: {at_least: $min_age, at_most: 99}}`; `below` excludes."""

    word: str
    at_least: int | Parameter | None = None
    at_most: int | Parameter | None = None
    below: int | Parameter | None = None
    source: str = field(default="", compare=False)


@dataclass(frozen=True)
class OneOf:
    """A code word, or a text parameter, is one of these codes."""

    subject: str | Parameter
    codes: tuple[str, ...]
    source: str = field(default="", compare=False)


Leaf = Fact | Switch | Compare | OneOf
Condition = AllOf | AnyOf | Not | Leaf


def leaves(tree: Condition) -> Iterator[Leaf]:
    """The conditions that are not made of others, in the order they are written."""
    match tree:
        case AllOf(conditions=conditions) | AnyOf(conditions=conditions):
            for condition in conditions:
                yield from leaves(condition)
        case Not(condition=condition):
            yield from leaves(condition)
        case _:
            yield tree


# Figures every benefit's rates carry.
COMMON_RATES: Mapping[str, pl.DataType] = {
    "p_min_age": pl.Int64(),
    "p_round_up_to_fen": pl.Int64(),
    "p_enrolment": pl.String(),
    "p_start_rule": pl.String(),
    "p_payee": pl.String(),
    "p_choose_group": pl.String(),
    "p_tie_rank": pl.Int64(),
    "p_is_abolished": pl.Boolean(),
}
# Money and fractions, per benefit. A sum is for as many months as its _months says: 1, or 12 where the law is yearly.
RATE_MONEY: Mapping[Benefit, Mapping[str, pl.DataType]] = {
    **{
        benefit: {"p_amount_fen": pl.Int64(), "p_amount_months": pl.Int64()}
        for benefit in Benefit
        if benefit not in (Benefit.TEKUN_LIVING, Benefit.TEKUN_CARE)
    },
    # (dibao × ratio) / (12 where dibao is yearly), or a published amount
    Benefit.TEKUN_LIVING: {
        "p_amount_fen": pl.Int64(),
        "p_amount_months": pl.Int64(),
        "p_dibao_fen": pl.Int64(),
        "p_dibao_months": pl.Int64(),
        "p_ratio_num": pl.Int64(),
        "p_ratio_den": pl.Int64(),
    },
    # (minimum wage of the county's tier × ratio), or the benchmark's amount, or a published amount
    Benefit.TEKUN_CARE: {
        "p_amount_fen": pl.Int64(),
        "p_amount_months": pl.Int64(),
        "p_wage_fen": pl.Int64(),
        "p_ratio_num": pl.Int64(),
        "p_ratio_den": pl.Int64(),
        "p_benchmark_fen": pl.Int64(),
        "p_benchmark_months": pl.Int64(),
    },
}
RATE_TAIL: Mapping[str, pl.DataType] = {
    "unset_code": UnsetReason.dtype(),
    "rate_id": pl.String(),
}


@dataclass(frozen=True)
class BenefitRules:
    """One benefit in one county, for every month asked for, as known on one day."""

    benefit: Benefit
    when: Condition
    when_source: str  # document and clause of the conditions, for a person to read
    keys: tuple[str, ...]
    rates: pl.DataFrame = field(repr=False)
    labels: Mapping[str, str]  # parameter of the conditions, without its benefit → its name in Chinese


@dataclass(frozen=True)
class ServiceRule:
    """An item of the list that is not computed as cash, and who may have it as far as registers decide."""

    list_item: str
    item_id: str
    name: str
    when: Condition
    source: str  # document and clause, for a person to read


# Audit rules that the pack gives a number, and what it counts.
AUDIT_LIMITS: Mapping[AuditRule, str] = {
    AuditRule.R20: "级",
    AuditRule.R29: "天",
    AuditRule.R31: "个工作日",
    AuditRule.R32: "个月",
    AuditRule.R36: "周岁",
}


MAY_LACK_LIMIT = (AuditRule.R31,)  # packs that months were decided by before it had one are kept


@dataclass(frozen=True)
class AuditSetting:
    """What a county's pack says of one audit rule: whether its findings stop the batch; its limit, where it has one."""

    rule: AuditRule
    is_blocking: bool
    limit: int | None
    source: str  # document and clause, for a person to read


@dataclass(frozen=True)
class PairRule:
    """What the law says of two benefits of one person in one month."""

    first: Benefit
    second: Benefit
    relation: Literal["stack", "exclude", "choose_higher"]
    source: str  # document and clause, for a person to read
    group: str = ""


# How the months of a benefit that has pay months of its own are paid: when what is posted in a month goes out.
PAY_RHYTHM = pl.Schema(
    {
        "benefit": Benefit.dtype(),
        "posted_month": pl.Date(),  # a pay month of the county
        "due_month": pl.Date(),  # the benefit's first pay month from it on
        "pay_months": pl.String(),  # as printed: 3、6、9、12
        "source": pl.String(),  # document and clause, for a person to read
    }
)


@dataclass(frozen=True)
class Rules:
    """The law of one county, resolved. `pay_rhythm` (PAY_RHYTHM) has no row of what every month pays."""

    county: str
    county_name: str
    known_on: date
    months: tuple[date, ...]
    benefits: Mapping[Benefit, BenefitRules]
    pairs: tuple[PairRule, ...]
    catalogue: pl.DataFrame = field(repr=False)  # contracts.tables.RateCatalogue
    pack_digest: str = ""
    pay_rhythm: pl.DataFrame = field(default_factory=PAY_RHYTHM.to_frame, repr=False)

    def choose_groups(self) -> pl.DataFrame:
        """The choose group of each benefit and month that has one, whether or not anyone has a row of it.

        Columns benefit (Benefit), benefit_month (Date), group (ChoiceGroup). A benefit has one group a month at most.
        """
        found = [
            rules.rates.select(pl.lit(benefit.value).alias("benefit"), "benefit_month", group="p_choose_group")
            for benefit, rules in self.benefits.items()
        ]
        schema = pl.Schema({"benefit": Benefit.dtype(), "benefit_month": pl.Date(), "group": ChoiceGroup.dtype()})
        return pl.concat(found).drop_nulls("group").unique().cast(schema).sort("benefit", "benefit_month")
