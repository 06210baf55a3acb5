"""Sums of the book for the checks: what was booked per key."""

from __future__ import annotations

from datetime import date

import polars as pl
from sqlalchemy import BigInteger, Cast, ColumnElement, Connection, cast, func, select, union_all

from contracts.months import month_text
from ledger.book import read_frame
from ledger.fate import read_of
from ledger.tables import obligation, receivable, withdrawal

KEY = ("benefit_month", "person_no", "benefit")


def fen_sum(amount: ColumnElement[int]) -> Cast[int]:
    """A sum of fen that is a whole number on either engine: PostgreSQL sums whole numbers into numerics."""
    return cast(func.sum(amount), BigInteger)


def booked(conn: Connection, county: str, first: date, last: date) -> pl.DataFrame:
    """ΣO − ΣW − ΣR per key of the county and months, both included: person_no, benefit, benefit_month, booked_fen."""
    o, r, w = obligation.c, receivable.c, withdrawal.c
    owner = obligation.alias("owner")
    parts = union_all(
        select(*(o[name] for name in KEY), o.county, o.amount_fen),
        select(*(r[name] for name in KEY), r.county, -r.amount_fen),
        select(*(owner.c[name] for name in KEY), owner.c.county, -w.amount_fen).join_from(
            withdrawal, owner, owner.c.obligation_id == w.obligation_id
        ),
    ).subquery()
    p = parts.c
    wanted = (p.county == county) & p.benefit_month.between(month_text(first), month_text(last))
    keys = [p[name] for name in KEY]
    return read_frame(conn, select(*keys, fen_sum(p.amount_fen).label("booked_fen")).where(wanted).group_by(*keys))


def booked_of(conn: Connection, county: str, keys: pl.DataFrame) -> pl.DataFrame:
    """ΣO − ΣW − ΣR of these keys: person_no, benefit, benefit_month, booked_fen; no row where nothing was booked."""
    o, r = obligation.c, receivable.c
    owed = select(*(o[name] for name in KEY), o.amount_fen)
    withdrawn = select(*(o[name] for name in KEY), -withdrawal.c.amount_fen).join_from(
        withdrawal, obligation, o.obligation_id == withdrawal.c.obligation_id
    )
    owed_back = select(*(r[name] for name in KEY), -r.amount_fen)
    parts = [
        read_of(conn, owed, obligation, county, keys),
        read_of(conn, withdrawn, obligation, county, keys),
        read_of(conn, owed_back, receivable, county, keys),
    ]
    rows = pl.concat(part.rename({part.columns[-1]: "booked_fen"}) for part in parts)
    return rows.join(keys, on=KEY, how="semi").group_by(KEY).agg(pl.col("booked_fen").sum())
