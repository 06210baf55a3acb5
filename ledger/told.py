"""The audit log against the rows it tells of: every entry has its rows, and every act in the rows has its entry.

The chain proves that nobody changed an entry; this proves that nobody added, took away or renamed what the entries tell
of. Each kind of act is one statement that says from the rows what its entries should have said.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    String,
    Table,
    Text,
    case,
    cast,
    func,
    literal,
    select,
)

from contracts.codes import BankEvent, BatchEvent, HoldEvent, Logged, RecoveryMeans, SignatureStep
from ledger import tables as t
from ledger.holds import RULE

Told = dict[str, Any]
RECONCILED = "reconcile"  # the object of what the hold rules did in a run


@dataclass(frozen=True)
class Kind:
    """One kind of act. `rows`: county, object, and what its entries tell, by the entry's names.

    `is_summed`: several entries of one object tell parts of what its rows are together; their numbers add up.
    `of_batch`, `of_cycle`: the column by which it is narrowed to some batches or cycles; without one it is of the whole
    book only.
    """

    action: str
    label: str
    rows: Select[Any]
    is_summed: bool = False
    of_batch: ColumnElement[str] | None = None
    of_cycle: ColumnElement[int] | None = None

    def narrowed(self, batch_ids: Collection[str], cycle_ids: Collection[int]) -> Select[Any] | None:
        """The rows of these batches, or of the runs of these cycles; None where it is of the whole book only."""
        if self.of_batch is not None:
            return self.rows.where(self.of_batch.in_(batch_ids))
        return None if self.of_cycle is None else self.rows.where(self.of_cycle.in_(cycle_ids))

    @property
    def names(self) -> tuple[str, ...]:
        """What is told, by the entries' names."""
        return tuple(name for name, _ in self.rows.selected_columns.items() if name not in ("county", "object"))


def misfits(
    conn: Connection,
    kinds: Collection[Kind],
    batch_ids: Collection[str] | None = None,
    cycle_ids: Collection[int] = (),
) -> list[str]:
    """Every entry whose rows say something else, in an officer's words, and every act without an entry. Read-only.

    With `batch_ids` only what is of these batches, and of the runs of these cycles.
    """
    entries = _entries(conn, kinds)
    found: list[str] = []
    for kind in kinds:
        told = entries[kind.action]
        if batch_ids is None:
            rows = _rows(conn, kind.rows)
        elif (statement := kind.narrowed(batch_ids, cycle_ids)) is None:
            continue
        else:
            rows = _rows(conn, statement)
            told = {key: told[key] for key in told if key in rows or key[1] in batch_ids}
        found += _differences(kind, told, rows)
    return found


def entry_count(conn: Connection) -> int:
    """How many entries the log has."""
    return int(conn.execute(select(func.count()).select_from(t.audit_log)).scalar_one())


def _differences(
    kind: Kind, told: Mapping[tuple[str, str], list[Told]], rows: Mapping[tuple[str, str], list[Told]]
) -> Iterator[str]:
    for county, about in sorted(told.keys() | rows.keys()):
        entries, found = told.get((county, about), []), rows.get((county, about), [])
        name = f"{county} {kind.label} {about[:16] if len(about) == 64 else about}"
        if kind.is_summed:
            yield from (f"{name}:{what}" for what in _unlike(_summed(kind, entries), _summed(kind, found)))
        elif not entries:
            yield f"{name}:总账里有,审计记录里没有"
        elif not found:
            yield f"{name}:审计记录里有,总账里没有"
        elif len(entries) != len(found):
            yield f"{name}:审计记录 {len(entries)} 条,总账 {len(found)} 条"
        else:
            for entry, row in zip(sorted(entries, key=_order), sorted(found, key=_order), strict=True):
                yield from (f"{name}:{what}" for what in _unlike(entry, row))


def _unlike(entry: Told, row: Told) -> Iterator[str]:
    """In what a row differs from what its entry tells; an older program's entries may tell less."""
    for name, value in row.items():
        if name in entry and entry[name] != value:
            yield f"{_LABELS.get(name, name)} 审计记录为“{entry[name]}”,总账为“{value}”"


def _order(told: Told) -> str:
    return json.dumps(
        [told.get(name) for name in ("fen", "document", "digest", "actor", "decision", "until", "reason")],
        ensure_ascii=False,
    )


