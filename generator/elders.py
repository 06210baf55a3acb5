"""What is kept of the old: how able they are, and until when they are certified to be alive."""

from __future__ import annotations

import polars as pl

from contracts.codes import AbilityScale
from generator.draws import chance, draw, pick
from generator.hardship import is_dibao
from generator.people import AHEAD, day_in, month_drawn
from generator.rows import ALWAYS, rows

ASSESSED_FROM_AGE = 70
ASSESSED, ASSESSED_DIBAO = 12_000, 35_000
ASSESSED_BEFORE, ASSESSED_LATER = 30, 6  # months
LEVELS = ((0, 38_000), (1, 27_000), (2, 17_000), (3, 12_000), (4, 6_000))
SCALES = ((AbilityScale.GBT_42195.label, 92_000), (AbilityScale.MZT_039.label, 8_000))
FOUND_UNABLE = 80_000  # of those at level 3 or 4

CERTIFIED_FROM_AGE = 80
CERTIFIED_FOR = 12  # months
RENEWED_LATE = ((0, 97_000), (1, 2_000), (2, 1_000))  # months


def ability(people: pl.DataFrame, low_income: pl.DataFrame, first: int) -> pl.DataFrame:
    """Assessments of some of 70 or more, of those in 低保 more often."""
    poor = pl.col("position").is_in(low_income.filter(is_dibao())["position"].implode())
    return rows(
        "ability",
        people.filter(
            (pl.col("age_years") >= ASSESSED_FROM_AGE)
            & chance("assessed", pl.when(poor).then(ASSESSED_DIBAO).otherwise(ASSESSED))
        )
        .with_columns(
            scale=pick("scale", SCALES),
            level=pick("level", LEVELS).cast(pl.Int64),
            assessed_month=month_drawn("assessed in", first, ASSESSED_BEFORE, ASSESSED_LATER),
        )
        .with_columns(
            assessed_on=day_in(pl.col("assessed_month"), "assessed day"),
            is_unable=(pl.col("level") >= 3) & chance("unable", FOUND_UNABLE),
            seen_from=pl.col("assessed_month") + 1,
        )
        .with_columns(
            valid_until=pl.col("assessed_on").dt.offset_by("3y"),
            unable_from_month=pl.when("is_unable").then(pl.col("assessed_month") + 1),
        ),
    )


def certification(people: pl.DataFrame, first: int) -> pl.DataFrame:
    """A certification a year for everybody of 80 or more, renewed in its last month or a little late."""
    elders = people.filter(pl.col("age_years") >= CERTIFIED_FROM_AGE).with_columns(
        ends=first + draw("certified until", CERTIFIED_FOR), late=pick("renewed late", RENEWED_LATE)
    )
    terms = pl.DataFrame({"term": range(AHEAD // CERTIFIED_FOR + 1)}, schema={"term": pl.Int64})
    certified = elders.join(terms, how="cross", maintain_order="left_right").with_columns(
        until=(pl.col("ends") + pl.col("term") * CERTIFIED_FOR).cast(pl.Int32)
    )
    renewed = (pl.col("until") + pl.col("late")).cast(pl.Int32)
    return rows(
        "certification",
        certified.with_columns(
            certified_until=pl.date(pl.col("until") // 12, pl.col("until") % 12 + 1, 1).dt.month_end(),
            seen_from=pl.when(pl.col("term") == 0)
            .then(pl.lit(ALWAYS, pl.Int32))
            .otherwise(renewed - CERTIFIED_FOR + 1),
            seen_until=renewed,
        ),
    )
