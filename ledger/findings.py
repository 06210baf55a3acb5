"""What officers decided of findings: appended, never rewritten; of several decisions of one finding the last counts.

A finding is known by its number (audit/finding.py), which stays while its evidence does. A decision counts for that
number alone: other evidence is another finding and is asked again. To accept counts up to a month, to hold as long as
the hold is open; to have the register corrected counts until the evidence is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy import Connection, insert, select

from contracts.actor import Actor
from contracts.codes import AuditRule, FindingDecision, HoldCode, Logged
from contracts.months import month_text
from ledger import audit, cycles, holds
from ledger.book import Book, next_id, now, read_frame
from ledger.tables import finding_decision

_COLUMNS = (
    "decision_row", "finding_id", "rule", "decision", "until_month", "hold_id", "officer", "reason", "recorded_at",
)  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """The finding that is decided: its number, its rule, and whom it is about."""

    finding_id: str
    rule: AuditRule
    person_no: int


def decided(conn: Connection, county: str, month: date) -> pl.DataFrame:
    """The decision that counts of each finding in a pay month.

    finding_id, rule, decision, until_month, hold_id, officer, reason, recorded_at.
    """
    rows = read_frame(
        conn, select(*(finding_decision.c[name] for name in _COLUMNS)).where(finding_decision.c.county == county)
    )
    last = rows.sort("decision_row").unique("finding_id", keep="last", maintain_order=True).drop("decision_row")
    if last.is_empty():
        return last
    waiting = holds.open_holds(conn, county)["hold_id"]
    is_over = (pl.col("until_month") < month).fill_null(value=False)
    is_lifted = pl.col("hold_id").is_not_null() & ~pl.col("hold_id").is_in(waiting.implode())
    return last.filter(~is_over & ~is_lifted)


def decide(
    book: Book,
    county: str,
    subjects: Sequence[Subject],
    decision: FindingDecision,
    reason: str,
    by: Actor,
    until_month: date | None = None,
) -> list[int]:
    """Note what an officer decides of findings, all or none, each with its entry in the log; the holds that it places.

    To hold waits with everything of the person, until the hold is lifted. `until_month`: to accept, the last pay month.
    """
    with book.writing() as conn:
        placed = [_decide(conn, county, subject, decision, reason, by, until_month) for subject in subjects]
    return [hold_id for hold_id in placed if hold_id is not None]


def _decide(
    conn: Connection,
    county: str,
    subject: Subject,
    decision: FindingDecision,
    reason: str,
    by: Actor,
    until_month: date | None,
) -> int | None:
    hold_id = None
    if decision is FindingDecision.HOLD:
        said = f"疑点{subject.rule.value}{subject.rule.label}:{reason}"
        hold_id = holds.placed(conn, county, subject.person_no, HoldCode.UNDER_REVIEW, said, by)
    newest = cycles.newest_cycle(conn, county)
    row = {
        "decision_row": next_id(conn, finding_decision),
        "county": county,
        "cycle_id": newest.cycle_id if newest else None,
        "finding_id": subject.finding_id,
        "rule": subject.rule.value,
        "person_no": subject.person_no,
        "decision": decision.value,
        "until_month": month_text(until_month) if until_month else None,
        "hold_id": hold_id,
        "officer": by.officer,
        "system_user": by.system_user,
        "reason": reason,
        "recorded_at": now(),
    }
    conn.execute(insert(finding_decision).values(**row))
    detail = {
        "rule": subject.rule.value,
        "decision": decision.value,
        "until": row["until_month"] or "",
        "reason": reason,
    }
    audit.append(conn, county, by, Logged.FINDING.value, f"finding {subject.finding_id}", detail)
    return hold_id
