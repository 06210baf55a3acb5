"""Figures of a month, per benefit, for people to read: what is owed, what was posted, what was taken
back, what the bank answered.

Counts are people, whatever numbers they go by, amounts fen. Nothing here names a person.
"""

from __future__ import annotations

from datetime import date

import polars as pl
from sqlalchemy import ColumnElement, Connection, Subquery, func, literal, select, union_all

from contracts.codes import Outcome, RecoveryMeans, ValueStatus
from contracts.months import month_text
from ledger import cycles
from ledger.attempts import is_released, is_voided, last_answer
from ledger.book import read_frame
from ledger.identity import counted_as
from ledger.tables import (
    batch,
    cycle,
    entitlement_version,
    instruction,
    instruction_item,
    obligation,
    rate,
    receivable,
    recovery,
    run,
    withdrawal,
)
from ledger.totals import fen_sum
from ledger.versions import that_made


def newest_versions(county: str, first: date, last: date) -> Subquery:
    """The newest version of every key of the county whose benefit month lies between, both included."""
    v = entitlement_version.c
    newest = func.max(v.version_no).over(partition_by=(v.benefit_month, v.person_no, v.benefit))
    inside = (v.county == county) & v.benefit_month.between(month_text(first), month_text(last))
    every = select(entitlement_version, newest.label("newest_no")).where(inside).subquery()
    return select(every).where(every.c.version_no == every.c.newest_no).subquery()


def owed(conn: Connection, county: str, benefit_month: date) -> pl.DataFrame:
    """What is owed for one benefit month as now known: benefit, people_count, amount_fen."""
    v = newest_versions(county, benefit_month, benefit_month).c
    whose = counted_as(conn, county, v.person_no)
    statement = (
        select(
            v.benefit,
            func.count(whose.distinct()).label("people_count"),
            fen_sum(v.amount_fen).label("amount_fen"),
        )
        .where(v.outcome == Outcome.ENTITLED.value)
        .group_by(v.benefit)
    )
    return read_frame(conn, statement)


def unset(conn: Connection, county: str, benefit_month: date) -> pl.DataFrame:
    """People whose standard nobody has set in one benefit month: benefit, people_count."""
    v = newest_versions(county, benefit_month, benefit_month).c
    whose = counted_as(conn, county, v.person_no)
    statement = (
        select(v.benefit, func.count(whose.distinct()).label("people_count"))
        .where(v.outcome == Outcome.STANDARD_NOT_SET.value)
        .group_by(v.benefit)
    )
    return read_frame(conn, statement)


