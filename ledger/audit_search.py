"""Which entries of the audit log are about a person, a batch, a day or an act.

The log names no person. What it is about (a run, a hold, a debt, a batch, an answer, a decision) leads to one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import Connection, Select, or_, select

from ledger import identity
from ledger.book import read_frame
from ledger.credentials import OF_HOME
from ledger.story import story
from ledger.tables import audit_log, bank_event, finding_decision, instruction
from ledger.tables import identity as decision

SHOWN = ("entry_id", "recorded_at", "actor", "system_user", "known_by", "action", "object", "detail_json")
ALL = 1 << 31


@dataclass(frozen=True)
class Sought:
    """What is looked for; None looks for anything. Instants are text as in the book, the second one not included."""

    acts: Collection[str] | None = None
    about: Collection[str] | None = None  # objects, as about_person and about_batch give them
    officer: str | None = None
    since: str | None = None
    before: str | None = None
    last: int = ALL


def entries(conn: Connection, county: str, sought: Sought) -> pl.DataFrame:
    """The county's entries that fit, and those of the whole home (passwords), the newest first and no more than `last`.

    entry_id, recorded_at, actor, system_user, known_by, action, object, detail_json.
    """
    c = audit_log.c
    found = select(*(c[name] for name in SHOWN)).where(c.county.in_((county, OF_HOME)))
    if sought.acts is not None:
        found = found.where(c.action.in_(sought.acts))
    if sought.about is not None:
        found = found.where(c.object.in_(sought.about))
    if sought.officer is not None:
        found = found.where(c.actor == sought.officer)
    if sought.since is not None:
        found = found.where(c.recorded_at >= sought.since)
    if sought.before is not None:
        found = found.where(c.recorded_at < sought.before)
    return read_frame(conn, found.order_by(c.entry_id.desc()).limit(sought.last))


def about_batch(conn: Connection, batch_id: str) -> set[str]:
    """What entries of a batch are about: the batch, and the answers to its lines."""
    lines = select(instruction.c.instruction_id).where(instruction.c.batch_id == batch_id)
    return {batch_id, *_texts(conn, select(bank_event.c.source_digest).where(bank_event.c.instruction_id.in_(lines)))}


def about_person(conn: Connection, county: str, person_no: int) -> set[str]:
    """What entries of a person are about, under every number that counts as one with this.

    The runs that changed something of his, his batches with their answers, holds, debts, and decisions on his numbers
    and on findings about him.
    """
    told = story(conn, person_no, county)
    numbers = identity.of_county(conn, county).numbers_of(person_no)
    of_run = (told.versions, told.obligations, told.withdrawals, told.receivables, told.recoveries)
    runs = {run_id for rows in of_run for run_id in rows["run_id"].drop_nulls()}
    lines = set(told.payments["instruction_id"])
    answers = select(bank_event.c.source_digest).where(bank_event.c.instruction_id.in_(lines))
    decided = select(decision.c.decision_id).where(
        decision.c.county == county,
        or_(decision.c.person_no.in_(numbers), decision.c.other_no.in_(numbers)),
    )
    doubted = select(finding_decision.c.finding_id).where(
        finding_decision.c.county == county, finding_decision.c.person_no.in_(numbers)
    )
    return {
        *set(told.payments["batch_id"]),
        *_texts(conn, answers),
        *(f"run {number}" for number in runs),
        *(f"hold {number}" for number in told.holds["hold_id"]),
        *(f"receivable {number}" for number in told.receivables["receivable_id"]),
        *(f"decision {number}" for number in _texts(conn, decided)),
        *(f"finding {number}" for number in _texts(conn, doubted)),
    }


def _texts(conn: Connection, statement: Select[Any]) -> set[str]:
    return {str(value) for value in conn.execute(statement.distinct()).scalars()}
