"""The month explained as a workbook: the sums, who moved and why, and whose money flowed."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from contracts.codes import Benefit, CorrectionGround
from reports.month_explained import BenefitMonth, MonthExplained, cause_labels
from reports.tables import Sheet

SUMS = {
    "benefit": "项目",
    "label": "",
    "people_new": "新增人数",
    "people_gone": "减少人数",
    "people_changed": "变动人数",
    "people": "人数",
    "amount_fen": "金额",
}
WHO = {"person_id": "身份证号", "name": "姓名", "township": "乡镇", "village": "村社区", "benefit": "项目"}
PEOPLE = {
    **WHO,
    "cause": "变动原因",
    "correction": "更正理由",
    "before_fen": "上期",
    "after_fen": "本期",
    "delta_fen": "差额",
}
MONEY = {**WHO, "benefit_month": "所属月", "label": "去向", "amount_fen": "金额"}


def sheets(told: MonthExplained, who: pl.DataFrame) -> list[Sheet]:
    """Its sheets, as reports.tables.write_sheets takes them. `who`: person_no, person_id, name, township, village."""
    sums = pl.DataFrame(
        [line for one in (told.total, *told.benefits) for line in _lines(one)], schema=_SUMS, orient="row"
    )
    return [
        ("本月说明", sums, SUMS),
        ("人员变动", _people(told.people, who), PEOPLE),
        ("金额去向", _money(told.money, who), MONEY),
    ]


_SUMS = {name: pl.String() if name in ("benefit", "label") else pl.Int64() for name in SUMS}


def _lines(one: BenefitMonth) -> Iterator[tuple[str | int | None, ...]]:
    yield one.label, "上期应发", None, None, None, one.people_before, one.fen_before
    for move in one.moves:
        yield one.label, move.label, move.people_new, move.people_gone, move.people_changed, None, move.fen
    yield one.label, "本期应发", None, None, None, one.people_now, one.fen_now
    for flow in one.flows:
        yield one.label, flow.label, None, None, None, flow.people, flow.fen
    yield one.label, "文件合计", None, None, None, None, one.fen_in_files


_BENEFITS = {benefit.value: benefit.label for benefit in Benefit}


def _told(rows: pl.DataFrame, who: pl.DataFrame, order: list[str]) -> pl.DataFrame:
    named = rows.join(who, on="person_no", how="left").sort(
        "benefit", *order, "township", "village", "person_id", nulls_last=True
    )
    return named.with_columns(pl.col("benefit").cast(pl.String).replace(_BENEFITS))


def _people(rows: pl.DataFrame, who: pl.DataFrame) -> pl.DataFrame:
    return (
        _told(rows, who, ["is_late", "cause"])
        .with_columns(
            cause=cause_labels(),
            correction=pl.col("correction").replace({ground.value: ground.label for ground in CorrectionGround}),
            delta_fen=pl.col("after_fen") - pl.col("before_fen"),
        )
        .select(*PEOPLE)
    )


def _money(rows: pl.DataFrame, who: pl.DataFrame) -> pl.DataFrame:
    told = _told(rows, who, ["flow", "label"]).with_columns(pl.col("benefit_month").dt.strftime("%Y-%m"))
    return told.rename({"fen": "amount_fen"}).select(*MONEY)
