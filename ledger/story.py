"""Everything the book says of one person: versions, money, files, answers, holds; of all months or of one.

A person is sought month by month (the tables lie in order of county, month and person), so a big book answers at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    Select,
    Table,
    case,
    false,
    func,
    or_,
    select,
    union,
)

from contracts.codes import BatchEvent, HoldEvent, SignatureStep
from contracts.months import month_text, months_between, parse_month
from ledger import fate, identity
from ledger.book import read_frame
from ledger.grounds import GROUND, with_grounds
from ledger.tables import (
    approval,
    bank_event,
    batch,
    batch_event,
    cycle,
    entitlement_version,
    hold,
    instruction,
    instruction_item,
    obligation,
    rate,
    receivable,
    recovery,
    run,
    withdrawal,
)
from ledger.versions import that_made

KEY = ("county", "benefit", "benefit_month")
OF_RUN = ("pay_month", "run_id", "maker", "known_on", "posted_at", "code_version")  # pay_month null: imported history


@dataclass(frozen=True)
class Story:
    """Frames in the order things happened. KEY is county, benefit, benefit_month; OF_RUN tells of the run; correction
    is why the version that made a row was decided again (null: decided in its turn).

    versions      KEY, version_no, outcome, amount_fen, would_be_fen, winner, rate_id, values_json, fact_code,
                  correction, OF_RUN
    obligations   KEY, obligation_id, kind, amount_fen, correction, withdrawn_fen, set_off_fen, pays_fen (left to be
                  paid), is_gone (on its way or arrived), state (PaymentState), held_by (hold_id), institution_id,
                  OF_RUN
    payments      obligation_id, instruction_id, attempt, amount_fen, pay_month, batch_id, line_no, file_name,
                  payee_name, account_no, bank_name, batch_maker, checker, releaser, released_at, rejected_by,
                  reject_reason, void_reason
    answers       instruction_id, bank_event, reason_code, reason, recorded_at
    withdrawals   KEY, obligation_id, amount_fen, cause, correction, OF_RUN
    receivables   KEY, receivable_id, amount_fen, cause, correction, OF_RUN
    recoveries    receivable_id, obligation_id, means, amount_fen, officer, document, approved_by, recorded_at, and of
                  a set-off OF_RUN
    holds         county, hold_id, obligation_id (null: everything of the person), code, ground, subject, detail,
                  actor, reason, recorded_at, lifted_by, lift_reason, decision, lifted_at
    """

    versions: pl.DataFrame
    obligations: pl.DataFrame
    payments: pl.DataFrame
    answers: pl.DataFrame
    withdrawals: pl.DataFrame
    receivables: pl.DataFrame
    recoveries: pl.DataFrame
    holds: pl.DataFrame


@dataclass(frozen=True)
class _Reach:
    """Where to look: one person's numbers in each county, the one in use first, and benefit months."""

    numbers: dict[str, list[int]]
    months: list[str]

    def names(self, table: Table) -> ColumnElement[bool]:
        """Rows of the person, of any month."""
        c = table.c
        return or_(false(), *((c.county == county) & c.person_no.in_(of) for county, of in self.numbers.items()))

    def covers(self, table: Table) -> ColumnElement[bool]:
        return self.names(table) & table.c.benefit_month.in_(self.months)

    def is_in_use(self, table: Table) -> ColumnElement[bool]:
        c = table.c
        return or_(false(), *((c.county == county) & (c.person_no == of[0]) for county, of in self.numbers.items()))


def counties_of(conn: Connection) -> list[str]:
    """The counties the book has run or taken history of, in order."""
    known = set(conn.execute(select(cycle.c.county).distinct()).scalars())
    county = conn.execute(select(func.min(obligation.c.county))).scalar()
    while county is not None:
        known.add(county)
        county = conn.execute(select(func.min(obligation.c.county)).where(obligation.c.county > county)).scalar()
    return sorted(known)


