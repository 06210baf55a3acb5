"""Officers put lists of beneficiaries up and take them down; who forgets to is told by `status`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from contracts.actor import Actor
from contracts.codes import OfficerRole
from contracts.errors import BookError, InputError
from contracts.months import month_text
from contracts.settings import Home
from ledger import publishing
from ledger.book import opened
from ledger.publishing import Published
from month.officers import require
from month.papers import papers_again


def put_up(
    home: Home, county: str, pay_month: date, by: Actor, from_on: date, until_on: date, telephone: str
) -> list[Path]:
    """Note that the month's list hangs from a day to another, and write it with both and the telephone; its files.

    NotAllowedError without the maker's role or the county; InputError where the days or the telephone are none;
    BookError where the month never ran.
    """
    require(home, by, OfficerRole.MAKER, county, "publish")
    if until_on < from_on:
        raise InputError(f"公示止期 {until_on} 早于起期 {from_on}", "请改正日期", county)
    if not telephone.strip():
        raise InputError("公示须写明监督电话", "请用 --telephone 写明", county)
    new = Published(month_text(pay_month), from_on, until_on, telephone.strip())
    with opened(home.database_url) as book:
        publishing.put_up(book, county, new, by)
    return papers_again(home, county, pay_month, only=("public",))


def take_down(home: Home, county: str, pay_month: date, by: Actor, on: date) -> None:
    """Note that the month's list was taken down. NotAllowedError as above; BookError where none hangs."""
    require(home, by, OfficerRole.MAKER, county, "publish")
    with opened(home.database_url) as book:
        if not publishing.take_down(book, county, pay_month, on, by):
            raise BookError(
                "没有张贴着的公示名单", f"请查看:disburse public list --county {county}", month_text(pay_month)
            )


def published(home: Home, county: str) -> list[Published]:
    """Every list that was put up, the newest month first. Read-only."""
    with opened(home.database_url) as book, book.reading() as conn:
        return sorted(publishing.of_county(conn, county).values(), key=lambda one: one.pay_month, reverse=True)
