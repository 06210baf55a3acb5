"""What a pay month corrected: money posted or taken back because an earlier decision changed, row by row.

What is posted without a ground (a month decided in its turn, or the months before the first run) is no correction;
money taken back always is one.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    Table,
    Text,
    literal,
    select,
    union_all,
)

from contracts.months import month_text
from ledger.book import read_frame
from ledger.tables import cycle, entitlement_version, obligation, receivable, run, withdrawal
from ledger.versions import KEY

OWED, WITHDRAWN, OWED_BACK = "owed", "withdrawn", "owed_back"


def corrected(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """Every correction posted in the pay month, in order of benefit month and person.

    person_no, benefit, benefit_month, what (OWED, WITHDRAWN, OWED_BACK), kind and cause (null where it has none),
    correction, amount_fen, old_fen and new_fen (what was booked for the key before and after).
    """
    rows = read_frame(conn, select(_posted(county, pay_month)))
    signed = pl.when(pl.col("what") == OWED).then("amount_fen").otherwise(-pl.col("amount_fen"))
    delta = signed.sum().over(*KEY, "version_no")
    told = rows.with_columns(old_fen=pl.col("new_fen") - delta)
    return told.drop("version_no").sort("benefit_month", "person_no", "benefit", "what")


def _posted(county: str, pay_month: date) -> Subquery:
    nothing = literal(None, Text())
    o, w, r, v = obligation.c, withdrawal.c, receivable.c, entitlement_version.c
    more = _of_month(obligation, OWED, o.kind, nothing, obligation, obligation, county, pay_month)
    taken_of = withdrawal.join(obligation, o.obligation_id == w.obligation_id)
    taken = _of_month(withdrawal, WITHDRAWN, nothing, w.cause, obligation, taken_of, county, pay_month)
    back = _of_month(receivable, OWED_BACK, nothing, r.cause, receivable, receivable, county, pay_month)
    return union_all(more.where(v.correction.is_not(None)), taken, back).subquery()


def _of_month(
    table: Table,
    what: str,
    kind: ColumnElement[Any],
    cause: ColumnElement[Any],
    keyed: Table,
    source: FromClause,
    county: str,
    pay_month: date,
) -> Select[Any]:
    """Rows of a table that the pay month's runs wrote, with the version that made them; `keyed` holds their key."""
    v, key = entitlement_version.c, keyed.c
    made_by = (
        (v.county == key.county)
        & (v.benefit_month == key.benefit_month)
        & (v.person_no == key.person_no)
        & (v.benefit == key.benefit)
        & (v.version_no == table.c.version_no)
    )
    return (
        select(
            key.person_no,
            key.benefit,
            key.benefit_month,
            literal(what).label("what"),
            kind.label("kind"),
            cause.label("cause"),
            v.correction,
            table.c.version_no,
            table.c.amount_fen,
            v.amount_fen.label("new_fen"),
        )
        .select_from(source.join(run, run.c.run_id == table.c.run_id).join(cycle).join(entitlement_version, made_by))
        .where(cycle.c.county == county, cycle.c.pay_month == month_text(pay_month))
    )
