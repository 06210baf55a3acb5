"""What became of each obligation: one frame for payments, exports, a person's story, seals and checks.

A row is an obligation: its key, kind, version_no, amount_fen, choose_group, is_to_institution, institution_id, and

    withdrawn_fen, set_off_fen  what was taken off it
    state         PaymentState
    shown_attempt, batch_id, instruction_id
                  its newest attempt whose batch was not voided, or the one of the pay month that is asked for; without
                  one null, and shown_attempt is the number of the next
    bank_event    what the bank last said of that attempt (ledger.attempts.last_answer)
    is_gone       that attempt is on its way or has arrived; imported history is settled by definition
    live_batch_id the batch, neither released nor voided, in which it waits
    held_by       the first open hold that covers it, alone or with everything of its person
    pays_fen      what is left to be paid: amount − withdrawn − set off, 0 where it has gone out
    attempt       what its next payment carries in print: 1 + returns; a voided batch never left the house, nor
                  did anything of an order refused whole
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    case,
    cast,
    exists,
    false,
    func,
    or_,
    select,
)

from contracts.codes import BankEvent, Kind, PaymentState
from contracts.months import month_text
from ledger import holds, identity
from ledger.attempts import came_back, is_released, is_voided, last_answer
from ledger.book import read_frame
from ledger.identity import Identity
from ledger.tables import (
    batch,
    cycle,
    hold,
    instruction,
    instruction_item,
    obligation,
    open_obligation,
    recovery,
    run,
    withdrawal,
)

PEOPLE_AT_ONCE = 10_000  # of one statement; from so many on, a whole month is read
# The bank has not settled it: no answer, or one that says nothing.
UNANSWERED = pl.col("bank_event").is_null() | (pl.col("bank_event") == BankEvent.UNKNOWN.value)


def unpaid(conn: Connection, county: str, known: Identity | None = None) -> pl.DataFrame:
    """Everything of the county that has not gone out and of which something is left to be paid: the columns above from
    the obligation's to set_off_fen, and live_batch_id, held_by, pays_fen, attempt and posted_month (the pay month it
    was posted in); in order of obligation_id.

    What it costs is what is unpaid, whatever the life of the book and however often that was batched and voided. Here
    and below `known` says whose numbers are whose; by default what is decided now.
    """
    by = known or identity.of_county(conn, county)
    posted_in = _open_of(county).join(run, run.c.run_id == obligation.c.run_id).join(cycle)
    owed = _OWED.add_columns(cycle.c.pay_month.label("posted_month")).select_from(posted_in)
    rows = by.of(read_frame(conn, owed))
    for found in (_waiting_in(county), _times_returned(county)):
        rows = rows.join(read_frame(conn, found), on="obligation_id", how="left")
    return (
        rows.join(_held_by(conn, county, rows, by), on="obligation_id", how="left")
        .with_columns(pays_fen=_LEFT, attempt=pl.col("returned_count").fill_null(0) + 1)
        .drop("returned_count")
        .sort("obligation_id")
    )


def held(conn: Connection, county: str) -> pl.DataFrame:
    """What an open hold keeps back of the unpaid: obligation_id, person_no, benefit, pays_fen, held_by, as `unpaid`.

    What it costs is what is held, whatever else waits in batches.
    """
    by, h = identity.of_county(conn, county), hold.c
    is_named = exists().where(h.county == county, h.person_no == obligation.c.person_no)
    has_numbers = obligation.c.person_no.in_(by.families["person_no"].to_list())
    rows = by.of(read_frame(conn, _OWED.select_from(_open_of(county)).where(or_(is_named, has_numbers))))
    told = rows.join(_held_by(conn, county, rows, by), on="obligation_id").with_columns(pays_fen=_LEFT)
    return told.select("obligation_id", "person_no", "benefit", "pays_fen", "held_by").sort("obligation_id")


def of_person_months(conn: Connection, county: str, keys: pl.DataFrame, known: Identity | None = None) -> pl.DataFrame:
    """Every obligation of these person_no and benefit_month, whatever became of it."""
    return _told(conn, county, read_of(conn, _fate(), obligation, county, keys, known), known)


def paid_numbers(conn: Connection, county: str, numbers: pl.Series, months: Sequence[date]) -> pl.Series:
    """Those of these numbers under which money of the months went out and stayed out, or was paid elsewhere before."""
    keys = numbers.rename("person_no").to_frame().join(pl.DataFrame({"benefit_month": months}), how="cross")
    return of_person_months(conn, county, keys, identity.NOBODY).filter("is_gone")["person_no"].unique().sort()


def of_pay_month(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """What was posted in the pay month, and what is older and is in a batch of it that was not voided.

    An obligation shows its attempt in that pay month, with payee_name and account_no; where it has none there, its
    newest one.
    """
    in_month = (cycle.c.county == county) & (cycle.c.pay_month == month_text(pay_month))
    posted = select(run.c.run_id).join(cycle).where(in_month)
    batched = (
        select(instruction_item.c.obligation_id)
        .join(instruction)
        .join(batch)
        .join(cycle)
        .where(in_month, ~is_voided(batch.c.batch_id))
    )
    wanted = or_(obligation.c.run_id.in_(posted), obligation.c.obligation_id.in_(batched))
    return _told(conn, county, read_frame(conn, _fate(pay_month, "payee_name", "account_no").where(wanted)))


def read_of(
    conn: Connection,
    statement: Select[Any],
    table: FromClause,
    county: str,
    keys: pl.DataFrame,
    known: Identity | None = None,
) -> pl.DataFrame:
    """The rows of a statement whose row of `table` lies in a person-month of `keys` (person_no, benefit_month).

    Those of every number of the person are read, and come back as of the number it counts as.
    """
    by = known or identity.of_county(conn, county)
    wanted = by.with_numbers(keys.select("person_no", "benefit_month").unique())
    parts = [read_frame(conn, statement.where(where)) for where in _conditions(table, county, wanted)]
    return by.of(pl.concat(parts).join(wanted, on=["person_no", "benefit_month"], how="semi"))


def _conditions(table: FromClause, county: str, wanted: pl.DataFrame) -> Iterator[Any]:
    """Conditions that together hold for all wanted person-months, and for few others; at least one."""
    c = table.c
    if wanted.is_empty():
        yield false()  # the database looks at no row
    months: dict[date, pl.Series] = {
        month: rows["person_no"] for (month,), rows in wanted.partition_by("benefit_month", as_dict=True).items()
    }
    for month in sorted(months):
        in_month = (c.county == county) & (c.benefit_month == month_text(month))
        people = months[month]
        yield in_month if people.len() > PEOPLE_AT_ONCE else in_month & c.person_no.in_(people.to_list())


def _open_of(county: str) -> FromClause:
    is_open = (open_obligation.c.county == county) & (open_obligation.c.obligation_id == obligation.c.obligation_id)
    return open_obligation.join(obligation, is_open)


def _waiting_in(county: str) -> Select[Any]:
    """Obligations in batches that are neither released nor voided, each with its batch."""
    of_county = select(batch.c.batch_id).join(cycle).where(cycle.c.county == county)
    live = of_county.where(~is_released(batch.c.batch_id), ~is_voided(batch.c.batch_id))
    waiting = select(instruction_item.c.obligation_id, instruction.c.batch_id.label("live_batch_id"))
    return waiting.select_from(instruction.join(instruction_item)).where(instruction.c.batch_id.in_(live))


def _times_returned(county: str) -> Select[Any]:
    """How often what is unpaid came back; only what did."""
    its_own = open_obligation.c.obligation_id == instruction_item.c.obligation_id
    counted = select(instruction_item.c.obligation_id, func.count().label("returned_count"))
    tried = counted.select_from(open_obligation.join(instruction_item, its_own))
    came = tried.where(open_obligation.c.county == county, came_back(instruction_item.c.instruction_id))
    return came.group_by(instruction_item.c.obligation_id)


_TRIED, _ORDER, _OF_BATCH, _OF_CYCLE = (
    table.alias(f"tried_{table.name}") for table in (instruction_item, instruction, batch, cycle)
)


def _fate(pay_month: date | None = None, *printed: str) -> Select[Any]:
    """Every obligation with the attempt it shows; only rows of its own are looked up for each."""
    shown, line = instruction_item.alias("shown"), instruction.alias("shown_line")
    newest_first: list[ColumnElement[Any]] = [_TRIED.c.attempt.desc()]
    tried = _TRIED.join(_ORDER, _ORDER.c.instruction_id == _TRIED.c.instruction_id)
    if pay_month is not None:
        tried = tried.join(_OF_BATCH, _OF_BATCH.c.batch_id == _ORDER.c.batch_id)
        tried = tried.join(_OF_CYCLE, _OF_CYCLE.c.cycle_id == _OF_BATCH.c.cycle_id)
        newest_first.insert(0, case((_OF_CYCLE.c.pay_month == month_text(pay_month), 0), else_=1))
    its_own = _TRIED.c.obligation_id == obligation.c.obligation_id
    decisive = (
        select(_TRIED.c.attempt)
        .select_from(tried)
        .where(its_own, ~is_voided(_ORDER.c.batch_id))
        .order_by(*newest_first)
        .limit(1)
        .scalar_subquery()
    )
    is_shown = (shown.c.obligation_id == obligation.c.obligation_id) & (shown.c.attempt == decisive)
    return _OWED.add_columns(
        shown.c.attempt.label("shown_attempt"),
        line.c.batch_id,
        line.c.instruction_id,
        *(line.c[name] for name in printed),
        case((is_released(line.c.batch_id), 1), else_=0).label("is_released"),
        last_answer(line.c.instruction_id).label("bank_event"),
        _of_all(func.count(), came_back(_TRIED.c.instruction_id)).label("returned_count"),
        _of_all(func.max(_TRIED.c.attempt)).label("newest_attempt"),
    ).select_from(
        obligation.outerjoin(shown, is_shown).outerjoin(line, line.c.instruction_id == shown.c.instruction_id)
    )


def _taken_off(table: FromClause) -> Any:  # noqa: ANN401 - a labelled scalar of whole fen
    total = cast(func.coalesce(func.sum(table.c.amount_fen), 0), BigInteger)
    return select(total).where(table.c.obligation_id == obligation.c.obligation_id).scalar_subquery()


_OWED: Select[Any] = select(
    *(
        obligation.c[name]
        for name in (
            "obligation_id",
            "person_no",
            "benefit",
            "benefit_month",
            "kind",
            "version_no",
            "amount_fen",
            "choose_group",
            "is_to_institution",
            "institution_id",
        )
    ),
    _taken_off(withdrawal).label("withdrawn_fen"),
    _taken_off(recovery).label("set_off_fen"),
)


def _of_all(figure: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a labelled scalar
    """A figure over all attempts of an obligation."""
    its_own = _TRIED.c.obligation_id == obligation.c.obligation_id
    return select(figure).select_from(_TRIED).where(its_own, *conditions).scalar_subquery()


def _told(conn: Connection, county: str, raw: pl.DataFrame, known: Identity | None = None) -> pl.DataFrame:
    """What follows from the rows, in order of obligation_id; each as of the number that its person's counts as."""
    by = known or identity.of_county(conn, county)
    rows = by.of(raw)
    is_history = pl.col("kind") == Kind.HISTORY.value
    is_back = (pl.col("bank_event") == BankEvent.RETURNED.value).fill_null(value=False)
    return (
        rows.join(_held_by(conn, county, rows, by), on="obligation_id", how="left")
        .with_columns(
            is_gone=is_history | (pl.col("is_released") & ~is_back),
            live_batch_id=pl.when(~pl.col("is_released")).then("batch_id"),
            left_fen=_LEFT,
            shown_attempt=pl.col("shown_attempt").fill_null(pl.col("newest_attempt").fill_null(0) + 1),
            attempt=pl.col("returned_count") + 1,
        )
        .with_columns(
            pays_fen=pl.when("is_gone").then(0).otherwise("left_fen"), state=_STATE.cast(PaymentState.dtype())
        )
        .drop("left_fen", "is_released", "returned_count", "newest_attempt")
        .sort("obligation_id")
    )


