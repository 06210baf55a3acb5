"""Sums of the book for the checks: what was booked per key."""

from __future__ import annotations

from datetime import date

import polars as pl
from sqlalchemy import BigInteger, Cast, ColumnElement, Connection, cast, func, select, union_all

from contracts.codes import Benefit
from contracts.months import month_text
from ledger import identity
from ledger.book import read_frame
from ledger.fate import read_of
from ledger.identity import Identity
from ledger.tables import obligation, receivable, recovery, withdrawal

KEY = ("benefit_month", "person_no", "benefit")
_KEY_TYPES = {"benefit_month": pl.Date(), "person_no": pl.Int64(), "benefit": Benefit.dtype()}


def fen_sum(amount: ColumnElement[int]) -> Cast[int]:
    """A sum of fen that is a whole number on either engine: PostgreSQL sums whole numbers into numerics."""
    return cast(func.sum(amount), BigInteger)


def booked(conn: Connection, county: str, first: date, last: date, known: Identity | None = None) -> pl.DataFrame:
    """What was booked per key of the county and months, both included: person_no, benefit, benefit_month, booked_fen.

    ΣO − ΣW − ΣR of every number of the person (`known`: by default as decided now). What was set off between two
    numbers that are no longer one person's was given by the one and received by the other.
    """
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
    by = known or identity.of_county(conn, county)
    rows = read_frame(conn, select(*keys, fen_sum(p.amount_fen).label("booked_fen")).where(wanted).group_by(*keys))
    passed = passed_on(conn, county, by).filter(pl.col("benefit_month").is_between(first, last))
    return _summed(pl.concat([by.of(rows), passed.select(rows.columns)]))


def booked_of(conn: Connection, county: str, keys: pl.DataFrame, known: Identity) -> pl.DataFrame:
    """The same of these keys; no row where nothing was booked."""
    o, r = obligation.c, receivable.c
    owed = select(*(o[name] for name in KEY), o.amount_fen)
    withdrawn = select(*(o[name] for name in KEY), -withdrawal.c.amount_fen).join_from(
        withdrawal, obligation, o.obligation_id == withdrawal.c.obligation_id
    )
    owed_back = select(*(r[name] for name in KEY), -r.amount_fen)
    parts = [
        read_of(conn, owed, obligation, county, keys, known),
        read_of(conn, withdrawn, obligation, county, keys, known),
        read_of(conn, owed_back, receivable, county, keys, known),
        passed_on(conn, county, known),
    ]
    rows = pl.concat(part.rename({part.columns[-1]: "booked_fen"}) for part in parts)
    return _summed(rows.join(keys, on=KEY, how="semi"))


def passed_on(conn: Connection, county: str, known: Identity) -> pl.DataFrame:
    """What was set off between numbers that are not one person's: KEY and booked_fen, less of who gave it.

    A join made the set-off, and a split parted the two again: it settled another person's debt.
    """
    if known.families.is_empty():
        return pl.DataFrame(schema={**_KEY_TYPES, "booked_fen": pl.Int64})
    r, o = receivable.c, obligation.c
    of_two = recovery.join(receivable, r.receivable_id == recovery.c.receivable_id).join(
        obligation, o.obligation_id == recovery.c.obligation_id
    )
    pairs = read_frame(
        conn,
        select(
            recovery.c.recovery_id,
            *(o[name] for name in KEY),
            recovery.c.amount_fen,
            r.person_no.label("back_no"),
            r.benefit.label("winner"),
            r.benefit_month.label("back_month"),
        )
        .select_from(of_two)
        .where(o.county == county, o.person_no != r.person_no),
    )
    received = pairs.select(
        benefit_month="back_month", person_no="back_no", benefit="winner", booked_fen="amount_fen", at="recovery_id"
    )
    given = pairs.select(*KEY, booked_fen=-pl.col("amount_fen"), at="recovery_id")
    both = known.of(pl.concat([given, received]))
    is_parted = pl.col("person_no").n_unique().over("at") > 1
    return both.filter(is_parted).drop("at")


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by(KEY).agg(pl.col("booked_fen").sum())
