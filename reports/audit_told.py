"""The audit log in officers' words: who did what, when, to what, with which amounts and reasons."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from contracts.codes import (
    AuditRule,
    BankEvent,
    Control,
    CredentialChange,
    FindingDecision,
    FundLevel,
    GapDecision,
    HoldCode,
    HoldEvent,
    Logged,
    RecoveryMeans,
    SamePerson,
)
from contracts.money import yuan_label
from contracts.months import BEIJING
from contracts.registers import label_of

INSTANT = "%Y-%m-%dT%H:%M:%SZ"  # as the book writes it
SHOWN_DIGITS = 12  # of a digest

OBJECTS: Mapping[str, str] = {
    "run": "第 {} 次运行",
    "hold": "暂缓 {}",
    "receivable": "应收 {}",
    "decision": "认定 {}",
    "finding": "疑点 {}",
    "file": "文件 {}",
    "receipt": "收件 {}",
    "sent": "发放与回盘 {}",
    "book": "全账 {}",
}
# What was refused: an act of the program, as month/officers.py names it.
REFUSED_ACTS: Mapping[str, str] = {
    "known": "确认本人",
    "run": "运行",
    "override": Logged.OVERRIDE.label,
    "approve": Logged.APPROVED.label,
    "reject": Logged.REJECTED.label,
    "release": Logged.RELEASED.label,
    "results": Logged.RESULTS.label,
    "close": Logged.CLOSE.label,
    "reconcile": Logged.RECONCILED.label,
    "hold": "设立或解除暂缓",
    "finding": Logged.FINDING.label,
    "recover": Logged.RECOVER.label,
    "write off": RecoveryMeans.WAIVED.label,
    "join": SamePerson.JOINED.label,
    "split": SamePerson.SPLIT.label,
    "fund": Logged.FUND.label,
    "publish": "张贴或撤下公示名单",
    "accept file": Logged.ACCEPT.label,
    "take_back": Logged.TAKE_BACK.label,
    "import history": Logged.HISTORY.label,
}


def _count(unit: str) -> Callable[[object], str]:
    return lambda value: f"{value} {unit}"


def _yuan(value: object) -> str:
    return f"{yuan_label(int(str(value)))} 元"


def _digest(value: object) -> str:
    return str(value)[:SHOWN_DIGITS]


# What an entry tells beside its act, in the order it is read: its label, and how the value is written.
DETAILS: Mapping[str, tuple[str, Callable[[object], str]]] = {
    "code": ("", lambda value: HoldCode.label_of(str(value))),
    "means": ("", lambda value: RecoveryMeans.label_of(str(value))),
    "control": ("", lambda value: Control.label_of(str(value))),
    "change": ("", lambda value: CredentialChange.label_of(str(value))),
    "decision": ("", lambda value: _decision(str(value))),
    "rule": ("", lambda value: AuditRule.label_of(str(value))),
    "until": ("到", str),
    "register": ("", lambda value: f"{label_of(str(value))}名册"),
    "inbox_month": ("收件月", str),
    "known_on": ("知悉日", str),
    "rows": ("", _count("行")),
    "lines": ("", _count("笔")),
    "fen": ("", _yuan),
    "versions": ("核定有变", _count("项")),
    "obligations_count": ("应付", _count("笔")),
    "obligations_fen": ("", _yuan),
    "withdrawals_count": ("撤回", _count("笔")),
    "withdrawals_fen": ("", _yuan),
    "receivables_count": ("应追回", _count("笔")),
    "receivables_fen": ("", _yuan),
    "set_offs_count": ("抵扣", _count("笔")),
    "set_offs_fen": ("", _yuan),
    **{event.value: (event.label, _count("笔")) for event in BankEvent},
    **{event.value: (event.label, _count("项")) for event in HoldEvent},
    "held": ("因此暂缓", _count("笔")),
    "refused": ("未能记入", _count("行")),
    "answered": ("已有自己的结果", _count("笔")),
    "unanswered": ("尚无结果", _count("笔")),
    "left_out": ("未导入", _count("行")),
    "numbers": ("号码", _count("个")),
    "tables": ("", _count("张表")),
    "approved_by": ("批准人", str),
    "document": ("凭据", str),
    "level": ("", lambda value: FundLevel.label_of(str(value))),
    "purpose": ("", str),
    "dated_on": ("日期", str),
    "from": ("自", str),
    "telephone": ("电话", str),
    "down_on": ("撤下", str),
    "reason": ("理由", str),
    "why": ("原因", str),
    "content": ("内容摘要", _digest),
    "manifest": ("清单摘要", _digest),
    "file": ("文件摘要", _digest),
    "seal": ("封存摘要", _digest),
    "slip": ("对账单摘要", _digest),
    "differences": ("不符", _count("处")),
    "digest": ("存档摘要", _digest),
}
# Told with others, or of use to programs alone.
NOT_TOLD = {"of_hash", "left_to_recover_count", "left_to_recover_fen"}


@dataclass(frozen=True)
class Entry:
    """One entry of the log. `detail` as it was written; `told` in an officer's words."""

    entry_id: int
    recorded_at: str
    at: str  # in the country's time
    actor: str
    system_user: str
    known_by: str  # as HowKnown; empty in entries of before it was asked
    action: str
    act: str
    object: str
    about: str
    detail: dict[str, Any]
    told: str


def entries_told(rows: pl.DataFrame) -> list[Entry]:
    """The log's entries as officers read them; rows as `ledger.audit_search.entries`."""
    return [_entry(row, json.loads(row.pop("detail_json"))) for row in rows.to_dicts()]


def day_of(day: date) -> tuple[str, str]:
    """A day of the country, as instants of the book: its first, and the next day's."""
    begins = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
    first, next_one = (one.astimezone(UTC).strftime(INSTANT) for one in (begins, begins + timedelta(days=1)))
    return first, next_one


def _entry(row: dict[str, str], detail: dict[str, object]) -> Entry:
    at = datetime.strptime(row["recorded_at"], INSTANT).replace(tzinfo=UTC).astimezone(BEIJING)
    return Entry(
        entry_id=int(row["entry_id"]),
        recorded_at=row["recorded_at"],
        at=f"{at:%Y-%m-%d %H:%M:%S}",
        actor=row["actor"],
        system_user=row["system_user"],
        known_by=row["known_by"] or "",
        action=row["action"],
        act=Logged.label_of(row["action"]),
        object=row["object"],
        about=_about(row["action"], row["object"]),
        detail=detail,
        told=",".join(_told(detail)),
    )


def _about(action: str, about: str) -> str:
    if action == Logged.REFUSED:
        return REFUSED_ACTS.get(about, about)
    if action == Logged.RESULTS:
        return f"回盘文件 {_digest(about)}"
    if about == "reconcile":
        return "按规则核对"
    if action == Logged.KEPT:
        return f"清单 {_digest(about)}"
    kind, _, number = about.partition(" ")
    return OBJECTS[kind].format(number) if kind in OBJECTS and number else about


def _told(detail: Mapping[str, object]) -> Iterator[str]:
    """Each thing the entry tells; nothing of what is none."""
    for name, value in sorted(detail.items(), key=lambda item: _place(item[0])):
        if value in (0, "", None) or name in NOT_TOLD:
            continue
        label, write = DETAILS.get(name, (name, str))
        yield f"{label} {write(value)}".strip()


def _place(name: str) -> int:
    names = list(DETAILS)
    return names.index(name) if name in DETAILS else len(names)


def _decision(value: str) -> str:
    of = next((codes for codes in (SamePerson, FindingDecision) if value in codes.values()), GapDecision)
    return of.label_of(value)
