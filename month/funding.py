"""The register of funds: what was allocated, and what the county's orders take of it and bring back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

import rulebook
from contracts.actor import Actor
from contracts.codes import Benefit, Control, FundLevel, OfficerRole
from contracts.errors import BookError, InputError
from contracts.months import month_text
from contracts.settings import Home
from ledger import funds as register
from ledger import overrides
from ledger.book import Book, Transaction, opened
from ledger.funds import Allocated, Allocation
from month.controls import goes_on
from month.month import Month
from month.officers import require
from reports import funds
from reports.funds import Balance


@dataclass(frozen=True)
class Register:
    """A county's allocations, and how each level's money stands."""

    allocated: tuple[Allocated, ...]
    balances: tuple[Balance, ...]


def allocate(home: Home, county: str, new: Allocation, by: Actor) -> bool:
    """Enter an allocation, or take one back (a negative sum); False where the same stands already.

    NotAllowedError without the releaser's role or the county; InputError where it says nothing; BookError where what
    is taken back does not stand.
    """
    require(home, by, OfficerRole.RELEASER, county, "fund")
    if not new.fen or not new.document_no.strip() or not new.purpose.strip():
        raise InputError("指标须有文号、名称和不为零的金额", "请补全后重试", county)
    if new.fen < 0 and not new.reason:
        raise InputError("冲销指标须写明理由", "请用 --reason 写明", county)
    with opened(home.database_url) as book:
        return register.add(book, county, new, by)


def register_of(home: Home, county: str) -> Register:
    """The county's allocations and balances. Read-only."""
    with opened(home.database_url) as book, book.reading() as conn:
        return Register(register.of_county(conn, county), _balances(home, conn, county))


def orders_of(home: Home, conn: Transaction, county: str, pay_month: date | None = None) -> pl.DataFrame:
    """The county's orders, or a pay month's, as reports.funds.of_orders: each split by the law it was claimed under."""
    orders = register.orders(conn, county, pay_month)
    laws = {digest: rulebook.load_kept(home.store, digest) for digest in orders["law_digest"].drop_nulls().unique()}
    said = {
        batch_id: laws[digest].funding(county, month, known_on).get(Benefit(benefit)) if digest else None
        for batch_id, digest, month, known_on, benefit in orders.select(
            "batch_id", "law_digest", "pay_month", "dated_on", "benefit"
        ).iter_rows()
    }
    return funds.of_orders(orders, said)


def _balances(home: Home, conn: Transaction, county: str) -> tuple[Balance, ...]:
    allocated: dict[FundLevel, int] = {}
    for one in register.of_county(conn, county):
        allocated[one.allocation.level] = allocated.get(one.allocation.level, 0) + one.allocation.fen
    return funds.balances(allocated, orders_of(home, conn, county)) if allocated else ()


def require_covered(month: Month) -> None:
    """StoppedError where what waits is more than what is left, and no officer lets the run go on.

    A county that entered no allocation keeps its register elsewhere: nothing is compared.
    """
    county, pay_month = month.manifest.county, month.manifest.pay_month
    with month.book.reading() as conn:
        found = _balances(month.home, conn, county)
    with goes_on(month, Control.FUNDS):
        funds.require_covered(found, county, month_text(pay_month))


def require_funded(home: Home, book: Book, county: str, pay_month: date) -> None:
    """BookError where what is to be released is more than what is left, and nobody let the month go on with that."""
    with book.reading() as conn:
        lacking = funds.shortage(_balances(home, conn, county))
        let_go = overrides.of_month(conn, county, pay_month)
    agreed = {one.override.why for one in let_go if one.override.control == Control.FUNDS.value}
    if lacking and lacking not in agreed:
        raise BookError(
            f"超出指标,不能放行:{lacking}",
            "请登记新到的指标(disburse fund add);确需先发的,重新运行并由复核人员同意",
            f"{county} {month_text(pay_month)}",
        )


def told(found: Register) -> Mapping[str, object]:
    """For JSON."""
    return {
        "allocations": [
            {
                "entry": one.entry_id,
                "document": one.allocation.document_no,
                "purpose": one.allocation.purpose,
                "level": one.allocation.level.value,
                "fen": one.allocation.fen,
                "dated_on": one.allocation.dated_on,
                "officer": one.officer,
                "reason": one.allocation.reason,
            }
            for one in found.allocated
        ],
        "balances": [
            {
                "level": one.level.value,
                "allocated_fen": one.allocated_fen,
                "paid_fen": one.paid_fen,
                "returned_fen": one.returned_fen,
                "waiting_fen": one.waiting_fen,
                "left_fen": one.left_fen,
            }
            for one in found.balances
        ],
    }
