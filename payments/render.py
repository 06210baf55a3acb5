"""Rendering: every claimed batch as a file in the outbox, with its SHA-256 beside it, and the digest in the book.

A file is written under a temporary name and renamed, then its sidecar, then the book is told; a run killed in between
writes the same bytes again. Files of voided batches leave the folder for `voided/` beside it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from contracts.codes import BatchState
from contracts.files import digest_of, whole_file, write_whole
from contracts.settings import Home
from ledger import batches
from ledger.book import Book
from payments import profiles
from payments.bodies import file_words, write_body
from payments.outbox import SIDECAR, VOIDED, folder_of
from payments.profiles import Profile


def render(book: Book, home: Home, county: str) -> tuple[Path, ...]:
    """Write the file of every unreleased batch that stands, and put those of voided batches aside; the files written.

    Each by the profile it was claimed with; InputError where that is not to be had.
    """
    _sweep(home.outbox / county)
    with book.reading() as conn:
        known = batches.batches_of(conn, county, None)
    written = []
    for row in known.iter_rows(named=True):
        folder = folder_of(home.outbox, county, row["pay_month"])
        if row["state"] == BatchState.VOIDED:
            _put_aside(folder, row["file_name"])
        elif row["state"] != BatchState.RELEASED:
            profile = profiles.of_batch(home, row["profile"], row["profile_digest"]).profile
            written.append(_write(book, folder, county, row["batch_id"], profile))
    return tuple(written)


def write_batch(book: Book, folder: Path, county: str, batch_id: str, profile: Profile) -> Path:
    """Write one batch's file and sidecar into a folder, whole; nothing in the book changes."""
    with book.reading() as conn:
        lines = batches.lines(conn, batch_id)
    target = folder / profile.file_name.format(**file_words(lines, county))
    with whole_file(target) as temporary:
        write_body(temporary, lines, county, profile)
    write_whole(target.with_name(target.name + SIDECAR), f"{digest_of(target)}  {target.name}\n".encode())
    return target


def _write(book: Book, folder: Path, county: str, batch_id: str, profile: Profile) -> Path:
    target = write_batch(book, folder, county, batch_id, profile)
    with book.writing() as conn:
        batches.record_file(conn, batch_id, target.name, digest_of(target))
    return target


def _sweep(folder: Path) -> None:
    """Remove what a killed run left half-written; nobody else writes here while a run holds the county."""
    for leftover in list(folder.rglob(".*")):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink(missing_ok=True)  # it may have gone with its folder


def _put_aside(folder: Path, file_name: str | None) -> None:
    for name in (file_name, f"{file_name}{SIDECAR}") if file_name else ():
        if (folder / name).exists():
            (folder / VOIDED).mkdir(exist_ok=True)
            (folder / name).replace(folder / VOIDED / name)
