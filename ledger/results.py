"""What the bank answered: accepted, returned or unknown. Later answers are further rows; nothing is corrected.

A return after an acceptance is ordinary; anything else after a return is an alarm and refused. A returned payment frees
its obligations for a next attempt; what has to wait because of it, ledger/returns.py knows. A line that says something
else than the instruction notes nothing: it is kept as a misfit, and the instruction stays open.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import polars as pl
from sqlalchemy import Connection, exists, insert, select, union

from contracts.actor import Actor
from contracts.codes import BankEvent, RefusalCode, ReturnReason
from contracts.columns import conformed
from contracts.errors import BookError
from ledger import audit, returns
from ledger.attempts import is_released, last_answer
from ledger.book import Book, insert_frame, next_id, now, read_among, read_frame
from ledger.tables import answer_misfit, bank_event, batch, cycle, instruction, refused_order

ANSWER = pl.Schema(
    {
        "source_row": pl.Int64(),
        "instruction_id": pl.String(),
        "event": BankEvent.dtype(),
        "reason_code": pl.String(),
        "reason": pl.String(),
        "return_reason": pl.String(),
        "answered_on": pl.Date(),
        "misfit": pl.String(),
    }
)
PRINTED = ("instruction_id", "batch_id", "line_no", "amount_fen", "account_no", "payee_name", "payee_id")


class Recorded(NamedTuple):
    """What a result file did: answers noted, answers known before, and rows that fit nothing (source_row, code)."""

    noted: int
    already: int
    refused: pl.DataFrame


class Refusal(NamedTuple):
    """What refusing an order whole did: lines due again, and those that have an answer of their own, which stands."""

    due_again: int
    answered_before: int
    is_known: bool


def sent_lines(conn: Connection, county: str, instruction_ids: pl.Series, batch_ids: pl.Series) -> pl.DataFrame:
    """What went out, as printed, of these instructions and of whole batches: PRINTED, of the county only."""
    statement = (
        select(*(instruction.c[name] for name in PRINTED))
        .select_from(instruction.join(batch).join(cycle))
        .where(cycle.c.county == county, is_released(instruction.c.batch_id))
    )
    named = read_among(conn, statement, instruction.c.instruction_id, instruction_ids.drop_nulls().unique())
    of_batches = read_among(conn, statement, instruction.c.batch_id, batch_ids.drop_nulls().unique())
    return pl.concat([named, of_batches]).unique("instruction_id")


def record(book: Book, county: str, source_digest: str, rows: pl.DataFrame, by: Actor) -> Recorded:
    """Note the answers of one result file; the same file again changes nothing, and no row is lost.

    `rows`: columns of ANSWER; only instruction_id, event, reason_code and reason must be there. source_row is else
    counted from 1; a return without return_reason is OTHER; `misfit` (RefusalCode) says that a row is not to be noted,
    and why. `source_digest`: SHA-256 of the file's bytes. An answer that only repeats the last one is known already.
    Refused are misfits, instructions that this county has not released, several answers of one file, and anything but
    a return after a return.
    """
    numbered = rows if "source_row" in rows.columns else rows.with_columns(source_row=pl.int_range(1, 1 + pl.len()))
    told = conformed(numbered, ANSWER)
    with book.writing() as conn:
        sorted_out = _sorted_out(conn, county, told, source_digest)
        new = told.join(sorted_out.filter("is_new"), on="source_row", how="semi")
        refused = sorted_out.drop_nulls("code").select("source_row", "code")
        kept = _keep_misfits(conn, county, source_digest, told.join(refused, on="source_row"))
        if not new.is_empty() or kept:
            held = _note(conn, county, source_digest, new)
            counts = dict(new["event"].cast(pl.String).value_counts(sort=True).iter_rows())
            detail = {**counts, "held": held, "refused": refused.height}
            audit.append(conn, county, by, "results", source_digest, detail)
    return Recorded(new.height, told.height - new.height - refused.height, refused)


def refuse_order(book: Book, county: str, batch_id: str, reason_code: str, reason: str, by: Actor) -> Refusal:
    """Note that the bank took nothing of a batch: every line without a final answer of its own is due again at once.

    Nobody's account is in question, and nothing was on its way. BookError where the batch has not gone out.
    """
    with book.writing() as conn:
        if conn.execute(select(refused_order.c.batch_id).where(refused_order.c.batch_id == batch_id)).first():
            return Refusal(0, 0, is_known=True)
        lines = sent_lines(conn, county, pl.Series([], dtype=pl.String), pl.Series([batch_id]))
        if lines.is_empty():
            raise BookError("本县没有已放行的这个批次", f"请核对批次号:disburse status --county {county}", batch_id)
        said = _last(conn, lines["instruction_id"])
        final = said.filter(pl.col("last") != BankEvent.UNKNOWN.value)
        due = lines.join(final, on="instruction_id", how="anti").sort("line_no")
        source_digest = hashlib.sha256(f"refused order {batch_id}".encode()).hexdigest()
        told = {"reason_code": reason_code, "reason": reason}
        row = {
            "batch_id": batch_id,
            **told,
            "source_digest": source_digest,
            "officer": by.officer,
            "recorded_at": now(),
        }
        conn.execute(insert(refused_order).values(**row))
        rows = due.select(
            "instruction_id",
            source_row="line_no",
            event=pl.lit(BankEvent.RETURNED.value),
            return_reason=pl.lit(ReturnReason.BATCH_REFUSED.value),
            **{name: pl.lit(text) for name, text in told.items()},
        )
        _note(conn, county, source_digest, conformed(rows, ANSWER))
        detail = {"reason": reason, "lines": due.height, "fen": int(due["amount_fen"].sum()), "answered": final.height}
        audit.append(conn, county, by, "refused_order", batch_id, detail)
    return Refusal(due.height, final.height, is_known=False)


def sources(conn: Connection) -> list[tuple[str, str]]:
    """Every answer that something was noted of, but for orders refused whole: county, source_digest."""
    of_order = select(refused_order.c.source_digest)
    noted = (
        select(cycle.c.county, bank_event.c.source_digest)
        .select_from(bank_event.join(instruction).join(batch).join(cycle))
        .where(bank_event.c.source_digest.not_in(of_order))
    )
    listed = select(answer_misfit.c.county, answer_misfit.c.source_digest)
    told = union(noted, listed).subquery()
    return [tuple(row) for row in conn.execute(select(told).order_by(*told.c))]


def answered_lines(conn: Connection, county: str, batch_ids: pl.Series) -> pl.DataFrame:
    """Every line of these batches: PRINTED, and bank_event, what the bank last said (null: nothing)."""
    lines = sent_lines(conn, county, pl.Series([], dtype=pl.String), batch_ids)
    told = lines.join(_last(conn, lines["instruction_id"]), on="instruction_id", how="left")
    return told.rename({"last": "bank_event"})


def still_open(conn: Connection, county: str, batch_ids: pl.Series) -> pl.DataFrame:
    """Those of them without a final answer, in order."""
    is_final = pl.col("bank_event").is_in([BankEvent.ACCEPTED.value, BankEvent.RETURNED.value])
    lines = answered_lines(conn, county, batch_ids)
    return lines.filter(~is_final.fill_null(value=False)).sort("batch_id", "line_no")


def open_misfits(conn: Connection, county: str, *pay_months: str) -> pl.DataFrame:
    """Instructions of pay months ("YYYY-MM") of which an answer said something else, and that have no final one since.

    instruction_id, amount_fen, misfit: the newest, a RefusalCode.
    """
    i, m, e = instruction.c, answer_misfit.c, bank_event.c
    final = exists().where(e.instruction_id == i.instruction_id, e.event != BankEvent.UNKNOWN.value)
    statement = (
        select(m.misfit_id, i.instruction_id, i.amount_fen, m.misfit)
        .select_from(answer_misfit.join(instruction).join(batch).join(cycle))
        .where(cycle.c.county == county, cycle.c.pay_month.in_(pay_months), ~final)
    )
    rows = read_frame(conn, statement).sort("misfit_id")
    return rows.unique("instruction_id", keep="last", maintain_order=True).drop("misfit_id")


def _sorted_out(conn: Connection, county: str, rows: pl.DataFrame, source_digest: str) -> pl.DataFrame:
    """For each row whether it is new, and why it is refused: source_row, is_new, code (null: not refused)."""
    e = bank_event.c
    named = rows["instruction_id"].drop_nulls().unique()
    before = select(e.source_row).where(e.source_digest == source_digest)
    noted = read_among(conn, before, e.instruction_id, named).with_columns(is_noted=pl.lit(True))
    ours = sent_lines(conn, county, named, pl.Series([], dtype=pl.String)).select("instruction_id", is_ours=True)
    returned = BankEvent.RETURNED.value
    event, fits = pl.col("event").cast(pl.String), pl.col("misfit").is_null()
    told = (
        rows.join(ours, on="instruction_id", how="left")
        .join(_last(conn, named), on="instruction_id", how="left")
        .join(noted, on="source_row", how="left")
        .sort("source_row")
    )
    differs = event.filter(fits).n_unique().over("instruction_id") > 1
    repeats = fits.cum_sum().over("instruction_id") > 1
    code = (
        pl.when(pl.col("is_noted"))
        .then(None)
        .when(~fits)
        .then("misfit")
        .when(pl.col("is_ours").is_null())
        .then(pl.lit(RefusalCode.ANSWER_UNPLACED.value))
        .when(differs | ((pl.col("last") == returned) & (event != returned)))
        .then(pl.lit(RefusalCode.ANSWER_CONTRADICTS.value))
        .when(repeats)
        .then(pl.lit(RefusalCode.ANSWER_TWICE.value))
    )
    is_known = pl.col("is_noted").is_not_null() | event.eq_missing(pl.col("last"))
    return told.select("source_row", code=code, is_known=is_known).select(
        "source_row", "code", is_new=pl.col("code").is_null() & ~pl.col("is_known")
    )


def _last(conn: Connection, instruction_ids: pl.Series) -> pl.DataFrame:
    """What the bank last said of instructions of which it said something: instruction_id, last."""
    i = instruction.c
    statement = select(i.instruction_id, last_answer(i.instruction_id).label("last"))
    return read_among(conn, statement, i.instruction_id, instruction_ids).drop_nulls("last")


def _note(conn: Connection, county: str, source_digest: str, rows: pl.DataFrame) -> int:
    """Write the answers and hold what has to wait for what came back; how many holds that places."""
    first = next_id(conn, bank_event)
    is_return = pl.col("event").cast(pl.String) == BankEvent.RETURNED.value
    told = rows.sort("source_row").with_columns(
        event_id=pl.int_range(first, first + pl.len()),
        reason_code=pl.col("reason_code").fill_null(""),
        reason=pl.col("reason").fill_null(""),
        return_reason=pl.when(is_return).then(pl.col("return_reason").fill_null(ReturnReason.OTHER.value)),
        source_digest=pl.lit(source_digest),
        recorded_at=pl.lit(now()),
    )
    insert_frame(conn, bank_event, told.drop("misfit"))
    return returns.hold_what_waits(conn, county, told.filter(is_return)["event_id"])


def _keep_misfits(conn: Connection, county: str, source_digest: str, refused: pl.DataFrame) -> int:
    """Keep the rows that were not noted, each row of a file once; how many are new."""
    m = answer_misfit.c
    known = read_frame(conn, select(m.source_row).where(m.source_digest == source_digest))
    new = refused.join(known, on="source_row", how="anti").sort("source_row")
    in_book = select(instruction.c.instruction_id)
    ours = read_among(conn, in_book, instruction.c.instruction_id, new["instruction_id"].drop_nulls().unique())
    first = next_id(conn, answer_misfit)
    rows = new.join(ours.with_columns(named="instruction_id"), on="instruction_id", how="left").select(
        pl.int_range(first, first + pl.len()).alias("misfit_id"),
        pl.lit(county).alias("county"),
        pl.col("named").alias("instruction_id"),
        pl.col("code").alias("misfit"),
        pl.lit(source_digest).alias("source_digest"),
        "source_row",
        pl.lit(now()).alias("recorded_at"),
    )
    insert_frame(conn, answer_misfit, rows)
    return rows.height
