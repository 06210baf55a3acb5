"""A month's summary as a workbook: one sheet per part of it that has anything to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import polars as pl

from contracts.codes import BatchState
from reports.summary import BenefitLine, FileLine, Labelled, MonthSummary
from reports.tables import write_sheets

BENEFITS = {
    "label": "项目",
    "people": "人数",
    "fen": "金额",
    "people_before": "上月人数(按现在所知)",
    "fen_before": "上月金额(按现在所知)",
    "people_issued_before": "上月实发人数",
    "fen_issued_before": "上月实发金额",
    "arrears_fen": "补发",
    "withdrawn_fen": "撤回",
    "receivable_fen": "应追回",
    "people_without_standard": "标准未设定人数",
}
FILES = {
    "batch_id": "批次",
    "label": "项目",
    "state": "状态",
    "file_name": "文件",
    "file_digest": "SHA-256",
    "lines": "笔数",
    "fen": "金额",
}
LABELLED = {"label": "原因", "count": "数量", "fen": "金额"}
Sheet = tuple[str, pl.DataFrame, Mapping[str, str]]


def write_summary(summary: MonthSummary, target: Path) -> Path:
    """Write the summary to `target` (.xlsx), whole or not at all."""
    return write_sheets([*_sheets(summary)], target)


def _sheets(summary: MonthSummary) -> Iterator[Sheet]:
    yield _sheet("各项待遇", summary.benefits, BENEFITS)
    parts = {
        "撤回(未付出的)": summary.withdrawals,
        "应追回(已付出的)": summary.receivables,
        "暂缓": summary.holds,
        "依据草案或占位标准": summary.uncertain,
        "拒收的名册行": summary.refused,
    }
    yield from (_sheet(name, lines, LABELLED) for name, lines in parts.items() if lines)
    if summary.files:
        yield _sheet(
            "发放文件", [replace(file, state=BatchState.label_of(file.state)) for file in summary.files], FILES
        )


def _sheet(name: str, lines: Sequence[BenefitLine | Labelled | FileLine], shown: Mapping[str, str]) -> Sheet:
    """Money columns are named `_fen` here, so that they are written in yuan."""
    titles = {column if column != "fen" else "amount_fen": title for column, title in shown.items()}
    rows = [{name: asdict(line)[column] for name, column in zip(titles, shown, strict=True)} for line in lines]
    return name, pl.DataFrame(rows, schema=list(titles), infer_schema_length=None), titles
