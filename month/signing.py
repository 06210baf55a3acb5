"""Officers sign a month: approve, reject, release. Each act carries its own permission and returns what it did."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import polars as pl

from contracts.actor import Actor
from contracts.codes import OfficerRole
from contracts.errors import BookError
from contracts.settings import Home
from ledger import audit, proving, signing
from ledger.book import Book, opened
from month.officers import require, require_limit, two_officers
from payments.render import GONE, place
from payments.verify import verify_batches


@dataclass(frozen=True)
class Signed:
    """The batches newly signed (none: they were before), and where the audit chain ends since."""

    batches: tuple[str, ...]
    head: str


def approve(home: Home, county: str, pay_month: date, by: Actor, only: Collection[str] = ()) -> Signed:
    """Approve the month's unreleased batches whose files agree with the book, or `only` some of them by id.

    NotAllowedError without the role, the county or the limit; SameOfficerError for the maker; BookError where a file is
    not what the book says, or the book does not prove itself in what is signed.
    """
    officer = require(home, by, OfficerRole.CHECKER, county, "approve")
    with two_officers(home, by, county, "approve"), opened(home.database_url) as book:
        with book.reading() as conn:
            waiting = signing.among(signing.waiting(conn, county, pay_month), only)
        require_limit(home, officer, by, county, "approve", waiting)
        _require_true(home, book, county, pay_month)
        return _signed(book, signing.approve(book, county, pay_month, by, only).signed)


def reject(home: Home, county: str, pay_month: date, by: Actor, reason: str) -> Signed:
    """Reject the month's unreleased batches and take their files away.

    NotAllowedError without the role or the county.
    """
    require(home, by, OfficerRole.CHECKER, county, "reject")
    with opened(home.database_url) as book:
        rejected = signing.reject(book, county, pay_month, by, reason).signed
        place(book, home, county)
        return _signed(book, rejected)


def release(home: Home, county: str, pay_month: date, by: Actor) -> Signed:
    """Release the month's approved batches whose files agree with the book, and move these into the outbox; one way.

    NotAllowedError without the role or the county; SameOfficerError for the maker and the checker; BookError where a
    file is not what the book says, or the book does not prove itself in what goes out.
    """
    require(home, by, OfficerRole.RELEASER, county, "release")
    with two_officers(home, by, county, "release"), opened(home.database_url) as book:
        _require_true(home, book, county, pay_month)
        released = signing.release(book, county, pay_month, by).signed
        place(book, home, county)
        return _signed(book, released)


def _signed(book: Book, batches: tuple[str, ...]) -> Signed:
    with book.reading() as conn:
        return Signed(batches, audit.head(conn))


def _require_true(home: Home, book: Book, county: str, pay_month: date) -> None:
    """BookError where the files of what waits are not what the book says, or the book does not prove itself in them."""
    with book.reading() as conn:
        waiting = signing.waiting(conn, county, pay_month).filter(~pl.col("state").is_in(GONE))
        proof = proving.prove_batches(conn, county, waiting["batch_id"].to_list())
    findings = verify_batches(book, home, county, waiting)
    if findings:
        first = findings[0]
        raise BookError(
            f"发放文件与总账不符({len(findings)} 处),首处:{first.what}",
            "请重新运行 disburse run 生成文件,再用 disburse verify 核对",
            first.batch_id,
        )
    proof.require(county)
