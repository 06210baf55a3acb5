"""Where the audit chain ended, written where the book is not: a book that is older than that was put back.

`heads` of the home has one line for each act: the hash of the newest entry, and when. Whoever puts an old copy of the
book back, or cuts its log and rewrites it, has a book in which that hash does not stand.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from contracts.errors import BookError
from contracts.settings import Home
from ledger import audit
from ledger.book import Book, Transaction, now
from payments.outbox import heads_beside

LOOKED_AT = 50  # of the newest lines


def bear_witness(home: Home, book: Book) -> str:
    """Note where the chain ends now; that hash."""
    with book.reading() as conn:
        head = audit.head(conn)
    if head not in _heads(home)[-1:]:
        line = f"{head} {now()}\n".encode()
        target = os.open(home.heads, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(target, line)
            os.fsync(target)
        finally:
            os.close(target)
    return head


def require_current(home: Home, book: Book) -> None:
    """BookError where the book does not have what was written down of it outside."""
    with book.reading() as conn:
        missing = next(lost_heads(home, conn), "")
    if missing:
        raise BookError(
            missing,
            "请停止办理,查明总账是否被换过;确从备份恢复的,补办缺少的事项后,由管理员把 heads 改名留存再继续",
            home.heads.name,
        )


def lost_heads(home: Home, conn: Transaction, *, is_whole: bool = False) -> Iterator[str]:
    """What was written down outside and does not stand in the chain, in an officer's words.

    `is_whole`: every head of the home, and those beside the released payment files, not the newest of the home alone.
    """
    heads = _heads(home) if is_whole else _heads(home)[-LOOKED_AT:]
    for head in audit.missing(conn, heads)[-1:]:
        yield f"总账里没有数据目录记下的链尾 {head[:16]}:这份总账是旧的,或审计记录被截断、改写过"
    beside = heads_beside(home) if is_whole else {}
    for head in audit.missing(conn, list(beside))[-1:]:
        yield f"总账里没有 {beside[head].name} 记下的链尾 {head[:16]}:这份总账是旧的,或审计记录被截断、改写过"


def witness_count(home: Home) -> int:
    """How many heads are written down outside the book."""
    return len(_heads(home)) + len(heads_beside(home))


def _heads(home: Home) -> list[str]:
    """The hashes written down, the oldest first."""
    if not home.heads.is_file():
        return []
    return [line.split()[0] for line in home.heads.read_text("ascii").splitlines() if line.strip()]
