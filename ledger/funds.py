"""The money that was allocated (指标), and the orders that draw on it.

An allocation is an entry of the audit log, as an officer's act is: appended, chained, never rewritten; one that was
entered wrongly is taken back by another of the opposite sign. What an order took is not stored: it follows from the
order, the law it was claimed under, and what the bank sent back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import polars as pl
from sqlalchemy import Connection, exists, select

from contracts.actor import Actor
from contracts.codes import BatchState, FundLevel, Logged
from contracts.errors import BookError
from ledger import audit, batches
from ledger.attempts import is_return
from ledger.book import Book, read_frame
from ledger.tables import audit_log, bank_event, batch, cycle, instruction
from ledger.totals import fen_sum


@dataclass(frozen=True)
class Allocation:
    """Money that a level of government allocated. `fen` is negative where an earlier entry is taken back."""

    document_no: str  # 文号
    purpose: str  # 指标名称
    level: FundLevel
    fen: int
    dated_on: date
    reason: str = ""


@dataclass(frozen=True)
class Allocated:
    """An allocation as it stands in the book."""

    entry_id: int
    officer: str
    recorded_at: str
    allocation: Allocation


def add(book: Book, county: str, new: Allocation, by: Actor) -> bool:
    """Note an allocation; False where the same stands already. BookError where one taken back does not stand."""
    detail = {
        "document": new.document_no,
        "purpose": new.purpose,
        "level": new.level.value,
        "fen": new.fen,
        "dated_on": new.dated_on.isoformat(),
        "reason": new.reason,
    }
    with book.writing() as conn:
        stands = _stands(of_county(conn, county), new)
        if new.fen < 0 and not stands:
            raise BookError(
                "没有可以冲销的这笔指标", "文号、名称、级次、日期、金额须与登记时相同(disburse fund list)", county
            )
        if new.fen > 0 and stands:
            return False
        audit.append(conn, county, by, Logged.FUND.value, new.document_no, detail)
        return True


def _stands(allocated: Iterable[Allocated], new: Allocation) -> bool:
    """Whether an allocation was entered more often than taken back, whatever the reason."""
    alike = (replace(one.allocation, reason="") for one in allocated)
    asked = replace(new, reason="", fen=abs(new.fen))
    return sum({asked: 1, replace(asked, fen=-asked.fen): -1}.get(one, 0) for one in alike) > 0


def of_county(conn: Connection, county: str) -> tuple[Allocated, ...]:
    """Every allocation of a county, in the order they were entered."""
    c = audit_log.c
    entries = select(c.entry_id, c.actor, c.recorded_at, c.detail_json)
    rows = conn.execute(entries.where(c.county == county, c.action == Logged.FUND.value).order_by(c.entry_id)).all()
    return tuple(Allocated(row.entry_id, row.actor, row.recorded_at, _read(row.detail_json)) for row in rows)


def _read(detail_json: str) -> Allocation:
    told = json.loads(detail_json)
    level, dated_on = FundLevel(told["level"]), date.fromisoformat(told["dated_on"])
    return Allocation(told["document"], told["purpose"], level, told["fen"], dated_on, told["reason"])


def orders(conn: Connection, county: str, pay_month: date | None = None) -> pl.DataFrame:
    """Every order that was not given up, of a county or of one of its pay months, in order of batch_id.

    batch_id, pay_month, benefit, law_digest, dated_on, is_released, is_waiting (neither out nor rejected), amount_fen,
    returned_fen (what the bank sent back, or refused).
    """
    known = batches.batches_of(conn, county, pay_month)
    standing = known.filter(pl.col("state") != BatchState.VOIDED.value)
    is_released = pl.col("state") == BatchState.RELEASED.value
    came_back = exists().where(bank_event.c.instruction_id == instruction.c.instruction_id, is_return())
    returned = (
        select(instruction.c.batch_id, fen_sum(instruction.c.amount_fen).label("returned_fen"))
        .select_from(instruction.join(batch).join(cycle))
        .where(cycle.c.county == county, came_back)
        .group_by(instruction.c.batch_id)
    )
    days = [batches.dated_on(conn, batch_id) for batch_id in standing["batch_id"]]
    told = standing.select(
        "batch_id",
        "pay_month",
        "law_digest",
        benefit="part",
        amount_fen="total_fen",
        is_released=is_released,
        is_waiting=~is_released & (pl.col("state") != BatchState.REJECTED.value),
        dated_on=pl.Series(days, dtype=pl.Date()),
    )
    back = told.join(read_frame(conn, returned), on="batch_id", how="left")
    return back.with_columns(pl.col("returned_fen").fill_null(0).cast(pl.Int64)).sort("batch_id")
