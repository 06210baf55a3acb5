"""Recovery by officers: cash, the bank's recall, the family or a waiver, with its document. A run sets off itself."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import polars as pl
from sqlalchemy import Connection, select

from contracts.actor import Actor
from contracts.codes import RecoveryMeans
from contracts.errors import BookError
from contracts.money import yuan_label
from contracts.months import month_text
from ledger import audit, identity, receivables
from ledger.book import Book, insert_frame, next_id, now, read_among, read_frame
from ledger.tables import receivable, recovery


class Key(NamedTuple):
    """Money owed back by one person for one benefit month."""

    person_no: int
    benefit: str
    benefit_month: date


def recover(
    book: Book,
    county: str,
    which: int | Key,
    means: RecoveryMeans,
    amount_fen: int,
    by: Actor,
    document: str,
    approved_by: str | None = None,
) -> int:
    """Note money that came back, or a waiver, on one receivable (its number) or on a key's, the oldest first.

    How many receivables it touched; 0 where the same means, document and amount was noted on them before: a command
    that was cut off may be given again. A waiver ends collection only: what is waived may still be set off or repaid;
    it needs a second officer (`approved_by`), nothing else may have one.
    """
    if means is RecoveryMeans.SET_OFF or amount_fen <= 0 or not document:
        raise BookError("追回须写明方式、金额和凭据", "抵扣由运行自动办理,其余方式请附凭据编号", county)
    with book.writing() as conn:
        meant = _open(conn, county, which, means)
        if _noted_fen(conn, meant["receivable_id"], means, document) == amount_fen:
            return 0
        taken = _spread(meant, amount_fen)
        if int(taken["amount_fen"].sum()) != amount_fen:
            left = yuan_label(int(taken["amount_fen"].sum()))
            raise BookError(f"金额超过尚未追回的 {left} 元", "请核对金额", county)
        first = next_id(conn, recovery)
        rows = taken.with_columns(
            recovery_id=pl.int_range(first, first + pl.len()),
            means=pl.lit(means.value),
            officer=pl.lit(by.officer),
            document=pl.lit(document),
            approved_by=pl.lit(approved_by, pl.String),
            recorded_at=pl.lit(now()),
        )
        insert_frame(conn, recovery, rows)
        for receivable_id, fen in taken.iter_rows():
            detail = {"means": means.value, "fen": fen, "document": document, "approved_by": approved_by or ""}
            audit.append(conn, county, by, "recover", f"receivable {receivable_id}", detail)
    return taken.height


def _open(conn: Connection, county: str, which: int | Key, means: RecoveryMeans) -> pl.DataFrame:
    """The receivables meant, with what may still be noted on each: receivable_id, left_fen."""
    statement = receivables.of_county(county)
    if isinstance(which, Key):
        statement = statement.where(
            receivable.c.person_no.in_(identity.of_county(conn, county).numbers_of(which.person_no)),
            receivable.c.benefit == which.benefit,
            receivable.c.benefit_month == month_text(which.benefit_month),
        )
    else:
        statement = statement.where(receivable.c.receivable_id == which)
    waived = pl.col("waived_fen") if means is RecoveryMeans.WAIVED else 0
    left = (pl.col("amount_fen") - pl.col("recovered_fen") - waived).clip(lower_bound=0)
    return read_frame(conn, statement).sort("receivable_id").select("receivable_id", left_fen=left)


def _noted_fen(conn: Connection, receivable_ids: pl.Series, means: RecoveryMeans, document: str) -> int:
    """What was noted on these receivables with this document."""
    noted = select(recovery.c.amount_fen).where(recovery.c.means == means.value, recovery.c.document == document)
    return int(read_among(conn, noted, recovery.c.receivable_id, receivable_ids)["amount_fen"].sum())


def _spread(rows: pl.DataFrame, amount_fen: int) -> pl.DataFrame:
    """Lay an amount over receivables in order: receivable_id, amount_fen; less in all where they are not enough."""
    before = pl.col("left_fen").cum_sum() - pl.col("left_fen")
    part = pl.min_horizontal("left_fen", pl.lit(amount_fen, pl.Int64) - before)
    return rows.select("receivable_id", amount_fen=part).filter(pl.col("amount_fen") > 0)
