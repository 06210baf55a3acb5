"""Closing: a cycle that is done is sealed, and never rewritten. What is learnt later is posted in an open cycle.

A seal holds a digest of every table's rows of the cycle and the digest of the county's seal before. Answers, holds and
recoveries may follow a closed cycle; the seal says up to which row and of which columns it speaks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Column, ColumnElement, Connection, Row, Table, insert, or_, select, true

from contracts.actor import Actor
from contracts.codes import BatchState, HoldGround, Logged
from contracts.errors import BookError
from contracts.months import month_text
from ledger import audit, batches, cycles, holds, tables
from ledger.attempts import is_released, last_answer
from ledger.book import Book, next_id, now, read_frame
from ledger.cycles import Cycle
from ledger.fate import UNANSWERED, unpaid

NULL = "\\N"  # of the digested text, so that nothing and an empty text differ
ADDED_LATER = {
    "hold": {"subject", "detail"},
    "bank_event": {"return_reason", "answered_on"},
    "approval": {"known_by"},
    "instruction": {"village_group", "head_name", "head_id", "phone"}
    | {f"origin_{name}" for name in ("id", "batch", "line", "account", "amount", "reason")},
    "instruction_item": {"name", "person_id"},
}  # columns that came after seals which do not say of which they speak
Told = Mapping[str, Any]  # of one table: rows, last, digest, and columns where the seal says so


@dataclass(frozen=True)
class Seal:
    """A sealed cycle: what it held by table, what was not answered, who closed it."""

    cycle: Cycle
    digest: str
    previous_digest: str
    unanswered_count: int
    unanswered_fen: int
    officer: str
    reason: str
    sealed_at: str


@dataclass(frozen=True)
class Blocker:
    """What keeps a cycle from being closed, in an officer's words."""

    cycle: Cycle
    what: str
    advice: str


def seals_of(conn: Connection, county: str) -> list[Seal]:
    """The seals of a county, in order."""
    return [_seal(row) for row in _seal_rows(conn, county)]


def open_cycles(conn: Connection, county: str, pay_month: date) -> list[Cycle]:
    """The cycles up to a pay month that are not sealed, in order."""
    return [one for one in cycles.cycles_until(conn, county, pay_month) if not cycles.is_sealed(conn, one.cycle_id)]


def unanswered(conn: Connection, *cycle_ids: int) -> pl.DataFrame:
    """Released instructions of cycles without a final answer: no event, or the last is unknown.

    batch_id, line_no, instruction_id, benefit, amount_fen, bank_event (null: none), in order of batch and line.
    """
    columns = ("batch_id", "line_no", "instruction_id", "benefit", "amount_fen")
    i = tables.instruction.c
    sent = (
        select(*(i[name] for name in columns), last_answer(i.instruction_id).label("bank_event"))
        .join(tables.batch)
        .where(tables.batch.c.cycle_id.in_(cycle_ids), is_released(i.batch_id))
    )
    return read_frame(conn, sent).filter(UNANSWERED).sort("batch_id", "line_no")


