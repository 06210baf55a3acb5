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


def lost_heads(home: Home, conn: Transaction) -> Iterator[str]:
    """What was written down outside and does not stand in the chain, in an officer's words."""
    for head in audit.missing(conn, _heads(home)[-LOOKED_AT:])[-1:]:
        yield f"总账里没有数据目录记下的链尾 {head[:16]}:这份总账是旧的,或审计记录被截断、改写过"


def _heads(home: Home) -> list[str]:
    """The hashes written down, the oldest first."""
    if not home.heads.is_file():
        return []
    return [line.split()[0] for line in home.heads.read_text("ascii").splitlines() if line.strip()]
