"""Files received: each noted once, a re-submission beside the file it supersedes; and what officers took anyway.

A county may hand in a register again for a month it has handed it in for before. The later file counts from the day it
was known; a run that knows only of an earlier day takes the file known then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Connection, Row, Select, insert, select

from contracts.actor import Actor
from contracts.codes import Logged
from contracts.manifest import RegisterInput
from ledger import audit
from ledger.book import Book, next_id, now, read_frame
from ledger.tables import receipt, register_acceptance


@dataclass(frozen=True)
class Acceptance:
    """An officer took a file that a threshold had stopped."""

    officer: str
    reason: str
    recorded_at: str


def note_received(book: Book, county: str, registers: Sequence[RegisterInput], known_on: date, by: Actor) -> int:
    """Note the files that differ from the last of their register and inbox month; returns how many.

    `registers` without a file are passed over.
    """
    with book.reading() as conn:
        is_known = all(_is_last(conn, county, register) for register in registers)
    if is_known:
        return 0
    with book.writing() as conn:
        new = [register for register in registers if not _is_last(conn, county, register)]
        for register in new:
            _note(conn, county, register, known_on, by)
    return len(new)


def _note(conn: Connection, county: str, register: RegisterInput, known_on: date, by: Actor) -> None:
    """The receipt of one file, and the entry that tells of it; its name may be a person's and is not told."""
    receipt_id = next_id(conn, receipt)
    told = {"register": register.name, "inbox_month": register.inbox_month, "known_on": known_on.isoformat()}
    row = {**told, "file_name": register.file_name, "file_digest": register.file_digest}
    conn.execute(
        insert(receipt).values(
            receipt_id=receipt_id, county=county, system_user=by.system_user, received_at=now(), **row
        )
    )
    detail = {**told, "digest": register.file_digest}
    audit.append(conn, county, by, Logged.RECEIVED.value, f"receipt {receipt_id}", detail)


def known_by(conn: Connection, county: str, register: RegisterInput, known_on: date) -> RegisterInput:
    """The register with the file that was known on a day: the last one received by then for the same inbox month.

    Where none was known by then, the register as it is.
    """
    received = _receipts(county, register).where(receipt.c.known_on <= known_on.isoformat())
    last = conn.execute(received.limit(1)).first()
    if last is None:
        return register
    return register.model_copy(update={"file_name": last.file_name, "file_digest": last.file_digest})


def history(conn: Connection, county: str, register: str | None = None) -> pl.DataFrame:
    """Every file ever received, in order of register, inbox month and receipt.

    receipt_id, register, inbox_month, file_name, file_digest, known_on, received_at, superseded_by (the receipt that
    followed for the same register and inbox month; null where none did).
    """
    names = ("receipt_id", "register", "inbox_month", "file_name", "file_digest", "known_on", "received_at")
    received = select(*(receipt.c[name] for name in names)).where(receipt.c.county == county)
    if register is not None:
        received = received.where(receipt.c.register == register)
    rows = read_frame(conn, received).sort("register", "inbox_month", "receipt_id")
    return rows.with_columns(superseded_by=pl.col("receipt_id").shift(-1).over("register", "inbox_month"))


def accept_file(book: Book, county: str, register: RegisterInput, by: Actor, reason: str) -> None:
    """Note that an officer takes a file which a threshold stopped, with his reason."""
    with book.writing() as conn:
        conn.execute(
            insert(register_acceptance).values(
                acceptance_id=next_id(conn, register_acceptance),
                county=county,
                register=register.name,
                file_digest=register.file_digest,
                officer=by.officer,
                system_user=by.system_user,
                reason=reason,
                recorded_at=now(),
            )
        )
        detail = {"register": register.name, "inbox_month": register.inbox_month, "reason": reason}
        audit.append(conn, county, by, "accept", f"file {register.file_digest[:12]}", detail)


def accepted_by(conn: Connection, county: str, register: str, file_digest: str) -> Acceptance | None:
    """Who took this very file of a register although a threshold stops it; None where nobody did."""
    taken = register_acceptance.c
    found = conn.execute(
        select(taken.officer, taken.reason, taken.recorded_at)
        .where(taken.county == county, taken.register == register, taken.file_digest == file_digest)
        .order_by(taken.acceptance_id.desc())
        .limit(1)
    ).first()
    return Acceptance(found.officer, found.reason, found.recorded_at) if found else None


def _is_last(conn: Connection, county: str, register: RegisterInput) -> bool:
    """Whether the register has no file, or its file is the last one received for its inbox month."""
    if not register.file_digest:
        return True
    last: Row[Any] | None = conn.execute(_receipts(county, register).limit(1)).first()
    return last is not None and (last.file_name, last.file_digest) == (register.file_name, register.file_digest)


def _receipts(county: str, register: RegisterInput) -> Select[Any]:
    """The receipts of a register and inbox month, newest first."""
    of_month = receipt.c.inbox_month == register.inbox_month
    mine = select(receipt).where(receipt.c.county == county, receipt.c.register == register.name, of_month)
    return mine.order_by(receipt.c.receipt_id.desc())


def originals(conn: Connection) -> list[tuple[str, str, str, str]]:
    """Every file the book noted as received, once: county, register, file_name, file_digest."""
    r = receipt.c
    told = select(r.county, r.register, r.file_name, r.file_digest).distinct()
    return [tuple(row) for row in conn.execute(told.order_by(r.county, r.register, r.file_digest, r.file_name))]
