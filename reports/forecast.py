"""The months ahead: heads and money of each benefit by what is known today, beside what was paid in the months behind.

Only what registers and the law say already: ages, ends of statuses, assessments and certificates, standards that are
issued. No growth, no guess. The production calculators decide each month to come as they decide any other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from contracts.codes import Benefit, Outcome, ValueStatus
from contracts.months import add_months, months_between
from contracts.policy import Rules
from ledger import batches, figures
from ledger.book import Transaction
from reports.tables import write_sheets, write_table

KEY = ["benefit_month", "benefit"]
AHEAD = pl.Schema(
    {
        "benefit_month": pl.Date(),
        "benefit": Benefit.dtype(),
        "people_count": pl.Int64(),  # who is owed something
        "people_new": pl.Int64(),  # of them those who were not the month before
        "people_gone": pl.Int64(),  # and who is owed nothing any more
        "amount_fen": pl.Int64(),
        "uncertain_fen": pl.Int64(),  # of it what rests on a draft or a placeholder
        "pays_fen": pl.Int64(),  # what is paid in the month, where a benefit is paid in given months of the year
        "unset_count": pl.Int64(),  # people whose standard nobody has set: nothing is counted for them
    }
)
BEHIND = pl.Schema(
    {
        "pay_month": pl.Date(),
        "benefit": Benefit.dtype(),
        "people_count": pl.Int64(),  # paid for the month itself
        "amount_fen": pl.Int64(),  # for the month itself
        "paid_fen": pl.Int64(),  # everything that went out in the month, arrears too
    }
)
AHEAD_SHOWN = {
    "benefit_month": "月份",
    "benefit": "项目",
    "people_count": "预计人数",
    "people_new": "比上月新增",
    "people_gone": "比上月减少",
    "amount_fen": "预计金额",
    "uncertain_fen": "其中依据草案或占位标准",
    "pays_fen": "预计当月发放",
    "unset_count": "标准未设定人数(未计)",
}
BEHIND_SHOWN = {
    "pay_month": "发放月",
    "benefit": "项目",
    "people_count": "当月正常发放人数",
    "amount_fen": "当月正常发放金额",
    "paid_fen": "当月实发(含补发)",
}


@dataclass(frozen=True)
class Forecast:
    """The months after `pay_month` (AHEAD) and those up to it (BEHIND), by month and benefit.

    `documents`: the values not in force that money ahead rests on, in words.
    """

    county: str
    pay_month: str
    known_on: str
    ahead: pl.DataFrame
    behind: pl.DataFrame
    documents: tuple[str, ...]

    @property
    def months_ahead(self) -> pl.DataFrame:
        """All benefits together: AHEAD without benefit; a person of two benefits is two heads."""
        return self.ahead.group_by("benefit_month").agg(pl.exclude("benefit").sum()).sort("benefit_month")

    @property
    def months_behind(self) -> pl.DataFrame:
        """All benefits together: BEHIND without benefit."""
        return self.behind.group_by("pay_month").agg(pl.exclude("benefit").sum()).sort("pay_month")

    @property
    def benefits(self) -> pl.DataFrame:
        """Each benefit: paid_fen behind; amount_fen, uncertain_fen, pays_fen and first and last heads ahead."""
        behind = self.behind.group_by("benefit").agg(pl.col("paid_fen").sum())
        ahead = (
            self.ahead.sort("benefit_month")
            .group_by("benefit")
            .agg(
                pl.col("amount_fen", "uncertain_fen", "pays_fen").sum(),
                first_count=pl.col("people_count").first(),
                last_count=pl.col("people_count").last(),
                unset_count=pl.col("unset_count").max(),
            )
        )
        joined = behind.join(ahead, on="benefit", how="full", coalesce=True)
        return joined.with_columns(pl.exclude("benefit").fill_null(0)).sort("benefit")


def ahead(decided: pl.DataFrame, rules: Rules, waiting: pl.DataFrame) -> pl.DataFrame:
    """Heads and money of every month of the rules but the first (AHEAD), by month and benefit; nothing is posted.

    `decided`: reports.ahead.decided of the same rules. `waiting` (benefit, due_month, pays_fen): what is posted already
    and waits for its pay month. Money of a month that is no pay month of its benefit is paid in the first that is.
    """
    status = rules.catalogue.select("rate_id", "amount_status")
    known = decided.join(status, on="rate_id", how="left")
    owed = known.filter(pl.col("outcome") == Outcome.ENTITLED.value, pl.col("amount_fen") > 0)
    is_uncertain = pl.col("amount_status") != ValueStatus.IN_FORCE.value
    sums = owed.group_by(KEY).agg(
        people_count=pl.len().cast(pl.Int64),
        amount_fen=pl.col("amount_fen").sum(),
        uncertain_fen=pl.col("amount_fen").filter(is_uncertain).sum(),
    )
    unset = known.filter(pl.col("outcome") == Outcome.STANDARD_NOT_SET.value)
    without = unset.group_by(KEY).agg(unset_count=pl.len().cast(pl.Int64))
    paid = _paid(sums.filter(pl.col("benefit_month") > rules.months[0]), rules.pay_rhythm, waiting)
    parts = [sums, _came(owed, 1, "people_new"), _came(owed, -1, "people_gone"), without, paid]
    every = pl.concat([part.select(KEY) for part in parts]).unique()
    for part in parts:
        every = every.join(part, on=KEY, how="left")
    later = every.filter(pl.col("benefit_month").is_in(list(rules.months[1:])))
    return later.with_columns(pl.exclude(KEY).fill_null(0)).select(AHEAD.names()).cast(AHEAD).sort(KEY)


def _paid(sums: pl.DataFrame, pay_rhythm: pl.DataFrame, waiting: pl.DataFrame) -> pl.DataFrame:
    """What is paid in each month: of months from it back to the pay month before, and what waits for it already."""
    rhythm = pay_rhythm.select("benefit", "due_month", benefit_month="posted_month")
    new = sums.join(rhythm, on=KEY, how="left").select(
        "benefit", benefit_month=pl.coalesce("due_month", "benefit_month"), pays_fen="amount_fen"
    )
    old = waiting.select(
        pl.col("benefit").cast(Benefit.dtype()), pl.col("due_month").alias("benefit_month"), pl.col("pays_fen")
    )
    return pl.concat([new, old]).group_by(KEY).agg(pl.col("pays_fen").sum())


def _came(owed: pl.DataFrame, step: int, name: str) -> pl.DataFrame:
    """How many of each month were not there the month before (step 1), or were the month before and are not (-1)."""
    by = ["person_no", *KEY]
    month = pl.col("benefit_month")
    if step > 0:
        before = owed.select("person_no", "benefit", month.dt.offset_by("1mo"))
        found = owed.join(before, on=by, how="anti")
    else:
        found = owed.select("person_no", "benefit", month.dt.offset_by("1mo")).join(owed, on=by, how="anti")
    return found.group_by(KEY).agg(pl.len().cast(pl.Int64).alias(name))


def behind(conn: Transaction, county: str, pay_month: date, count: int) -> pl.DataFrame:
    """What officers released in the months up to the pay month (BEHIND), by month and benefit. Read-only."""
    months = months_between(add_months(pay_month, 1 - count), pay_month)
    released = batches.batches_of(conn, county, None).filter(pl.col("releaser").is_not_null())
    paid = released.group_by("pay_month", benefit=pl.col("part").cast(Benefit.dtype())).agg(
        paid_fen=pl.col("total_fen").sum()
    )
    regular = [
        figures.issued_regular(conn, county, at).with_columns(pl.lit(at).alias("pay_month"))
        for at in months
        if at in set(paid["pay_month"])
    ]
    of_month = pl.concat(regular) if regular else pl.DataFrame(schema={**BEHIND})
    joined = paid.join(
        of_month.select("pay_month", "benefit", "people_count", "amount_fen"), on=["pay_month", "benefit"], how="left"
    )
    wanted = joined.filter(pl.col("pay_month").is_in(months)).with_columns(
        pl.col("people_count", "amount_fen").fill_null(0)
    )
    return wanted.select(BEHIND.names()).cast(BEHIND).sort("pay_month", "benefit")


def write(forecast: Forecast, target: Path) -> Path:
    """Write it to `target`: a workbook of four sheets, or the months ahead as CSV or Parquet; whole or not at all.

    InputError for another ending.
    """
    if target.suffix.lower() != ".xlsx":
        return write_table(forecast.ahead, target)
    named: Sequence[tuple[str, pl.DataFrame, Mapping[str, str]]] = [
        ("今后各月", forecast.months_ahead, AHEAD_SHOWN),
        ("今后各月各项", forecast.ahead, AHEAD_SHOWN),
        ("近各月实发", forecast.months_behind, BEHIND_SHOWN),
        ("近各月各项实发", forecast.behind, BEHIND_SHOWN),
    ]
    return write_sheets([(sheet, _worded(rows), _of(rows, shown)) for sheet, rows, shown in named], target)


def _worded(rows: pl.DataFrame) -> pl.DataFrame:
    labels = {benefit.value: benefit.label for benefit in Benefit}
    in_words = [pl.col(name).dt.strftime("%Y-%m") for name in rows.columns if name.endswith("_month")]
    if "benefit" in rows.columns:
        in_words.append(pl.col("benefit").cast(pl.String).replace(labels))
    return rows.with_columns(in_words)


def _of(rows: pl.DataFrame, shown: Mapping[str, str]) -> dict[str, str]:
    return {name: shown[name] for name in rows.columns}


def documents(rules: Rules, ahead: pl.DataFrame) -> tuple[str, ...]:
    """The amounts not in force of the benefits whose money ahead (AHEAD) rests on such, each once, in words."""
    concerned = ahead.filter(pl.col("uncertain_fen") > 0)["benefit"].unique().sort()
    of_benefit = rules.catalogue.filter(pl.col("benefit").is_in(concerned.implode()))
    told = [value for text in of_benefit["values_json"] for value in json.loads(text)]
    return tuple(
        dict.fromkeys(
            f"{value['label']} {value['text']}({value['level_name']},{ValueStatus.label_of(value['status'])})"
            f"《{value['title']}》"
            for value in told
            if value["is_amount"] and value["status"] != ValueStatus.IN_FORCE.value
        )
    )
