"""What another law would mean for the people on the register: who gains, who loses, how much to year end.

In     accepted registers, the county's rules before and after, the months to compare
Out    one row per person, benefit and month that differs; the totals per benefit, and per name. Nothing is posted
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

import calculators
from contracts.codes import Benefit, Outcome, UnsetReason
from contracts.money import yuan_label
from contracts.months import add_months, months_between
from contracts.policy import Rules
from reports import documents

ROW = ["person_no", "benefit", "benefit_month"]
SIDES = ("before", "after")
CHANGE_SCHEMA = pl.Schema(
    {
        "person_no": pl.Int64(),
        "benefit": Benefit.dtype(),
        "benefit_month": pl.Date(),
        "before": Outcome.dtype(),  # null: no row
        "after": Outcome.dtype(),
        "before_fen": pl.Int64(),  # null: no row, or the standard is not set
        "after_fen": pl.Int64(),
        "unset_code": UnsetReason.dtype(),  # where the standard is not set after: why
        "before_rate_id": pl.String(),  # the values behind each side, keys of the catalogue of its law
        "after_rate_id": pl.String(),
    }
)
IS_UNSET = (pl.col("after") == Outcome.STANDARD_NOT_SET.value).fill_null(False)
# Where no standard is set nothing is booked either way: nothing is taken back, and nothing is paid until one is set.
DIFFERENCE = pl.when(IS_UNSET).then(0).otherwise(pl.col("after_fen").fill_null(0) - pl.col("before_fen").fill_null(0))
UNPAID = pl.when(IS_UNSET).then(pl.col("before_fen").fill_null(0)).otherwise(0)
NAMED = {  # column → what it is called on a sheet
    "person_id": "身份证号",
    "benefit": "项目",
    "benefit_month": "所属月",
    "before": "之前",
    "after": "之后",
    "before_fen": "之前金额",
    "after_fen": "之后金额",
    "meaning": "意味着",
}
STANDS, UNTIL_SET, TAKEN_BACK, LESS, MORE = (
    "标准未设定:已发的不追回",
    "标准未设定:设定之前不发",
    "已发的将追回",
    "以后少发",
    "增加",
)


def months_to_year_end(window: list[date], pay_month: date) -> list[date]:
    """The window, and the months after the pay month to the end of its year."""
    return [*window, *months_between(add_months(pay_month, 1), date(pay_month.year, 12, 1))]


def law_change(registers: calculators.Registers, before: Rules, after: Rules, pay_month: date) -> pl.DataFrame:
    """Every person, benefit and month whose outcome or amount differs (CHANGE_SCHEMA), in that order."""
    sides = [
        _outcomes(registers, rules, pay_month).rename(
            {"outcome": name, "amount_fen": f"{name}_fen", "rate_id": f"{name}_rate_id"}
        )
        for name, rules in zip(SIDES, (before, after), strict=True)
    ]
    joined = sides[0].drop("unset_code").join(sides[1], on=ROW, how="full", coalesce=True, validate="1:1")
    is_same = pl.col("before").eq_missing(pl.col("after")) & pl.col("before_fen").eq_missing(pl.col("after_fen"))
    return (
        joined.filter(~is_same)
        .select(pl.col(name).cast(dtype) for name, dtype in CHANGE_SCHEMA.items())
        .sort(ROW)
        .collect()
    )


def month_totals(registers: calculators.Registers, rules: Rules, pay_month: date) -> pl.DataFrame:
    """What one law owes in the pay month: benefit, people_count, amount_fen; in the order of benefits."""
    return (
        _outcomes(registers, rules, pay_month)
        .filter(pl.col("benefit_month") == pay_month, pl.col("outcome") == Outcome.ENTITLED)
        .group_by("benefit")
        .agg(people_count=pl.len().cast(pl.Int64), amount_fen=pl.col("amount_fen").sum())
        .sort("benefit")
        .collect()
    )


def _outcomes(registers: calculators.Registers, rules: Rules, pay_month: date) -> pl.LazyFrame:
    scope = calculators.Scope(rules.county, rules.months, pay_month)
    columns = (*ROW, "outcome", "amount_fen", "unset_code", "rate_id")
    return calculators.entitlements(registers, rules, scope).select(columns)


@dataclass(frozen=True)
class Unset:
    """People whose benefit has no standard any more: nothing is taken back, and nothing is paid until one is set."""

    benefit: str
    label: str
    why_unset: str  # UnsetReason
    why_label: str
    people: int
    before_documents: tuple[str, ...]  # what was paid by
    documents: tuple[str, ...]  # the value that may not be paid, and the one it contradicts

    def __str__(self) -> str:
        return documents.no_longer_set(self.benefit, self.people, self.why_label, self.before_documents, self.documents)


def no_longer_set(changes: pl.DataFrame, before: Rules, after: Rules) -> tuple[Unset, ...]:
    """What the law after leaves without a standard that had one, by benefit and reason, with the documents."""
    lost = changes.filter(IS_UNSET, pl.col("before_fen") > 0)
    losses = lost.group_by("benefit", "unset_code").agg(_PEOPLE, *_RATE_IDS).sort("benefit", "unset_code")
    return tuple(
        Unset(
            row["benefit"],
            Benefit.label_of(row["benefit"]),
            row["unset_code"],
            UnsetReason.label_of(row["unset_code"]),
            row["people"],
            _documents(before, row["before_rate_ids"]),
            _documents(after, row["after_rate_ids"]),
        )
        for row in losses.iter_rows(named=True)
    )


@dataclass(frozen=True)
class TakenBack:
    """People of whom money of past months would be recovered, how much, and what it was paid and is owed by."""

    benefit: str
    label: str
    people: int
    fen: int
    before_documents: tuple[str, ...]
    documents: tuple[str, ...]

    def __str__(self) -> str:
        said = documents.turned(self.before_documents, self.documents)
        return f"{self.label} {self.people} 人 {yuan_label(self.fen)} 元已发的将追回({said})"


def taken_back(changes: pl.DataFrame, before: Rules, after: Rules, pay_month: date) -> tuple[TakenBack, ...]:
    """What the law after would have people give back, by benefit, with the documents; past months alone.

    What a person keeps of a month under another benefit of the same choose group is no debt.
    """
    groups = after.choose_groups().with_columns(pl.col("group").cast(pl.String))
    past = changes.filter(pl.col("benefit_month") <= pay_month).with_columns(difference_fen=DIFFERENCE)
    together = past.join(groups, on=["benefit", "benefit_month"], how="left").with_columns(
        pl.col("group").fill_null(pl.col("benefit").cast(pl.String))
    )
    net = pl.col("difference_fen").sum().over("person_no", "benefit_month", "group")
    debts = (
        together.with_columns(fen=-net)
        .filter(pl.col("difference_fen") < 0, pl.col("fen") > 0)
        .group_by("benefit")
        .agg(_PEOPLE, pl.col("fen").sum(), *_RATE_IDS)
        .sort("benefit")
    )
    return tuple(
        TakenBack(
            row["benefit"],
            Benefit.label_of(row["benefit"]),
            row["people"],
            row["fen"],
            _documents(before, row["before_rate_ids"]),
            _documents(after, row["after_rate_ids"]) or _conditions(after, row["benefit"]),
        )
        for row in debts.iter_rows(named=True)
    )


_PEOPLE = pl.col("person_no").n_unique().cast(pl.Int64).alias("people")
_RATE_IDS = [pl.col(f"{side}_rate_id").drop_nulls().unique().sort().alias(f"{side}_rate_ids") for side in SIDES]


def _documents(rules: Rules, rate_ids: Iterable[str]) -> tuple[str, ...]:
    values = dict(rules.catalogue.select("rate_id", "values_json").iter_rows())
    return documents.of_amounts(values[rate_id] for rate_id in rate_ids)


def _conditions(rules: Rules, benefit: str) -> tuple[str, ...]:
    """What somebody is measured by who has no row of a benefit."""
    of_benefit = rules.benefits.get(Benefit(benefit))
    return (f"条件 {of_benefit.when_source}",) if of_benefit else ()


def by_name(changes: pl.DataFrame, identities: pl.DataFrame, pay_month: date) -> pl.DataFrame:
    """The changes one by one, with identity numbers (person_no, person_id) and Chinese words: columns of NAMED."""
    is_past = pl.col("benefit_month") <= pay_month
    meaning = (
        pl.when(IS_UNSET & is_past & (pl.col("before_fen") > 0))
        .then(pl.lit(STANDS))
        .when(IS_UNSET)
        .then(pl.lit(UNTIL_SET))
        .when((DIFFERENCE < 0) & is_past)
        .then(pl.lit(TAKEN_BACK))
        .when(DIFFERENCE < 0)
        .then(pl.lit(LESS))
        .when(DIFFERENCE > 0)
        .then(pl.lit(MORE))
        .otherwise(pl.lit(""))
    )
    words = {benefit.value: benefit.label for benefit in Benefit} | {
        outcome.value: outcome.label for outcome in Outcome
    }
    told = (
        changes.with_columns(meaning=meaning)
        .join(identities, on="person_no")
        .with_columns(
            pl.col("benefit", "before", "after").cast(pl.String).replace(words),
            pl.col("benefit_month").dt.strftime("%Y-%m"),
        )
    )
    return told.select(*NAMED).sort("person_id", "benefit", "benefit_month")


def gaining_and_losing(changes: pl.DataFrame) -> tuple[int, int]:
    """People who have more, and who have less, over all their benefits and months together."""
    net = changes.group_by("person_no").agg(DIFFERENCE.sum().alias("net_fen"))["net_fen"]
    return int((net > 0).sum()), int((net < 0).sum())


def totals(changes: pl.DataFrame, pay_month: date) -> pl.DataFrame:
    """Per benefit: people who gain and who lose over all months, the difference up to now and from now to year end.

    Columns: benefit, gaining_count, losing_count, until_now_fen, to_year_end_fen; apart from them unset_count (people
    whose standard is no longer set) and unset_to_year_end_fen (what is not paid them until it is set).
    """
    per_person = (
        changes.with_columns(difference_fen=DIFFERENCE, unpaid_fen=UNPAID, is_later=pl.col("benefit_month") > pay_month)
        .group_by("benefit", "person_no")
        .agg(
            pl.col("difference_fen").sum(),
            until_now_fen=pl.col("difference_fen").filter(~pl.col("is_later")).sum(),
            to_year_end_fen=pl.col("difference_fen").filter("is_later").sum(),
            is_unset=(pl.col("unpaid_fen") > 0).any(),
            unset_to_year_end_fen=pl.col("unpaid_fen").filter("is_later").sum(),
        )
    )
    return (
        per_person.group_by("benefit")
        .agg(
            gaining_count=(pl.col("difference_fen") > 0).sum().cast(pl.Int64),
            losing_count=(pl.col("difference_fen") < 0).sum().cast(pl.Int64),
            until_now_fen=pl.col("until_now_fen").sum(),
            to_year_end_fen=pl.col("to_year_end_fen").sum(),
            unset_count=pl.col("is_unset").sum().cast(pl.Int64),
            unset_to_year_end_fen=pl.col("unset_to_year_end_fen").sum(),
        )
        .sort("benefit")
    )
