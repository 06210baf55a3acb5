"""What whoever signs is told of who acted, and of what failed unattended, before anything else. It stops nothing."""

from __future__ import annotations

from datetime import date

from contracts.months import month_text
from contracts.settings import Home
from ledger.book import Transaction
from ledger.signatures import one_login
from month import failures
from month.officers import BARE_NAMES, is_bare


def cautions(home: Home, conn: Transaction, county: str, pay_month: date, *, now_at: str = "") -> tuple[str, ...]:
    """In an officer's words: that a bare name is enough here, which system user acted in several roles, what failed.

    `now_at`: the system user that is about to sign.
    """
    bare = (BARE_NAMES,) if is_bare(home) else ()
    failed = (one.told for one in failures.noted(home, county) if one.about == month_text(pay_month))
    return (*bare, *failed, *(one.told for one in one_login(conn, county, pay_month, now_at=now_at)))
