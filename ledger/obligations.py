"""Obligations with what became of them: taken off, waiting in a batch, gone out, still unpaid.

In the frames pays_fen is what is left to be paid (amount − withdrawn − set off), 0 where it has gone out, and `attempt`
the number that the next payment carries in print: 1 + returns.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import BigInteger, Connection, FromClause, Select, case, cast, exists, func, or_, select

from contracts.codes import BankEvent, Kind
from contracts.months import month_text
from ledger.attempts import has_gone_out, is_released, is_voided, live_batch_id, returned_count
from ledger.book import read_frame
from ledger.tables import (
    bank_event,
    batch,
    cycle,
    instruction,
    instruction_item,
    obligation,
    recovery,
    run,
    withdrawal,
)

PEOPLE_AT_ONCE = 10_000  # of one statement; from so many on, a whole month is read


def unpaid(conn: Connection, county: str) -> pl.DataFrame:
    """Everything of the county that has not gone out and of which something is left to be paid."""
    never_claimed = ~exists().where(instruction_item.c.obligation_id == obligation.c.obligation_id)
    not_released = select(batch.c.batch_id).where(~is_released(batch.c.batch_id))
    waiting = select(instruction_item.c.obligation_id).join(instruction).where(instruction.c.batch_id.in_(not_released))
    came_back = select(instruction_item.c.obligation_id).join(
        bank_event,
        (bank_event.c.instruction_id == instruction_item.c.instruction_id)
        & (bank_event.c.event == BankEvent.RETURNED.value),
    )
    open_ones = or_(never_claimed, obligation.c.obligation_id.in_(waiting), obligation.c.obligation_id.in_(came_back))
    of_county = (obligation.c.county == county) & (obligation.c.kind != Kind.HISTORY.value)
    owed = _with_left(read_frame(conn, _OWED.where(of_county, open_ones)))
    return owed.filter(pl.col("pays_fen") > 0).sort("obligation_id")


def of_person_months(conn: Connection, county: str, keys: pl.DataFrame) -> pl.DataFrame:
    """Every obligation of these person_no and benefit_month, whatever became of it."""
    owed = read_of(conn, _OWED, obligation, county, keys)
    return _with_left(owed).sort("obligation_id")


def of_pay_month(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """What was posted in the pay month, and what is older and is in a batch of it that was not voided."""
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
    return _with_left(read_frame(conn, _OWED.where(wanted))).sort("obligation_id")


def read_of(
    conn: Connection, statement: Select[Any], table: FromClause, county: str, keys: pl.DataFrame
) -> pl.DataFrame:
    """The rows of a statement whose row of `table` lies in a person-month of `keys` (person_no, benefit_month)."""
    wanted = keys.select("person_no", "benefit_month").unique()
    parts = [read_frame(conn, statement.where(where)) for where in _conditions(table, county, wanted)]
    return pl.concat(parts).join(wanted, on=["person_no", "benefit_month"], how="semi")


def _conditions(table: FromClause, county: str, wanted: pl.DataFrame) -> Iterator[Any]:
    """Conditions that together hold for all wanted person-months, and for few others; at least one."""
    c = table.c
    if wanted.is_empty():
        yield c.person_no < 0
    months: dict[date, pl.Series] = {
        month: rows["person_no"] for (month,), rows in wanted.partition_by("benefit_month", as_dict=True).items()
    }
    for month in sorted(months):
        in_month = (c.county == county) & (c.benefit_month == month_text(month))
        people = months[month]
        yield in_month if people.len() > PEOPLE_AT_ONCE else in_month & c.person_no.in_(people.to_list())


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
    case(((has_gone_out(obligation.c.obligation_id) | (obligation.c.kind == Kind.HISTORY.value)), 1), else_=0).label(
        "is_gone"
    ),
    returned_count(obligation.c.obligation_id).label("returned_count"),
    live_batch_id(obligation.c.obligation_id).label("live_batch_id"),
)


def _with_left(owed: pl.DataFrame) -> pl.DataFrame:
    left = pl.col("amount_fen") - pl.col("withdrawn_fen") - pl.col("set_off_fen")
    return owed.with_columns(
        pays_fen=pl.when("is_gone").then(0).otherwise(left), attempt=pl.col("returned_count") + 1
    ).drop("returned_count")