def _summed(kind: Kind, parts: list[Told]) -> Told:
    return {name: sum(part.get(name, 0) for part in parts) for name in kind.names}


def _entries(conn: Connection, kinds: Collection[Kind]) -> dict[str, dict[tuple[str, str], list[Told]]]:
    found: dict[str, dict[tuple[str, str], list[Told]]] = {kind.action: defaultdict(list) for kind in kinds}
    log = t.audit_log.c
    wanted = select(log.county, log.action, log.object, log.actor, log.system_user, log.known_by, log.detail_json)
    for county, action, about, actor, system_user, known_by, detail in conn.execute(wanted.order_by(log.entry_id)):
        of_rule = action == "hold" and about == RECONCILED
        kept_as = RECONCILED if of_rule else action
        if kept_as in found:
            found[kept_as][county, about].append(
                {**json.loads(detail), "actor": actor, "system_user": system_user, "known_by": known_by}
            )
    return found


def _rows(conn: Connection, statement: Select[Any]) -> dict[tuple[str, str], list[Told]]:
    found: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for row in conn.execute(statement).mappings():
        told = dict(row)
        found[told.pop("county"), told.pop("object")].append(told)
    return found


def _whole(figure: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.coalesce(figure, 0), BigInteger)


def _named(word: str, number: ColumnElement[int]) -> ColumnElement[str]:
    return literal(f"{word} ", String) + cast(number, Text)


def _of_run(table: Table, name: str, *conditions: ColumnElement[bool]) -> Iterator[ColumnElement[int]]:
    """How many rows of a table a run has, and their fen; found by the index on run_id."""
    of_run = select(func.count()).where(table.c.run_id == t.run.c.run_id, *conditions)
    yield of_run.correlate(t.run).scalar_subquery().label(f"{name}_count")
    fen = select(_whole(func.sum(table.c.amount_fen))).where(table.c.run_id == t.run.c.run_id, *conditions)
    yield fen.correlate(t.run).scalar_subquery().label(f"{name}_fen")


def _signed(step: SignatureStep, label: str) -> Kind:
    a, b = t.approval.c, t.batch.c
    rows = (
        select(
            t.cycle.c.county,
            a.batch_id.label("object"),
            a.officer.label("actor"),
            a.system_user,
            a.known_by,
            a.reason,
            a.content_digest.label("content"),
            b.line_count.label("lines"),
            b.total_fen.label("fen"),
        )
        .select_from(t.approval.join(t.batch).join(t.cycle))
        .where(a.step == step.value)
    )
    if step is SignatureStep.MADE:
        return Kind("claim", label, rows, of_batch=a.batch_id)
    return Kind(step.value, label, rows, of_batch=a.batch_id)


def _posted() -> Kind:
    r = t.run.c
    figures = [
        *_of_run(t.obligation, "obligations"),
        *_of_run(t.withdrawal, "withdrawals"),
        *_of_run(t.receivable, "receivables"),
        *_of_run(t.recovery, "set_offs", t.recovery.c.means == RecoveryMeans.SET_OFF.value),
    ]
    rows = select(
        t.cycle.c.county,
        _named("run", r.run_id).label("object"),
        r.maker.label("actor"),
        r.system_user,
        r.manifest_digest.label("manifest"),
        *figures,
    ).select_from(t.run.join(t.cycle))
    return Kind("post", "入账", rows, of_cycle=r.cycle_id)


def _versions() -> Select[Any]:
    """How many versions each run made: every version is looked at."""
    v = t.entitlement_version.c
    counted = select(v.run_id, func.count().label("versions")).group_by(v.run_id).subquery()
    return select(
        t.cycle.c.county, _named("run", t.run.c.run_id).label("object"), _whole(counted.c.versions).label("versions")
    ).select_from(t.run.join(t.cycle).outerjoin(counted, counted.c.run_id == t.run.c.run_id))


