"""Which lists of beneficiaries were put up (公示), until when, and which were taken down: entries of the audit log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, select

from contracts.actor import Actor
from contracts.codes import Logged
from contracts.months import month_text
from ledger import audit
from ledger.book import Book
from ledger.tables import audit_log


@dataclass(frozen=True)
class Published:
    """A month's list as it was last put up: both days included; `down_on` None: it still hangs."""

    pay_month: str
    from_on: date
    until_on: date
    telephone: str
    down_on: date | None = None


def put_up(book: Book, county: str, new: Published, by: Actor) -> bool:
    """Note that a month's list was put up; False where it hangs so already."""
    with book.writing() as conn:
        if of_county(conn, county).get(new.pay_month) == new:
            return False
        told = {"from": new.from_on.isoformat(), "until": new.until_on.isoformat(), "telephone": new.telephone}
        audit.append(conn, county, by, Logged.PUBLISHED.value, new.pay_month, told)
        return True


def take_down(book: Book, county: str, pay_month: date, on: date, by: Actor) -> bool:
    """Note that a month's list was taken down; False where none hangs."""
    with book.writing() as conn:
        hangs = of_county(conn, county).get(month_text(pay_month))
        if hangs is None or hangs.down_on is not None:
            return False
        audit.append(conn, county, by, Logged.TAKEN_DOWN.value, month_text(pay_month), {"down_on": on.isoformat()})
        return True


def of_county(conn: Connection, county: str) -> Mapping[str, Published]:
    """Pay month → its list as it was last put up, of months of which one was."""
    c = audit_log.c
    acts = (Logged.PUBLISHED.value, Logged.TAKEN_DOWN.value)
    entries = select(c.object, c.action, c.detail_json).where(c.county == county, c.action.in_(acts))
    found: dict[str, Published] = {}
    for row in conn.execute(entries.order_by(c.entry_id)).all():
        told = json.loads(row.detail_json)
        if row.action == Logged.PUBLISHED.value:
            from_on, until_on = (date.fromisoformat(told[name]) for name in ("from", "until"))
            found[row.object] = Published(row.object, from_on, until_on, told["telephone"])
        else:
            found[row.object] = replace(found[row.object], down_on=date.fromisoformat(told["down_on"]))
    return found


def over(conn: Connection, county: str, on: date) -> list[Published]:
    """The lists whose period is over on a day and that still hang, the oldest first."""
    hanging = (one for one in of_county(conn, county).values() if one.down_on is None and one.until_on < on)
    return sorted(hanging, key=lambda one: one.pay_month)