def story(conn: Connection, person_no: int, county: str | None = None, benefit_month: date | None = None) -> Story:
    """What the book holds of one person: of one county or all, of one benefit month or all.

    Under every number that counts as one with this; of versions made by one run that of the number in use comes last.
    """
    counties = counties_of(conn) if county is None else [county]
    months = _months(conn, counties) if benefit_month is None else [month_text(benefit_month)]
    numbers = {name: identity.of_county(conn, name).numbers_of(person_no) for name in counties}
    reach = _Reach(numbers, months)
    versions = _versions(reach).where(reach.covers(entitlement_version))
    payments = _payments().where(reach.covers(obligation))
    answers = _answers().where(reach.covers(obligation))
    withdrawals = _withdrawals(reach).where(reach.covers(obligation))
    receivables = _receivables().where(reach.covers(receivable))
    return Story(
        versions=read_frame(conn, versions),
        obligations=_with_what_is_left(conn, read_frame(conn, _obligations().where(reach.covers(obligation)))),
        payments=read_frame(conn, payments),
        answers=read_frame(conn, answers),
        withdrawals=read_frame(conn, withdrawals),
        receivables=read_frame(conn, receivables),
        recoveries=read_frame(conn, _recoveries(reach)),
        holds=with_grounds(read_frame(conn, _holds(reach))),
    )


def _months(conn: Connection, counties: list[str]) -> list[str]:
    """Every benefit month from the first to the last that any of these counties has, whatever lies between."""
    ends: set[str] = set()
    for county in counties:
        for c in (entitlement_version.c, obligation.c):
            for end in (func.min(c.benefit_month), func.max(c.benefit_month)):
                ends.update(conn.execute(select(end).where(c.county == county)).scalars())
    found = sorted(month for month in ends if month)
    return (
        [month_text(month) for month in months_between(parse_month(found[0]), parse_month(found[-1]))] if found else []
    )


_OF_RUN = (cycle.c.pay_month, *(run.c[name] for name in OF_RUN[1:]))
_WHY = entitlement_version.c.correction


def _keyed(table: Table) -> list[ColumnElement[Any]]:
    return [table.c[name] for name in KEY]


def _with_run(table: Table) -> FromClause:
    """A table with the run that wrote each row, and its cycle where it has one."""
    return table.join(run, run.c.run_id == table.c.run_id).outerjoin(cycle, cycle.c.cycle_id == run.c.cycle_id)


def _versions(reach: _Reach) -> Select[Any]:
    v = entitlement_version.c
    told = (v.version_no, v.outcome, v.amount_fen, v.would_be_fen, v.winner, rate.c.rate_id, rate.c.values_json)
    return (
        select(*_keyed(entitlement_version), *told, v.fact_code, v.correction, *_OF_RUN)
        .select_from(_with_run(entitlement_version).outerjoin(rate, rate.c.rate_no == v.rate_no))
        .order_by(
            v.county,
            v.benefit_month,
            v.benefit,
            v.run_id,
            case((reach.is_in_use(entitlement_version), 1), else_=0),
            v.version_no,
        )
    )


def _obligations() -> Select[Any]:
    o = obligation.c
    told = (o.person_no, o.obligation_id, o.kind, o.amount_fen, o.institution_id)
    return (
        select(*_keyed(obligation), *told, _WHY, *_OF_RUN)
        .select_from(_with_run(obligation).outerjoin(entitlement_version, that_made(obligation)))
        .order_by(o.obligation_id)
    )


def _with_what_is_left(conn: Connection, owed: pl.DataFrame) -> pl.DataFrame:
    """Add what became of each obligation, as `ledger.fate` says it."""
    columns = ("obligation_id", "withdrawn_fen", "set_off_fen", "pays_fen", "is_gone", "state", "held_by")
    parts = [
        fate.of_person_months(conn, county, rows.select("person_no", "benefit_month")).select(columns)
        for (county,), rows in owed.partition_by("county", as_dict=True).items()
    ]
    left = pl.concat(parts) if parts else fate.of_person_months(conn, "", owed).select(columns)
    return owed.drop("person_no").join(left, on="obligation_id", how="left", maintain_order="left")


