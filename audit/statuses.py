"""Whether the status the money rests on stood in its month, and no two benefits were paid that exclude one another."""

from __future__ import annotations

from datetime import date

import polars as pl

from audit.evidence import (
    in_month,
    low_income_spells,
    month_told,
    not_running,
    of,
    of_lines,
    of_people,
    running,
)
from contracts.codes import GROUP_MEMBERS, Benefit, ChoiceGroup, Doubt, Kind, LowIncomeCategory, Outcome, SelfCare

PERSON = "person_no"
DISABILITY = (Benefit.DISABILITY_LIVING_SUBSIDY.value, Benefit.DISABILITY_CARE_SUBSIDY.value)
ELDER = (Benefit.ELDER_SERVICE_SUBSIDY.value, Benefit.ELDER_CARE_SUBSIDY.value)
UNASKED = (Benefit.OLD_AGE_ALLOWANCE.value, *DISABILITY, Benefit.ELDER_CARE_SUBSIDY.value)
CARE = (Benefit.ELDER_CARE_SUBSIDY.value, Benefit.TEKUN_CARE.value)


def tekun_and_disability(lines: pl.LazyFrame, low_income: pl.LazyFrame) -> pl.LazyFrame:
    """Both disability subsidies beside 特困."""
    return _beside_tekun(of(lines, *DISABILITY), low_income)


def tekun_and_elder(lines: pl.LazyFrame, low_income: pl.LazyFrame) -> pl.LazyFrame:
    """The elders' service and care subsidies beside 特困."""
    return _beside_tekun(of(lines, *ELDER), low_income)


def tekun_and_dibao(doubts: pl.LazyFrame) -> pl.LazyFrame:
    """People of whom 低保 and 特困 run in one month, as the intake finds them."""
    rows = doubts.filter(pl.col("doubt") == Doubt.DIBAO_BESIDE_TEKUN.value).unique(PERSON)
    return of_people(rows, pl.lit("低收入名册中特困与低保同月有效"))


