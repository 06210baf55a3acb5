"""Many counties side by side in one month: how each one's run ended, its people and its money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Self

import polars as pl

from reports.summary import MonthSummary

DONE, STOPPED = "已入账", "没有办成"
COUNTY_LINES = {
    "county": "代码",
    "name": "县",
    "state": "结果",
    "people": "应发人次",
    "owed_fen": "应发",
    "uncertain_fen": "其中标准未定",
    "files": "文件",
    "lines": "笔数",
    "files_fen": "文件金额",
    "what": "原因",
    "advice": "怎么办",
}
ACROSS = {
    "what": "相同的是",
    "value": "号码",
    "county": "县",
    "name": "姓名",
    "person_id": "身份证号",
    "township": "乡镇",
    "benefits": "本月在发",
}


@dataclass(frozen=True)
class CountyLine:
    """A county's month in one line: what is owed for the month, what its files hold; `what` stopped it, if anything.

    `people`: counted for each benefit; money in fen.
    """

    county: str
    name: str
    state: str
    people: int = 0
    owed_fen: int = 0
    uncertain_fen: int = 0
    files: int = 0
    lines: int = 0
    files_fen: int = 0
    what: str = ""
    advice: str = ""

    @classmethod
    def of(cls, county: str, name: str, booked: MonthSummary | None, what: str, advice: str) -> Self:
        """The line of a county whose run was booked, or of one that something stopped."""
        if booked is None:
            return cls(county, name, STOPPED, what=what, advice=advice)
        total, held = booked.total, booked.in_files
        return cls(
            county,
            name,
            DONE,
            total.people,
            total.fen,
            booked.uncertain_fen,
            len(booked.files),
            held.count,
            held.fen or 0,
        )


def lines_table(lines: Sequence[CountyLine]) -> pl.DataFrame:
    """The lines as a table, with the sums of all counties in the last row."""
    table = pl.DataFrame([asdict(line) for line in lines], schema=_SCHEMA)
    sums = table.select(pl.sum(name) for name, kind in _SCHEMA.items() if kind == pl.Int64)
    total = sums.with_columns(county=pl.lit("合计"), name=pl.lit(f"{table.height} 县"))
    return pl.concat([table, total], how="diagonal")


_SCHEMA = pl.Schema(
    {
        name: pl.Int64 if name in ("people", "files", "lines") or name.endswith("_fen") else pl.String
        for name in COUNTY_LINES
    }
)
