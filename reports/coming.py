"""Whose money will change in the coming months, and why: ages reached, certificates and statuses that end, suspensions.

Nothing is guessed: the registers as they are and the law as published are put to the months ahead, and each month is
compared with the one before. What is not known yet (deaths, renewals) does not happen.

In     what the pay month and the months after it owe (reports/ahead.py), the accepted registers, the county's rules
Out    COMING, one row for each person, benefit and month in which the money, or who may claim it, changes
"""

from __future__ import annotations

import polars as pl

import calculators
from contracts.codes import Benefit, Coming, Outcome
from contracts.policy import Rules
from reports.ahead import scope_of

COMING = pl.Schema(
    {
        "person_no": pl.Int64(),
        "benefit": Benefit.dtype(),
        "benefit_month": pl.Date(),
        "cause": Coming.dtype(),
        "age_years": pl.Int64(),
        "before_fen": pl.Int64(),
        "after_fen": pl.Int64(),
        "needs_claim": pl.Boolean(),  # after_fen is what a claim would bring
    }
)
_KEY = ["person_no", "benefit", "benefit_month"]
_FACTS = [
    "age_years",
    "has_birthday",
    "is_disabled",
    "disability_grade",
    "low_income_code",
    "ability_level",
    "is_unable",
]


def coming(of_ahead: pl.DataFrame, registers: calculators.Registers, rules: Rules) -> pl.DataFrame:
    """COMING in order of month, person and benefit. `of_ahead`: reports.ahead.decided of these registers and rules."""
    decided = _decided(of_ahead)
    pairs = decided.join(_one_month_on(decided), on=_KEY, how="full", coalesce=True, suffix="_before")
    known = pairs.with_columns(
        pl.col(name).fill_null(0) for name in ("paid_fen", "claim_fen", "paid_fen_before", "claim_fen_before")
    ).with_columns(needs_claim=(pl.col("claim_fen") > 0) & (pl.col("claim_fen_before") == 0))
    differ = known.filter(
        pl.col("benefit_month").is_between(rules.months[1], rules.months[-1]),
        (pl.col("paid_fen") != pl.col("paid_fen_before")) | pl.col("needs_claim"),
    )
    people = differ.select("person_no").unique()
    facts = calculators.facts(registers, rules, scope_of(rules)).select("person_no", "benefit_month", *_FACTS)
    of_them = facts.join(people.lazy(), on="person_no", how="semi").collect()
    at = ["person_no", "benefit_month"]
    told = differ.join(of_them, on=at, how="left").join(_one_month_on(of_them), on=at, how="left", suffix="_before")
    after = pl.col("paid_fen") + pl.when("needs_claim").then("claim_fen").otherwise(0)
    rows = told.select(*_KEY, "age_years", "needs_claim", cause=_CAUSE, before_fen="paid_fen_before", after_fen=after)
    return rows.select(pl.col(name).cast(dtype) for name, dtype in COMING.items()).sort(
        "benefit_month", "person_no", "benefit"
    )


def _decided(rows: pl.DataFrame) -> pl.DataFrame:
    """What each decision pays, and what it would pay if it were claimed."""
    paid = pl.when(pl.col("outcome") == Outcome.ENTITLED.value).then("amount_fen").otherwise(0)
    claim = pl.when(pl.col("outcome") == Outcome.NOT_CLAIMED.value).then("would_be_fen").otherwise(0)
    told = {"paid_fen": paid.fill_null(0), "claim_fen": claim.fill_null(0)}
    return rows.select(*_KEY, pl.col("outcome").cast(pl.String), **told)


def _one_month_on(rows: pl.DataFrame) -> pl.DataFrame:
    """Each row in the month after its own, to stand beside what that month brings."""
    return rows.with_columns(pl.col("benefit_month").dt.offset_by("1mo"))


def _was(column: str) -> pl.Expr:
    """Whether something held the month before and holds no more."""
    return pl.col(f"{column}_before").is_not_null() & pl.col(column).is_null()


def _ended(column: str) -> pl.Expr:
    return pl.col(f"{column}_before").fill_null(value=False) & ~pl.col(column).fill_null(value=False)


def _outcome(outcome: Outcome) -> pl.Expr:
    either = (pl.col("outcome") == outcome.value, pl.col("outcome_before") == outcome.value)
    return pl.any_horizontal(*(one.fill_null(value=False) for one in either))


def _says(cause: Coming) -> pl.Expr:
    return pl.lit(cause.value)


_CAUSE = (
    pl.when(_ended("is_disabled"))
    .then(_says(Coming.CERTIFICATE_ENDS))
    .when(_was("ability_level") | _ended("is_unable"))
    .then(_says(Coming.ASSESSMENT_ENDS))
    .when(pl.col("low_income_code").ne_missing(pl.col("low_income_code_before")))
    .then(_says(Coming.STATUS_CHANGES))
    .when(_outcome(Outcome.SUSPENDED))
    .then(_says(Coming.SUSPENSION))
    .when(pl.col("has_birthday") | (pl.col("age_years") != pl.col("age_years_before")))
    .then(_says(Coming.AGE))
    .when(_outcome(Outcome.LOST_TO_HIGHER))
    .then(_says(Coming.SWITCHED))
    .otherwise(_says(Coming.STANDARD))
)
