"""Signing: a checker approves or rejects what waits, a releaser sends it on its way.

Signed are the batches that wait in the pay month or in an earlier one. Whether an officer may sign is checked by the
caller; that maker, checker and releaser are three different people, by the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy import Connection

from contracts.actor import Actor
from contracts.codes import BatchState, SignatureStep
from contracts.errors import BookError
from contracts.months import month_text
from ledger import audit, batches, cycles, identity
from ledger.book import Book

SEEN_PLACES = 16  # of the digest of what waits that an officer gives back, at least


@dataclass(frozen=True)
class Signed:
    """Batches signed now, and those that had the same signature before, by id."""

    signed: tuple[str, ...]
    already: tuple[str, ...]


def approve(book: Book, county: str, pay_month: date, by: Actor, only: Collection[str] = (), seen: str = "") -> Signed:
    """Approve every waiting batch, or `only` some of them by id; a second time signs nothing.

    `seen`: the digest of what the officer has read (`seen_digest`), or its first SEEN_PLACES and more. BookError where
    that is no longer what waits, where one has no file or was rejected, or none of that id waits.
    """
    with book.writing() as conn:
        known = among(waiting(conn, county, pay_month), only)
        require_seen(known, seen)
        _require_none(known, BatchState.CLAIMED, "有批次尚未写出付款文件", "请先运行 disburse run")
        _require_none(known, BatchState.REJECTED, "有批次已被驳回", "请经办人更正后重新运行 disburse run")
        _require_run_since_decisions(conn, county, known, BatchState.RENDERED)
        return _sign(
            conn,
            county,
            known,
            (BatchState.RENDERED,),
            SignatureStep.APPROVED,
            by,
            "没有待批准的批次",
        )


def reject(book: Book, county: str, pay_month: date, by: Actor, reason: str) -> Signed:
    """Reject every waiting batch, approved or not, with a reason; the next run voids them and claims anew."""
    with book.writing() as conn:
        known = waiting(conn, county, pay_month)
        states = (BatchState.CLAIMED, BatchState.RENDERED, BatchState.APPROVED)
        return _sign(conn, county, known, states, SignatureStep.REJECTED, by, "没有可驳回的批次", reason)


def release(book: Book, county: str, pay_month: date, by: Actor) -> Signed:
    """Release every approved batch, one way: its money counts as gone out from now on. A second time signs nothing.

    BookError where something in it was held since.
    """
    with book.writing() as conn:
        known = _waiting(conn, county, pay_month)
        _require_run_since_decisions(conn, county, known, BatchState.APPROVED)
        _require_nothing_held(conn, county, known.filter(pl.col("state") == BatchState.APPROVED.value)["batch_id"])
        return _sign(
            conn,
            county,
            known,
            (BatchState.APPROVED,),
            SignatureStep.RELEASED,
            by,
            "没有已批准待发放的批次",
        )


def seen_digest(rows: pl.DataFrame) -> str:
    """SHA-256 of what an officer reads before he signs: which batches stand, what they hold, and their files.

    `rows`: as `waiting`; what was rejected is not signed and does not count.
    """
    live = rows.filter(pl.col("state") != BatchState.REJECTED.value).sort("batch_id")
    told = live.select("batch_id", "content_digest", "file_digest").write_csv()
    return hashlib.sha256(told.encode()).hexdigest()


def require_seen(rows: pl.DataFrame, seen: str) -> None:
    """BookError where what waits is not what the officer has seen; an empty `seen` says nothing."""
    now = seen_digest(rows)
    if seen and (len(seen) < SEEN_PLACES or not now.startswith(seen)):
        raise BookError(
            "待签的内容已不是所看的(摘要不符)",
            f"请重新看过本月内容再签;现在的摘要为 {now[:SEEN_PLACES]}",
            "、".join(rows["batch_id"]),
        )


def among(known: pl.DataFrame, only: Collection[str]) -> pl.DataFrame:
    """The batches of these ids, all where none are named; BookError where one is not there."""
    strange = sorted(set(only) - set(known["batch_id"]))
    if strange:
        raise BookError("没有待签的这个批次", "请用 disburse status 查看本月的批次", "、".join(strange))
    return known.filter(pl.col("batch_id").is_in(list(only))) if only else known


def waiting(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """The batches that stand unreleased, of the pay month and of earlier ones, as ledger.batches.batches_of."""
    return _waiting(conn, county, pay_month).filter(pl.col("state") != BatchState.RELEASED.value)


def _waiting(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """The pay month's batches that are not voided, and earlier months' that still wait."""
    known = batches.batches_of(conn, county, None).filter(pl.col("state") != BatchState.VOIDED.value)
    still_waits = (pl.col("pay_month") < pay_month) & (pl.col("state") != BatchState.RELEASED.value)
    return known.filter((pl.col("pay_month") == pay_month) | still_waits)


def _require_nothing_held(conn: Connection, county: str, batch_ids: pl.Series) -> None:
    """What was held after its batch was claimed does not go out: the next run claims the batch anew without it."""
    held = batches.unpaid(conn, county).filter(
        pl.col("live_batch_id").is_in(batch_ids.implode()), pl.col("held_by").is_not_null()
    )
    if count := held.height:
        raise BookError(
            f"待放行的批次中有 {count} 笔编批之后被暂缓", "请重新运行 disburse run,重新编批并批准后再放行", county
        )


def _require_run_since_decisions(conn: Connection, county: str, known: pl.DataFrame, ready: BatchState) -> None:
    """Whose numbers are one person's was decided anew since the newest run: what is owed may be another sum by now."""
    latest = cycles.latest_run(conn, county)
    decided = identity.of_county(conn, county).digest()
    if latest is None or latest.manifest.identity_digest == decided or ready.value not in known["state"]:
        return
    month = month_text(latest.manifest.pay_month)
    raise BookError(
        "编批之后认定过号码(同一人或两个人),应发的钱可能已经不同",
        f"请先重新运行,再批准、放行:disburse run --county {county} --month {month} --as 经办人",
        f"{county} {month}",
    )


def _require_none(known: pl.DataFrame, state: BatchState, what: str, advice: str) -> None:
    found = known.filter(pl.col("state") == state.value)
    if not found.is_empty():
        raise BookError(what, advice, "、".join(found["batch_id"]))


def _sign(
    conn: Connection,
    county: str,
    known: pl.DataFrame,
    states: tuple[BatchState, ...],
    step: SignatureStep,
    by: Actor,
    otherwise: str,
    reason: str = "",
) -> Signed:
    """Sign the batches in one of `states`; BookError, saying `otherwise`, where none is and none was signed before."""
    ready = known.filter(pl.col("state").is_in([state.value for state in states]))
    already = known.filter(pl.col("state") == step.value)
    if ready.is_empty() and already.is_empty():
        raise BookError(otherwise, f"请查看本月走到哪一步:disburse status --county {county}", county)
    for row in ready.iter_rows(named=True):
        batches.sign(conn, row["batch_id"], row["content_digest"], step, by, reason)
        detail = {"content": row["content_digest"], "lines": row["line_count"], "fen": row["total_fen"]}
        audit.append(conn, county, by, step.value, row["batch_id"], {**detail, "reason": reason})
    return Signed(tuple(ready["batch_id"]), tuple(already["batch_id"]))
