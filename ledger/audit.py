"""The audit log: who did what, when, each entry chained to the one before by SHA-256.

A chain proves that nothing in its middle was changed; its newest hash, printed on the signed sheet, proves the end.
Entries name cycles, batches, holds, counts and fen, never a person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, exists, insert, select

from contracts.actor import Actor
from ledger.book import now
from ledger.tables import audit_log

FIRST = "0" * 64  # what stands before the first entry
# `known_by` is chained where an entry has it: older ones were written before it was asked.
CHAINED = ("entry_id", "county", "actor", "system_user", "action", "object", "detail_json", "recorded_at", "prev_hash")


def append(
    conn: Connection,
    county: str,
    by: Actor,
    action: str,
    about: str,
    detail: Mapping[str, object],
) -> None:
    """Add an entry at the end of the chain, in the caller's transaction."""
    last = conn.execute(select(audit_log.c.entry_id, audit_log.c.hash).order_by(audit_log.c.entry_id.desc())).first()
    entry: dict[str, Any] = {
        "entry_id": last.entry_id + 1 if last else 1,
        "county": county,
        "actor": by.officer,
        "system_user": by.system_user,
        "action": action,
        "object": about,
        "detail_json": json.dumps(detail, ensure_ascii=False, sort_keys=True),
        "recorded_at": now(),
        "prev_hash": last.hash if last else FIRST,
        "known_by": by.known_by.value,
    }
    conn.execute(insert(audit_log).values(**entry, hash=_hash(entry)))


def head(conn: Connection) -> str:
    """The hash of the newest entry: what is printed, so that the chain's end is known outside the book."""
    newest = conn.execute(select(audit_log.c.hash).order_by(audit_log.c.entry_id.desc()).limit(1)).scalar()
    return str(newest or FIRST)


def holds(conn: Connection, known: str) -> bool:
    """Whether a hash that was printed earlier, or its first digits, stands in the chain."""
    stands = exists().where(audit_log.c.hash.startswith(known, autoescape=True))
    return FIRST.startswith(known) or bool(conn.execute(select(stands)).scalar())


def missing(conn: Connection, heads: Sequence[str]) -> list[str]:
    """Those of these hashes that do not stand in the chain, in their order."""
    there = set(conn.execute(select(audit_log.c.hash).where(audit_log.c.hash.in_(heads))).scalars())
    return [head for head in heads if head not in there | {FIRST}]


def verify(conn: Connection) -> list[str]:
    """Everything that is wrong with the chain, in an officer's words; empty where it is whole."""
    problems = []
    expected_id, expected_hash = 1, FIRST
    for entry in conn.execute(select(audit_log).order_by(audit_log.c.entry_id)).mappings():
        number = entry["entry_id"]
        if number != expected_id:
            problems.append(f"审计记录第 {expected_id} 条缺失")
        elif entry["prev_hash"] != expected_hash:
            problems.append(f"审计记录第 {number} 条与上一条不相连")
        if entry["hash"] != _hash(dict(entry)):
            problems.append(f"审计记录第 {number} 条的内容被改动")
        expected_id, expected_hash = number + 1, entry["hash"]
    return problems


def _hash(entry: Mapping[str, Any]) -> str:
    told = [entry[name] for name in CHAINED]
    if entry["known_by"] is not None:
        told.append(entry["known_by"])
    chained = json.dumps(told, ensure_ascii=False)
    return hashlib.sha256(chained.encode()).hexdigest()
