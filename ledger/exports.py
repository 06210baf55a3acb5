"""What leaves the book as plain tables (contracts.tables: EntitlementExport, PaymentExport, LineExport,
ReceivableExport, holds).

Here internal numbers turn back into identity numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
from sqlalchemy import Connection, select

from contracts.codes import HoldCode, Outcome
from contracts.columns import polars_schema
from contracts.months import month_text
from contracts.tables import EntitlementExport, LineExport, PaymentExport, ReceivableExport
from ledger import fate, identity, people, returns, versions
from ledger.attempts import is_voided
from ledger.book import read_frame
from ledger.figures import newest_versions
from ledger.grounds import GROUND
from ledger.holds import covered, open_holds
from ledger.tables import batch, cycle, instruction, instruction_item, obligation, receivable, run


def entitlements(conn: Connection, county: str, months: Sequence[date], until_run: int | None = None) -> pl.DataFrame:
    """EntitlementExport: the newest decision of every key of these consecutive months, NOT_MET left out.

    `until_run`: as it was decided by the end of that run; by default as it is known now.
    """
    decided = versions.newest(conn, county, months[0], months[-1], until_run)
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
    rows = fate.of_pay_month(conn, county, pay_month).with_columns(
        attempt="shown_attempt", pays_fen=pl.col("amount_fen") - pl.col("withdrawn_fen") - pl.col("set_off_fen")
    )
    return _exported(conn, rows, polars_schema(PaymentExport), ["person_id", "benefit", "benefit_month", "kind"])


def lines(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """LineExport: which obligations each line of the pay month's batches pays, in the order of the files.

    What is sent again, with the line that came back.
    """
    i, n, o = instruction_item.c, instruction.c, obligation.c
    paid = select(
        n.batch_id,
        n.line_no,
        n.instruction_id,
        n.amount_fen.label("line_fen"),
        n.payee_name,
        o.obligation_id,
        o.person_no,
        o.benefit,
        o.benefit_month,
        o.kind,
        i.attempt,
        i.amount_fen,
    ).select_from(cycle.join(batch).join(instruction).join(instruction_item).join(obligation))
    of_month = (cycle.c.county == county) & (cycle.c.pay_month == month_text(pay_month)) & ~is_voided(batch.c.batch_id)
    origins = returns.sent_again(conn, county, pay_month).rename({"again_id": "instruction_id"})
    told = read_frame(conn, paid.where(of_month)).join(origins, on=["obligation_id", "instruction_id"], how="left")
    rows = identity.of_county(conn, county).of(told)
    return _exported(conn, rows, polars_schema(LineExport), ["batch_id", "line_no", "person_id", "benefit_month"])


def receivables(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """ReceivableExport: what was posted in the pay month, whole."""
    names = ("person_no", "benefit", "benefit_month", "amount_fen", "cause")
    posted = (
        select(*(receivable.c[name] for name in names))
        .join_from(receivable, run, run.c.run_id == receivable.c.run_id)
        .join(cycle, cycle.c.cycle_id == run.c.cycle_id)
        .where(cycle.c.county == county, cycle.c.pay_month == month_text(pay_month))
    )
    rows = identity.of_county(conn, county).of(read_frame(conn, posted))
    return _exported(conn, rows, polars_schema(ReceivableExport), ["person_id", "benefit", "benefit_month"])


def holds(conn: Connection, county: str) -> pl.DataFrame:
    """Open holds with the money they keep back.

    hold_id, person_no, person_id, obligation_id (null: everything of him), code, ground, subject, detail, reason,
    held_fen, since.
    """
    waiting, held = open_holds(conn, county), fate.held(conn, county)
    kept = covered(held, waiting).join(held.select("obligation_id", "pays_fen"), on="obligation_id")
    return (
        waiting.join(people.identities(conn, waiting), on="person_no")
        .join(kept.group_by("hold_id").agg(held_fen=pl.col("pays_fen").sum()), on="hold_id", how="left")
        .with_columns(pl.col("held_fen").fill_null(0), since=pl.col("recorded_at").str.head(10))
        .select("hold_id", "person_no", "person_id", "obligation_id", "code", *GROUND, "reason", "held_fen", "since")
        .sort("person_no", "hold_id")
    )


def held_once(conn: Connection, county: str) -> pl.DataFrame:
    """What is held of each person, every obligation once, whatever number of holds covers it.

    person_no, benefits (codes, a list), held_fen.
    """
    of_each = fate.held(conn, county).group_by("person_no")
    return of_each.agg(benefits=pl.col("benefit").cast(pl.String).unique().sort(), held_fen=pl.col("pays_fen").sum())


def waiting_for_pay_month(conn: Connection, county: str) -> pl.DataFrame:
    """What is posted and waits for the pay month of its benefit: benefit, due_month, pays_fen."""
    early = open_holds(conn, county).filter(pl.col("code") == HoldCode.NOT_YET_DUE.value)
    due = early.select("obligation_id", due_month=(pl.col("detail") + "-01").str.to_date("%Y-%m-%d"))
    waiting = fate.unpaid(conn, county).join(due, on="obligation_id")
    return waiting.group_by("benefit", "due_month").agg(pl.col("pays_fen").sum())


def _exported(conn: Connection, rows: pl.DataFrame, schema: pl.Schema, order: list[str]) -> pl.DataFrame:
    """The rows with identity numbers and text months, in the columns and types of an export."""
    known = rows.join(people.identities(conn, rows), on="person_no")
    told = known.with_columns(pl.col("benefit_month").dt.strftime("%Y-%m"))
    return told.select(pl.col(name).cast(dtype) for name, dtype in schema.items()).sort(order, maintain_order=True)
