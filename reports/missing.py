"""登记缺项影响待遇: register cells that are empty and decide a benefit, for the clerk, with what would be drawn.

In     calculators.missing_that_decide, identities, homes
Out    one row per person, benefit and month; the totals per benefit, and an officer's sentence for one of them
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from contracts.codes import Benefit, Outcome
from contracts.money import yuan_label
from contracts.registers import label_of
from contracts.vocabulary import WORDS

TITLE = "登记缺项影响待遇"
LISTED = {
    "person_id": "身份证号",
    "name": "姓名",
    "township": "乡镇",
    "village": "村社区",
    "phone": "联系电话",
    "benefit": "项目",
    "benefit_month": "所属月",
    "missing": "缺什么",
    "counted": "现在怎样计算",
    "outcome": "补登后符合条件的",
    "would_be_fen": "每月金额",
}
COUNTED = {True: "按没有登记算作符合", False: "按没有登记算作不符合"}


@dataclass(frozen=True)
class MissingCells:
    """People of whom an empty cell decides one benefit, and fen a month that they would draw were it filled in."""

    benefit: str
    label: str
    people: int
    would_be_fen: int

    @property
    def told(self) -> str:
        """In an officer's words."""
        gain = f",补登后每月可多发至多 {yuan_label(self.would_be_fen)} 元" if self.would_be_fen else ""
        return f"{self.label}:{self.people} 人的登记缺项影响待遇{gain}(见 missing_cells 清单)"


def missing_cells(missing: pl.DataFrame, identities: pl.DataFrame, lives: pl.DataFrame) -> pl.DataFrame:
    """Person by person, columns of LISTED, by benefit and township.

    `missing`: calculators.missing_that_decide. `identities`: person_no, person_id. `lives`: person_no, name, township,
    village, phone.
    """
    benefits = {benefit.value: benefit.label for benefit in Benefit}
    outcomes = {outcome.value: outcome.label for outcome in Outcome}
    return (
        missing.join(identities, on="person_no")
        .join(lives, on="person_no", how="left")
        .sort("benefit", "township", "village", "person_id", "benefit_month", nulls_last=True)
        .with_columns(
            pl.col("benefit").cast(pl.String).replace(benefits),
            pl.col("outcome").cast(pl.String).replace(outcomes),
            pl.col("benefit_month").dt.strftime("%Y-%m"),
            counted=pl.col("is_met").replace_strict(COUNTED, return_dtype=pl.String),
            missing=pl.col("words")
            .list.eval(pl.element().replace_strict(_CELLS, return_dtype=pl.String))
            .list.join("、"),
        )
        .select(*LISTED)
    )


def by_benefit(missing: pl.DataFrame) -> tuple[MissingCells, ...]:
    """People and money per benefit; only who does not draw already counts as drawing more."""
    gained = pl.col("would_be_fen").filter(~pl.col("is_met"), pl.col("outcome") == Outcome.ENTITLED.value)
    sums = (
        missing.group_by("benefit")
        .agg(people=pl.col("person_no").n_unique().cast(pl.Int64), would_be_fen=gained.sum())
        .sort("benefit")
    )
    return tuple(
        MissingCells(benefit, Benefit.label_of(benefit), people, fen) for benefit, people, fen in sums.iter_rows()
    )


def missing_told(row: Mapping[str, Any]) -> str:
    """One row of calculators.missing_that_decide as a sentence."""
    cells = "、".join(_CELLS[word] for word in row["words"])
    would_be = "金额以补登为准" if row["would_be_fen"] is None else f"每月 {yuan_label(row['would_be_fen'])} 元"
    return f"{cells}没有登记,{COUNTED[row['is_met']]};补登后符合条件的:{Outcome.label_of(row['outcome'])},{would_be}"


_CELLS = {
    name: f"{label_of(word.register) if word.register else '人口'}名册“{word.label}”" for name, word in WORDS.items()
}
