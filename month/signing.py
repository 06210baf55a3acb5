"""Officers sign a month: approve, reject, release. Each act carries its own permission and returns what it did."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from contracts.actor import Actor
from contracts.codes import OfficerRole
from contracts.errors import BookError
from contracts.settings import Home
from ledger import batches, proving, signing
from ledger.book import Book, opened
from month.auditing import open_findings
from month.funding import require_funded
from month.officers import require, require_limit, two_officers
from month.progress import tables_of
from month.witnessing import bear_witness, require_current
from payments.outbox import folder_of, note_head
from payments.render import GONE, place, strangers
from payments.verify import verify_batches


@dataclass(frozen=True)
class SignedFile:
    """A payment file by its content: where it lies now, its SHA-256, its lines and their fen."""

    path: Path
    digest: str
    lines: int
    fen: int


@dataclass(frozen=True)
class Signed:
    """The batches newly signed (none: they were before), where the audit chain ends since, and what was signed."""

    batches: tuple[str, ...]
    head: str
    files: tuple[SignedFile, ...] = ()


def approve(home: Home, county: str, pay_month: date, by: Actor, only: Collection[str] = (), seen: str = "") -> Signed:
    """Approve the month's unreleased batches whose files agree with the book, or `only` some of them by id.

    `seen`: the digest of what the officer has read; nothing else is signed. NotAllowedError without the role, the
    county or the limit; SameOfficerError for the maker; BookError where a file is not what the book says, or the book
    does not prove itself in what is signed.
    """
    officer = require(home, by, OfficerRole.CHECKER, county, "approve")
    with two_officers(home, by, county, "approve"), opened(home.database_url) as book:
        with book.reading() as conn:
            waiting = signing.among(signing.waiting(conn, county, pay_month), only)
        signing.require_seen(waiting, seen)
        require_limit(home, officer, by, county, "approve", waiting)
        _require_true(home, book, county, pay_month)
        return _signed(home, book, county, signing.approve(book, county, pay_month, by, only, seen).signed)


def reject(home: Home, county: str, pay_month: date, by: Actor, reason: str) -> Signed:
    """Reject the month's unreleased batches and take their files away.

    NotAllowedError without the role or the county.
    """
    require(home, by, OfficerRole.CHECKER, county, "reject")
    with opened(home.database_url) as book:
        rejected = signing.reject(book, county, pay_month, by, reason).signed
        place(book, home, county)
        return _signed(home, book, county, rejected)


def release(home: Home, county: str, pay_month: date, by: Actor) -> Signed:
    """Release the month's approved batches whose files agree with the book, and move these into the outbox; one way.

    NotAllowedError without the role or the county; SameOfficerError for the maker and the checker; BookError where a
    file is not what the book says, the outbox holds anything else, or the book does not prove itself in what goes out.
    """
    require(home, by, OfficerRole.RELEASER, county, "release")
    with two_officers(home, by, county, "release"), opened(home.database_url) as book:
        _require_true(home, book, county, pay_month)
        require_funded(home, book, county, pay_month)
        _require_no_strangers(home, book, county, pay_month)
        released = signing.release(book, county, pay_month, by).signed
        place(book, home, county)
        signed = _signed(home, book, county, released)
        for file in signed.files:
            note_head(file.path, signed.head)
        return signed


def _signed(home: Home, book: Book, county: str, signed: tuple[str, ...]) -> Signed:
    with book.reading() as conn:
        known = batches.batches_of(conn, county, None).filter(pl.col("batch_id").is_in(signed))
    return Signed(signed, bear_witness(home, book), tuple(_files(home, county, known)))


def _files(home: Home, county: str, known: pl.DataFrame) -> Iterator[SignedFile]:
    for row in known.drop_nulls("file_name").iter_rows(named=True):
        path = folder_of(home, county, row["pay_month"], row["state"]) / row["file_name"]
        yield SignedFile(path, row["file_digest"], row["line_count"], row["total_fen"])


def _require_no_strangers(home: Home, book: Book, county: str, pay_month: date) -> None:
    """BookError where a folder that files are released into holds anything that was not released by an officer."""
    with book.reading() as conn:
        months = signing.waiting(conn, county, pay_month)["pay_month"].unique().to_list()
    if found := strangers(book, home, county, months):
        names = "、".join(str(path.relative_to(home.path)) for path in found[:5])
        raise BookError(
            f"发放目录里有不是放行过的文件({len(found)} 个):{names}",
            "请查明来历,移出发放目录后再放行;这些文件不得交银行",
            county,
        )


def _require_decided(home: Home, book: Book, county: str, pay_month: date) -> None:
    """BookError while findings of the month's last run that stop the batch wait for an officer."""
    tables = tables_of(home, county, pay_month)
    stopping, _ = open_findings(book, tables) if tables is not None else (0, 0)
    if stopping:
        raise BookError(
            f"有 {stopping} 条须先办理的疑点未办理,不能签署",
            f"请用 disburse finding list --open --county {county} 列出,办理后重新运行 disburse run",
            county,
        )


def _require_true(home: Home, book: Book, county: str, pay_month: date) -> None:
    """BookError where findings wait, where the files of what waits are not what the book says, or where the book does
    not prove itself in them.
    """
    require_current(home, book)
    _require_decided(home, book, county, pay_month)
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
