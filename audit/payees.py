"""Where the money goes: to one account, one line, one county, and to whom it is meant for."""

from __future__ import annotations

from datetime import date

import polars as pl

from audit.evidence import in_month, low_income_spells, of, of_lines, of_people, running
from contracts.codes import Benefit, Doubt, LowIncomeCategory, SupportMode

PERSON = "person_no"
KEY = (PERSON, "benefit", "benefit_month")
TEKUN = (Benefit.TEKUN_LIVING.value, Benefit.TEKUN_CARE.value)


def paid_twice(due: pl.LazyFrame, lines: pl.LazyFrame) -> pl.LazyFrame:
    """Keys of which more is paid next than the month is worth, whatever the town, payee or kind."""
    paid = due.group_by(KEY).agg(pl.col("pays_fen").sum())
    more = paid.join(lines, on=KEY).filter(pl.col("pays_fen") > pl.col("amount_fen"))
    return of_lines(more.with_columns(amount_fen=pl.col("pays_fen") - pl.col("amount_fen")), pl.lit("同月同项多于一份"))


def paid_elsewhere(lines: pl.LazyFrame, elsewhere: pl.LazyFrame, month: date) -> pl.LazyFrame:
    """Lines of the month that another county pays as well."""
    both = in_month(lines, month).join(elsewhere, on=[PERSON, "benefit"])
    until = pl.col("to_month").fill_null(pl.col("benefit_month"))
    same = both.filter(pl.col("benefit_month").is_between(pl.col("from_month"), until))
    return of_lines(same, pl.format("{} 同月在发", "paid_by")).unique(maintain_order=True)


def wrong_kind_of_account(due: pl.LazyFrame, low_income: pl.LazyFrame) -> pl.LazyFrame:
    """特困 money to a person's account for a month in an institution, or the reverse."""
    spells = low_income_spells(low_income.drop_nulls("support_mode"), [LowIncomeCategory.TEKUN.value])
    run = running(of(due, *TEKUN).with_columns(amount_fen="pays_fen"), spells).with_columns(
        is_there=pl.col("support_mode") == SupportMode.INSTITUTION.value,
        goes_there=pl.col("institution_id").is_not_null(),
    )
    fits = run.filter(pl.col("is_there") == pl.col("goes_there")).select(KEY)
    wrong = run.join(fits, on=KEY, how="anti").unique(KEY, keep="first", maintain_order=True)
    told = pl.when("is_there").then(pl.lit("集中供养,款项付给个人")).otherwise(pl.lit("分散供养,款项付给机构"))
    return of_lines(wrong, told)


def not_to_him_or_his(doubts: pl.LazyFrame, lines: pl.LazyFrame, month: date) -> pl.LazyFrame:
    """People with a line in the month whose account receives for too many, or is another's of whom nobody says who he
    is or why he draws, as the intake finds them.
    """
    return _doubtful(doubts, in_month(lines, month), Doubt.ACCOUNT_SHARED, Doubt.DRAWN_WITHOUT_GROUND)


def another_name(doubts: pl.LazyFrame, lines: pl.LazyFrame, month: date) -> pl.LazyFrame:
    """People with a line in the month whose own account bears another name or number, or the reverse."""
    return _doubtful(doubts, in_month(lines, month), Doubt.PAYEE_AGAINST_POPULATION)


def certification_over(due: pl.LazyFrame, certification: pl.LazyFrame, month: date) -> pl.LazyFrame:
    """People who are paid next although their certification ended before the pay month."""
    over = certification.filter(pl.col("certified_until") < month).select(PERSON, "certified_until")
    paid = due.with_columns(amount_fen="pays_fen").join(over, on=PERSON)
    return of_lines(paid, pl.format("认证至 {}", "certified_until"))


def returned_and_idle(returned: pl.LazyFrame, known_on: date, limit: int) -> pl.LazyFrame:
    """Money that came back more than `limit` days ago and was not sent again."""
    idle = returned.filter((pl.lit(known_on) - pl.col("returned_on")).dt.total_days() > limit)
    return of_lines(idle.with_columns(amount_fen="pays_fen"), pl.format("{} 退票", "returned_on"))


def _doubtful(doubts: pl.LazyFrame, lines: pl.LazyFrame, *wanted: Doubt) -> pl.LazyFrame:
    labels = {doubt.value: doubt.label for doubt in wanted}
    rows = doubts.filter(pl.col("doubt").is_in(list(labels))).join(lines, on=PERSON, how="semi")
    told = pl.col("doubt").cast(pl.String).replace_strict(labels, return_dtype=pl.String)
    return of_people(rows.unique([PERSON, "doubt"], maintain_order=True), told)
