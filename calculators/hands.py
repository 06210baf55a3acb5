"""Hands: what people may hold together in a month, and every way in which claims, suspensions and choices decide it.

In     contracts.tables.Entitled of all benefits together
Out    one person for each hand and each way; what becomes of his rows (contracts.tables.Coordinated)

Coordination sees nothing of a person but his rows, so it is tried on every different set of rows, not on everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain, combinations, product

import polars as pl

from calculators.coordination import coordinate
from calculators.scope import MONTH, PERSON, Registers, Scope
from contracts.codes import Benefit, SuspensionReason
from contracts.months import add_months
from contracts.registers import accepted_schema

HAND = [
    "benefit", "would_be_fen", "unset_code", "is_excluded", "needs_claim", "start_rule", "choose_group", "tie_rank",
]  # fmt: skip
LONG_BEFORE = 24  # months before a month: whatever began then runs in it
EVERYTHING = None  # the benefit of a suspension of everything
WHENCE = {"source_file": pl.lit(""), "source_sheet": pl.lit(""), "source_row": pl.lit(0)}
Row = Mapping[str, object]


@dataclass(frozen=True)
class Way:
    """How one person stands: what he claimed, what is suspended (None: everything), what he chose in which group."""

    claimed: tuple[Benefit, ...]
    suspended: tuple[Benefit | None, ...]
    chosen: tuple[tuple[str, Benefit], ...]

    def registers(self, month: date) -> dict[str, list[Row]]:
        """His rows in the claim, suspension and choice registers, all begun long before the month."""
        day = add_months(month, -LONG_BEFORE)
        return {
            "claim": [{"benefit": benefit, "claimed_on": day, "approved_on": day} for benefit in self.claimed],
            "suspension": [
                {"benefit": benefit, "reason_code": SuspensionReason.OTHER, "from_month": day, "to_month": None,
                 "back_pay": False}
                for benefit in self.suspended
            ],
            "choice": [{"group": group, "benefit": benefit, "from_month": day} for group, benefit in self.chosen],
        }  # fmt: skip


@dataclass(frozen=True)
class Hands:
    """Every hand in every way: `entitled` and `decided` by person; `origin` (person → the situation it was seen in)."""

    ways: Mapping[int, Way]
    origin: Mapping[int, int]
    entitled: pl.DataFrame
    decided: pl.DataFrame


def all_claimed(entitled: pl.DataFrame) -> Registers:
    """Registers in which everybody claimed, long before, whatever he may have on a claim."""
    claims = (
        entitled.filter("needs_claim")
        .group_by(PERSON, "benefit", maintain_order=True)
        .agg(claimed_on=pl.col(MONTH).min().dt.offset_by(f"-{LONG_BEFORE}mo"))
        .with_columns(approved_on="claimed_on")
    )
    return {"claim": _accepted("claim", claims)}


def hands(entitled: pl.DataFrame, county: str) -> Hands:
    """Try every different hand in every way. The rows of a hand keep the month they were first seen in."""
    dealt = _different(entitled)
    seen = dealt.select(PERSON, MONTH).unique(maintain_order=True).rows()
    people = list(product(seen, _ways(dealt)))
    numbered = pl.DataFrame(
        [(number, *origin) for number, (origin, _) in enumerate(people)],
        schema={"number": pl.Int64, PERSON: pl.Int64, MONTH: pl.Date},
        orient="row",
    )
    rows = dealt.join(numbered, on=[PERSON, MONTH]).drop(PERSON).rename({"number": PERSON}).select(entitled.columns)
    ways = {number: way for number, (_, way) in enumerate(people)}
    months = tuple(sorted({month for _, month in seen})) or (date.min,)
    scope = Scope(county, months, months[-1])
    decided = coordinate(rows.lazy(), _registers(ways, months[0]), scope).collect()
    return Hands(ways, {number: origin for number, ((origin, _), _) in enumerate(people)}, rows, decided)


def _different(entitled: pl.DataFrame) -> pl.DataFrame:
    """The rows of one person and month for each different set of rows."""
    told = pl.concat_str([pl.col(name).cast(pl.String).fill_null("-") for name in HAND], separator="·")
    first = (
        entitled.sort(PERSON, MONTH, "benefit")
        .group_by(PERSON, MONTH, maintain_order=True)
        .agg(hand=told.str.join("|"))
        .unique("hand", keep="first", maintain_order=True)
    )
    return entitled.join(first.select(PERSON, MONTH), on=[PERSON, MONTH], how="semi")


def _ways(dealt: pl.DataFrame) -> Iterator[Way]:
    """Every set of claims, nothing or one thing or everything suspended, no choice or one in every group."""
    benefits = _listed(dealt)
    on_claim = _listed(dealt.filter("needs_claim"))
    claims = chain.from_iterable(combinations(on_claim, count) for count in range(len(on_claim) + 1))
    suspensions: list[tuple[Benefit | None, ...]] = [(), (EVERYTHING,), *((benefit,) for benefit in benefits)]
    groups = sorted(dealt["choose_group"].drop_nulls().cast(pl.String).unique())
    choices = [
        [(), *(((group, benefit),) for benefit in _listed(dealt.filter(pl.col("choose_group") == group)))]
        for group in groups
    ]
    for claimed, suspended, chosen in product(claims, suspensions, product(*choices)):
        yield Way(claimed, suspended, tuple(chain.from_iterable(chosen)))


def _listed(rows: pl.DataFrame) -> list[Benefit]:
    return [Benefit(name) for name in Benefit.values() if name in set(rows["benefit"].cast(pl.String))]


def _registers(ways: Mapping[int, Way], month: date) -> Registers:
    told: dict[str, list[Row]] = {"claim": [], "suspension": [], "choice": []}
    for number, way in ways.items():
        for register, rows in way.registers(month).items():
            told[register] += [{**row, PERSON: number} for row in rows]
    return {name: _accepted(name, pl.DataFrame(rows, schema=_without_source(name))) for name, rows in told.items()}


def _without_source(register: str) -> pl.Schema:
    return pl.Schema({name: dtype for name, dtype in accepted_schema(register).items() if name not in WHENCE})


def _accepted(register: str, rows: pl.DataFrame) -> pl.LazyFrame:
    """The rows as an accepted register has them."""
    schema = accepted_schema(register)
    told = rows.lazy().with_columns(**WHENCE)
    return told.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
