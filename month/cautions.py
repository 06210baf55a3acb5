"""What whoever signs is told of who acted, before anything else. It stops nothing."""

from __future__ import annotations

from datetime import date

from contracts.settings import Home
from ledger.book import Transaction
from ledger.signatures import one_login
from month.officers import BARE_NAMES, is_bare


def cautions(home: Home, conn: Transaction, county: str, pay_month: date, *, now_at: str = "") -> tuple[str, ...]:
    """In an officer's words: that a bare name is enough here, and which system user acted in several roles.

    `now_at`: the system user that is about to sign.
    """
    bare = (BARE_NAMES,) if is_bare(home) else ()
    return (*bare, *(one.told for one in one_login(conn, county, pay_month, now_at=now_at)))
