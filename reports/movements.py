"""Why regular money differs between two months, person by person. Pure: frames in, frames out.

Two steps, each of one pair of decisions: the earlier month as decided then against the same month as known now (what
was learnt late), and that against the later month.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import polars as pl

from contracts.codes import Benefit, Movement, Outcome
from contracts.fact_code import encode, mask_of

KEY = ["person_no", "benefit"]
AGE = mask_of((), ("age_years",))
OF_AGE = mask_of((), ("age_years", "has_birthday"))
DECISION = {
    "person_no": pl.Int64(),
    "benefit": Benefit.dtype(),
    "outcome": Outcome.dtype(),
    **dict.fromkeys(("fen", "fact_code", "rate_no"), pl.Int64()),
}
NOTHING = pl.DataFrame(schema=DECISION)
FACTS = ["person_no", "is_alive", "is_registered", "encoded"]
NO_FACTS = pl.DataFrame(schema=dict(zip(FACTS, (pl.Int64(), pl.Boolean(), pl.Boolean(), pl.Int64()), strict=True)))


def facts_told(facts: pl.DataFrame) -> pl.DataFrame:
    """FACTS of the rows (contracts.tables.Facts) of one month."""
    return facts.select("person_no", "is_alive", "is_registered", encoded=encode())


def places(values: Mapping[int, str]) -> pl.DataFrame:
    """Rate number → which cells of the law its amount is read from, whatever stands in them: rate_no, place.

    `values`: values_json of each rate (RateCatalogue).
    """
    cells = {
        number: "+".join(f"{value['parameter']}[{value['key']}]" for value in json.loads(told) if value["is_amount"])
        for number, told in values.items()
    }
    return pl.DataFrame({"rate_no": list(cells), "place": list(cells.values())}, schema=_PLACES)


_PLACES = {"rate_no": pl.Int64(), "place": pl.String()}


def moved(
    earlier: pl.DataFrame,
    later: pl.DataFrame,
    earlier_facts: pl.DataFrame,
    later_facts: pl.DataFrame,
    rate_places: pl.DataFrame,
) -> pl.DataFrame:
    """Keys whose money differs: KEY, before_fen, after_fen, cause (Movement).

    `earlier`, `later`: DECISION, one row a key. `earlier_facts`, `later_facts`: FACTS. `rate_places`: places().
    """
    one, other = (_with_place(rows, rate_places) for rows in (earlier, later))
    both = one.join(other, on=KEY, how="full", coalesce=True, suffix="_now").with_columns(
        pl.col("fen", "fen_now").fill_null(0)
    )
    differ = both.filter(pl.col("fen") != pl.col("fen_now"))
    known = differ.join(earlier_facts, on="person_no", how="left").join(
        later_facts, on="person_no", how="left", suffix="_now"
    )
    cause = pl.when(pl.col("fen_now") == 0).then(_LOST).when(pl.col("fen") == 0).then(_GAINED).otherwise(_CHANGED)
    return known.select(*KEY, before_fen="fen", after_fen="fen_now", cause=cause)


def _with_place(rows: pl.DataFrame, rate_places: pl.DataFrame) -> pl.DataFrame:
    return rows.select(*DECISION).join(rate_places, on="rate_no", how="left").drop("rate_no")


def _is(column: str, outcome: Outcome) -> pl.Expr:
    return (pl.col(column) == outcome.value).fill_null(value=False)


def _says(cause: Movement) -> pl.Expr:
    return pl.lit(cause.value)


def _same(one: str, other: str, mask: int) -> pl.Expr:
    """Whether two fact codes agree in the bits of a mask; not where one is unknown."""
    return ((pl.col(one) & mask) == (pl.col(other) & mask)).fill_null(value=False)


EVERYTHING = 2**62 - 1
_BESIDE_AGE = EVERYTHING & ~OF_AGE
_IS_SAME_BESIDE_AGE = _same("encoded", "encoded_now", _BESIDE_AGE)
_IS_SAME = _IS_SAME_BESIDE_AGE & _same("encoded", "encoded_now", AGE)
_LOST = (
    pl.when(~pl.col("is_alive_now"))
    .then(_says(Movement.DEATH))
    .when(~pl.col("is_registered_now"))
    .then(_says(Movement.MOVED_OUT))
    .when(_is("outcome_now", Outcome.LOST_TO_HIGHER))
    .then(_says(Movement.SWITCHED))
    .when(_is("outcome_now", Outcome.SUSPENDED))
    .then(_says(Movement.SUSPENDED))
    .when(_is("outcome_now", Outcome.NOT_CLAIMED))
    .then(_says(Movement.UNCLAIMED))
    .when(_is("outcome_now", Outcome.STANDARD_NOT_SET))
    .then(_says(Movement.UNSET))
    .when(_is("outcome_now", Outcome.EXCLUDED))
    .then(_says(Movement.EXCLUDED))
    .when(_IS_SAME)
    .then(_says(Movement.STANDARD))
    .otherwise(_says(Movement.STATUS_ENDED))
)
_GAINED = (
    pl.when(_is("outcome", Outcome.LOST_TO_HIGHER))
    .then(_says(Movement.SWITCHED))
    .when(_is("outcome", Outcome.SUSPENDED))
    .then(_says(Movement.RESUMED))
    .when(_is("outcome", Outcome.NOT_CLAIMED))
    .then(_says(Movement.CLAIMED))
    .when(_is("outcome", Outcome.STANDARD_NOT_SET))
    .then(_says(Movement.STANDARD))
    .when(_is("outcome", Outcome.EXCLUDED))
    .then(_says(Movement.STATUS_BEGAN))
    .when(~pl.col("is_registered"))
    .then(_says(Movement.MOVED_IN))
    .when(pl.col("encoded").is_null())
    .then(_says(Movement.NEWLY_LISTED))
    .when(_IS_SAME)
    .then(_says(Movement.STANDARD))
    .when(_IS_SAME_BESIDE_AGE)
    .then(_says(Movement.TURNED))
    .otherwise(_says(Movement.STATUS_BEGAN))
)
_CHANGED = (
    pl.when(pl.col("place").eq_missing(pl.col("place_now")))
    .then(_says(Movement.STANDARD))
    .when(_same("fact_code", "fact_code_now", _BESIDE_AGE))
    .then(_says(Movement.BAND))
    .otherwise(_says(Movement.CATEGORY))
)
