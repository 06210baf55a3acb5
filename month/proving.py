"""The whole home proves itself: the book, the files it speaks of, and what was written of it outside.

A digest in the book is worth what lies under it: the original of every register and answer is looked for in the store
and hashed again, and what the run manifests of the store say is compared with what the book noted as received.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import intake
from contracts.errors import InputError
from contracts.files import digest_of
from contracts.months import month_text
from contracts.registers import label_of
from contracts.settings import Home
from ledger import cycles, proving, receipts, results
from ledger.book import Transaction
from ledger.proving import Proof, Proved
from month.store import Store
from month.witnessing import lost_heads, witness_count
from payments.answering import inferred_source

Hashed = Callable[[Path], str]


def prove(home: Home, conn: Transaction) -> Proof:
    """Prove everything, as `ledger.proving.prove` and with what lies outside the book. Read-only."""
    book = proving.prove(conn)
    outside = (
        Proved("数据目录和付款文件旁记下的链尾", witness_count(home), tuple(lost_heads(home, conn, is_whole=True))),
        *_originals(home, conn),
    )
    return Proof(book.head, (*book.checked, *outside))


def _originals(home: Home, conn: Transaction) -> Iterator[Proved]:
    hashed = cache(digest_of)  # one original may have been handed in for several months
    received = receipts.originals(conn)
    yield Proved("名册原件", len(received), tuple(_of_registers(home.store, received, hashed)))
    answers = results.sources(conn)
    inferred = {inferred_source(digest) for _, digest in answers}
    told = [one for one in answers if one[1] not in inferred]
    yield Proved("回盘原件", len(told), tuple(_of_answers(home.store, told, hashed)))
    manifests = cycles.manifests(conn)
    known = {(county, register, digest) for county, register, _, digest in received}
    yield Proved("运行清单", len(manifests), tuple(_of_manifests(home, manifests, known)))


def _of_registers(store: Path, received: list[tuple[str, str, str, str]], hashed: Hashed) -> Iterator[str]:
    for county, register, file_name, digest in received:
        name = f"{county} {label_of(register)} {file_name}"
        try:
            parts = intake.files_of(store, file_name, digest)
        except InputError as broken:
            yield f"{name}:{broken.what}"
            continue
        for part in parts:
            path = intake.original_path(store, part.file_name, part.file_digest)
            yield from _unlike(name, path if path.is_file() else None, part.file_digest, hashed)


def _of_answers(store: Path, answers: list[tuple[str, str]], hashed: Hashed) -> Iterator[str]:
    folder = store / "received"
    lying = {path.name.partition(".")[0]: path for path in folder.iterdir()} if folder.is_dir() else {}
    for county, digest in answers:
        yield from _unlike(f"{county} 回盘 {digest[:16]}", lying.get(digest), digest, hashed)


def _of_manifests(
    home: Home, manifests: list[tuple[str, date, str]], known: Collection[tuple[str, str, str]]
) -> Iterator[str]:
    """A manifest that was cleared away is made again from the originals; one that lies there must be the one noted."""
    for county, pay_month, digest in manifests:
        tables = Store(home).tables(county, pay_month, digest)
        if not tables.is_whole():
            continue
        name = f"{county} {month_text(pay_month)} 的运行清单 {digest[:16]}"
        try:
            manifest = tables.manifest
        except ValueError:
            yield f"{name} 已损坏"
            continue
        if manifest.digest() != digest:
            yield f"{name} 被改动"
            continue
        for given in manifest.registers:
            if given.file_digest and (county, given.name, given.file_digest) not in known:
                yield f"{name}:所用的{label_of(given.name)} {given.file_name} 没有收件记录"


def _unlike(name: str, original: Path | None, digest: str, hashed: Hashed) -> Iterator[str]:
    if original is None:
        yield f"{name}:存档里没有原件"
    elif hashed(original) != digest:
        yield f"{name}:存档里的原件被改动"
