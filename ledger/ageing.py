"""What went out and is not settled: lines without a final answer, and money that came back and was not paid again.

Of cycles that are not closed, unless asked for the closed ones too: what an officer closed over, he signed for.
"""

from __future__ import annotations

import polars as pl
from sqlalchemy import ColumnElement, Connection, Subquery, func, or_, select

from contracts.codes import BankEvent, SignatureStep
from ledger import cycles, fate, sealing
from ledger.attempts import is_return, last_answer
from ledger.book import read_frame
from ledger.tables import approval, bank_event, batch, cycle, instruction, instruction_item, obligation, open_obligation
from ledger.totals import fen_sum

_LINE = ("batch_id", "line_no", "instruction_id", "benefit", "period_from", "period_to", "name", "payee_name")


def unanswered(conn: Connection, county: str, *, closed_too: bool = False) -> pl.DataFrame:
    """Released lines of which the bank has said nothing, or nothing final.

    pay_month, profile, batch_id, line_no, instruction_id, benefit, period_from, period_to, name, payee_name,
    amount_fen, bank_event (null: nothing), since (the day of the release), in order of batch and line.
    """
    lines = _open_lines(conn, county, closed_too=closed_too)
    rows = read_frame(conn, select(lines)).with_columns(since=country_day("signed_at"))
    return rows.drop("signed_at").sort("batch_id", "line_no")


def unanswered_by_batch(conn: Connection, county: str) -> pl.DataFrame:
    """As `unanswered`, summed: profile, batch_id, bank_event, since, line_count, amount_fen."""
    lines = _open_lines(conn, county, closed_too=False).c
    by = (lines.profile, lines.batch_id, lines.bank_event, lines.signed_at)
    sums = select(*by, func.count().label("line_count"), fen_sum(lines.amount_fen).label("amount_fen")).group_by(*by)
    rows = read_frame(conn, sums).with_columns(since=country_day("signed_at"))
    return rows.drop("signed_at").sort("batch_id", "bank_event")


def _open_lines(conn: Connection, county: str, *, closed_too: bool) -> Subquery:
    i, said = instruction.c, last_answer(instruction.c.instruction_id)
    columns = (cycle.c.pay_month, batch.c.profile, *(i[name] for name in _LINE), i.amount_fen, approval.c.signed_at)
    return (
        select(*columns, said.label("bank_event"))
        .select_from(instruction.join(batch).join(cycle).join(approval, approval.c.batch_id == batch.c.batch_id))
        .where(
            _of_cycles(conn, county, closed_too=closed_too),
            approval.c.step == SignatureStep.RELEASED.value,
            or_(said.is_(None), said == BankEvent.UNKNOWN.value),
        )
        .subquery()
    )


def came_back(conn: Connection, county: str) -> pl.DataFrame:
    """Obligations that the bank sent back and that have not gone out again, each with its last return.

    As `unanswered`, a row for each obligation, with reason in place of bank_event, and held_by (null: nothing holds
    it); since: the day of the answer, where it names none the day it was read.
    """
    i, o, e = instruction.c, obligation.c, bank_event.c
    statement = (
        select(
            o.obligation_id,
            cycle.c.pay_month,
            batch.c.profile,
            *(i[name] for name in _LINE if not name.startswith("period")),
            o.benefit_month,
            e.event_id,
            e.reason,
            e.answered_on,
            e.recorded_at,
        )
        .select_from(
            open_obligation.join(obligation, o.obligation_id == open_obligation.c.obligation_id)
            .join(instruction_item, instruction_item.c.obligation_id == o.obligation_id)
            .join(instruction, i.instruction_id == instruction_item.c.instruction_id)
            .join(batch)
            .join(cycle)
            .join(bank_event, e.instruction_id == i.instruction_id)
        )
        .where(open_obligation.c.county == county, is_return())
    )
    told = read_frame(conn, statement).sort("event_id").unique("obligation_id", keep="last", maintain_order=True)
    waiting = fate.unpaid(conn, county).select("obligation_id", "held_by", amount_fen="pays_fen")
    period = pl.col("benefit_month").dt.strftime("%Y-%m")
    since = pl.col("answered_on").str.to_date("%Y-%m-%d").fill_null(country_day("recorded_at"))
    rows = told.join(waiting, on="obligation_id").with_columns(period_from=period, period_to=period, since=since)
    return rows.sort("batch_id", "line_no", "period_from")


def country_day(column: str) -> pl.Expr:
    """The calendar day, in the country's time, of an instant as the book writes it."""
    return pl.col(column).str.to_datetime("%Y-%m-%dT%H:%M:%SZ").dt.offset_by("8h").dt.date()


def _of_cycles(conn: Connection, county: str, *, closed_too: bool) -> ColumnElement[bool]:
    newest = cycles.newest_cycle(conn, county)
    if closed_too or newest is None:
        return cycle.c.county == county
    opened = sealing.open_cycles(conn, county, newest.pay_month)
    return cycle.c.cycle_id.in_([one.cycle_id for one in opened])
