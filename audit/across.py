"""One person, account or certificate that draws in two counties: what no county can see of itself (R09)."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from contracts.codes import Benefit

ONE_PERSON = "同一人"
FOUND = pl.Schema(
    {"what": pl.String, "value": pl.String, "county": pl.String, "person_no": pl.Int64, "name": pl.String}
    | {"benefits": pl.String, "township": pl.String}
)
_LABELS = {"person_no": ONE_PERSON, "account_no": "同一账号", "certificate_no": "同一残疾证号"}


def in_two_counties(counties: Mapping[str, Mapping[str, pl.LazyFrame]]) -> pl.DataFrame:
    """What draws in more than one county in a month: a row for each person and county that it stands in.

    Of every county by code: `draws` (person_no, benefit) of the month, and the accepted `population`, `account` and
    `disability`. Out, ordered by what, value, county and person: what, value (the person's, account's or certificate's
    number), county, person_no, name, benefits (labels, joined), township. Whoever draws nothing is not looked at.
    """
    if not counties:
        return pl.DataFrame(schema=FOUND)
    drawing = pl.concat([_drawing(code, given) for code, given in counties.items()])
    found = [drawing.with_columns(what=pl.lit("person_no"), value=pl.col("person_no").cast(pl.String))]
    for register, column in (("account", "account_no"), ("disability", "certificate_no")):
        held = pl.concat([_held(code, given[register], column) for code, given in counties.items()])
        found.append(drawing.join(held, on=["county", "person_no"]).with_columns(what=pl.lit(column)))
    both = pl.concat([_in_two(rows) for rows in found], how="diagonal")
    labelled = both.with_columns(what=pl.col("what").replace_strict(_LABELS, return_dtype=pl.String))
    return labelled.select(FOUND.names()).sort("what", "value", "county", "person_no").collect()


def _drawing(county: str, given: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Who draws in a county, and what."""
    named = given["population"].group_by("person_no").agg(pl.col("name", "township").first())
    labels = pl.col("benefit").cast(pl.String).replace_strict({one.value: one.label for one in Benefit})
    drawn = given["draws"].group_by("person_no").agg(benefits=labels.unique().sort().str.join("、"))
    return drawn.join(named, on="person_no", how="left").with_columns(county=pl.lit(county))


def _held(county: str, register: pl.LazyFrame, column: str) -> pl.LazyFrame:
    held = register.drop_nulls(column).select("person_no", value=column).unique()
    return held.with_columns(county=pl.lit(county))


def _in_two(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of values that stand in more than one county."""
    several = rows.group_by("value").agg(pl.col("county").n_unique()).filter(pl.col("county") > 1)
    return rows.join(several, on="value", how="semi")
