"""Money that came back: why, whose matter that is, and what waits because of it.

Only a return that blames the payee puts an account in question. While an account is the refused one, everything that
would go to it waits, whoever it is for; a changed account row frees it, and so does an officer who lifts one of its
holds: he says that the account is right as it is, of every return up to the one he saw.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, Select, select

from contracts.codes import Fault, HoldCode, HoldEvent, HoldGround, ReturnReason
from contracts.columns import polars_schema
from contracts.months import month_text
from contracts.tables import DesiredHold
from ledger import fate, holds
from ledger.attempts import is_released, is_return, is_voided
from ledger.book import read_among, read_frame
from ledger.grounds import with_grounds
from ledger.identity import Identity
from ledger.tables import bank_event, batch, cycle, hold, instruction, instruction_item, obligation

BANK_TRIES = 3  # a payment that the bank could not make for reasons of its own: from then on an officer decides
ORIGIN = pl.Schema(
    {
        "origin_id": pl.String(),
        "origin_batch": pl.String(),
        "origin_line": pl.Int64(),
        "origin_account": pl.String(),
        "origin_fen": pl.Int64(),
        "origin_part_fen": pl.Int64(),
        "origin_reason": pl.String(),
    }
)  # of what is sent again: the line that came back
TAIL = 4  # places of an account that an officer is shown
PAYEE = ("account_no", "payee_name", "payee_id", "bank_name", "bank_code")
# What of an account's row ends the refusal when it changes, beside the number; a return of before reasons were kept
# may have meant any of it.
MENDED_BY: dict[str | None, tuple[str, ...]] = {
    ReturnReason.NAME_MISMATCH.value: ("payee_name", "payee_id"),
    ReturnReason.NO_ACCOUNT.value: ("bank_name", "bank_code"),
    None: ("payee_name", "payee_id", "bank_name", "bank_code"),
}
_OLD_DIGITS = 16  # of an account's digest: the subject of such a hold before returns were told apart


def came_back(conn: Connection, county: str) -> pl.DataFrame:
    """Every return of the county, one row for each obligation that it concerned, in order of event_id.

    event_id, return_reason (null: noted before reasons were kept), told (when and in which words), is_cleared (an
    officer said that the account is right), obligation_id, person_no, is_to_person, the line that came back
    (instruction_id, batch_id, line_no, line_fen, and of the obligation in it tried, the number of its attempt, and
    tried_fen), and PAYEE as it was printed.
    """
    return _as_told(conn, county, read_frame(conn, _CAME_BACK.where(_in_county(county))))


def _as_told(conn: Connection, county: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Returns in the columns of came_back(); whether an account is cleared is known where all its returns are there."""
    words = pl.coalesce(
        *(pl.when(pl.col(name) != "").then(pl.col(name)) for name in ("reason", "reason_code")),
        pl.col("return_reason").replace(_LABELS),
        pl.lit("没有写明原因"),
    )
    day = pl.coalesce("answered_on", pl.col("recorded_at").str.head(10))
    told = rows.with_columns(
        told=pl.format("尾号 {},{} 退回:{}", pl.col("account_no").str.tail(TAIL), day, words),
        is_to_person=pl.col("person_id").is_not_null(),
    )
    cleared = _cleared(conn, county, told)
    return (
        told.join(cleared, on="account_no", how="left")
        .with_columns(is_cleared=(pl.col("event_id") <= pl.col("cleared_to")).fill_null(value=False))
        .select(*_TOLD, *_LINE, *PAYEE)
        .sort("event_id", "obligation_id")
    )


def origins(returns: pl.DataFrame, *again: str) -> pl.DataFrame:
    """Where what is sent again comes from: of each obligation the newest line that came back. `returns`: came_back().

    obligation_id, ORIGIN: the line's instruction, batch, number, account, amount in all (origin_fen), how much of that
    was the obligation's (origin_part_fen), and why it came back, in our words, for another bank may be unable to print
    a bank's own. A refused order never left, so nothing of it came back. `again`: columns of `returns` that tell
    attempts apart, where the newest before each is asked for.
    """
    is_refused_order = pl.col("return_reason").eq_missing(ReturnReason.BATCH_REFUSED.value)
    key = ("obligation_id", *again)
    newest = returns.filter(~is_refused_order).sort("event_id").unique(key, keep="last", maintain_order=True)
    return newest.select(
        *key,
        origin_id="instruction_id",
        origin_batch="batch_id",
        origin_line="line_no",
        origin_account="account_no",
        origin_fen="line_fen",
        origin_part_fen="tried_fen",
        origin_reason=pl.col("return_reason").replace_strict(_LABELS, default=_UNSAID, return_dtype=pl.String),
    )


