"""Low income, special families, and payments suspended."""

from __future__ import annotations

import polars as pl

from contracts.codes import Area, FamilyPlanningKind, LowIncomeCategory, SelfCare, SupportMode, SuspensionReason
from generator.draws import chance, draw, pick
from generator.people import AHEAD, PAST, lateness, month_drawn, month_of
from generator.rows import EVER, granted, learnt, rows, share_by_age

TEKUN_OF_ELDERS, TEKUN_OF_OTHERS = 1_900, 40
DIBAO_ALONE = ((60, 5_500), (0, 300))  # one-person households
DIBAO_HOUSEHOLDS, MARGIN_HOUSEHOLDS, HARDSHIP_HOUSEHOLDS = 2_400, 1_000, 150
IN_AN_INSTITUTION = 20_000
SELF_CARE = ((SelfCare.ABLE.label, 60_000), (SelfCare.HALF.label, 25_000), (SelfCare.FULL.label, 15_000))
NOT_RECIPIENT = 15_000  # members of a dibao household who draw nothing themselves
ENDING = 15_000

SPECIAL_FROM_AGE = 49
SPECIAL = 550
KINDS = ((FamilyPlanningKind.DEATH.label, 60_000), (FamilyPlanningKind.DISABILITY.label, 40_000))

SUSPENDED_FROM_AGE = 80  # or with low income
SUSPENDED = 1_500
REASONS = tuple(
    (reason.label, share)
    for reason, share in (
        (SuspensionReason.UNREACHABLE, 30_000),
        (SuspensionReason.REVIEW, 30_000),
        (SuspensionReason.PAYEE_CHANGE, 20_000),
        (SuspensionReason.ACCOUNT, 15_000),
        (SuspensionReason.PRISON, 5_000),
    )
)


def low_income(people: pl.DataFrame, first: int) -> pl.DataFrame:
    """低保, 特困, 低保边缘 and 支出型困难: of households, and of people living alone; one row for each person."""
    elder = pl.col("age_years") >= 60
    tekun = chance("tekun", pl.when(elder).then(TEKUN_OF_ELDERS).otherwise(TEKUN_OF_OTHERS))
    alone = chance("dibao alone", share_by_age(DIBAO_ALONE))
    drawn = draw("low income", 100_000, "household_key")
    margin_end = DIBAO_HOUSEHOLDS + MARGIN_HOUSEHOLDS
    category = (
        pl.when(tekun)
        .then(pl.lit(LowIncomeCategory.TEKUN.label))
        .when(alone | (drawn < DIBAO_HOUSEHOLDS))
        .then(pl.lit(LowIncomeCategory.DIBAO.label))
        .when(drawn < margin_end)
        .then(pl.lit(LowIncomeCategory.MARGIN.label))
        .when(drawn < margin_end + HARDSHIP_HOUSEHOLDS)
        .then(pl.lit(LowIncomeCategory.EXPENSE_HARDSHIP.label))
    )
    is_tekun = pl.col("category") == LowIncomeCategory.TEKUN.label
    is_alone = is_tekun | alone
    in_institution = chance("institution", IN_AN_INSTITUTION)
    granted_key = pl.when(is_alone).then("key").otherwise("household_key")
    listed = (
        people.with_columns(category=category)
        .filter(pl.col("category").is_not_null())
        .with_columns(granted_key=granted_key)
        .with_columns(
            household_id=pl.when(is_alone)
            .then(pl.format("D{}", pl.col("position").cast(pl.String).str.zfill(8)))
            .otherwise(pl.format("H{}", pl.col("household").cast(pl.String).str.zfill(8))),
            area=pl.when(pl.col("hukou_type") == "农村")
            .then(pl.lit(Area.RURAL.label))
            .otherwise(pl.lit(Area.URBAN.label)),
            is_recipient=is_alone
            | ((pl.col("category") == LowIncomeCategory.DIBAO.label) & ~chance("no recipient", NOT_RECIPIENT)),
            support_mode=pl.when(is_tekun & in_institution)
            .then(pl.lit(SupportMode.INSTITUTION.label))
            .when(is_tekun)
            .then(pl.lit(SupportMode.HOME.label)),
            self_care=pl.when(is_tekun).then(pick("self care", SELF_CARE)),
            institution_id=pl.when(is_tekun & in_institution).then(
                pl.format("YL{}", (pl.col("township_index") + 1).cast(pl.String).str.zfill(2))
            ),
            from_month=granted(first, "granted_key"),
            to_month=pl.when(chance("ends", ENDING, "granted_key")).then(_ending(first, "granted_key")),
        )
        .with_columns(to_month=pl.when(pl.col("to_month") > pl.col("from_month")).then("to_month"))
        .with_columns(seen_from=pl.col("from_month") + lateness(), seen_until=pl.lit(EVER, pl.Int32))
    )
    return rows("low_income", learnt(listed, "to_month", pl.col("to_month") + 1 + lateness()))


def is_dibao() -> pl.Expr:
    """The low_income row is 低保."""
    return pl.col("category") == LowIncomeCategory.DIBAO.label


def _ending(first: int, key: str) -> pl.Expr:
    return (draw("ends in", 12 + AHEAD, key) - 12 + first).cast(pl.Int32)


def family_planning(people: pl.DataFrame) -> pl.DataFrame:
    """Families whose only child died or is disabled."""
    eligible = people.filter((pl.col("age_years") >= SPECIAL_FROM_AGE) & chance("special family", SPECIAL))
    return rows(
        "family_planning",
        eligible.with_columns(
            kind=pick("kind", KINDS),
            from_month=(month_of("birth_date") + SPECIAL_FROM_AGE * 12 + draw("special in", 60)).cast(pl.Int32),
        ).with_columns(seen_from=pl.col("from_month") + lateness()),
    )


def suspension(people: pl.DataFrame, low_income: pl.DataFrame, first: int) -> pl.DataFrame:
    """Suspensions of everything (全部), most of them ended after a few months and owed later."""
    poor = pl.col("position").is_in(low_income["position"].implode())
    suspended = people.filter(((pl.col("age_years") >= SUSPENDED_FROM_AGE) | poor) & chance("suspended", SUSPENDED))
    is_prison = pl.col("reason_code") == SuspensionReason.PRISON.label
    dated = suspended.with_columns(
        benefit=pl.lit("全部"),
        reason_code=pick("suspended for", REASONS),
        from_month=month_drawn("suspended in", first, PAST, AHEAD),
        seen_until=pl.lit(EVER, pl.Int32),
    ).with_columns(
        to_month=(pl.col("from_month") + draw("suspended months", 4)).cast(pl.Int32),
        back_pay=~is_prison,
        seen_from=pl.col("from_month"),
    )
    return rows("suspension", learnt(dated, "to_month", pl.col("to_month") + 1))
