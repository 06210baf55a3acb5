"""The book beside itself: what was sent beside what was answered, and what became of every fen that was owed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, Subquery, and_, case, exists, func, not_, or_, select

from contracts.actor import Actor
from contracts.codes import AnswerState, BankEvent, Kind, Logged, RecoveryMeans, SignatureStep
from contracts.months import month_text
from ledger import audit, fate, identity, versions
from ledger.ageing import country_day
from ledger.attempts import is_released, is_return, last_answer
from ledger.book import Book, read_among, read_frame
from ledger.tables import (
    answer_misfit,
    approval,
    audit_log,
    bank_event,
    batch,
    cycle,
    instruction,
    instruction_item,
    obligation,
    receivable,
    recovery,
    withdrawal,
)
from ledger.totals import fen_sum

TAIL = 6  # digits of an account that a hash total takes
MODULUS = 1_000_000_000  # so that the sum of a million lines stays a whole number of nine digits
ALL = "sent"
GROUP = ("released_on", "batch_id", "profile", "benefit")


def sent_and_answered(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """What went out in a pay month and what the bank last said of it, by day, batch, profile and benefit.

    GROUP (released_on: the day of the release, in the country's time), and of everything sent and of each AnswerState
    `<state>_lines`, `<state>_fen` and `<state>_hash`: the sum over the lines of the account's last digits times the
    fen, modulo MODULUS. Two lines that change their accounts or amounts keep heads and sums, and not that.
    """
    i, e, a = instruction.c, bank_event.c, approval.c
    has_words = exists().where(
        e.instruction_id == i.instruction_id,
        e.event == BankEvent.ACCEPTED.value,
        or_(e.reason_code != "", e.reason != ""),
    )
    statement = (
        select(
            a.signed_at,
            i.batch_id,
            batch.c.profile,
            i.benefit,
            i.account_no,
            i.amount_fen,
            last_answer(i.instruction_id).label("bank_event"),
            case((has_words, 1), else_=0).label("has_words"),
        )
        .select_from(instruction.join(batch).join(cycle).join(approval, a.batch_id == batch.c.batch_id))
        .where(
            a.step == SignatureStep.RELEASED.value,
            cycle.c.county == county,
            cycle.c.pay_month == month_text(pay_month),
        )
    )
    lines = read_frame(conn, statement).with_columns(
        released_on=country_day("signed_at"),
        state=_STATE,
        hash=hashed(),
    )
    return lines.group_by(GROUP).agg(_figures()).sort(GROUP)


def hashed() -> pl.Expr:
    """A line's part of a hash total, of its account_no and amount_fen."""
    digits = pl.col("account_no").str.replace_all(r"[^0-9]", "").str.tail(TAIL)
    tail = pl.when(digits != "").then(digits).otherwise(pl.lit("0")).cast(pl.Int64)
    return (tail * pl.col("amount_fen")) % MODULUS


_STATE = (
    pl.when(pl.col("bank_event") == BankEvent.RETURNED.value)
    .then(pl.lit(AnswerState.RETURNED.value))
    .when((pl.col("bank_event") == BankEvent.ACCEPTED.value) & (pl.col("has_words") == 1))
    .then(pl.lit(AnswerState.WARNED.value))
    .when(pl.col("bank_event") == BankEvent.ACCEPTED.value)
    .then(pl.lit(AnswerState.ACCEPTED.value))
    .otherwise(pl.lit(AnswerState.UNANSWERED.value))
)


def _figures() -> list[pl.Expr]:
    which = {ALL: pl.lit(value=True)} | {state.value: pl.col("state") == state.value for state in AnswerState}
    return [
        figure
        for name, is_one in which.items()
        for figure in (
            pl.col("state").filter(is_one).len().cast(pl.Int64).alias(f"{name}_lines"),
            pl.col("amount_fen").filter(is_one).sum().alias(f"{name}_fen"),
            (pl.col("hash").filter(is_one).sum() % MODULUS).alias(f"{name}_hash"),
        )
    ]


def accounted(conn: Connection, county: str) -> pl.DataFrame:
    """What became of everything a county ever owed, by benefit, over all months, in fen.

    owed = withdrawn + set_off + accepted + on_the_way + batched + held + payable, unless the book is wrong; beside it
    history (paid elsewhere before), owed_back, recovered (set-offs and money) and waived. What came back is owed again.
    """
    o, r = obligation.c, receivable.c
    is_ours = o.kind != Kind.HISTORY.value
    mine = o.county == county
    off = select(o.benefit, fen_sum(withdrawal.c.amount_fen)).select_from(withdrawal.join(obligation)).where(mine)
    set_off = (
        select(o.benefit, fen_sum(recovery.c.amount_fen))
        .select_from(recovery.join(obligation, o.obligation_id == recovery.c.obligation_id))
        .where(mine)
    )
    back = (
        select(r.benefit, fen_sum(recovery.c.amount_fen))
        .select_from(recovery.join(receivable))
        .where(r.county == county)
    )
    is_waiver = recovery.c.means == RecoveryMeans.WAIVED.value
    parts = {
        "owed": select(o.benefit, fen_sum(o.amount_fen)).where(mine, is_ours).group_by(o.benefit),
        "history": select(o.benefit, fen_sum(o.amount_fen)).where(mine, ~is_ours).group_by(o.benefit),
        "withdrawn": off.group_by(o.benefit),
        "set_off": set_off.group_by(o.benefit),
        "accepted": _gone(county, is_accepted=True),
        "on_the_way": _gone(county, is_accepted=False),
        "owed_back": select(r.benefit, fen_sum(r.amount_fen)).where(r.county == county).group_by(r.benefit),
        "recovered": back.where(~is_waiver).group_by(r.benefit),
        "waived": back.where(is_waiver).group_by(r.benefit),
    }
    sums = [(name, *row) for name, statement in parts.items() for row in conn.execute(statement)]
    waiting = fate.unpaid(conn, county).select(
        benefit=pl.col("benefit").cast(pl.String),
        what=pl.when(pl.col("live_batch_id").is_not_null())
        .then(pl.lit("batched"))
        .when(pl.col("held_by").is_not_null())
        .then(pl.lit("held"))
        .otherwise(pl.lit("payable")),
        fen="pays_fen",
    )
    sums += [
        (what, benefit, fen) for benefit, what, fen in waiting.group_by("benefit", "what").agg(pl.sum("fen")).rows()
    ]
    told = {benefit: dict.fromkeys(ACCOUNTED, 0) for _, benefit, _ in sums}
    for name, benefit, fen in sums:
        told[benefit][name] = int(fen)
    rows = [{"benefit": benefit, **figures} for benefit, figures in sorted(told.items())]
    schema = {"benefit": pl.String, **dict.fromkeys(ACCOUNTED, pl.Int64)}
    ended = pl.sum_horizontal(ENDS)
    return pl.DataFrame(rows, schema=schema).with_columns(difference=pl.col("owed") - ended)


ENDS = ("withdrawn", "set_off", "accepted", "on_the_way", "batched", "held", "payable")
ACCOUNTED = ("owed", *ENDS, "history", "owed_back", "recovered", "waived")


def _gone(county: str, *, is_accepted: bool) -> Any:  # noqa: ANN401 - a statement of benefit and fen
    """What went out and did not come back, by benefit: what the bank took, or what it has not answered."""
    i = instruction_item.c
    said = func.coalesce(last_answer(i.instruction_id), BankEvent.UNKNOWN.value)
    wanted = said == BankEvent.ACCEPTED.value if is_accepted else said == BankEvent.UNKNOWN.value
    return (
        select(obligation.c.benefit, fen_sum(i.amount_fen))
        .select_from(
            instruction_item.join(obligation).join(instruction, instruction.c.instruction_id == i.instruction_id)
        )
        .where(obligation.c.county == county, is_released(instruction.c.batch_id), wanted)
        .group_by(obligation.c.benefit)
    )


def paid_alike(conn: Connection, county: str) -> pl.DataFrame:
    """Equal pay that the key does not exclude: of one person, or one name and account, for one benefit and period.

    It went out and stayed out, by two batches, profiles, kinds, numbers or counties of the book: also from a bank and
    from 一卡通, whether a line is a month or several. Some is right; each is for an officer to look at: benefit,
    period_from, period_to, amount_fen, lines, first_id, last_id, in order; what other counties alone have is left out.
    """
    paid = _paid_by_month().c
    same = (paid.benefit, paid.period_from, paid.period_to, paid.amount_fen)
    here = func.max(case((paid.county == county, 1), else_=0))
    parts = []
    for key in ((paid.person_id,), (paid.account_no, paid.name)):
        statement = (
            select(
                *same,
                func.count().label("lines"),
                func.min(paid.instruction_id).label("first_id"),
                func.max(paid.instruction_id).label("last_id"),
            )
            .where(*(column.is_not(None) for column in key))
            .group_by(*key, *same)
            .having(and_(func.count() > 1, here == 1))
        )
        parts.append(read_frame(conn, statement))
    return pl.concat(parts).unique().sort("period_from", "benefit", "first_id", "last_id")


def _paid_by_month() -> Subquery:
    """What went out and stayed out: of a line to a person each month it pays, an institution's line as a whole."""
    i, item, o = instruction.c, instruction_item.c, obligation.c
    came_back = exists().where(bank_event.c.instruction_id == i.instruction_id, is_return())
    is_whole = i.person_id.is_(None)
    return (
        select(
            i.instruction_id,
            i.person_id,
            i.account_no,
            i.name,
            i.benefit,
            case((is_whole, i.period_from), else_=o.benefit_month).label("period_from"),
            case((is_whole, i.period_to), else_=o.benefit_month).label("period_to"),
            case((is_whole, i.amount_fen), else_=item.amount_fen).label("amount_fen"),
            case((is_whole, 0), else_=o.obligation_id).label("obligation_id"),
            cycle.c.county,
        )
        .select_from(instruction.join(instruction_item).join(obligation).join(batch, batch.c.batch_id == i.batch_id))
        .join(cycle, cycle.c.cycle_id == batch.c.cycle_id)
        .where(is_released(i.batch_id), not_(came_back))
        .distinct()
        .subquery()
    )


def decided_now(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """What the book has decided of the pay month as it is known now: person_no, benefit, outcome, is_to_institution."""
    o = obligation.c
    placed = select(o.person_no, o.benefit, func.max(o.is_to_institution).label("is_to_institution")).where(
        o.county == county, o.benefit_month == month_text(pay_month)
    )
    homes = read_frame(conn, placed.group_by(o.person_no, o.benefit))
    decided = versions.newest(conn, county, pay_month, pay_month)
    rows = decided.join(homes, on=["person_no", "benefit"], how="left").with_columns(
        pl.col("is_to_institution").fill_null(value=False)
    )
    counted = identity.of_county(conn, county).of(rows)
    return counted.select("person_no", "benefit", "outcome", "is_to_institution")


def noted_from(conn: Connection, source_digest: str) -> tuple[pl.DataFrame, pl.Series]:
    """What the book noted of an answer: instruction_id, event; and the rows of it that were listed and not noted."""
    e, m = bank_event.c, answer_misfit.c
    noted = read_frame(conn, select(e.instruction_id, e.event).where(e.source_digest == source_digest))
    listed = read_frame(conn, select(m.source_row).where(m.source_digest == source_digest))
    return noted, listed["source_row"]


def events_of(conn: Connection, instruction_ids: pl.Series) -> pl.DataFrame:
    """Everything the bank ever said of these instructions: instruction_id, event."""
    e = bank_event.c
    return read_among(conn, select(e.instruction_id, e.event), e.instruction_id, instruction_ids).unique()


def sources(conn: Connection, county: str, pay_month: date) -> list[str]:
    """The answers that the book noted for a pay month, by digest, in the order they came."""
    e = bank_event.c
    statement = (
        select(e.source_digest, func.min(e.event_id))
        .select_from(bank_event.join(instruction).join(batch).join(cycle))
        .where(cycle.c.county == county, cycle.c.pay_month == month_text(pay_month))
        .group_by(e.source_digest)
        .order_by(func.min(e.event_id))
    )
    return [digest for digest, _ in conn.execute(statement)]


def note(book: Book, county: str, about: str, detail: Mapping[str, object], by: Actor) -> bool:
    """Note in the audit log what was reconciled and found; whether it is new: the same again changes nothing."""
    with book.writing() as conn:
        a = audit_log.c
        mine: ColumnElement[bool] = (a.county == county) & (a.action == Logged.RECONCILED.value) & (a.object == about)
        last = conn.execute(select(a.detail_json).where(mine).order_by(a.entry_id.desc()).limit(1)).scalar()
        if last is not None and json.loads(last) == dict(detail):
            return False
        audit.append(conn, county, by, Logged.RECONCILED.value, about, detail)
        return True
