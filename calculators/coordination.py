"""Coordination: what becomes of each entitlement, once all benefits of a person and month are known.

In     contracts.tables.Entitled of all benefits together; the claim, suspension and choice registers; the scope
Out    contracts.tables.Coordinated, in no particular order

The first that applies: EXCLUDED, NOT_CLAIMED, SUSPENDED, STANDARD_NOT_SET, LOST_TO_HIGHER, ENTITLED. Only rows that
reach the last two compete in a choose-higher group, so nothing depends on the winner of another month.
"""

from __future__ import annotations

import polars as pl

from calculators.scope import MONTH, PERSON, Registers, Scope, rows_of
from calculators.spells import Order, running, strongest
from contracts.codes import Benefit, Outcome, StartRule
from contracts.columns import polars_schema
from contracts.tables import Coordinated

ROW = [PERSON, "benefit", MONTH]
GROUP = [PERSON, MONTH, "choose_group"]

RULED_OUT = (
    pl.when("is_excluded")
    .then(pl.lit(Outcome.EXCLUDED))
    .when(pl.col("needs_claim") & ~pl.col("is_claimed"))
    .then(pl.lit(Outcome.NOT_CLAIMED))
    .when("is_suspended")
    .then(pl.lit(Outcome.SUSPENDED))
    .when(pl.col("would_be_fen").is_null())
    .then(pl.lit(Outcome.STANDARD_NOT_SET))
)  # null: the row is in the running
LOST = pl.col("winner").is_not_null() & (pl.col("winner") != pl.col("benefit"))
IN_THE_RUNNING = pl.when(LOST).then(pl.lit(Outcome.LOST_TO_HIGHER)).otherwise(pl.lit(Outcome.ENTITLED))
PREFERENCE = ["is_chosen", "would_be_fen", "tie_rank", "benefit"]  # largest first; the last only makes it certain


def coordinate(entitled: pl.LazyFrame, registers: Registers, scope: Scope) -> pl.LazyFrame:
    """Give every row its outcome, its amount and, where it lost to a higher one, the winner."""
    claimed = entitled.pipe(_with_claims, registers)
    rows = claimed.pipe(_with_suspensions, registers, scope).with_columns(ruled_out=RULED_OUT).cache()
    return (
        rows.join(_winners(rows, registers, scope), on=GROUP, how="left", validate="m:1")
        .with_columns(outcome=pl.coalesce("ruled_out", IN_THE_RUNNING).cast(Outcome.dtype()))
        .with_columns(
            amount_fen=pl.when(pl.col("outcome") == Outcome.ENTITLED)
            .then("would_be_fen")
            .when(pl.col("outcome") != Outcome.STANDARD_NOT_SET)
            .then(0),
            winner=pl.when(pl.col("outcome") == Outcome.LOST_TO_HIGHER).then("winner"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in polars_schema(Coordinated).items())
    )


def changes_of_claims(registers: Registers) -> list[pl.LazyFrame]:
    """person_no, benefit_month from which a claim, suspension or choice may decide otherwise, under any start rule."""
    claim = rows_of(registers, "claim")
    claimed, approved = pl.col("claimed_on").dt.month_start(), pl.col("approved_on").dt.month_start()
    suspension = rows_of(registers, "suspension")
    begins = [
        (claim, claimed),
        (claim, claimed.dt.truncate("1y")),
        (claim, approved),
        (claim, approved.dt.offset_by("1mo")),
        (suspension, pl.col("from_month")),
        (suspension, pl.col("to_month").dt.offset_by("1mo")),
        (rows_of(registers, "choice"), pl.col("from_month")),
    ]
    return [rows.select(PERSON, since.alias(MONTH)) for rows, since in begins]


def _with_claims(rows: pl.LazyFrame, registers: Registers) -> pl.LazyFrame:
    """Add is_claimed: an approved claim counts in the month, by the start rule of the row. A claim does not lapse."""
    approved = (
        rows_of(registers, "claim")
        .filter(pl.col("approved_on").is_not_null())
        .group_by(PERSON, "benefit")
        .agg(pl.col("claimed_on", "approved_on").min().dt.month_start())
    )
    rule = pl.col("start_rule")
    start = (
        pl.when(rule == StartRule.CLAIM_MONTH)
        .then("claimed_on")
        .when(rule == StartRule.APPROVAL_MONTH)
        .then("approved_on")
        .when(rule == StartRule.MONTH_AFTER_APPROVAL)
        .then(pl.col("approved_on").dt.offset_by("1mo"))
        .when(rule == StartRule.JANUARY_OF_CLAIM_YEAR)
        .then(pl.col("claimed_on").dt.truncate("1y"))
        .when((rule == StartRule.FIRST_QUALIFYING_MONTH) & pl.col("approved_on").is_not_null())
        .then(pl.col(MONTH))  # every month that has a row qualifies
    )
    return rows.join(approved, on=[PERSON, "benefit"], how="left", validate="m:1").with_columns(
        is_claimed=(pl.col(MONTH) >= start).fill_null(False)
    )


def _with_suspensions(rows: pl.LazyFrame, registers: Registers, scope: Scope) -> pl.LazyFrame:
    """Add is_suspended: a suspension of the benefit, or of all, runs in the month.

    One whose months are owed later (back_pay) no longer counts once it has ended before the pay month.
    """
    is_over = (pl.col("back_pay") & (pl.col("to_month") < scope.pay_month)).fill_null(False)
    every = pl.lit(Benefit.values(), pl.List(Benefit.dtype()))
    suspended = (
        rows_of(registers, "suspension")
        .filter(~is_over)
        .with_columns(
            benefit=pl.when(pl.col("benefit").is_null()).then(every).otherwise(pl.concat_list("benefit")),
            first_month="from_month",
            last_month="to_month",
        )
        .explode("benefit")
        .pipe(running, scope.month_frame())
        .select(ROW)
        .unique()
        .with_columns(is_suspended=pl.lit(True))
    )
    return rows.join(suspended, on=ROW, how="left", validate="m:1").with_columns(
        pl.col("is_suspended").fill_null(False)
    )


def _winners(rows: pl.LazyFrame, registers: Registers, scope: Scope) -> pl.LazyFrame:
    """One row per person, month and group with somebody in the running: the winner.

    The person's recorded choice, where the chosen benefit is in the running; else the higher amount of the month.
    """
    contenders = rows.filter(pl.col("ruled_out").is_null(), pl.col("choose_group").is_not_null())
    chosen = _choices(registers, scope)
    return (
        contenders.join(chosen, on=[*ROW, "choose_group"], how="left", validate="m:1")
        .with_columns(pl.col("is_chosen").fill_null(False))
        .group_by(GROUP)
        .agg(winner=pl.col("benefit").sort_by(PREFERENCE, descending=True).first())
    )


def _choices(registers: Registers, scope: Scope) -> pl.LazyFrame:
    """The choice that counts for each person, group and month: the one begun last. A choice has no end."""
    begun = rows_of(registers, "choice").select(
        PERSON, "benefit", choose_group="group", first_month="from_month", last_month=pl.lit(None, pl.Date)
    )
    order = Order(by=("first_month", "benefit"), descending=("first_month", "benefit"), per=("choose_group",))
    return strongest(begun, scope.month_frame(), order).with_columns(is_chosen=pl.lit(True))
