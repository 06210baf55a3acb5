"""Certificates of disability, and what is claimed and chosen because of them."""

from __future__ import annotations

import polars as pl

from contracts.codes import Benefit, ChoiceGroup, DisabilityCategory
from generator.draws import chance, draw, pick
from generator.hardship import is_dibao
from generator.people import AHEAD, day_in, month_drawn, month_of
from generator.rows import EVER, learnt, rows, seen_after, share_by_age

DISABLED = ((60, 6_800), (0, 2_100))
DISABILITY = (  # category, its digit in the certificate number, share
    (DisabilityCategory.PHYSICAL, "4", 55_000),
    (DisabilityCategory.VISUAL, "1", 12_000),
    (DisabilityCategory.HEARING, "2", 10_000),
    (DisabilityCategory.MENTAL, "6", 9_000),
    (DisabilityCategory.INTELLECTUAL, "5", 8_000),
    (DisabilityCategory.MULTIPLE, "7", 4_000),
    (DisabilityCategory.SPEECH, "3", 2_000),
)
DIGITS = {category.label: digit for category, digit, _ in DISABILITY}
CATEGORIES = tuple((category.label, share) for category, _, share in DISABILITY)
GRADES = ((1, 12_000), (2, 28_000), (3, 28_000), (4, 32_000))
SEVERE = 2  # and the grade before it
LONG_TERM_CARE = 60_000  # of the severe
CERTIFICATE_YEARS = 10
ISSUED_LATER = 15_000
CANCELLED = 3_000
RENEWED = 92_000  # of the certificates that run out
CLAIMED = 93_000
CHOOSING = 25_000  # of those who may draw either care benefit


def disability(people: pl.DataFrame, first: int) -> pl.DataFrame:
    """Certificates, most of them renewed before they run out; a renewal is a second row."""
    severe = pl.col("grade") <= SEVERE
    certified = (
        people.filter(chance("disabled", share_by_age(DISABLED)))
        .with_columns(
            category=pick("disability", CATEGORIES),
            grade=pick("grade", GRADES).cast(pl.Int64),
            issued_on=day_in(
                month_drawn("issued", first, CERTIFICATE_YEARS * 12, 0)
                + pl.when(chance("issued later", ISSUED_LATER)).then(AHEAD).otherwise(0),
                "issued day",
            ),
        )
        .with_columns(
            certificate_no=pl.concat_str(
                "person_id", pl.col("category").replace_strict(DIGITS), pl.col("grade").cast(pl.String)
            ),
            needs_long_term_care=severe & chance("long-term care", LONG_TERM_CARE),
            expires_on=pl.col("issued_on").dt.offset_by(f"{CERTIFICATE_YEARS}y"),
            cancelled_on=pl.when(chance("cancelled", CANCELLED)).then(
                day_in(month_drawn("cancelled in", first, 12, AHEAD), "cancelled day")
            ),
            seen_until=pl.lit(EVER, pl.Int32),
        )
        .with_columns(
            seen_from=seen_after("issued_on"),
            cancelled_on=pl.when(pl.col("cancelled_on") > pl.col("issued_on")).then("cancelled_on"),
        )
    )
    renewed = certified.filter(
        chance("renewed", RENEWED) & pl.col("cancelled_on").is_null() & (month_of("expires_on") < first + AHEAD)
    ).with_columns(
        issued_on=pl.col("expires_on").dt.offset_by("-20d"),
        expires_on=pl.col("expires_on").dt.offset_by(f"{CERTIFICATE_YEARS}y"),
    )
    issued = pl.concat([certified, renewed.with_columns(seen_from=seen_after("issued_on"))])
    return rows("disability", learnt(issued, "cancelled_on", seen_after("cancelled_on")))


def claim(people: pl.DataFrame, low_income: pl.DataFrame, disability: pl.DataFrame) -> pl.DataFrame:
    """Claims of most who can draw a disability subsidy: handed in after the certificate, approved weeks later."""
    dibao = low_income.filter(is_dibao()).select("position").unique()
    held = disability.group_by("position").agg(pl.col("issued_on").min(), pl.col("grade").min())
    holders = people.join(held, on="position", maintain_order="left")
    claimed = pl.concat(
        [
            _claims(
                holders.join(dibao, on="position", how="semi", maintain_order="left"), Benefit.DISABILITY_LIVING_SUBSIDY
            ),
            _claims(holders.filter(pl.col("grade") <= SEVERE), Benefit.DISABILITY_CARE_SUBSIDY),
        ]
    )
    return rows("claim", learnt(claimed, "approved_on", month_of("approved_on") + 1))


def _claims(holders: pl.DataFrame, benefit: Benefit) -> pl.DataFrame:
    return (
        holders.filter(chance(f"claims {benefit}", CLAIMED))
        .with_columns(
            benefit=pl.lit(benefit.label),
            claimed_on=pl.col("issued_on") + pl.duration(days=draw(f"claims {benefit} after", 90)),
            seen_until=pl.lit(EVER, pl.Int32),
        )
        .with_columns(
            approved_on=pl.col("claimed_on") + pl.duration(days=5 + draw(f"approves {benefit} after", 35)),
            seen_from=month_of("claimed_on") + 1,
        )
    )


def choice(
    people: pl.DataFrame, low_income: pl.DataFrame, disability: pl.DataFrame, ability: pl.DataFrame, first: int
) -> pl.DataFrame:
    """Some of those who may draw either care benefit have chosen one."""
    candidates = people.filter(chance("chooses", CHOOSING))
    for those in (
        low_income.filter(is_dibao()),
        disability.filter(pl.col("grade") <= SEVERE),
        ability.filter("is_unable"),
    ):
        candidates = candidates.join(those.select("position"), on="position", how="semi", maintain_order="left")
    chosen = pick(
        "chosen", [(Benefit.ELDER_CARE_SUBSIDY.label, 50_000), (Benefit.DISABILITY_CARE_SUBSIDY.label, 50_000)]
    )
    dated = candidates.with_columns(
        group=pl.lit(ChoiceGroup.CARE.label),
        benefit=chosen,
        from_month=month_drawn("chosen in", first, AHEAD, AHEAD),
    )
    return rows("choice", dated.with_columns(seen_from="from_month"))
