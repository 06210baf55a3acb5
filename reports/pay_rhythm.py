"""Benefits that are not paid every month: when they are, and what another law makes of it, in an officer's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from contracts.codes import Benefit
from contracts.months import month_text
from contracts.policy import Rules

EVERY_MONTH = "逐月发放"


def rhythms(rules: Rules, month: date) -> tuple[str, ...]:
    """What holds in a month, one sentence for each benefit that it does not pay like any other month."""
    in_month = rules.pay_rhythm.filter(pl.col("posted_month") == month)
    return tuple(
        f"{Benefit.label_of(benefit)}:{_said(pay_months, source)}"
        for benefit, pay_months, source in in_month.select("benefit", "pay_months", "source").iter_rows()
    )


@dataclass(frozen=True)
class RhythmChange:
    """A benefit that another law pays in other months, from a pay month ("YYYY-MM") on."""

    benefit: str
    label: str
    from_month: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.label} 自 {self.from_month}:{self.before} → {self.after};应发多少不因此改变"


def rhythm_changes(before: Rules, after: Rules) -> tuple[RhythmChange, ...]:
    """Where two laws of the same months differ in when a benefit is paid, by the first month in which they do."""
    key = ["benefit", "posted_month"]
    both = before.pay_rhythm.join(after.pay_rhythm, on=key, how="full", coalesce=True, suffix="_after")
    differing = both.filter(pl.col("pay_months").ne_missing(pl.col("pay_months_after")))
    first = differing.sort(key).unique("benefit", keep="first", maintain_order=True)
    return tuple(
        RhythmChange(
            row["benefit"],
            Benefit.label_of(row["benefit"]),
            month_text(row["posted_month"]),
            _said(row["pay_months"], row["source"]),
            _said(row["pay_months_after"], row["source_after"]),
        )
        for row in first.iter_rows(named=True)
    )


def _said(pay_months: str | None, source: str | None) -> str:
    return EVERY_MONTH if pay_months is None else f"每年 {pay_months} 月发放此前各月的({source})"