def both_of_care(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Both members of the care group in one month."""
    return _both_of(lines, ChoiceGroup.CARE)


def both_of_living(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Both members of the living group in one month."""
    return _both_of(lines, ChoiceGroup.LIVING)


def without_low_income(
    lines: pl.LazyFrame, low_income: pl.LazyFrame, family_planning: pl.LazyFrame, by_low_income: tuple[str, ...]
) -> pl.LazyFrame:
    """Lines that rest on the low-income register, for months in which none of the person's rows there runs.

    A special family may have the same benefit without it.
    """
    resting = of(lines, *by_low_income).join(family_planning.select(PERSON).unique(), on=PERSON, how="anti")
    ended = low_income.group_by(PERSON).agg(pl.col("to_month").max())
    lost = not_running(resting, low_income_spells(low_income)).join(ended, on=PERSON, how="left")
    told = pl.when(pl.col("to_month").is_null()).then(pl.lit("低收入名册中该月没有记录"))
    return of_lines(lost, told.otherwise(pl.format("低收入身份止于 {}", month_told("to_month").fill_null(""))))


def without_certificate(lines: pl.LazyFrame, disability: pl.LazyFrame) -> pl.LazyFrame:
    """Disability subsidies for months in which no certificate of the person is valid."""
    ended = pl.min_horizontal("expires_on", "cancelled_on")
    spells = _certificates(disability)
    last = disability.group_by(PERSON).agg(ended_on=ended.max())
    void = not_running(of(lines, *DISABILITY), spells).join(last, on=PERSON, how="left")
    told = pl.when(pl.col("ended_on").is_null()).then(pl.lit("残疾名册中该月没有有效证件"))
    return of_lines(void, told.otherwise(pl.format("残疾证止于 {}", pl.col("ended_on").cast(pl.String).fill_null(""))))


def grade_too_light(lines: pl.LazyFrame, disability: pl.LazyFrame, limit: int) -> pl.LazyFrame:
    """The care subsidy of the disabled, of whose valid certificates none is of grade `limit` or graver."""
    valid = running(of(lines, Benefit.DISABILITY_CARE_SUBSIDY.value), _certificates(disability))
    best = valid.group_by(PERSON, "benefit", "benefit_month", "amount_fen").agg(pl.col("grade").min())
    return of_lines(best.filter(pl.col("grade") > limit), pl.format("残疾等级 {} 级", "grade"))


def tier_not_of_register(lines: pl.LazyFrame, rates: pl.LazyFrame, low_income: pl.LazyFrame) -> pl.LazyFrame:
    """特困 care of a tier that is not the self-care of any 特困 row of the month."""
    labels = {one.value: one.label for one in SelfCare}
    spells = low_income_spells(low_income, [LowIncomeCategory.TEKUN.value]).with_columns(
        said=pl.col("self_care").cast(pl.String).replace(labels)
    )
    tiered = of(lines, Benefit.TEKUN_CARE.value).join(rates.drop_nulls("tier"), on="rate_id")
    run = running(tiered, spells).drop_nulls("said")
    fits = run.filter(pl.col("said") == pl.col("tier")).select(PERSON, "benefit_month")
    wrong = run.join(fits, on=[PERSON, "benefit_month"], how="anti").unique([PERSON, "benefit_month"], keep="first")
    return of_lines(wrong, pl.format("按{}发,名册为{}", "tier", "said"))


def never_assessed(lines: pl.LazyFrame, ability: pl.LazyFrame, low_income: pl.LazyFrame) -> pl.LazyFrame:
    """Care money for months without a valid assessment or determination; of 特困, without a self-care."""
    assessed = ability.filter(pl.col("level").is_not_null()).select(
        PERSON, first_month=pl.col("assessed_on").dt.month_start(), last_month=pl.col("valid_until").dt.month_start()
    )
    determined = ability.filter("is_unable").select(
        PERSON,
        first_month=pl.coalesce("unable_from_month", pl.col("assessed_on").dt.month_start()),
        last_month="unable_to_month",
    )
    tekun = low_income_spells(low_income.filter(pl.col("self_care").is_not_null()), [LowIncomeCategory.TEKUN.value])
    elder = not_running(of(lines, Benefit.ELDER_CARE_SUBSIDY.value), pl.concat([assessed, determined]))
    without = not_running(of(lines, Benefit.TEKUN_CARE.value), tekun.select(PERSON, "first_month", "last_month"))
    return of_lines(pl.concat([elder, without]), pl.lit("该月没有有效的能力评估或自理认定"))


def should_draw(coordinated: pl.LazyFrame, month: date) -> pl.LazyFrame:
    """Who meets the conditions of a benefit in the month and draws nothing for want of a claim: 政策找人."""
    rows = of(in_month(coordinated, month), *UNASKED).filter(pl.col("outcome") == Outcome.NOT_CLAIMED.value)
    return of_lines(rows.with_columns(amount_fen="would_be_fen"), pl.lit("条件具备,没有已审批的申请"))


def without_claim(lines: pl.LazyFrame, claim: pl.LazyFrame, by_claim: tuple[str, ...]) -> pl.LazyFrame:
    """Lines of a benefit on claim, of people without an approved claim of it."""
    approved = claim.drop_nulls("approved_on").select(PERSON, "benefit").unique()
    return of_lines(of(lines, *by_claim).join(approved, on=[PERSON, "benefit"], how="anti"), pl.lit("没有已审批的申请"))


def never_published(
    lines: pl.LazyFrame, due: pl.LazyFrame, published: pl.LazyFrame, month: date, limit: int | None
) -> pl.LazyFrame:
    """Who draws a benefit in the month and stood on no list that hung `limit` working days since his first month of it.

    Whose first month comes as arrears now stood on no earlier list. Without a list on record nobody is told; where the
    pack gives no number, a list that hung at all is enough.
    """
    key = [PERSON, "benefit"]
    first = lines.group_by(key).agg(pl.col("benefit_month").min())
    late = due.filter(pl.col("kind") == Kind.ARREARS.value, pl.col("attempt") == 1)
    new = first.join(late, on=[*key, "benefit_month"], how="semi").select(*key, is_new=pl.lit(value=True))
    listed = published.select(
        is_kept=pl.len() > 0, last=pl.col("pay_month").filter(pl.col("days") >= (limit or 1)).max()
    )
    began = pl.when("is_new").then(pl.lit(month)).otherwise("first_month")
    rows = (
        in_month(lines, month)
        .join(first.rename({"benefit_month": "first_month"}), on=key)
        .join(new, on=key, how="left")
        .join(listed, how="cross")
        .filter("is_kept", pl.col("last").is_null() | (pl.col("last") < began))
    )
    return of_lines(rows, pl.lit("领取以来没有张贴满期的公示名单"))


def _beside_tekun(lines: pl.LazyFrame, low_income: pl.LazyFrame) -> pl.LazyFrame:
    spells = low_income_spells(low_income, [LowIncomeCategory.TEKUN.value])
    both = running(lines, spells).unique([PERSON, "benefit", "benefit_month"], keep="first", maintain_order=True)
    return of_lines(both, pl.format("特困自 {}", month_told("first_month").fill_null("起始不明")))


def _both_of(lines: pl.LazyFrame, group: ChoiceGroup) -> pl.LazyFrame:
    members = of(lines, *(one.value for one in GROUP_MEMBERS[group]))
    both = members.filter(pl.col("benefit").n_unique().over(PERSON, "benefit_month") > 1)
    return of_lines(both, pl.lit("同月领取" + "、".join(one.label for one in GROUP_MEMBERS[group])))


def _certificates(disability: pl.LazyFrame) -> pl.LazyFrame:
    return disability.select(
        PERSON,
        "grade",
        first_month=pl.col("issued_on").dt.month_start(),
        last_month=pl.min_horizontal("expires_on", "cancelled_on").dt.month_start(),
    )
