"""The cover of a month's papers: which rules it was worked out by, who bears it, and what in it is not in force.

Read from what the month was decided on: the values behind every amount, the pairs of benefits, the shares.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from contracts.codes import Benefit, Outcome, ValueStatus
from contracts.funding import FundingShares
from contracts.manifest import Manifest
from contracts.months import month_text
from contracts.policy import Rules
from reports.forms import capital

ROW = {
    **dict.fromkeys(("section", "benefit", "item", "told", "status", "source"), pl.String()),
    **dict.fromkeys(("people", "amount_fen"), pl.Int64()),
}
RELATIONS = {"exclude": "不得兼领", "choose_higher": "择高"}  # what stacks needs no line
ALL = "各项"
PAID = "本月发放"
PACK_SHOWN = 16  # places of the digest of the law
Row = dict[str, str | int | None]


@dataclass(frozen=True)
class Ground:
    """What a month was decided on. `coordinated`: the decisions of the pay month alone."""

    manifest: Manifest
    rules: Rules
    coordinated: pl.DataFrame
    funding: Mapping[Benefit, FundingShares]


def rows(ground: Ground, issued: pl.DataFrame) -> pl.DataFrame:
    """The rows of the cover (ROW), in the order they are read. `issued`: ledger.figures.issued."""
    told = [*_paid(issued), *_made(ground.manifest), *_values(ground), *_pairs(ground.rules), *_shares(ground, issued)]
    return pl.DataFrame(told, schema=ROW)


def _row(section: str, benefit: str, item: str, told: str, status: str = "", source: str = "") -> Row:
    named = {"section": section, "benefit": benefit, "item": item, "told": told, "status": status, "source": source}
    return {**named, "people": None, "amount_fen": None}


def _paid(issued: pl.DataFrame) -> Iterator[Row]:
    fen = int(issued["amount_fen"].sum())
    people = issued["person_no"].n_unique()
    yield _row(PAID, ALL, "实发合计", capital(fen)) | {"people": people, "amount_fen": fen}


def _made(manifest: Manifest) -> Iterator[Row]:
    window = manifest.window()
    yield _row("怎样计算", ALL, "知悉日", f"{manifest.known_on},此后发布的文件不计")
    yield _row(
        "怎样计算",
        ALL,
        "计算到哪些月份",
        f"{month_text(window[0])} 至 {month_text(window[-1])},与已入账的差额补发或撤回",
    )
    yield _row("怎样计算", ALL, "政策包", f"摘要 {manifest.pack_digest[:PACK_SHOWN]}")


def _values(ground: Ground) -> Iterator[Row]:
    """Every value behind a decision of the month, whoever it is for, with the people and the money that rest on it."""
    entitled = ground.coordinated.filter(pl.col("outcome") == Outcome.ENTITLED.value)
    by_rate = entitled.group_by("benefit", "rate_id").agg(
        people=pl.len().cast(pl.Int64), fen=pl.col("amount_fen").sum()
    )
    rates = by_rate.join(ground.rules.catalogue.select("rate_id", "values_json"), on="rate_id").sort(
        "benefit", "rate_id"
    )
    found: dict[tuple[str, ...], Row] = {}
    for benefit, people, fen, values in rates.select("benefit", "people", "fen", "values_json").iter_rows():
        for value in json.loads(values):
            key = (benefit, value["parameter"], value["key"], value["text"], value["status"], value["clause"])
            row = found.setdefault(key, _of_value(benefit, value) | {"people": 0, "amount_fen": 0})
            found[key] = row | {"people": _sum(row, "people", people), "amount_fen": _sum(row, "amount_fen", fen)}
    order = {benefit.label: place for place, benefit in enumerate(Benefit)}
    yield from sorted(found.values(), key=lambda row: (order[str(row["benefit"])], str(row["item"]), str(row["told"])))


def _sum(row: Row, name: str, more: int) -> int:
    return int(row[name] or 0) + more


def _of_value(benefit: str, value: Mapping[str, str]) -> Row:
    item = f"{value['label']} {value['key']}".rstrip()
    source = f"《{value['title']}》({value['number']}) {value['clause']}"
    return _row(
        "标准与规则", Benefit.label_of(benefit), item, value["text"], ValueStatus.label_of(value["status"]), source
    )


def _pairs(rules: Rules) -> Iterator[Row]:
    for pair in rules.pairs:
        if pair.relation in RELATIONS:
            item = f"与{pair.second.label}"
            yield _row("兼领", pair.first.label, item, RELATIONS[pair.relation], source=pair.source)


def _shares(ground: Ground, issued: pl.DataFrame) -> Iterator[Row]:
    paid = issued.group_by("benefit").agg(people=pl.col("person_no").n_unique(), fen=pl.col("amount_fen").sum())
    for benefit, people, fen in paid.sort("benefit").iter_rows():
        said = ground.funding.get(Benefit(benefit))
        status, source = (said.status.label, said.source) if said else ("未定", "")
        told = said.told if said else "政策包没有写明由谁负担"
        row = _row("资金分担", Benefit.label_of(benefit), "由谁负担", told, status, source)
        yield row | {"people": people, "amount_fen": fen}
