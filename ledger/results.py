"""What the bank answered: accepted, returned or unknown. Later answers are further rows; nothing is corrected.

A return after an acceptance is ordinary; anything after a return is an alarm and refused. A returned payment frees its
obligations for a next attempt, and holds them until the account they went to has changed.
"""

from __future__ import annotations

import hashlib
from typing import Any

import polars as pl
from sqlalchemy import Select, case, exists, select

from contracts.codes import BankEvent
from contracts.errors import BookError
from ledger import audit, holds
from ledger.attempts import is_released, is_returned
from ledger.book import Book, insert_frame, next_id, now, read_among
from ledger.tables import bank_event, instruction, instruction_item, obligation

REJECTED = "rejected"  # ground of a hold: rejected:<digest of the account>:<reason code>
KNOWN_DIGITS = 16  # of the digest; enough to tell one account from another


def record(book: Book, county: str, source_digest: str, rows: pl.DataFrame, system_user: str) -> int:
    """Note the answers of one result file, all or none; how many were new (the same file again: 0).

    `rows`: instruction_id, event, reason_code, reason, in the order of the file. `source_digest`: SHA-256 of its bytes.
    """
    with book.writing() as conn:
        if conn.execute(select(exists().where(bank_event.c.source_digest == source_digest))).scalar():
            return 0
        paid = read_among(conn, _paid_by(county), instruction.c.instruction_id, rows["instruction_id"].unique())
        unknown = rows.join(paid, on="instruction_id", how="anti")
        if not unknown.is_empty():
            raise BookError(
                f"回盘中有 {unknown.height} 条指令不是本县已发放的", "请核对是否为本县、本批次的回盘文件", county
            )
        first = next_id(conn, bank_event)
        told = rows.with_columns(
            event_id=pl.int_range(first, first + pl.len()),
            source_row=pl.int_range(1, 1 + pl.len()),
            source_digest=pl.lit(source_digest),
            recorded_at=pl.lit(now()),
        )
        insert_frame(conn, bank_event, told)
        returned = rows.filter(pl.col("event") == BankEvent.RETURNED.value).unique("instruction_id")
        came_back = paid.filter(~pl.col("is_returned")).join(returned, on="instruction_id")
        held = holds.reject_accounts(conn, county, came_back.select("person_no", "obligation_id", ground=_GROUND))
        counts = dict(rows["event"].cast(pl.String).value_counts(sort=True).iter_rows())
        audit.append(conn, county, holds.RULE, system_user, "results", source_digest, {**counts, "held": held})
    return rows.height


def account_digest(account_no: str) -> str:
    """What stands for an account in the ground of a hold: it tells whether the account changed, and not what it is."""
    return hashlib.sha256(account_no.encode()).hexdigest()[:KNOWN_DIGITS]


def _paid_by(county: str) -> Select[Any]:
    """The obligations that each released instruction of the county pays, and whether the bank sent it back before."""
    return (
        select(
            instruction.c.instruction_id,
            instruction.c.account_no,
            obligation.c.person_no,
            obligation.c.obligation_id,
            case((is_returned(instruction.c.instruction_id), 1), else_=0).label("is_returned"),
        )
        .join_from(instruction, instruction_item)
        .join(obligation, obligation.c.obligation_id == instruction_item.c.obligation_id)
        .where(obligation.c.county == county, is_released(instruction.c.batch_id))
    )


_GROUND = pl.format(
    "{}:{}:{}",
    pl.lit(REJECTED),
    pl.col("account_no").map_elements(account_digest, return_dtype=pl.String),
    "reason_code",
)