def _payments() -> Select[Any]:
    item, line = instruction_item.c, instruction.c
    file, voided = batch_event.alias("file"), batch_event.alias("given_up")
    return (
        select(
            item.obligation_id,
            item.instruction_id,
            item.attempt,
            item.amount_fen,
            cycle.c.pay_month,
            line.batch_id,
            line.line_no,
            file.c.file_name,
            line.payee_name,
            line.account_no,
            line.bank_name,
            _signed(SignatureStep.MADE, approval.c.officer).label("batch_maker"),
            _signed(SignatureStep.APPROVED, approval.c.officer).label("checker"),
            _signed(SignatureStep.RELEASED, approval.c.officer).label("releaser"),
            _signed(SignatureStep.RELEASED, approval.c.signed_at).label("released_at"),
            _signed(SignatureStep.REJECTED, approval.c.officer).label("rejected_by"),
            _signed(SignatureStep.REJECTED, approval.c.reason).label("reject_reason"),
            voided.c.reason.label("void_reason"),
        )
        .select_from(_ATTEMPTS)
        .join(batch, batch.c.batch_id == line.batch_id)
        .join(cycle, cycle.c.cycle_id == batch.c.cycle_id)
        .outerjoin(file, (file.c.batch_id == line.batch_id) & (file.c.event == BatchEvent.RENDERED.value))
        .outerjoin(voided, (voided.c.batch_id == line.batch_id) & (voided.c.event == BatchEvent.VOIDED.value))
        .order_by(item.obligation_id, item.attempt)
    )


_ATTEMPTS = obligation.join(instruction_item).join(instruction)


def _signed(step: SignatureStep, column: ColumnElement[str]) -> ScalarSelect[str]:
    """The first signature of a step under the batch of an instruction."""
    signed = select(column).where(approval.c.batch_id == instruction.c.batch_id, approval.c.step == step.value)
    return signed.order_by(approval.c.approval_id).limit(1).scalar_subquery()


def _answers() -> Select[Any]:
    said = bank_event.c
    return (
        select(said.instruction_id, said.event.label("bank_event"), said.reason_code, said.reason, said.recorded_at)
        .select_from(_ATTEMPTS.join(bank_event, said.instruction_id == instruction.c.instruction_id))
        .order_by(said.event_id)
    )


def _withdrawals(reach: _Reach) -> Select[Any]:
    """A withdrawal may be made by the version of another number of the person, of the same run."""
    w, v, o = withdrawal.c, entitlement_version.c, obligation.c
    made_by = select(func.max(v.correction)).where(
        reach.names(entitlement_version),
        (v.county == o.county) & (v.benefit_month == o.benefit_month) & (v.benefit == o.benefit),
        (v.version_no == w.version_no) & (v.run_id == w.run_id),
    )
    why = made_by.correlate(withdrawal, obligation).scalar_subquery().label("correction")
    return (
        select(*_keyed(obligation), w.obligation_id, w.amount_fen, w.cause, why, *_OF_RUN)
        .select_from(_with_run(withdrawal).join(obligation, o.obligation_id == w.obligation_id))
        .order_by(w.withdrawal_id)
    )


def _receivables() -> Select[Any]:
    r = receivable.c
    return (
        select(*_keyed(receivable), r.receivable_id, r.amount_fen, r.cause, _WHY, *_OF_RUN)
        .select_from(_with_run(receivable).outerjoin(entitlement_version, that_made(receivable)))
        .order_by(r.receivable_id)
    )


def _recoveries(reach: _Reach) -> Select[Any]:
    """What was recovered of these months' receivables, and what was set off against their obligations."""
    c = recovery.c
    of_receivable = select(c.recovery_id).join(receivable).where(reach.covers(receivable))
    of_obligation = select(c.recovery_id).join(obligation).where(reach.covers(obligation))
    told = (c.receivable_id, c.obligation_id, c.means, c.amount_fen, c.officer, c.document, c.approved_by)
    return (
        select(*told, c.recorded_at, *_OF_RUN)
        .select_from(recovery)
        .outerjoin(run, run.c.run_id == c.run_id)
        .outerjoin(cycle, cycle.c.cycle_id == run.c.cycle_id)
        .where(c.recovery_id.in_(union(of_receivable, of_obligation)))
        .order_by(c.recovery_id)
    )


def _holds(reach: _Reach) -> Select[Any]:
    lifting = hold.alias("lifting")
    names = ("county", "hold_id", "obligation_id", "code", *GROUND, "actor", "reason", "recorded_at")
    return (
        select(
            *(hold.c[name] for name in names),
            lifting.c.actor.label("lifted_by"),
            lifting.c.reason.label("lift_reason"),
            lifting.c.decision,
            lifting.c.recorded_at.label("lifted_at"),
        )
        .select_from(hold)
        .outerjoin(lifting, (lifting.c.hold_id == hold.c.hold_id) & (lifting.c.event == HoldEvent.LIFTED.value))
        .where(hold.c.event == HoldEvent.PLACED.value, reach.names(hold))
        .order_by(hold.c.hold_id)
    )
