"""Everything the book says of one person in one benefit month, for a proof: versions, money, files, answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy import ColumnElement, Connection, Table, and_, select

from contracts.months import month_text
from ledger.book import read_frame
from ledger.tables import (
    bank_event,
    batch,
    batch_event,
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


@dataclass(frozen=True)
class Story:
    """Frames in the order things happened; all but recoveries carry the pay month they happened in.

    versions      benefit, version_no, outcome, amount_fen, would_be_fen, winner, rate_id, values_json, fact_code,
                  known_on
    obligations   obligation_id, benefit, kind, amount_fen
    payments      obligation_id, amount_fen, attempt, batch_id, line_no, file_name, bank_event (null: no answer)
    withdrawals   obligation_id, amount_fen, cause
    receivables   receivable_id, benefit, amount_fen, cause
    recoveries    receivable_id, obligation_id, means, amount_fen
    """

    versions: pl.DataFrame
    obligations: pl.DataFrame
    payments: pl.DataFrame
    withdrawals: pl.DataFrame
    receivables: pl.DataFrame
    recoveries: pl.DataFrame


def story(conn: Connection, county: str, person_no: int, benefit_month: date) -> Story:
    """What the book holds of one person and benefit month."""

    def of_key(table: Table) -> ColumnElement[bool]:
        c = table.c
        return and_(c.county == county, c.person_no == person_no, c.benefit_month == month_text(benefit_month))

    v, o, i, r = entitlement_version.c, obligation.c, instruction.c, receivable.c
    rendered = batch_event.alias("rendered")
    versions = (
        select(
            cycle.c.pay_month,
            v.benefit,
            v.version_no,
            v.outcome,
            v.amount_fen,
            v.would_be_fen,
            v.winner,
            rate.c.rate_id,
            rate.c.values_json,
            v.fact_code,
            run.c.known_on,
        )
        .join_from(entitlement_version, run, run.c.run_id == v.run_id)
        .join(cycle)
        .outerjoin(rate, rate.c.rate_no == v.rate_no)
        .where(of_key(entitlement_version))
        .order_by(v.benefit, v.version_no)
    )
    obligations = (
        select(cycle.c.pay_month, o.obligation_id, o.benefit, o.kind, o.amount_fen)
        .join_from(obligation, run, run.c.run_id == o.run_id)
        .join(cycle)
        .where(of_key(obligation))
        .order_by(o.obligation_id)
    )
    payments = (
        select(
            cycle.c.pay_month,
            instruction_item.c.obligation_id,
            instruction_item.c.amount_fen,
            i.attempt,
            i.batch_id,
            i.line_no,
            rendered.c.file_name,
            bank_event.c.event.label("bank_event"),
        )
        .join_from(instruction_item, obligation, o.obligation_id == instruction_item.c.obligation_id)
        .join(instruction, i.instruction_id == instruction_item.c.instruction_id)
        .join(batch, batch.c.batch_id == i.batch_id)
        .join(cycle, cycle.c.cycle_id == batch.c.cycle_id)
        .outerjoin(rendered, (rendered.c.batch_id == i.batch_id) & (rendered.c.event == "rendered"))
        .outerjoin(bank_event, bank_event.c.instruction_id == i.instruction_id)
        .where(of_key(obligation))
        .order_by(instruction_item.c.obligation_id, instruction_item.c.attempt, bank_event.c.event_id)
    )
    withdrawals = (
        select(cycle.c.pay_month, withdrawal.c.obligation_id, withdrawal.c.amount_fen, withdrawal.c.cause)
        .join_from(withdrawal, obligation, o.obligation_id == withdrawal.c.obligation_id)
        .join(run, run.c.run_id == withdrawal.c.run_id)
        .join(cycle, cycle.c.cycle_id == run.c.cycle_id)
        .where(of_key(obligation))
        .order_by(withdrawal.c.withdrawal_id)
    )
    receivables = (
        select(cycle.c.pay_month, r.receivable_id, r.benefit, r.amount_fen, r.cause)
        .join_from(receivable, run, run.c.run_id == r.run_id)
        .join(cycle, cycle.c.cycle_id == run.c.cycle_id)
        .where(of_key(receivable))
        .order_by(r.receivable_id)
    )
    recoveries = (
        select(
            recovery.c.receivable_id,
            recovery.c.obligation_id,
            recovery.c.means,
            recovery.c.amount_fen,
        )
        .join_from(recovery, receivable, r.receivable_id == recovery.c.receivable_id)
        .where(of_key(receivable))
        .order_by(recovery.c.recovery_id)
    )
    statements = (versions, obligations, payments, withdrawals, receivables, recoveries)
    return Story(*(read_frame(conn, statement) for statement in statements))
