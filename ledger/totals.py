"""Sums of the book for the checks: what was booked per key, and what open holds keep back."""

from __future__ import annotations

from datetime import date

import polars as pl
from sqlalchemy import Connection, func, select, union_all

from contracts.months import month_text
from ledger.book import read_frame
from ledger.tables import hold, obligation, receivable, withdrawal

KEY = ("benefit_month", "person_no", "benefit")


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
    return read_frame(conn, select(*keys, func.sum(p.amount_fen).label("booked_fen")).where(wanted).group_by(*keys))


def held(conn: Connection, county: str) -> pl.DataFrame:
    """The obligations under an open hold, whether the hold names them or their person: obligation_id."""
    lifted = select(hold.c.hold_id).where(hold.c.event == "lifted")
    is_open = (hold.c.county == county) & (hold.c.event == "placed") & hold.c.hold_id.not_in(lifted)
    rows = read_frame(conn, select(hold.c.person_no, hold.c.obligation_id).where(is_open))
    named = rows.select("obligation_id").drop_nulls()
    people = rows.filter(pl.col("obligation_id").is_null()).select("person_no").unique()
    of_county = select(obligation.c.person_no, obligation.c.obligation_id).where(obligation.c.county == county)
    of_people = read_frame(conn, of_county).join(people, on="person_no", how="semi")
    return pl.concat([named, of_people.select("obligation_id")]).unique()