def sent_again(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """What the pay month's batches send again, of batches that are not voided, and where it comes from.

    obligation_id, again_id (the instruction that sends it again), ORIGIN as origins().
    """
    again = read_frame(conn, _AGAIN.where(cycle.c.county == county, cycle.c.pay_month == month_text(pay_month)))
    if again.is_empty():  # as a rule; what came back in all the years is not read for nothing
        return again.select("obligation_id", "again_id").with_columns(
            pl.lit(None, kind).alias(name) for name, kind in ORIGIN.items()
        )
    before = came_back(conn, county).join(again, on="obligation_id").filter(pl.col("tried") < pl.col("attempt"))
    return origins(before, "again_id")


def not_sent_again(conn: Connection, county: str, known: Identity) -> pl.DataFrame:
    """What came back and has neither gone out again nor been taken off since.

    person_no, benefit, benefit_month, pays_fen, returned_on: of its newest return.
    """
    rows = read_frame(conn, _RETURNED_ON.where(_in_county(county)))
    day = pl.coalesce("answered_on", pl.col("recorded_at").str.head(10)).str.to_date("%Y-%m-%d")
    last = rows.group_by("obligation_id").agg(returned_on=day.max())
    now_at = fate.of_person_months(conn, county, known.of(rows), known)
    return (
        now_at.filter(pl.col("pays_fen") > 0)
        .join(last, on="obligation_id")
        .select("person_no", "benefit", "benefit_month", "pays_fen", "returned_on")
    )


def waiting(owed: pl.DataFrame, returns: pl.DataFrame) -> pl.DataFrame:
    """The holds that returns call for, of what is owed: DesiredHold.

    `owed`: obligation_id, person_no and PAYEE where the money would go now (account_no null: nowhere). `returns`:
    came_back(). A return that blames the payee holds what would go to the account, one that an officer must judge its
    obligation, so does the third for which the bank has only itself to blame, and a death told by the bank everything
    of the person. What a refused order sent back waits for nothing.
    """
    by_fault = returns.with_columns(fault=_FAULT)
    blamed = by_fault.filter((pl.col("fault") == Fault.PAYEE.value) & ~pl.col("is_cleared"))
    found = [
        _to_refused_accounts(owed, blamed),
        _to_be_judged(owed, by_fault),
        _bank_again(owed, by_fault),
        _told_dead(owed, by_fault),
    ]
    return pl.concat(found).sort(polars_schema(DesiredHold).names())


def hold_what_waits(conn: Connection, county: str, event_ids: pl.Series) -> int:
    """Hold at once what new returns call for, as far as the book knows where it would go, in the caller's transaction.

    How many holds that places: on what came back, and on what lies in batches not yet released that go to the same
    accounts. The next run looks at the registers and settles the rest.
    """
    new = read_among(conn, _CAME_BACK.where(_in_county(county)), bank_event.c.event_id, event_ids).sort("event_id")
    owed = pl.concat(
        [
            new.select("obligation_id", "person_no", *PAYEE).unique("obligation_id", keep="last", maintain_order=True),
            _in_live_batches(conn, county, new["account_no"].unique()),
        ]
    ).unique("obligation_id", keep="last", maintain_order=True)
    return holds.place_by_rule(conn, county, waiting(owed, concerning(conn, county, owed)))


def concerning(conn: Connection, county: str, owed: pl.DataFrame) -> pl.DataFrame:
    """Of came_back() the lines that may hold what is owed: all that waiting() looks at, so that it finds the same.

    `owed`: as for waiting(). Every return of its accounts and of its obligations, and the deaths told of its people.
    """
    lines = pl.concat(
        read_among(conn, lines_back, column, owed[column.name].drop_nulls().unique())
        for lines_back, column in (
            (_LINES_BACK.select_from(_RETURNED), instruction.c.account_no),
            (_LINES_BACK.select_from(_RETURNED_ITEMS), instruction_item.c.obligation_id),
            (_DEATHS_TOLD, obligation.c.person_no),
        )
    )
    whole = _CAME_BACK.where(_in_county(county))
    return _as_told(
        conn, county, read_among(conn, whole, bank_event.c.instruction_id, lines["instruction_id"].unique())
    )


def _to_refused_accounts(owed: pl.DataFrame, blamed: pl.DataFrame) -> pl.DataFrame:
    """What would go to a refused account; of several returns of one account the newest is told."""
    refused = blamed.select("event_id", "return_reason", "told", *PAYEE).unique("event_id")
    both = owed.join(refused, on="account_no", suffix=_PRINTED)
    is_mended = pl.any_horizontal(
        pl.col("return_reason").is_in(
            [reason for reason, names in MENDED_BY.items() if name in names], nulls_equal=True
        )
        & pl.col(name).ne_missing(pl.col(name + _PRINTED))
        for name in PAYEE[1:]
    )
    newest = both.filter(~is_mended).sort("event_id").unique("obligation_id", keep="last", maintain_order=True)
    return _held(newest, HoldCode.ACCOUNT_REJECTED, HoldGround.REJECTED)


def _to_be_judged(owed: pl.DataFrame, returns: pl.DataFrame) -> pl.DataFrame:
    last = returns.unique("obligation_id", keep="last", maintain_order=True)
    return _held(_of(owed, last, Fault.OFFICER), HoldCode.UNDER_REVIEW, HoldGround.RETURN_UNCLEAR)


def _bank_again(owed: pl.DataFrame, returns: pl.DataFrame) -> pl.DataFrame:
    counted = returns.with_columns(
        times=(pl.col("fault") == Fault.BANK.value).cum_sum().over("obligation_id", order_by="event_id")
    )
    last = counted.unique("obligation_id", keep="last", maintain_order=True).filter(pl.col("times") >= BANK_TRIES)
    return _held(_of(owed, last, Fault.BANK), HoldCode.UNDER_REVIEW, HoldGround.BANK_AGAIN)


def _told_dead(owed: pl.DataFrame, returns: pl.DataFrame) -> pl.DataFrame:
    """Of a line to a person only: an institution's line says nothing of whom on its roster."""
    told = returns.filter((pl.col("fault") == Fault.DEATH.value) & pl.col("is_to_person"))
    newest = told.unique("person_no", keep="last", maintain_order=True).join(owed, on="person_no", how="semi")
    whole = newest.with_columns(obligation_id=pl.lit(None, pl.Int64))
    return _held(whole, HoldCode.UNDER_REVIEW, HoldGround.TOLD_DEAD)


def _of(owed: pl.DataFrame, returns: pl.DataFrame, fault: Fault) -> pl.DataFrame:
    return returns.filter(pl.col("fault") == fault.value).join(owed, on="obligation_id", how="semi")


def _held(rows: pl.DataFrame, code: HoldCode, ground: HoldGround) -> pl.DataFrame:
    named = {
        "code": pl.lit(code.value),
        "ground": pl.lit(ground.value),
        "subject": pl.col("event_id").cast(pl.String),
        "detail": pl.col("told"),
    }
    return rows.with_columns(**named).select(
        pl.col(name).cast(dtype) for name, dtype in polars_schema(DesiredHold).items()
    )


def _in_live_batches(conn: Connection, county: str, accounts: pl.Series) -> pl.DataFrame:
    """What waits in batches that are neither released nor voided and goes to one of these accounts."""
    not_released = select(batch.c.batch_id).join(cycle).where(cycle.c.county == county, ~is_released(batch.c.batch_id))
    waits = (
        select(obligation.c.obligation_id, obligation.c.person_no, *(instruction.c[name] for name in PAYEE))
        .select_from(instruction.join(instruction_item).join(obligation))
        .where(instruction.c.batch_id.in_(not_released), ~is_voided(instruction.c.batch_id))
    )
    return read_among(conn, waits, instruction.c.account_no, accounts)


def _cleared(conn: Connection, county: str, returns: pl.DataFrame) -> pl.DataFrame:
    """Up to which return an officer said that an account is right: account_no, cleared_to."""
    lifted = with_grounds(read_frame(conn, _LIFTED.where(hold.c.county == county)))
    of_event = lifted.select(event_id=pl.col("subject").cast(pl.Int64, strict=False))
    seen = returns.join(of_event.drop_nulls("event_id").unique(), on="event_id", how="semi")
    # before returns were told apart, a hold named its obligation, and its account by a digest
    old = lifted.filter(pl.col("subject").str.len_chars() == _OLD_DIGITS).select("obligation_id", "recorded_at")
    seen_then = returns.join(old, on="obligation_id", suffix="_lifted").filter(
        pl.col("recorded_at") <= pl.col("recorded_at_lifted")
    )
    every = pl.concat([frame.select("account_no", "event_id") for frame in (seen, seen_then)])
    return every.group_by("account_no").agg(cleared_to=pl.col("event_id").max())


def _in_county(county: str) -> ColumnElement[bool]:
    """Of the county, asked in a way that no index answers: returns are few, and what a county ever owed is much."""
    return obligation.c.county.concat("") == county


_PRINTED = "_printed"
_REASONS = {reason.value: reason.fault.value for reason in ReturnReason}
_LABELS = {reason.value: reason.label for reason in ReturnReason}
_UNSAID = ReturnReason.OTHER.label  # of before reasons were kept
_FAULT = pl.col("return_reason").replace_strict(_REASONS, default=Fault.PAYEE.value, return_dtype=pl.String)
_TOLD = (
    "event_id",
    "return_reason",
    "told",
    "is_cleared",
    "obligation_id",
    "person_no",
    "is_to_person",
)
_LINE = ("instruction_id", "batch_id", "line_no", "line_fen", "tried", "tried_fen")
_CAME_BACK: Select[Any] = (
    select(
        *(
            bank_event.c[name]
            for name in ("event_id", "return_reason", "reason_code", "reason", "answered_on", "recorded_at")
        ),
        obligation.c.obligation_id,
        obligation.c.person_no,
        instruction.c.person_id,
        *(instruction.c[name] for name in ("instruction_id", "batch_id", "line_no", *PAYEE)),
        instruction.c.amount_fen.label("line_fen"),
        instruction_item.c.attempt.label("tried"),
        instruction_item.c.amount_fen.label("tried_fen"),
    )
    .select_from(bank_event.join(instruction).join(instruction_item).join(obligation))
    .where(is_return())
)
_RETURNED = bank_event.join(instruction)
_RETURNED_ITEMS = _RETURNED.join(instruction_item)
_LINES_BACK: Select[Any] = select(bank_event.c.instruction_id).where(is_return())
_DEATHS_TOLD: Select[Any] = _LINES_BACK.select_from(_RETURNED_ITEMS.join(obligation)).where(
    bank_event.c.return_reason.in_([reason for reason, fault in _REASONS.items() if fault == Fault.DEATH.value])
)
_AGAIN: Select[Any] = (
    select(instruction_item.c.obligation_id, instruction_item.c.attempt, instruction.c.instruction_id.label("again_id"))
    .select_from(cycle.join(batch).join(instruction).join(instruction_item))
    .where(instruction.c.attempt > 1, ~is_voided(batch.c.batch_id))
)
_RETURNED_ON: Select[Any] = (
    select(
        bank_event.c.answered_on,
        bank_event.c.recorded_at,
        *(obligation.c[name] for name in ("obligation_id", "person_no", "benefit", "benefit_month")),
    )
    .select_from(bank_event.join(instruction).join(instruction_item).join(obligation))
    .where(is_return())
)
_LIFTED: Select[Any] = select(
    hold.c.obligation_id, hold.c.ground, hold.c.subject, hold.c.detail, hold.c.recorded_at
).where(
    hold.c.event == HoldEvent.LIFTED.value,
    hold.c.code == HoldCode.ACCOUNT_REJECTED.value,
    hold.c.actor != holds.RULE,
)
