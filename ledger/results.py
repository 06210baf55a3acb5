"""What the bank answered: accepted, returned or unknown. Later answers are further rows; nothing is corrected.

A return after an acceptance is ordinary; anything else after a return is an alarm and refused. A returned payment frees
its obligations for a next attempt, and holds them until the account they went to has changed.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import polars as pl
from sqlalchemy import Connection, Select, case, select

from contracts.codes import BankEvent, HoldGround, RefusalCode
from ledger import audit, holds
from ledger.attempts import is_released, is_returned, last_answer
from ledger.book import Book, insert_frame, next_id, now, read_among
from ledger.tables import bank_event, instruction, instruction_item, obligation

KNOWN_DIGITS = 16  # of the digest; enough to tell one account from another


class Recorded(NamedTuple):
    """What a result file did: answers noted, answers known before, and rows that fit nothing (source_row, code)."""

    noted: int
    already: int
    refused: pl.DataFrame


def record(
    book: Book, county: str, source_digest: str, rows: pl.DataFrame, system_user: str, officer: str = holds.RULE
) -> Recorded:
    """Note the answers of one result file; the same file again changes nothing, and no row is lost.

    `rows`: instruction_id, event, reason_code, reason, and source_row (else counted from 1). `source_digest`: SHA-256
    of the file's bytes. An answer that only repeats the last one is known already. Refused are instructions that this
    county has not released, several answers of one file, and anything but a return after a return.
    """
    numbered = rows if "source_row" in rows.columns else rows.with_columns(source_row=pl.int_range(1, 1 + pl.len()))
    with book.writing() as conn:
        paid = read_among(conn, _paid_by(county), instruction.c.instruction_id, numbered["instruction_id"].unique())
        sorted_out = _sorted_out(conn, numbered, paid, source_digest)
        new = numbered.join(sorted_out.filter(pl.col("is_new")), on="source_row", how="semi")
        refused = sorted_out.drop_nulls("code").select("source_row", "code")
        if not new.is_empty():
            held = _note(conn, county, source_digest, new, paid)
            counts = dict(new["event"].cast(pl.String).value_counts(sort=True).iter_rows())
            detail = {**counts, "held": held, "refused": refused.height}
            audit.append(conn, county, officer, system_user, "results", source_digest, detail)
    return Recorded(new.height, numbered.height - new.height - refused.height, refused)


def _sorted_out(conn: Connection, rows: pl.DataFrame, paid: pl.DataFrame, source_digest: str) -> pl.DataFrame:
    """For each row whether it is new, and why it is refused: source_row, is_new, code (null: not refused)."""
    named, e, i = rows["instruction_id"].unique(), bank_event.c, instruction.c
    of_file = select(e.source_row).where(e.source_digest == source_digest)
    noted = read_among(conn, of_file, e.instruction_id, named).with_columns(is_noted=True)
    last = read_among(
        conn, select(i.instruction_id, last_answer(i.instruction_id).label("last")), i.instruction_id, named
    )
    returned, ours = BankEvent.RETURNED.value, paid.select("instruction_id", is_ours=True).unique()
    event = pl.col("event").cast(pl.String)
    told = (
        rows.join(ours, on="instruction_id", how="left")
        .join(last, on="instruction_id", how="left")
        .join(noted, on="source_row", how="left")
    )
    differs = event.n_unique().over("instruction_id") > 1
    repeats = pl.int_range(pl.len()).over("instruction_id") > 0
    code = (
        pl.when(pl.col("is_noted"))
        .then(None)
        .when(pl.col("is_ours").is_null())
        .then(pl.lit(RefusalCode.ANSWER_UNPLACED.value))
        .when(differs | ((pl.col("last") == returned) & (event != returned)))
        .then(pl.lit(RefusalCode.ANSWER_CONTRADICTS.value))
    )
    is_known = pl.col("is_noted").is_not_null() | event.eq_missing(pl.col("last")) | repeats
    return told.select("source_row", code=code, is_known=is_known).with_columns(
        is_new=pl.col("code").is_null() & ~pl.col("is_known")
    )


def _note(conn: Connection, county: str, source_digest: str, rows: pl.DataFrame, paid: pl.DataFrame) -> int:
    """Write the answers and hold what came back; how many obligations are held by it."""
    first = next_id(conn, bank_event)
    told = rows.select("instruction_id", "event", "reason_code", "reason", "source_row").with_columns(
        event_id=pl.int_range(first, first + pl.len()),
        source_digest=pl.lit(source_digest),
        recorded_at=pl.lit(now()),
    )
    insert_frame(conn, bank_event, told)
    returned = rows.filter(pl.col("event") == BankEvent.RETURNED.value).unique("instruction_id")
    came_back = paid.filter(~pl.col("is_returned")).join(returned, on="instruction_id")
    return holds.reject_accounts(conn, county, came_back.select("person_no", "obligation_id", **_GROUND))


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


_GROUND = {
    "ground": pl.lit(HoldGround.REJECTED.value),
    "subject": pl.col("account_no").map_elements(account_digest, return_dtype=pl.String),
    "detail": pl.col("reason_code"),
}