def unanswered_until(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """The unanswered instructions of every cycle that closing the pay month would seal, as `unanswered`."""
    return unanswered(conn, *(one.cycle_id for one in open_cycles(conn, county, pay_month)))


def blockers(conn: Connection, county: str, pay_month: date) -> list[Blocker]:
    """Everything that must be done before the pay month can be closed; unanswered instructions are not among it."""
    waiting = open_cycles(conn, county, pay_month)
    found = [
        Blocker(one, f"{row['batch_id']} 尚未放行", "请批准并放行,或驳回后重新运行")
        for one in waiting
        for row in batches.batches_of(conn, county, one.pay_month).iter_rows(named=True)
        if row["cycle_id"] == one.cycle_id and row["state"] not in (BatchState.RELEASED, BatchState.VOIDED)
    ]
    unclear = holds.open_holds(conn, county).filter(pl.col("ground") == HoldGround.RETURN_UNCLEAR.value)
    if waiting and unclear.height:
        advice = "请与银行判明后用 disburse hold lift 解除"
        found.append(Blocker(waiting[-1], f"有 {unclear.height} 笔退回的原因没有判明", advice))
    loose = neither_held_nor_sent(conn, county)
    if waiting and loose.height and waiting[-1] == cycles.newest_cycle(conn, county):
        found.append(Blocker(waiting[-1], f"有 {loose.height} 笔应付款既未暂缓也未编批", "请重新运行 disburse run"))
    return found


def close(book: Book, county: str, pay_month: date, by: Actor, reason: str = "", signed_list: str = "") -> list[Seal]:
    """Seal every open cycle up to the pay month, in order; those sealed before are left. All or none.

    Unanswered instructions need a reason and `signed_list`, the digest of the list the officer has seen
    (`list_digest`). BookError where something waits, or that list is no longer the one of now.
    """
    with book.writing() as conn:
        if not cycles.cycles_of(conn, county, pay_month):
            raise BookError("本月尚未运行,没有可结账的", "请核对县代码和月份", f"{county} {month_text(pay_month)}")
        waiting = open_cycles(conn, county, pay_month)
        if found := blockers(conn, county, pay_month):
            told = ";".join(blocker.what for blocker in found[:5])
            raise BookError(f"还不能结账({len(found)} 项):{told}", found[0].advice, county)
        lists = [unanswered(conn, one.cycle_id) for one in waiting]
        rows = unanswered(conn, *(one.cycle_id for one in waiting))
        if rows.height and (not reason or signed_list != list_digest(rows)):
            raise BookError(
                f"有 {rows.height} 笔尚无最终回盘结果",
                "请先读入回盘;确需结账的,由复核人核对清单后署名并写明理由",
                county,
            )
        return [_close(conn, one, open_rows, by, reason) for one, open_rows in zip(waiting, lists, strict=True)]


def list_digest(rows: pl.DataFrame) -> str:
    """What an officer signs of a list of unanswered instructions."""
    return hashlib.sha256(rows.write_csv().encode()).hexdigest()


def verify(conn: Connection) -> list[str]:
    """Everything that is wrong with the seals, in an officer's words; empty where all speak true."""
    problems = []
    before: dict[str, str] = {}
    for row in _seal_rows(conn, None):
        sealed = _cycle_of(row)
        name = f"{sealed.county} {month_text(sealed.pay_month)} 第 {sealed.sequence} 期"
        if row.previous_digest != before.get(sealed.county, ""):
            problems.append(f"{name} 的封存与上一期不相连")
        if row.digest != _digest(_content(row._mapping)):
            problems.append(f"{name} 的封存本身被改动")
        told = json.loads(row.tables_json)
        now_held = _digests(conn, sealed, told)
        problems += [f"{name} 结账后 {table} 被改动" for table in told if told[table] != now_held[table]]
        before[sealed.county] = row.digest
    return problems


def sealed_rows(conn: Connection, seal: Seal) -> Iterator[tuple[str, bytes]]:
    """What a seal speaks of, table by table: the table's name, and its rows as the text whose SHA-256 the seal has.

    BookError where the book does not hold them any more as they were sealed.
    """
    row = next(row for row in _seal_rows(conn, seal.cycle.county) if row.digest == seal.digest)
    told = json.loads(row.tables_json)
    for table, where in _members(conn, seal.cycle):
        if table.name in told:
            content = _as_text(_rows_of(conn, table, where, told[table.name]))
            if hashlib.sha256(content).hexdigest() != told[table.name]["digest"]:
                raise BookError(f"结账后 {table.name} 被改动", "请停止发放,保留现场并报告", _name_in_log(seal.cycle))
            yield table.name, content


def told_until(conn: Connection, seal: Seal) -> list[dict[str, Any]]:
    """A county's seals up to this one, in order: every column, and the cycle's pay_month and sequence."""
    rows = [dict(row._mapping) for row in _seal_rows(conn, seal.cycle.county)]
    return rows[: [row["digest"] for row in rows].index(seal.digest) + 1]


def log_until(conn: Connection, seal: Seal) -> list[dict[str, Any]]:
    """The audit log from its first entry to the one that closed the cycle."""
    a = tables.audit_log.c
    about = (a.county == seal.cycle.county) & (a.object == _name_in_log(seal.cycle)) & (a.action == Logged.CLOSE.value)
    closed = select(a.entry_id).where(about).scalar_subquery()
    return [
        dict(row)
        for row in conn.execute(select(tables.audit_log).where(a.entry_id <= closed).order_by(a.entry_id)).mappings()
    ]


def _close(conn: Connection, one: Cycle, open_rows: pl.DataFrame, by: Actor, reason: str) -> Seal:
    before = seals_of(conn, one.county)
    content: dict[str, Any] = {
        "seal_id": next_id(conn, tables.seal),
        "cycle_id": one.cycle_id,
        "county": one.county,
        "tables_json": json.dumps(_digests(conn, one, {}), sort_keys=True),
        "unanswered_count": open_rows.height,
        "unanswered_fen": int(open_rows["amount_fen"].sum()),
        "unanswered_digest": list_digest(open_rows),
        "officer": by.officer,
        "system_user": by.system_user,
        "reason": reason if open_rows.height else "",
        "sealed_at": now(),
        "previous_digest": before[-1].digest if before else "",
    }
    digest = _digest(content)
    conn.execute(insert(tables.seal).values(**content, digest=digest))
    detail = {"seal": digest, "unanswered": open_rows.height, "reason": content["reason"]}
    audit.append(conn, one.county, by, Logged.CLOSE.value, _name_in_log(one), detail)
    return seals_of(conn, one.county)[-1]


def _name_in_log(one: Cycle) -> str:
    return f"{month_text(one.pay_month)}-{one.sequence:02d}"


def neither_held_nor_sent(conn: Connection, county: str) -> pl.DataFrame:
    """What is unpaid, waits in no batch and is kept by no hold, as ledger.fate.unpaid: the next run sends it."""
    return unpaid(conn, county).filter(pl.col("live_batch_id").is_null(), pl.col("held_by").is_null())


def _digests(conn: Connection, one: Cycle, sealed: Mapping[str, Told]) -> dict[str, Told]:
    """Of every table's rows of a cycle: how many, the newest number, a digest, and of which columns.

    As an earlier seal tells it where one is given, else as of now.
    """
    return {table.name: _digest_of(conn, table, where, sealed.get(table.name)) for table, where in _members(conn, one)}


def _digest_of(conn: Connection, table: Table, where: ColumnElement[bool], sealed: Told | None) -> Told:
    rows = _rows_of(conn, table, where, sealed)
    number = _number_of(table)
    newest = (rows[number.name].max() or 0) if number is not None else None
    told = {"rows": rows.height, "last": newest, "digest": hashlib.sha256(_as_text(rows)).hexdigest()}
    return told if sealed and "columns" not in sealed else {**told, "columns": rows.columns}


def _rows_of(conn: Connection, table: Table, where: ColumnElement[bool], sealed: Told | None) -> pl.DataFrame:
    """The rows that a seal speaks of, or of now where none is given, in order of the table's key."""
    number = _number_of(table)
    wanted = select(*(table.c[name] for name in _columns_of(table, sealed))).where(where)
    last = sealed["last"] if sealed else None
    if number is not None and last is not None:
        wanted = wanted.where(number <= last)
    return read_frame(conn, wanted).sort([column.name for column in table.primary_key.columns])


def _as_text(rows: pl.DataFrame) -> bytes:
    """Rows as they are digested."""
    return rows.write_csv(null_value=NULL).encode()


def _number_of(table: Table) -> Column[Any] | None:
    """The number that grows with every row of a table, where it has one."""
    first, *more = table.primary_key.columns
    return None if more or first.type.python_type is not int else first


def _columns_of(table: Table, sealed: Told | None) -> list[str]:
    """The columns a seal speaks of: a later program may have added some."""
    names = [column.name for column in table.columns]
    if sealed is None:
        return names
    spoken: list[str] = sealed.get("columns", [name for name in names if name not in ADDED_LATER.get(table.name, ())])
    return spoken


def _members(conn: Connection, one: Cycle) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """The tables a cycle has rows in, and which of theirs they are."""
    t = tables
    of_cycle = cycles.runs_of(conn, one.cycle_id)
    months = [month for run in of_cycle for month in run.manifest.computed_months()] or [one.pay_month]
    runs = [run.run_id for run in of_cycle]
    batch_ids = select(t.batch.c.batch_id).where(t.batch.c.cycle_id == one.cycle_id)
    instructions = select(t.instruction.c.instruction_id).where(t.instruction.c.batch_id.in_(batch_ids))
    receivables = select(t.receivable.c.receivable_id).where(t.receivable.c.run_id.in_(runs))
    v = t.entitlement_version.c
    yield t.cycle, t.cycle.c.cycle_id == one.cycle_id
    yield t.run, t.run.c.cycle_id == one.cycle_id
    in_window = v.benefit_month.between(month_text(min(months)), month_text(max(months)))
    yield t.entitlement_version, (v.county == one.county) & in_window & v.run_id.in_(runs)
    for table in (t.obligation, t.withdrawal, t.receivable):
        yield table, table.c.run_id.in_(runs)
    yield t.recovery, or_(t.recovery.c.run_id.in_(runs), t.recovery.c.receivable_id.in_(receivables))
    for decided in (t.hold, t.finding_decision):
        yield decided, decided.c.cycle_id == one.cycle_id
    for table in (t.batch_event, t.approval, t.instruction):
        yield table, table.c.batch_id.in_(batch_ids)
    yield t.refused_order, t.refused_order.c.batch_id.in_(batch_ids) & _refused_before_closing(conn, one)
    yield t.batch, t.batch.c.cycle_id == one.cycle_id
    for table in (t.instruction_item, t.bank_event):
        yield table, table.c.instruction_id.in_(instructions)


def _refused_before_closing(conn: Connection, one: Cycle) -> ColumnElement[bool]:
    """A refused order has no number that says when it came: the log says whether the cycle was closed before."""
    a = tables.audit_log.c
    closed_at = conn.execute(
        select(a.entry_id).where(a.county == one.county, a.action == Logged.CLOSE.value, a.object == _name_in_log(one))
    ).scalar()
    if closed_at is None:
        return true()
    before = select(a.object).where(a.action == Logged.REFUSED_ORDER.value, a.entry_id < closed_at)
    return tables.refused_order.c.batch_id.in_(before)


CONTENT = (
    "seal_id",
    "cycle_id",
    "county",
    "tables_json",
    "unanswered_count",
    "unanswered_fen",
    "unanswered_digest",
    "officer",
    "system_user",
    "reason",
    "sealed_at",
    "previous_digest",
)


def _content(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row by column name
    return {name: row[name] for name in CONTENT}


def _digest(content: dict[str, Any]) -> str:
    told = json.dumps([content[name] for name in CONTENT], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def _seal_rows(conn: Connection, county: str | None) -> list[Row[Any]]:
    statement = select(tables.seal, tables.cycle.c.pay_month, tables.cycle.c.sequence).join(tables.cycle)
    if county is not None:
        statement = statement.where(tables.seal.c.county == county)
    return list(conn.execute(statement.order_by(tables.seal.c.seal_id)))


def _cycle_of(row: Row[Any]) -> Cycle:
    return cycles.cycle_of(row)


def _seal(row: Row[Any]) -> Seal:
    return Seal(
        _cycle_of(row),
        row.digest,
        row.previous_digest,
        row.unanswered_count,
        row.unanswered_fen,
        row.officer,
        row.reason,
        row.sealed_at,
    )
