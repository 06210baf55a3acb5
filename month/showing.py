"""What a stage shows besides its counts to whoever looks at the lineage: short tables, and the papers it left.

Never a person: benefits, registers, batches, rules. Amounts in yuan as text, whatever is told under a Chinese label.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from audit.told import by_rule
from contracts.codes import BatchState, Benefit
from contracts.errors import BookError, OfficerError
from contracts.money import yuan_label
from contracts.months import MONTH_TEXT, parse_month
from contracts.registers import label_of
from contracts.settings import Home
from ledger import batches, cycles
from month.auditing import looked_at
from month.listing import left
from month.month import Month
from month.replaying import decision_differences
from month.running import guarded
from month.stages import Stage

SHOWN = 12  # of a digest
Rows = Sequence[Mapping[str, str | int]]


@dataclass(frozen=True)
class Shown:
    """Tables by title, and the names of the papers in the month's folder; the page of the month first."""

    tables: Mapping[str, Rows] = field(default_factory=dict)
    papers: tuple[str, ...] = ()
    trouble: str = ""  # why nothing is shown, in an officer's words


def shown(month: Month, stage: Stage) -> Shown:
    """What a stage that was done shows; nothing for most. Read-only, and raises nothing: the work is done anyhow."""
    if stage.name not in SHOWS:
        return Shown()
    try:
        with guarded(f"{stage.name}.shown", month.home):
            return SHOWS[stage.name](month)
    except OfficerError as trouble:
        return Shown(trouble=f"{trouble};本步已经办完,不受影响")


def paper(home: Home, county: str, pay_month: str, name: str) -> Path | None:
    """A paper of a county's month (YYYY-MM) by its name; None where there is none, or the name is of anything else.

    `name`: below the month's folder, as `Shown.papers` has it.
    """
    if not (county.isascii() and county.isalnum() and MONTH_TEXT.match(pay_month)):
        return None
    folder = home.lists(county, parse_month(pay_month))
    return next((one for one in folder.rglob("*.*") if one.is_file() and _name_in(folder, one) == name), None)


def _name_in(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _registers(month: Month) -> Shown:
    """Of when each register is; who handed it in and how the file is called may name people."""
    rows: Rows = [
        {
            "名册": label_of(given.name),
            "收件月": given.inbox_month or "从未收到",
            "沿用几个月": given.carried_months,
            "缺的部分": "、".join(given.lacking),
            "文件摘要": given.file_digest[:SHOWN],
        }
        for given in month.manifest.registers
    ]
    return Shown({"名册": rows})


def _replayed(month: Month) -> Shown:
    """What working out an older month again compared with the book."""
    given = month.manifest
    if not month.is_replay:
        return Shown()
    with month.book.reading() as conn:
        run = cycles.run_made_from(conn, given.county, given.pay_month, given.digest())
    if run is None:
        return Shown()
    compared, found = decision_differences(month, run)
    rows: list[dict[str, str | int]] = [{"核对": "重算的核定与当时入账的核定", "结果": f"比较 {compared} 人月"}]
    rows += [{"核对": one.name, "结果": one.what} for one in found] or [{"核对": "不同之处", "结果": "没有"}]
    return Shown({"重算核对": rows})


def _findings(month: Month) -> Shown:
    looked = looked_at(month.book, month.tables)
    rows: Rows = [
        {
            "疑点": one["rule"],
            "责任部门": one["owner"],
            "人数": one["people"],
            "金额(元)": yuan_label(one["fen"]),
            "未办理": one["open"],
        }
        for one in by_rule(looked.found, looked.decisions, looked.undecided)
    ]
    return Shown({"疑点": rows} if rows else {})


def _files(month: Month) -> Shown:
    with month.book.reading() as conn:
        known = batches.batches_of(conn, month.manifest.county, month.manifest.pay_month)
    rows: Rows = [
        {
            "批次": row["batch_id"],
            "项目": Benefit.label_of(row["part"]),
            "状态": BatchState.label_of(row["state"]),
            "笔数": row["line_count"],
            "金额(元)": yuan_label(row["total_fen"]),
            "经办": row["maker"] or "",
            "复核": row["checker"] or "",
            "放行": row["releaser"] or "",
            "文件 SHA-256": (row["file_digest"] or "")[:SHOWN],
        }
        for row in known.filter(pl.col("state") != BatchState.VOIDED.value).iter_rows(named=True)
    ]
    return Shown({"批次与签字": rows} if rows else {})


def _left(month: Month) -> Shown:
    """How the month differs from the one before, and its papers."""
    try:
        told = left(month.home, month.manifest.county, month.manifest.pay_month)
    except BookError:
        return Shown()
    rows: Rows = [
        {
            "项目": line.label,
            "人数": f"{line.people_before} → {line.people}",
            "应发(元)": f"{yuan_label(line.fen_before)} → {yuan_label(line.fen)}",
            "差额(元)": yuan_label(line.fen - line.fen_before),
            "补发(元)": yuan_label(line.arrears_fen),
        }
        for line in told.summary.benefits
    ]
    folder = month.home.lists(month.manifest.county, month.manifest.pay_month)
    names = [_name_in(folder, month.home.path / one) for one in told.lists]
    return Shown({"与上月相比(按现在所知)": rows}, tuple(sorted(names, key=lambda name: not name.startswith("review"))))


SHOWS: Mapping[str, Callable[[Month], Shown]] = {
    "manifest": _registers,
    "posted": _replayed,
    "findings": _findings,
    "batch": _files,
    "listed": _left,
}
