"""Who let a run go on that a control had stopped: one entry of the audit log for each control, with its figures."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection, exists, select

from contracts.actor import Actor
from contracts.codes import Control, Logged
from contracts.months import month_text
from contracts.registers import FILE_LABELS
from ledger import audit
from ledger.tables import audit_log


@dataclass(frozen=True)
class Override:
    """A control that stopped a run, the figures it stopped on, and why it went on. `manifest`: of which run.

    A file that a threshold stopped and an officer took is one too: the control is then Logged.ACCEPT.
    """

    control: str
    why: str
    reason: str
    manifest: str = ""


@dataclass(frozen=True)
class Overridden:
    """An override as it stands in the book."""

    officer: str
    recorded_at: str
    override: Override

    @property
    def told(self) -> str:
        """In an officer's words."""
        one = self.override
        if one.control == Logged.ACCEPT.value:
            return f"{Logged.ACCEPT.label}:{one.why};{self.officer}决定,理由:{one.reason}"
        return f"{Control.label_of(one.control)}:{one.why};{self.officer}同意继续,理由:{one.reason}"


def note(conn: Connection, county: str, pay_month: date, by: Actor, override: Override) -> None:
    """Add it to the log once, in the caller's transaction: the same run, stopped on the same figures, adds nothing."""
    told = json.dumps(asdict(override), ensure_ascii=False, sort_keys=True)
    c = audit_log.c
    same = (c.county == county, c.action == Logged.OVERRIDE.value, c.actor == by.officer, c.detail_json == told)
    if not conn.execute(select(exists().where(c.object == month_text(pay_month), *same))).scalar():
        audit.append(conn, county, by, Logged.OVERRIDE.value, month_text(pay_month), asdict(override))


def of_month(conn: Connection, county: str, pay_month: date) -> tuple[Overridden, ...]:
    """Every override of a county's pay month, in the order they were given."""
    c = audit_log.c
    month = month_text(pay_month)
    let_go = (c.action == Logged.OVERRIDE.value) & (c.object == month)
    of = select(c.actor, c.recorded_at, c.action, c.detail_json).where(
        c.county == county, let_go | (c.action == Logged.ACCEPT.value)
    )
    rows = conn.execute(of.order_by(c.entry_id)).all()
    read = ((row, _entry(row.action, row.detail_json, month)) for row in rows)
    return tuple(Overridden(row.actor, row.recorded_at, one) for row, one in read if one is not None)


def _entry(action: str, detail_json: str, month: str) -> Override | None:
    """What an entry tells; None of a file that was taken for another month."""
    if action == Logged.OVERRIDE.value:
        return _read(detail_json)
    told = json.loads(detail_json)
    what = f"{FILE_LABELS.get(told['register'], told['register'])}名册"
    return Override(action, what, told["reason"]) if told["inbox_month"] == month else None


def _read(detail_json: str) -> Override:
    """An entry's detail; earlier ones name no control, and only those on the order of months have figures."""
    told = json.loads(detail_json)
    control = told.get("control") or (Control.ORDER if "why" in told else Control.RECOVERY).value
    return Override(control, told.get("why", ""), told["reason"], told.get("manifest", ""))
