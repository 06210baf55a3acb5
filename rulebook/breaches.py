"""Values that may not be paid because of another document: what `policies check` fails on, though the law loads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from contracts.codes import Benefit, UnsetReason
from contracts.months import add_months, first_of
from rulebook.coverage import reachable
from rulebook.lawbook import LawBook


@dataclass(frozen=True)
class Breach:
    """A benefit whose number is below a floor or above a ceiling, from this month on."""

    county: str
    benefit: Benefit
    month: date
    why_unset: UnsetReason
    documents: tuple[str, ...]  # each with value, level and source, the refused number first

    def __str__(self) -> str:
        return f"{self.benefit.label} 自 {self.month:%Y-%m} 起{self.why_unset.label}:" + " 与 ".join(self.documents)


def breaches(law: LawBook, known_on: date) -> list[Breach]:
    """Every breach of every county, once, at the first month it shows."""
    return [found for county in law.counties() for found in _of_county(law, county, known_on)]


def _of_county(law: LawBook, county: str, known_on: date) -> Iterator[Breach]:
    chain = law.chain_of(county)
    starts = {value.effective_from for rows in chain.values.values() for level in rows for value in level}
    months = sorted({first_of(start) if start.day == 1 else add_months(first_of(start), 1) for start in starts})
    begun = max((told.begins_on for told, _ in chain.conditions.values() if told.begins_on), default=months[0])
    rules = law.resolve(county, [month for month in months if month >= begun], known_on)
    catalogue = {row["rate_id"]: row["values_json"] for row in rules.catalogue.iter_rows(named=True)}
    for benefit, of_benefit in rules.benefits.items():
        told: set[str] = set()
        for month in rules.months:
            for row in reachable(of_benefit, month):
                rate_id = str(row["rate_id"])
                if row["unset_code"] not in (None, UnsetReason.NOT_SET) and rate_id not in told:
                    told.add(rate_id)
                    yield Breach(
                        county, benefit, month, UnsetReason(str(row["unset_code"])), _documents(catalogue[rate_id])
                    )


def _documents(values_json: str) -> tuple[str, ...]:
    return tuple(
        "{level_name} {text}《{title}》({number}) {clause}".format_map(value)
        for value in json.loads(values_json)
        if value["is_amount"]
    )
