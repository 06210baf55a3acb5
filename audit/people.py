"""Whether the person is alive, of age, registered here, and one person."""

from __future__ import annotations

from datetime import date

import polars as pl

from audit.evidence import in_month, not_running, of_lines, of_people, running
from contracts.codes import SameGround, SuspensionReason

PERSON = "person_no"


def paid_after_death(lines: pl.LazyFrame, population: pl.LazyFrame) -> pl.LazyFrame:
    """Lines for months after that of the earliest evidenced day of death."""
    deaths = population.drop_nulls("died_on").group_by(PERSON).agg(pl.col("died_on").min())
    after = lines.join(deaths, on=PERSON).filter(pl.col("benefit_month") > pl.col("died_on").dt.month_start())
    return of_lines(after, pl.format("{} 去世", "died_on"))


def below_age(lines: pl.LazyFrame, rates: pl.LazyFrame, population: pl.LazyFrame) -> pl.LazyFrame:
    """Lines whose rate is for older people; a birthday on any day of the month counts."""
    young = _with_age(lines, rates, population).filter(_age(counts_in_birth_month=True) < pl.col("least_age"))
    return of_lines(young, pl.format("{} 出生,不满 {} 周岁", "birth_date", "least_age"))


def above_band(lines: pl.LazyFrame, rates: pl.LazyFrame, population: pl.LazyFrame) -> pl.LazyFrame:
    """Lines whose rate is for younger people; in the month of the birthday both bands may be right."""
    old = _with_age(lines, rates, population).filter(_age(counts_in_birth_month=False) >= pl.col("below_age"))
    return of_lines(old, pl.format("{} 出生,已满 {} 周岁", "birth_date", "below_age"))


def not_registered(lines: pl.LazyFrame, population: pl.LazyFrame, county: str) -> pl.LazyFrame:
    """Lines for months in which the person is not registered in the county.

    Registered from the month after moving in, through the month of moving out; out before in on one row is away and
    back.
    """
    here = population.filter(pl.col("division_code").str.starts_with(county)).select(
        PERSON,
        came_back=(pl.col("moved_out_on") < pl.col("moved_in_on")).fill_null(value=False),
        arrived=pl.col("moved_in_on").dt.month_start().dt.offset_by("1mo"),
        left=pl.col("moved_out_on").dt.month_start(),
    )
    stayed = here.select(PERSON, first_month=pl.when(~pl.col("came_back")).then("arrived"), last_month="left")
    returned = here.filter("came_back").select(PERSON, first_month="arrived", last_month=pl.lit(None, pl.Date()))
    return of_lines(not_running(lines, pl.concat([stayed, returned])), pl.lit("人口名册中该月户籍不在本县"))


def two_numbers(lines: pl.LazyFrame, same_people: pl.LazyFrame, month: date) -> pl.LazyFrame:
    """Two numbers that may be one person's, both with a line in the month."""
    paid = in_month(lines, month).select(PERSON).unique()
    both = same_people.join(paid, on=PERSON, how="semi").join(paid, left_on="other_no", right_on=PERSON, how="semi")
    words = {one.value: one.label for one in SameGround}
    told = pl.col("evidence").str.split("+").list.eval(pl.element().replace(words)).list.join("、")
    pairs = pl.concat([both.select("evidence", person_no=name) for name in (PERSON, "other_no")])
    return of_people(pairs, pl.format("与另一号码疑为同一人:{}", told))


def in_custody(lines: pl.LazyFrame, custody: pl.LazyFrame, suspension: pl.LazyFrame) -> pl.LazyFrame:
    """Lines for months spent in custody from first to last day, or that a suspension for it covers."""
    held = custody.select(
        PERSON,
        first_month=pl.col("taken_in_on").dt.month_start().dt.offset_by("1mo"),
        last_month=pl.col("released_on").dt.month_start().dt.offset_by("-1mo"),
        detail=pl.format("{} 收监", "taken_in_on"),
    )
    serving = suspension.filter(pl.col("reason_code") == SuspensionReason.PRISON.value).select(
        PERSON,
        first_month="from_month",
        last_month="to_month",
        detail=pl.format("暂停名册:自 {} 服刑", pl.col("from_month").dt.strftime("%Y-%m")),
    )
    return of_lines(running(lines, pl.concat([held, serving])), pl.col("detail"))


def very_old(lines: pl.LazyFrame, population: pl.LazyFrame, month: date, limit: int) -> pl.LazyFrame:
    """Everybody with a line in the month who has reached the age `limit`: to be seen at home."""
    born = population.group_by(PERSON).agg(pl.col("birth_date").min())
    old = in_month(lines, month).join(born, on=PERSON).filter(_age(counts_in_birth_month=True) >= limit)
    return of_people(old.unique(PERSON), pl.format("{} 出生,须上门核实", "birth_date"))


def _with_age(lines: pl.LazyFrame, rates: pl.LazyFrame, population: pl.LazyFrame) -> pl.LazyFrame:
    born = population.group_by(PERSON).agg(pl.col("birth_date").min())
    return lines.join(rates, on="rate_id").join(born, on=PERSON)


def _age(*, counts_in_birth_month: bool) -> pl.Expr:
    month, born = pl.col("benefit_month").dt, pl.col("birth_date").dt
    is_before = month.month() < born.month() if counts_in_birth_month else month.month() <= born.month()
    return month.year() - born.year() - is_before.cast(pl.Int32)