def _imported() -> Select[Any]:
    r, o = t.run.c, t.obligation.c
    return (
        select(
            o.county,
            _named("run", r.run_id).label("object"),
            r.maker.label("actor"),
            r.system_user,
            r.manifest_digest.label("file"),
            func.count().label("rows"),
            _whole(func.sum(o.amount_fen)).label("fen"),
        )
        .select_from(t.run.join(t.obligation))
        .where(r.cycle_id.is_(None))
        .group_by(o.county, r.run_id, r.maker, r.system_user, r.manifest_digest)
    )


def _voided() -> Kind:
    e = t.batch_event.c
    rows = (
        select(t.cycle.c.county, e.batch_id.label("object"), e.reason)
        .select_from(t.batch_event.join(t.batch).join(t.cycle))
        .where(e.event == BatchEvent.VOIDED.value)
    )
    return Kind("void", "作废", rows, of_batch=e.batch_id)


def _answered() -> Select[Any]:
    """The answers of each file; those of an order refused whole are told by its own entry."""
    e = t.bank_event.c
    counts = [_whole(func.sum(case((e.event == event.value, 1), else_=0))).label(event.value) for event in BankEvent]
    of_order = select(t.refused_order.c.source_digest)
    return (
        select(t.cycle.c.county, e.source_digest.label("object"), *counts)
        .select_from(t.bank_event.join(t.instruction).join(t.batch).join(t.cycle))
        .where(e.source_digest.not_in(of_order))
        .group_by(t.cycle.c.county, e.source_digest)
    )


def _refused_orders() -> Kind:
    r, e, n = t.refused_order.c, t.bank_event.c, t.instruction.c
    of_order = t.bank_event.join(t.instruction)
    lines = select(func.count()).select_from(of_order).where(e.source_digest == r.source_digest)
    fen = select(_whole(func.sum(n.amount_fen))).select_from(of_order).where(e.source_digest == r.source_digest)
    rows = select(
        t.cycle.c.county,
        r.batch_id.label("object"),
        r.officer.label("actor"),
        r.reason,
        lines.correlate(t.refused_order).scalar_subquery().label("lines"),
        fen.correlate(t.refused_order).scalar_subquery().label("fen"),
    ).select_from(t.refused_order.join(t.batch).join(t.cycle))
    return Kind("refused_order", "整批退回", rows, of_batch=r.batch_id)


def _recovered() -> Select[Any]:
    r = t.recovery.c
    return (
        select(
            t.receivable.c.county,
            _named("receivable", r.receivable_id).label("object"),
            r.officer.label("actor"),
            r.means,
            r.amount_fen.label("fen"),
            r.document,
            func.coalesce(r.approved_by, "").label("approved_by"),
        )
        .select_from(t.recovery.join(t.receivable))
        .where(r.means != RecoveryMeans.SET_OFF.value)
    )


def _kept() -> Select[Any]:
    k = t.kept_content.c
    return select(k.county, k.manifest_digest.label("object"), k.digest)


def _received() -> Select[Any]:
    """Every receipt from the first on that has an entry; numbers follow one another, so none fits in before it.

    Those before it are of a program that told of none.
    """
    r, log = t.receipt.c, t.audit_log.c
    number = cast(func.substr(log.object, len("receipt ") + 1), BigInteger)
    first = select(func.min(number)).where(log.action == Logged.RECEIVED.value).scalar_subquery()
    return select(
        r.county,
        _named("receipt", r.receipt_id).label("object"),
        r.register,
        r.inbox_month,
        r.known_on,
        r.file_digest.label("digest"),
        r.system_user,
    ).where(r.receipt_id >= first)


def _decided() -> Select[Any]:
    i = t.identity.c
    told = (i.county, i.decision_id, i.officer, i.system_user, i.decision, i.document)
    return select(
        i.county,
        _named("decision", i.decision_id).label("object"),
        i.officer.label("actor"),
        i.system_user,
        i.decision,
        i.document,
        func.count().label("numbers"),
    ).group_by(*told)


def _doubted() -> Select[Any]:
    f = t.finding_decision.c
    return select(
        f.county,
        (literal("finding ", String) + f.finding_id).label("object"),
        f.officer.label("actor"),
        f.system_user,
        f.rule,
        f.decision,
        func.coalesce(f.until_month, "").label("until"),
        f.reason,
    )


def _taken_anyway() -> Select[Any]:
    a = t.register_acceptance.c
    about = literal("file ", String) + func.substr(a.file_digest, 1, 12)
    return select(a.county, about.label("object"), a.officer.label("actor"), a.system_user, a.register, a.reason)


