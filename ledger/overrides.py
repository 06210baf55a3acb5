"""Who let a run go on that a control had stopped: one entry of the audit log for each control, with its figures."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection, exists, select

from contracts.actor import Actor
from contracts.codes import Control, Logged
from contracts.months import month_text
from ledger import audit
from ledger.tables import audit_log


@dataclass(frozen=True)
class Override:
    """A control that stopped a run, the figures it stopped on, and why it went on. `manifest`: of which run."""

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
    of = (c.county == county, c.action == Logged.OVERRIDE.value, c.object == month_text(pay_month))
    rows = conn.execute(select(c.actor, c.recorded_at, c.detail_json).where(*of).order_by(c.entry_id)).all()
    return tuple(Overridden(row.actor, row.recorded_at, _read(row.detail_json)) for row in rows)


def _read(detail_json: str) -> Override:
    """An entry's detail; earlier ones name no control, and only those on the order of months have figures."""
    told = json.loads(detail_json)
    control = told.get("control") or (Control.ORDER if "why" in told else Control.RECOVERY).value
    return Override(control, told.get("why", ""), told["reason"], told.get("manifest", ""))