def uncertain(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """Obligations posted in the month whose standard is not in force.

    benefit, amount_status, people_count, amount_fen.
    """
    v, o = entitlement_version.c, obligation.c
    whose = counted_as(conn, county, o.person_no)
    statement = (
        select(
            o.benefit,
            rate.c.amount_status,
            func.count(whose.distinct()).label("people_count"),
            fen_sum(o.amount_fen).label("amount_fen"),
        )
        .join_from(obligation, run, run.c.run_id == o.run_id)
        .join(cycle, cycle.c.cycle_id == run.c.cycle_id)
        .join(entitlement_version, that_made(obligation))
        .join(rate, rate.c.rate_no == v.rate_no)
        .where(_of_month(county, pay_month), rate.c.amount_status != ValueStatus.IN_FORCE.value)
        .group_by(o.benefit, rate.c.amount_status)
    )
    return read_frame(conn, statement)


def posted(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """Obligations posted in the month: benefit, kind, people_count, line_count, amount_fen."""
    o = obligation.c
    whose = counted_as(conn, county, o.person_no)
    statement = (
        select(
            o.benefit,
            o.kind,
            func.count(whose.distinct()).label("people_count"),
            func.count().label("line_count"),
            fen_sum(o.amount_fen).label("amount_fen"),
        )
        .join_from(obligation, run, run.c.run_id == o.run_id)
        .join(cycle, cycle.c.cycle_id == run.c.cycle_id)
        .where(_of_month(county, pay_month))
        .group_by(o.benefit, o.kind)
    )
    return read_frame(conn, statement)


def taken_back(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """Withdrawals, and receivables posted in the month less what the same run set off against them.

    benefit, is_receivable, cause, people_count, line_count, amount_fen.
    """
    w, r, o = withdrawal.c, receivable.c, obligation.c
    set_off_at_once = (
        select(func.coalesce(fen_sum(recovery.c.amount_fen), 0))
        .where(
            recovery.c.receivable_id == r.receivable_id,
            recovery.c.run_id == r.run_id,
            recovery.c.means == RecoveryMeans.SET_OFF.value,
        )
        .scalar_subquery()
    )
    left_fen = r.amount_fen - set_off_at_once
    parts = union_all(
        select(o.benefit, literal(0).label("is_receivable"), w.cause, o.person_no, w.amount_fen, w.run_id).join_from(
            withdrawal, obligation, o.obligation_id == w.obligation_id
        ),
        select(
            r.benefit, literal(1).label("is_receivable"), r.cause, r.person_no, left_fen.label("amount_fen"), r.run_id
        ).where(left_fen > 0),
    ).subquery()
    p = parts.c
    whose = counted_as(conn, county, p.person_no)
    statement = (
        select(
            p.benefit,
            p.is_receivable,
            p.cause,
            func.count(whose.distinct()).label("people_count"),
            func.count().label("line_count"),
            fen_sum(p.amount_fen).label("amount_fen"),
        )
        .join_from(parts, run, run.c.run_id == p.run_id)
        .join(cycle, cycle.c.cycle_id == run.c.cycle_id)
        .where(_of_month(county, pay_month))
        .group_by(p.benefit, p.is_receivable, p.cause)
    )
    return read_frame(conn, statement)


def issued(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """What is in the month's files, each payment of a person: of batches that are not voided, in order of the files.

    batch_id, line_no, instruction_id, obligation_id, person_no, benefit, benefit_month, kind, amount_fen, standard_fen
    (what the version that made it owed says of the month), attempt; as printed: payee_name, payee_id, relationship,
    account_no, bank_name, remark.
    """
    i, o, v = instruction.c, obligation.c, entitlement_version.c
    printed = ("payee_name", "payee_id", "relationship", "account_no", "bank_name", "remark")
    statement = (
        select(
            i.batch_id,
            i.line_no,
            i.instruction_id,
            *(o[name] for name in ("obligation_id", "person_no", "benefit", "benefit_month", "kind")),
            instruction_item.c.amount_fen,
            v.amount_fen.label("standard_fen"),
            i.attempt,
            *(i[name] for name in printed),
        )
        .select_from(
            cycle.join(batch)
            .join(instruction)
            .join(instruction_item)
            .join(obligation)
            .outerjoin(entitlement_version, that_made(obligation))
        )
        .where(_of_month(county, pay_month), ~is_voided(batch.c.batch_id))
        .order_by(i.batch_id, i.line_no, o.obligation_id)
    )
    return read_frame(conn, statement)


def issued_regular(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """What officers released for a pay month itself, in that month: benefit, people_count, amount_fen."""
    o = obligation.c
    statement = (
        select(
            o.benefit,
            func.count(o.person_no.distinct()).label("people_count"),
            fen_sum(instruction_item.c.amount_fen).label("amount_fen"),
        )
        .select_from(cycle.join(batch).join(instruction).join(instruction_item).join(obligation))
        # of the county twice: its obligations of one month are few, and a month's files may hold years of arrears
        .where(o.county == county, o.benefit_month == month_text(pay_month))
        .where(_of_month(county, pay_month), is_released(batch.c.batch_id))
        .group_by(o.benefit)
    )
    return read_frame(conn, statement)


def answers(conn: Connection, county: str, first: date, last: date) -> pl.DataFrame:
    """What the bank last said of the released instructions of some pay months, both included.

    pay_month, bank_event (null: nothing yet), line_count, amount_fen.
    """
    i = instruction.c
    said = (
        select(cycle.c.pay_month, last_answer(i.instruction_id).label("bank_event"), i.amount_fen)
        .select_from(cycle.join(batch).join(instruction))
        .where(_of_months(county, first, last), is_released(batch.c.batch_id))
        .subquery()
        .c
    )
    key = (said.pay_month, said.bank_event)
    figures = (*key, func.count().label("line_count"), fen_sum(said.amount_fen).label("amount_fen"))
    return read_frame(conn, select(*figures).group_by(*key)).sort("pay_month", "bank_event", nulls_last=True)


def _of_month(county: str, pay_month: date) -> ColumnElement[bool]:
    return _of_months(county, pay_month, pay_month)


def _of_months(county: str, first: date, last: date) -> ColumnElement[bool]:
    within = cycle.c.pay_month.between(month_text(first), month_text(last))
    return (cycle.c.county == county) & within & cycles.stands()
