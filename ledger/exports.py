"""What leaves the book as plain tables (contracts.tables: EntitlementExport, PaymentExport, ReceivableExport, holds).

Here internal numbers turn back into identity numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
from sqlalchemy import Connection, select

from contracts.codes import BankEvent, BatchState, Outcome, PaymentState
from contracts.columns import polars_schema
from contracts.months import month_text
from contracts.tables import EntitlementExport, PaymentExport, ReceivableExport
from ledger import batches, obligations, people, versions
from ledger.book import read_frame
from ledger.figures import newest_versions
from ledger.grounds import GROUND
from ledger.holds import open_holds
from ledger.tables import (
    bank_event,
    batch,
    cycle,
    instruction,
    instruction_item,
    obligation,
    receivable,
    run,
)


def entitlements(conn: Connection, county: str, months: Sequence[date]) -> pl.DataFrame:
    """EntitlementExport: the newest decision of every key of these consecutive months, NOT_MET left out."""
    decided = versions.newest(conn, county, months[0], months[-1])
    rows = decided.filter(pl.col("outcome") != Outcome.NOT_MET.value)
    return _exported(conn, rows, polars_schema(EntitlementExport), ["person_id", "benefit", "benefit_month"])


def without_standard(conn: Connection, county: str, benefit_month: date) -> pl.DataFrame:
    """Who meets a benefit whose standard nobody has set: person_no, person_id, benefit, benefit_month (YYYY-MM)."""
    v = newest_versions(county, benefit_month, benefit_month).c
    met = select(v.person_no, v.benefit, v.benefit_month).where(v.outcome == Outcome.STANDARD_NOT_SET.value)
    rows = read_frame(conn, met).with_columns(pl.col("benefit_month").dt.strftime("%Y-%m"))
    return rows.join(people.identities(conn, rows), on="person_no").sort("person_id", "benefit")


def payments(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """PaymentExport: what was posted in the pay month, and what is older and was batched in it.

    An obligation shows its attempt in the pay month; where it has none there, its newest one.
    """
    owed = obligations.of_pay_month(conn, county, pay_month)
    tried = _attempts(conn, county, owed, pay_month)
    rows = (
        owed.drop("attempt")
        .join(tried, on="obligation_id")
        .with_columns(is_held=_is_held(open_holds(conn, county)))
        .with_columns(
            pl.col("attempt").fill_null(pl.col("voided_count") + 1),
            pays_fen=pl.col("amount_fen") - pl.col("withdrawn_fen") - pl.col("set_off_fen"),
        )
        .with_columns(state=STATE.cast(PaymentState.dtype()))
    )
    return _exported(conn, rows, polars_schema(PaymentExport), ["person_id", "benefit", "benefit_month", "kind"])


def receivables(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """ReceivableExport: what was posted in the pay month, whole."""
    names = ("person_no", "benefit", "benefit_month", "amount_fen", "cause")
    posted = (
        select(*(receivable.c[name] for name in names))
        .join_from(receivable, run, run.c.run_id == receivable.c.run_id)
        .join(cycle, cycle.c.cycle_id == run.c.cycle_id)
        .where(cycle.c.county == county, cycle.c.pay_month == month_text(pay_month))
    )
    rows = read_frame(conn, posted)
    return _exported(conn, rows, polars_schema(ReceivableExport), ["person_id", "benefit", "benefit_month"])


def holds(conn: Connection, county: str) -> pl.DataFrame:
    """Open holds with the money they keep back.

    hold_id, person_no, person_id, obligation_id (null: everything of him), code, ground, subject, detail, reason,
    held_fen, since.
    """
    waiting = open_holds(conn, county)
    unpaid = batches.unpaid(conn, county)
    of_person = unpaid.group_by("person_no").agg(person_fen=pl.col("pays_fen").sum())
    of_one = unpaid.select("obligation_id", one_fen="pays_fen")
    is_whole = pl.col("obligation_id").is_null()
    return (
        waiting.join(people.identities(conn, waiting), on="person_no")
        .join(of_person, on="person_no", how="left")
        .join(of_one, on="obligation_id", how="left")
        .with_columns(
            held_fen=pl.when(is_whole).then("person_fen").otherwise("one_fen").fill_null(0),
            since=pl.col("recorded_at").str.head(10),
        )
        .select("hold_id", "person_no", "person_id", "obligation_id", "code", *GROUND, "reason", "held_fen", "since")
        .sort("person_no", "hold_id")
    )


def _exported(conn: Connection, rows: pl.DataFrame, schema: pl.Schema, order: list[str]) -> pl.DataFrame:
    """The rows with identity numbers and text months, in the columns and types of an export."""
    known = rows.join(people.identities(conn, rows), on="person_no")
    told = known.with_columns(pl.col("benefit_month").dt.strftime("%Y-%m"))
    return told.select(pl.col(name).cast(dtype) for name, dtype in schema.items()).sort(order, maintain_order=True)


def _attempts(conn: Connection, county: str, owed: pl.DataFrame, pay_month: date) -> pl.DataFrame:
    """The attempt that each obligation shows.

    obligation_id, attempt, payee_name, account_no, batch_id, is_released, bank_event (the telling one), voided_count.
    """
    item, line = instruction_item.c, instruction.c
    statement = (
        select(
            obligation.c.person_no,
            obligation.c.benefit_month,
            item.obligation_id,
            item.attempt,
            item.instruction_id,
            line.payee_name,
            line.account_no,
            line.batch_id,
            cycle.c.pay_month,
        )
        .join_from(instruction_item, obligation, obligation.c.obligation_id == item.obligation_id)
        .join(instruction, line.instruction_id == item.instruction_id)
        .join(batch, batch.c.batch_id == line.batch_id)
        .join(cycle, cycle.c.cycle_id == batch.c.cycle_id)
    )
    states = batches.batches_of(conn, county, None).select("batch_id", "state")
    every = (
        obligations.read_of(conn, statement, obligation, county, owed)
        .join(owed, on="obligation_id", how="semi")
        .join(states, on="batch_id")
        .join(_answers(conn), on="instruction_id", how="left")
    )
    voided = (
        every.filter(pl.col("state") == BatchState.VOIDED.value).group_by("obligation_id").agg(voided_count=pl.len())
    )
    shown = (
        every.filter(pl.col("state") != BatchState.VOIDED.value)
        .sort(pl.col("pay_month") == pay_month, "attempt")
        .unique("obligation_id", keep="last", maintain_order=True)
    )
    return (
        owed.select("obligation_id")
        .join(shown, on="obligation_id", how="left")
        .join(voided, on="obligation_id", how="left")
        .select(
            "obligation_id",
            "attempt",
            "payee_name",
            "account_no",
            "batch_id",
            "bank_event",
            is_released=(pl.col("state") == BatchState.RELEASED.value).fill_null(False),
            voided_count=pl.col("voided_count").fill_null(0),
        )
    )


def _answers(conn: Connection) -> pl.DataFrame:
    """What the bank last said of each instruction; a return outweighs everything: instruction_id, bank_event."""
    said = bank_event.c
    statement = select(said.instruction_id, said.event.label("bank_event")).order_by(said.event_id)
    is_return = pl.col("bank_event") == BankEvent.RETURNED.value
    told = read_frame(conn, statement).sort(is_return, maintain_order=True)
    return told.unique("instruction_id", keep="last", maintain_order=True)


def _is_held(waiting: pl.DataFrame) -> pl.Expr:
    named = waiting["obligation_id"].drop_nulls()
    whole = waiting.filter(pl.col("obligation_id").is_null())["person_no"]
    return pl.col("obligation_id").is_in(named.implode()) | pl.col("person_no").is_in(whole.implode())


def _state(state: PaymentState) -> pl.Expr:
    return pl.lit(state.value)


STATE = (
    pl.when((pl.col("pays_fen") == 0) & (pl.col("set_off_fen") > 0))
    .then(_state(PaymentState.SET_OFF))
    .when(pl.col("pays_fen") == 0)
    .then(_state(PaymentState.WITHDRAWN))
    .when(pl.col("bank_event").is_not_null())
    .then(pl.col("bank_event").cast(pl.String))
    .when(pl.col("is_released"))
    .then(_state(PaymentState.RELEASED))
    .when(pl.col("batch_id").is_not_null())
    .then(_state(PaymentState.BATCHED))
    .when("is_held")
    .then(_state(PaymentState.HELD))
    .otherwise(_state(PaymentState.PAYABLE))
)
