"""A proof as rows: for programs (JSON), and as the sheets of a workbook for officials."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from contracts.errors import InputError
from contracts.months import month_text
from contracts.situations import FindingKind
from reports.proof import Finding, Proof
from reports.tables import write_sheets

RELATIONS = {"stack": "可兼领", "exclude": "不兼领", "choose_higher": "择高"}
FINDINGS = {
    "kind": "疑点",
    "text": "说明",
    "since": "自",
    "source": "依据",
    "where": "位置",
    "known": "确认的依据",
}
MEETINGS = {"first": "项目", "second": "项目", "relation": "关系", "source": "依据", "where": "位置"}
IDLE = {"who": "哪些人", "why": "为什么一项也领不到", "known": "确认的依据"}


def proof_row(proof: Proof) -> dict[str, object]:
    """A proof for JSON: counts, findings, meetings, the most that anybody can draw, who draws nothing, and
    what is not paid every month."""
    return {
        "county": proof.county,
        "month": month_text(proof.month),
        "known_on": proof.known_on,
        "months": [month_text(month) for month in proof.months],
        "situation_count": proof.situation_count,
        "combination_count": proof.combination_count,
        "findings": [_finding(finding) | {"about": finding.about} for finding in proof.findings],
        "meetings": _meetings(proof),
        "greatest_fen": proof.greatest_fen,
        "greatest": list(proof.greatest),
        "idle": _idle(proof),
        "rhythms": list(proof.rhythms),
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "kind": finding.kind.value,
        "text": finding.text,
        "since": month_text(finding.since),
        "source": str(finding.source),
        "where": str(finding.where),
        "known": str(finding.known.source) if finding.known else "",
    }


def _meetings(proof: Proof) -> list[dict[str, object]]:
    return [
        {
            "first": meeting.first.value,
            "second": meeting.second.value,
            "relation": meeting.relation,
            "source": str(meeting.source),
            "where": str(meeting.where),
        }
        for meeting in proof.meetings
    ]


def _idle(proof: Proof) -> list[dict[str, object]]:
    return [
        {"who": idle.who, "why": idle.why, "known": str(idle.known.source) if idle.known else ""} for idle in proof.idle
    ]


def write_proof(proof: Proof, target: Path) -> Path:
    """Write the sheets 疑点, 相遇的项目 and 应助未助 of one workbook; InputError for another ending."""
    if target.suffix.lower() != ".xlsx":
        raise InputError(f"不认识的文件类型 {target.suffix or '(无)'}", "请用 .xlsx 结尾", target.name)
    findings = [_finding(f) | {"kind": FindingKind.label_of(f.kind)} for f in proof.findings]
    meetings = [
        {"first": m.first.label, "second": m.second.label, "relation": RELATIONS[m.relation],
         "source": str(m.source), "where": str(m.where)}
        for m in proof.meetings
    ]  # fmt: skip
    return write_sheets(
        [
            (sheet, pl.DataFrame(rows, schema=dict.fromkeys(headers, pl.String)), headers)
            for sheet, rows, headers in (
                ("疑点", findings, FINDINGS),
                ("相遇的项目", meetings, MEETINGS),
                ("应助未助", _idle(proof), IDLE),
            )
        ],
        target,
    )