_LEFT = pl.col("amount_fen") - pl.col("withdrawn_fen") - pl.col("set_off_fen")


def _held_by(conn: Connection, county: str, rows: pl.DataFrame, by: Identity) -> pl.DataFrame:
    """The first open hold on each obligation that has one: obligation_id, held_by."""
    if rows.is_empty():  # as often as not; what is held is not asked for nothing
        return pl.DataFrame(schema={"obligation_id": pl.Int64, "held_by": pl.Int64})
    covered = holds.covered(rows, holds.open_holds(conn, county, by))
    return covered.group_by("obligation_id").agg(held_by=pl.col("hold_id").min())


def _state(state: PaymentState) -> pl.Expr:
    return pl.lit(state.value)


_STATE = (
    pl.when(pl.col("kind") == Kind.HISTORY.value)
    .then(_state(PaymentState.ACCEPTED))
    .when((pl.col("left_fen") == 0) & (pl.col("set_off_fen") > 0))
    .then(_state(PaymentState.SET_OFF))
    .when(pl.col("left_fen") == 0)
    .then(_state(PaymentState.WITHDRAWN))
    .when(pl.col("bank_event").is_not_null())
    .then(pl.col("bank_event").cast(pl.String))
    .when("is_released")
    .then(_state(PaymentState.RELEASED))
    .when(pl.col("batch_id").is_not_null())
    .then(_state(PaymentState.BATCHED))
    .when(pl.col("held_by").is_not_null())
    .then(_state(PaymentState.HELD))
    .otherwise(_state(PaymentState.PAYABLE))
)
