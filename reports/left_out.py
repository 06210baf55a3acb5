"""Which decisions rest on which register row: one person worked out again with each of his rows left out in turn.

What a row decides is not read from the rules but found by doing without it, with the production calculators: a row that
only repeats another decides nothing, and one that ends a benefit decides the months it ends.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

import calculators
import intake
from contracts.codes import Benefit, Outcome
from contracts.policy import Rules
from contracts.registers import MATCH_LISTS, PROVENANCE

WHOLE = 0  # the variant that has every row
PLACE = ["register", *PROVENANCE]
KEY = ["benefit", "benefit_month"]
DECIDED = pl.Schema(
    {
        "register": pl.String(),
        **PROVENANCE,
        "benefit": Benefit.dtype(),
        "benefit_month": pl.Date(),
        "outcome": Outcome.dtype(),  # with the row; null: no entitlement
        "amount_fen": pl.Int64(),
        "without_outcome": Outcome.dtype(),  # without it
        "without_fen": pl.Int64(),
    }
)


def decided_by_row(own: Mapping[str, pl.DataFrame], rules: Rules, scope: calculators.Scope) -> pl.DataFrame:
    """Every benefit month of a person that is decided otherwise without one of his rows: DECIDED, in its order.

    `own`: the accepted rows of one person by register and match list, the population as the file has it. A file's row
    that became several rows is left out whole. All variants are worked out at once, each as a person of its own.
    """
    listed = {name: rows for name, rows in own.items() if "person_no" in rows.columns}
    rows = pl.concat([told.select(pl.lit(name).alias("register"), *PROVENANCE) for name, told in listed.items()])
    places = rows.unique(maintain_order=True).with_row_index("variant", offset=WHOLE + 1)
    places = places.with_columns(pl.col("variant").cast(pl.Int64))
    numbers = pl.DataFrame({"person_no": [WHOLE, *places["variant"]]}, schema={"person_no": pl.Int64})
    varied = {name: _varied(name, told, numbers, places) for name, told in listed.items()}
    decided = _decided(varied, numbers, rules, scope)
    whole = decided.filter(pl.col("person_no") == WHOLE).drop("person_no")
    without = decided.filter(pl.col("person_no") != WHOLE).rename(
        {"person_no": "variant", "outcome": "without_outcome", "amount_fen": "without_fen"}
    )
    keys = places.join(pl.concat([whole.select(KEY), without.select(KEY)]).unique(), how="cross")
    both = keys.join(whole, on=KEY, how="left").join(without, on=["variant", *KEY], how="left")
    is_same = pl.col("outcome").eq_missing(pl.col("without_outcome")) & pl.col("amount_fen").eq_missing(
        pl.col("without_fen")
    )
    return both.filter(~is_same).select(DECIDED.names()).cast(DECIDED).sort(*PLACE, *KEY)


def _varied(register: str, rows: pl.DataFrame, numbers: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """The rows under the number of each variant but the one that does without them."""
    own = places.filter(pl.col("register") == register).rename({"variant": "left_out"})
    numbered = rows.join(own, on=list(PROVENANCE), how="left", maintain_order="left").drop("person_no", "register")
    varied = numbers.join(numbered, how="cross").filter(pl.col("person_no") != pl.col("left_out"))
    return varied.select(rows.columns)


def _decided(
    varied: Mapping[str, pl.DataFrame], numbers: pl.DataFrame, rules: Rules, scope: calculators.Scope
) -> pl.DataFrame:
    """person_no, KEY, outcome, amount_fen of every variant."""
    lists = {name: varied[name] for name in MATCH_LISTS}
    population = intake.evidenced_population(varied["population"], lists)
    registers = {name: rows.lazy() for name, rows in {**varied, "population": population}.items()}
    known = calculators.entitlements(registers, rules, scope)
    return (
        known.select("person_no", *KEY, "outcome", "amount_fen")
        .join(numbers.lazy(), on="person_no", how="semi")
        .collect()
    )
