"""Versions: what was decided for a key, and on what basis. A run adds one only where the basis changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, Exists, FromClause, exists, select

from contracts.codes import Benefit, Outcome
from contracts.months import month_text
from ledger.book import insert_frame, next_id, read_frame
from ledger.tables import cycle, entitlement_version, rate

KEY = ["person_no", "benefit", "benefit_month"]
BASIS = ["outcome", "amount_fen", "would_be_fen", "winner", "rate_no", "fact_code"]


def newest(conn: Connection, county: str, first: date, last: date, until_run: int | None = None) -> pl.DataFrame:
    """The newest version of every key whose benefit month lies between, both included: KEY, version_no and BASIS.

    `until_run`: as the book was by the end of that run.
    """
    v = entitlement_version.c
    statement = (
        select(*(v[name] for name in (*KEY, "version_no", *BASIS)))
        .where(v.county == county, v.benefit_month.between(month_text(first), month_text(last)))
        .order_by(v.benefit_month, v.person_no, v.benefit, v.version_no)
    )
    if until_run is not None:
        statement = statement.where(v.run_id <= until_run)
    every = read_frame(conn, statement)
    is_last = pl.struct(KEY) != pl.struct(KEY).shift(-1)
    return every if every["version_no"].max() in (None, 1) else every.filter(is_last.fill_null(True))


def that_made(posted: FromClause) -> ColumnElement[bool]:
    """The version that an obligation or a receivable came of, as a join."""
    v, c = entitlement_version.c, posted.c
    same = (v.county == c.county) & (v.benefit_month == c.benefit_month) & (v.person_no == c.person_no)
    return same & (v.benefit == c.benefit) & (v.version_no == posted.c.version_no)


def entitled_elsewhere(conn: Connection, county: str, month: date) -> pl.DataFrame:
    """Who is entitled to a benefit of the month in the county and in another of this book: person_no, benefit, paid_by.

    `paid_by`: the other county's code.
    """
    here, there = entitlement_version.alias("here").c, entitlement_version.alias("there").c
    others = [code for code in conn.execute(select(cycle.c.county).distinct()).scalars() if code != county]
    if not others:
        return pl.DataFrame(schema={"person_no": pl.Int64, "benefit": Benefit.dtype(), "paid_by": pl.String})
    statement = select(here.person_no, here.benefit, there.county.label("paid_by")).where(
        here.county == county,
        here.benefit_month == month_text(month),
        here.outcome == Outcome.ENTITLED.value,
        there.county.in_(others),
        there.benefit_month == here.benefit_month,
        there.person_no == here.person_no,
        there.benefit == here.benefit,
        there.outcome == Outcome.ENTITLED.value,
        ~_has_later(here),
        ~_has_later(there),
    )
    return read_frame(conn, statement)


def _has_later(row: Any) -> Exists:  # noqa: ANN401 - the columns of an alias
    later = entitlement_version.alias().c
    same = (later[name] == row[name] for name in ("county", *KEY))
    return exists().where(*same, later.version_no > row.version_no)


def rate_numbers(conn: Connection) -> pl.DataFrame:
    """The rates the book knows: rate_id, rate_no."""
    return read_frame(conn, select(rate.c.rate_id, rate.c.rate_no))


def add_rates(conn: Connection, catalogue: pl.DataFrame, used: pl.DataFrame) -> pl.DataFrame:
    """Number the rates (RateCatalogue) that `used` (rate_id) names and the book has not seen.

    Written in the caller's transaction. Gives every known one: rate_id, rate_no.
    """
    known = rate_numbers(conn)
    new = catalogue.join(used, on="rate_id", how="semi").join(known, on="rate_id", how="anti").sort("rate_id")
    first = next_id(conn, rate)
    numbered = new.with_columns(rate_no=pl.int_range(first, first + pl.len()))
    insert_frame(
        conn,
        rate,
        numbered.select("rate_no", "rate_id", "benefit", pl.col("amount_status").cast(pl.String), "values_json"),
    )
    return pl.concat([known, numbered.select("rate_id", "rate_no")])
