"""An officer takes back a month that was run by mistake, while nothing of it is approved."""

from __future__ import annotations

from datetime import date

from contracts.actor import Actor
from contracts.codes import OfficerRole
from contracts.errors import InputError
from contracts.settings import Home
from ledger import taking_back
from ledger.book import opened
from ledger.taking_back import TakenBack
from month.officers import require
from month.witnessing import bear_witness, require_current
from payments.render import place


def take_back(home: Home, county: str, pay_month: date, by: Actor, reason: str) -> TakenBack:
    """Book the county's newest month back to what was decided before it, and take its files away.

    NotAllowedError without the role or the county; InputError without a reason; BookError where the month is not the
    newest, is closed, or anything of it is approved.
    """
    require(home, by, OfficerRole.MAKER, county, "take_back")
    if not reason.strip():
        raise InputError("撤回本月须写明理由", "请加 --reason 理由", county)
    with opened(home.database_url) as book:
        require_current(home, book)
        done = taking_back.take_back(book, county, pay_month, by, reason.strip())
        place(book, home, county)
        bear_witness(home, book)
    return done
