"""What runs leave in the store for later ones, noted by digest: a table is believed for its content, not its name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, insert, select

from contracts.actor import Actor
from ledger import audit
from ledger.book import Book, next_id, now
from ledger.tables import kept_content


def note(book: Book, county: str, manifest_digest: str, tables: Mapping[str, str], by: Actor) -> bool:
    """Note the SHA-256 of tables by name; whether it is new. The same content again writes nothing.

    Another program version may write other bytes of the same tables: both stand.
    """
    told = json.dumps(tables, sort_keys=True)
    digest = _digest(told)
    k = kept_content.c
    is_there = select(k.keep_id).where(k.county == county, k.manifest_digest == manifest_digest, k.digest == digest)
    with book.reading() as conn:
        if conn.execute(is_there).first():
            return False
    with book.writing() as conn:
        if conn.execute(is_there).first():  # another run of the same month was quicker
            return False
        row = {"county": county, "manifest_digest": manifest_digest, "tables_json": told, "digest": digest}
        conn.execute(insert(kept_content).values(keep_id=next_id(conn, kept_content), recorded_at=now(), **row))
        audit.append(conn, county, by, "kept", manifest_digest, {"digest": digest, "tables": len(tables)})
    return True


def known(conn: Connection, county: str, manifest_digest: str) -> Mapping[str, frozenset[str]]:
    """The digests under which each table of a manifest was noted; empty where an older program made it."""
    k = kept_content.c
    told = conn.execute(select(k.tables_json).where(k.county == county, k.manifest_digest == manifest_digest))
    notes: list[dict[str, str]] = [json.loads(one) for one in told.scalars()]
    return {name: frozenset(one[name] for one in notes if name in one) for note in notes for name in note}


def altered(conn: Connection) -> Iterator[str]:
    """Notes that are not what their digest says, in an officer's words."""
    k = kept_content.c
    for number, told, digest in conn.execute(select(k.keep_id, k.tables_json, k.digest)):
        if _digest(told) != digest:
            yield f"存档记录 {number} 被改动"


def _digest(told: str) -> str:
    return hashlib.sha256(told.encode()).hexdigest()