def _closed() -> Kind:
    s, c = t.seal.c, t.cycle.c
    two_places = case((c.sequence < 10, literal("-0", String)), else_=literal("-", String))
    rows = select(
        s.county,
        (c.pay_month + two_places + cast(c.sequence, Text)).label("object"),
        s.officer.label("actor"),
        s.system_user,
        s.digest.label("seal"),
        s.unanswered_count.label("unanswered"),
        s.reason,
    ).select_from(t.seal.join(t.cycle))
    return Kind("close", "结账", rows)


def _taken_back() -> Select[Any]:
    b, c = t.taken_back.c, t.cycle.c
    two_places = case((c.sequence < 10, literal("-0", String)), else_=literal("-", String))
    return select(
        b.county,
        (c.pay_month + two_places + cast(c.sequence, Text)).label("object"),
        b.officer.label("actor"),
        b.system_user,
        b.reason,
    ).select_from(t.taken_back.join(t.cycle))


def _by_hand(event: HoldEvent) -> Select[Any]:
    h = t.hold.c
    told = [h.county, _named("hold", h.hold_id).label("object"), h.actor, h.code]
    if event is HoldEvent.LIFTED:
        told.append(func.coalesce(h.decision, "").label("decision"))
    return select(*told).where(h.event == event.value, h.actor != RULE)


def _lifted_by_rule() -> Select[Any]:
    h = t.hold.c
    return (
        select(h.county, literal(RECONCILED, String).label("object"), func.count().label(HoldEvent.LIFTED.value))
        .where(h.event == HoldEvent.LIFTED.value, h.actor == RULE)
        .group_by(h.county)
    )


KINDS = (
    Kind("receive", "收下名册", _received()),
    _posted(),
    Kind("import history", "导入历史", _imported()),
    _signed(SignatureStep.MADE, "编批"),
    _signed(SignatureStep.APPROVED, "批准"),
    _signed(SignatureStep.REJECTED, "驳回"),
    _signed(SignatureStep.RELEASED, "放行"),
    _voided(),
    Kind("results", "回盘", _answered(), is_summed=True),
    _refused_orders(),
    Kind("recover", "追回", _recovered()),
    Kind("identity", "认定同一人", _decided()),
    Kind("kept", "存档", _kept()),
    Kind("accept", "同意采用名册", _taken_anyway()),
    Kind("finding", "办理疑点", _doubted()),
    _closed(),
    Kind("take_back", "撤回本月", _taken_back()),
    Kind("hold", "暂缓", _by_hand(HoldEvent.PLACED)),
    Kind("lift", "解除暂缓", _by_hand(HoldEvent.LIFTED)),
    Kind(RECONCILED, "按规则解除暂缓", _lifted_by_rule(), is_summed=True),
)
VERSIONS = Kind("post", "核定", _versions())  # beside `post`: it reads every version there is
_LABELS = {
    "actor": "经办人",
    "system_user": "系统用户",
    "known_by": "如何确认本人",
    "reason": "理由",
    "content": "内容摘要",
    "lines": "笔数",
    "fen": "金额(分)",
    "manifest": "清单摘要",
    "versions": "核定条数",
    "obligations_count": "应付笔数",
    "obligations_fen": "应付金额(分)",
    "withdrawals_count": "撤回笔数",
    "withdrawals_fen": "撤回金额(分)",
    "receivables_count": "应追回笔数",
    "receivables_fen": "应追回金额(分)",
    "set_offs_count": "抵扣笔数",
    "set_offs_fen": "抵扣金额(分)",
    "file": "文件摘要",
    "rows": "行数",
    "document": "凭据",
    "approved_by": "批准人",
    "means": "方式",
    "numbers": "号码数",
    "decision": "决定",
    "seal": "封存摘要",
    "unanswered": "待查笔数",
    "code": "原因",
    "digest": "摘要",
    "register": "名册",
    "inbox_month": "收件月",
    "known_on": "知悉日",
    "rule": "规则",
    "until": "到何月",
    **{event.value: f"{event.label}笔数" for event in BankEvent},
    HoldEvent.LIFTED.value: "解除笔数",
}
