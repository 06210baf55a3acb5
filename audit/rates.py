"""What the law prints for each rate: its amount, its ages and its tier, as the catalogue has them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import polars as pl

from contracts.codes import SelfCare

RATES = pl.Schema(
    {
        "rate_id": pl.String(),
        "published_fen": pl.Int64(),
        "round_up_fen": pl.Int64(),
        "least_age": pl.Int64(),
        "below_age": pl.Int64(),
        "tier": pl.String(),
    }
)
_MONTHS = {"yuan/month": 1, "yuan/year": 12}
_BAND = re.compile(r"\[(\d+),(\d+)?")


def rates(catalogue: pl.DataFrame) -> pl.DataFrame:
    """RATES of a RateCatalogue; `published_fen` rounded up to the fen, null where it is not one sum."""
    rows = [
        (rate_id, *_rate(json.loads(values))) for rate_id, values in catalogue.select("rate_id", "values_json").rows()
    ]
    return pl.DataFrame(rows, schema=RATES, orient="row")


def _rate(values: list[Mapping[str, Any]]) -> tuple[int | None, int, int, int | None, str | None]:
    bands = [found for value in values if (found := _BAND.search(value["key"]))]
    ages = [int(value["value"]) for value in values if value["parameter"].endswith(".min_age")]
    tiers = {one.label for one in SelfCare} & {value["key"] for value in values}
    below = [int(band[2]) for band in bands if band[2]]
    return (
        _published(values),
        next(
            (int(Fraction(value["value"]) * 100) for value in values if value["parameter"].endswith(".round_up_to")), 1
        ),
        max([*ages, *(int(band[1]) for band in bands)], default=0),
        min(below, default=None),
        next(iter(tiers), None),
    )


def _published(values: list[Mapping[str, Any]]) -> int | None:
    """The one sum among the values that the amount rests on, times the ratios beside it."""
    amounts = [value for value in values if value["is_amount"] and value["value"] is not None]
    sums = [Fraction(value["value"]) / _MONTHS[value["unit"]] for value in amounts if value["unit"] in _MONTHS]
    if len(sums) != 1:
        return None
    return math.ceil(math.prod(_ratios(amounts), start=sums[0]) * 100)


def _ratios(amounts: list[Mapping[str, Any]]) -> Iterator[Fraction]:
    return (Fraction(value["value"]) for value in amounts if value["unit"].startswith("×"))
