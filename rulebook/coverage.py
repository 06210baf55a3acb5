"""The coverage calendar: for each benefit and month, whether there is a standard, how good it is, and since when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from contracts.codes import Benefit, Code, UnsetReason, ValueStatus
from contracts.months import add_months
from contracts.policy import BenefitRules, Rules
from rulebook.cells import may_qualify

STALE_AFTER_MONTHS = 24  # standards are reviewed yearly; two years without a new one deserve a question


class Cover(Code):
    """How a benefit stands in a month; the worst of its cells."""

    IN_FORCE = "in_force", "有标准"
    DRAFT = "draft", "征求意见稿"
    PLACEHOLDER = "placeholder", "占位待核"
    PARTLY_SET = "partly_set", "部分未设定"
    NOT_SET = "not_set", "未设定"
    BREACH = "breach", "低于下限或高于上限"
    ABOLISHED = "abolished", "已取消或尚未设立"


@dataclass(frozen=True)
class Covered:
    """One benefit in one month."""

    county: str
    benefit: Benefit
    month: date
    cover: Cover
    since: date | None  # the latest start among the values its amounts rest on

    @property
    def stale_since(self) -> date | None:
        """From when on the standard was old, where by this month it is."""
        if self.since is None:
            return None
        turned = add_months(self.since.replace(day=1), STALE_AFTER_MONTHS)
        return turned if turned <= self.month else None


def calendar(rules: Rules) -> list[Covered]:
    """Every benefit of the county in every month the rules were resolved for."""
    return [told for of_benefit in rules.benefits.values() for told in _of_benefit(rules, of_benefit)]


def reachable(of_benefit: BenefitRules, month: date) -> Iterator[dict[str, object]]:
    """The rows of rates that somebody may qualify in."""
    for row in of_benefit.rates.filter(pl.col("benefit_month") == month).iter_rows(named=True):
        if all(row[key] is not None for key in of_benefit.keys) and may_qualify(of_benefit.when, row):
            yield row


def _of_benefit(rules: Rules, of_benefit: BenefitRules) -> Iterator[Covered]:
    catalogue = {row["rate_id"]: row for row in rules.catalogue.iter_rows(named=True)}
    seen: dict[tuple[object, ...], tuple[Cover, date | None]] = {}
    for month in rules.months:
        ids = of_benefit.rates.filter(pl.col("benefit_month") == month).select("rate_id", "p_is_abolished").unique()
        resting = tuple(sorted(map(str, ids.rows())))
        if resting not in seen:
            rows = list(reachable(of_benefit, month))
            rests_on = [catalogue[str(rate_id)] for rate_id in {row["rate_id"] for row in rows}]
            seen[resting] = (_cover(rows, rests_on), _since(rests_on))
        cover, since = seen[resting]
        yield Covered(rules.county, of_benefit.benefit, month, cover, since)


def _cover(rows: Sequence[dict[str, object]], rests_on: Sequence[dict[str, object]]) -> Cover:
    live = [row for row in rows if not row["p_is_abolished"]]
    why_unset = {row["unset_code"] for row in live}
    if not live:
        return Cover.ABOLISHED
    if why_unset - {None, UnsetReason.NOT_SET}:
        return Cover.BREACH
    if why_unset == {UnsetReason.NOT_SET}:
        return Cover.NOT_SET
    if UnsetReason.NOT_SET in why_unset:
        return Cover.PARTLY_SET
    worst = max((str(row["amount_status"]) for row in rests_on), key=ValueStatus.values().index)
    return Cover(worst)


def _since(rests_on: Sequence[dict[str, object]]) -> date | None:
    starts = [
        date.fromisoformat(value["effective_from"])
        for row in rests_on
        for value in json.loads(str(row["values_json"]))
        if value["is_amount"]
    ]
    return max(starts, default=None)
