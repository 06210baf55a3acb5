"""Rendering: every claimed batch as a file, its roster and their SHA-256 beside it, and the digest in the book.

A file is written under a temporary name and renamed, then its roster, then the sidecar, then the book is told; a run
killed in between writes the same bytes again. Written is what waits, in the review folder; once released it is moved
into the outbox.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from contracts.codes import BatchState
from contracts.files import digest_of, sweep, whole_file, write_whole
from contracts.settings import Home
from ledger import batches
from ledger.book import Book
from payments import profiles
from payments.bodies import write_body
from payments.file_forms import Profile
from payments.orders import order_of
from payments.outbox import SIDECAR, beside, folder_of, sidecar_text, with_what_is_beside
from payments.rosters import ROSTER, write_roster

GONE = (BatchState.VOIDED, BatchState.REJECTED)  # states of batches whose file nobody may take to a bank


def render(book: Book, home: Home, county: str) -> tuple[Path, ...]:
    """Write the file of every unreleased batch that stands, and have every other where it belongs; the files written.

    Each by the profile it was claimed with; InputError where that is not to be had.
    """
    written = []
    for row in _batches(book, county):
        if row["state"] not in (BatchState.RELEASED, *GONE):
            profile = profiles.of_batch(home, row["profile"], row["profile_digest"]).profile
            folder = folder_of(home, county, row["pay_month"], row["state"])
            written.append(_write(book, folder, county, row["batch_id"], profile))
    place(book, home, county)
    return tuple(written)


def place(book: Book, home: Home, county: str) -> None:
    """Move what is released into the outbox, and take away what is rejected or voided; idempotent.

    Also what an earlier version of the program had put into the outbox before it was released, and what a killed
    process left half-written in either folder.
    """
    sweep(home.of_county(home.review, county), home.of_county(home.outbox, county))
    for row in _batches(book, county):
        if row["file_name"] is None:
            continue
        waits = folder_of(home, county, row["pay_month"], BatchState.RENDERED)
        goes_out = folder_of(home, county, row["pay_month"], BatchState.RELEASED)
        for name in with_what_is_beside(row["file_name"]):
            if row["state"] == BatchState.RELEASED:
                _move(waits / name, goes_out / name)
            else:
                (goes_out / name).unlink(missing_ok=True)
            if row["state"] in GONE:
                (waits / name).unlink(missing_ok=True)


def strangers(book: Book, home: Home, county: str, pay_months: Collection[date]) -> list[Path]:
    """What lies in the outbox of these months beside the files of released batches, each as it was released.

    A file that went to the bank may be gone; one that is there must be the one the book knows. What stands beside one,
    its sidecar and its roster, is no stranger.
    """
    digest_by: dict[Path, str] = {}
    for row in _batches(book, county):
        if row["state"] == BatchState.RELEASED and row["file_name"]:
            folder = folder_of(home, county, row["pay_month"], row["state"])
            digest_by[folder / row["file_name"]] = row["file_digest"]
    expected = {path.with_name(name) for path in digest_by for name in beside(path.name)}
    folders = {folder_of(home, county, month, BatchState.RELEASED) for month in pay_months}
    lying = sorted(path for folder in folders if folder.is_dir() for path in folder.iterdir())
    return [one for one in lying if one not in expected and not _is_as_released(one, digest_by.get(one))]


def _is_as_released(path: Path, digest: str | None) -> bool:
    return digest is not None and path.is_file() and digest_of(path) == digest


def _batches(book: Book, county: str) -> Iterator[dict[str, Any]]:
    with book.reading() as conn:
        known = batches.batches_of(conn, county, None)
    return known.iter_rows(named=True)


def write_batch(book: Book, folder: Path, county: str, batch_id: str, profile: Profile) -> Path:
    """Write one batch's file, its roster and their sidecar into a folder, whole; nothing in the book changes."""
    with book.reading() as conn:
        order = order_of(conn, county, batch_id)
    target = folder / profile.file_name.format(**order.words())
    with whole_file(target) as temporary:
        write_body(temporary, order, profile)
    roster = write_roster(_roster_of(target), order)
    sidecar = sidecar_text(target, roster, order.lines, profile)
    write_whole(target.with_name(target.name + SIDECAR), sidecar.encode())
    return target


def write_roster_of(book: Book, file: Path, county: str, batch_id: str) -> Path | None:
    """Write the roster that stands beside a batch's file, whole; None where it pays no institution by name."""
    with book.reading() as conn:
        if batches.roster(conn, batch_id).is_empty():
            return None
        order = order_of(conn, county, batch_id)
    return write_roster(_roster_of(file), order)


def _roster_of(file: Path) -> Path:
    return file.with_name(file.name + ROSTER)


def _write(book: Book, folder: Path, county: str, batch_id: str, profile: Profile) -> Path:
    target = write_batch(book, folder, county, batch_id, profile)
    with book.writing() as conn:
        batches.record_file(conn, batch_id, target.name, digest_of(target))
    return target


def _move(source: Path, target: Path) -> None:
    """Move a file that is still there; one that was moved before, or that an officer took away, stays as it is."""
    if source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
