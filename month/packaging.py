"""The package of a sealed cycle: what its seal speaks of, what it was made from, what went out and what came back.

`sealed/<county>/<county>-<YYYY-MM>-<sequence>.zip`, beside it the checker that needs neither this program nor the book
(`check_package.py`). A pure function of the book and the kept originals: written again, the same bytes.

    package.json    what this is, and of every other part its size and SHA-256
    seals.json      the county's seals up to this one
    log.json        the audit log up to the entry of the closing
    book/           the sealed rows of each table, as they were digested
    received/       registers and answers, by their SHA-256
    layouts/, packs/, profiles/     how these were read, the law, the banks' forms
    files/          what went to the bank
    rosters/        whom its lines to institutions are for
    slips/          the control slips of the month, as they were noted before it was closed
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import intake
from contracts.codes import BatchState
from contracts.errors import BookError
from contracts.files import digest_of, own_folder, whole_file, write_whole
from contracts.manifest import Manifest
from contracts.months import month_text
from contracts.settings import Home
from ledger import batches, cycles, sealing
from ledger.book import Book
from ledger.cycles import Cycle
from ledger.sealing import Seal
from month import check_package
from payments import profiles
from payments.answering import inferred_source
from payments.outbox import folder_of
from payments.render import write_batch, write_roster_of

CHECKER = Path(check_package.__file__)
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # what a zip has for a time where none is told
UNIX, OWN_FILE = 3, 0o600 << 16


@dataclass(frozen=True)
class Sealed:
    """A sealed cycle and its package: where it lies, its SHA-256, and where the audit chain ended with the closing."""

    seal: Seal
    package: Path
    digest: str
    head: str


def write_packages(home: Home, book: Book, county: str, pay_month: date) -> list[Sealed]:
    """Have the package of every sealed cycle of a pay month, in order; one that lies there is left as it is.

    BookError where one that lies there is not what the book gives now, or a part of one is not to be had any more.
    """
    with book.reading() as conn:
        of_month = [seal for seal in sealing.seals_of(conn, county) if seal.cycle.pay_month == pay_month]
    return [write_package(home, book, seal) for seal in of_month]


def write_package(home: Home, book: Book, seal: Seal) -> Sealed:
    """The package of one sealed cycle, as `write_packages`."""
    folder = home.of_county(home.sealed, seal.cycle.county)
    target = folder / f"{name_of(seal.cycle)}.zip"
    with own_folder() as meanwhile:
        made = meanwhile / target.name
        head = _write(home, book, seal, made)
        digest = digest_of(made)
        if target.is_file() and digest_of(target) != digest:
            what = "已有的封存包与总账现在给出的不同"
            raise BookError(what, "请把它移走留存,查明是包还是总账被改动过,再重新写出", str(target))
        if not target.is_file():
            with whole_file(target) as temporary:
                shutil.copyfile(made, temporary)
    write_whole(folder / CHECKER.name, CHECKER.read_bytes())
    return Sealed(seal, target, digest, head)


def name_of(one: Cycle) -> str:
    """A cycle as files are named after it."""
    return f"{one.county}-{month_text(one.pay_month)}-{one.sequence:02d}"


def _write(home: Home, book: Book, seal: Seal, target: Path) -> str:
    """Write a package and check it as anybody else would; where its chain ends."""
    listed = []
    with zipfile.ZipFile(target, "w") as package, own_folder() as meanwhile:
        of_book = _of_book(book, seal)
        head = str(json.loads(of_book["log.json"])[-1]["hash"])
        for name, content in chain(of_book.items(), _of_store(home, book, seal, of_book, meanwhile)):
            _add(package, name, content)
            told = {"path": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            listed.append(told)
        about = {
            "format": check_package.FORMAT,
            "county": seal.cycle.county,
            "pay_month": month_text(seal.cycle.pay_month),
            "sequence": seal.cycle.sequence,
            "seal": seal.digest,
            "head": head,
            "parts": listed,
        }
        _add(package, check_package.CONTENTS, _json(about))
    _require_whole(target, seal)
    return head


def _of_book(book: Book, seal: Seal) -> dict[str, bytes]:
    """The parts that the book gives, in order."""
    with book.reading() as conn:
        return {
            "seals.json": _json(sealing.told_until(conn, seal)),
            "log.json": _json(sealing.log_until(conn, seal)),
            **{_table(name): content for name, content in sealing.sealed_rows(conn, seal)},
        }


def _of_store(
    home: Home, book: Book, seal: Seal, of_book: dict[str, bytes], scratch: Path
) -> Iterator[tuple[str, bytes]]:
    """The parts that the store and the outbox give, each once, in order."""
    with book.reading() as conn:
        manifests = [run.manifest for run in cycles.runs_of(conn, seal.cycle.cycle_id)]
        known = batches.batches_of(conn, seal.cycle.county, seal.cycle.pay_month)
    released = known.filter(cycle_id=seal.cycle.cycle_id, state=BatchState.RELEASED.value).sort("batch_id")
    rows = csv.DictReader(io.StringIO(of_book[_table("bank_event")].decode(), newline=""))
    kept = set(_answers(home, {row["source_digest"] for row in rows}))
    kept.update(path for manifest in manifests for path in _inputs(home, manifest))
    kept.update(
        home.store / "slips" / f"{digest}.txt"
        for digest in check_package.slips_in(
            json.loads(of_book["log.json"]), seal.cycle.county, month_text(seal.cycle.pay_month)
        )
    )
    for path in sorted(path for path in kept if path.is_file()):  # of what is gone the checker tells
        yield path.relative_to(home.store).as_posix(), path.read_bytes()
    for name, digest in sorted(set(released.select("profile", "profile_digest").iter_rows())):
        yield f"profiles/{digest}.txt", profiles.kept_text(home, name, digest)
    for row in released.iter_rows(named=True):
        yield f"files/{row['file_name']}", _payment_file(home, book, seal.cycle.county, row, scratch)
    for row in released.iter_rows(named=True):
        roster = write_roster_of(book, scratch / row["file_name"], seal.cycle.county, row["batch_id"])
        if roster:
            yield f"rosters/{roster.name}", roster.read_bytes()


def _inputs(home: Home, manifest: Manifest) -> Iterator[Path]:
    """What a run was made from, in the store: registers, the layouts they are read with, the law."""
    yield from sorted(path for path in (home.store / "packs" / manifest.pack_digest).rglob("*") if path.is_file())
    for given in manifest.registers:
        if given.file_digest:
            yield intake.original_path(home.store, given.file_name, given.file_digest)
            for part in intake.files_of(home.store, given.file_name, given.file_digest, given.layout_digest):
                yield intake.original_path(home.store, part.file_name, part.file_digest)
                if part.layout_digest:
                    yield home.store / "layouts" / f"{part.layout_digest}.yaml"


def _answers(home: Home, sources: Collection[str]) -> Iterator[Path]:
    """The files that these answers were read from, or inferred from."""
    received = home.store / "received"
    for path in received.iterdir() if received.is_dir() else ():
        digest, _, _ = path.name.partition(".")
        if digest in sources or inferred_source(digest) in sources:
            yield path


def _payment_file(home: Home, book: Book, county: str, row: dict[str, Any], scratch: Path) -> bytes:
    """A file as it went to the bank: from the outbox, or where an officer took it away, written again."""
    lying: Path = folder_of(home, county, row["pay_month"], row["state"]) / row["file_name"]
    if lying.is_file() and digest_of(lying) == row["file_digest"]:
        return lying.read_bytes()
    profile = profiles.of_batch(home, row["profile"], row["profile_digest"]).profile
    return write_batch(book, scratch, county, row["batch_id"], profile).read_bytes()


def _require_whole(made: Path, seal: Seal) -> None:
    """BookError where the checker finds anything wrong with a package: what it was made from is gone or was changed."""
    with zipfile.ZipFile(made) as opened:
        checked = check_package.check(check_package.Package(opened), "", seal.digest)
        problems = [problem for _, _, found in checked for problem in found]
    if problems:
        more = f"(共 {len(problems)} 处)" if len(problems) > 1 else ""
        advice = "请从备份恢复存档目录(store)和发放目录(outbox),再用 disburse close --package 写出"
        raise BookError(f"封存包不完整{more}:{problems[0]}", advice, name_of(seal.cycle), {"problems": problems})


def _add(package: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a part as it is: what packs it differs between machines, its bytes do not."""
    told = zipfile.ZipInfo(name, LONG_AGO)
    told.create_system, told.external_attr = UNIX, OWN_FILE
    package.writestr(told, content)


def _table(name: str) -> str:
    return f"book/{name}.csv"


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
