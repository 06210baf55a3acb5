"""What a pay month corrected: money posted or taken back because an earlier decision changed, row by row.

What is posted without a ground (a month decided in its turn, or the months before the first run) is no correction;
money taken back always is one.
"""

from __future__ import annotations

from collections.abc import Sequence
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

from contracts.codes import Outcome
from contracts.months import month_text
from ledger import cycles, identity
from ledger.book import read_frame
from ledger.tables import cycle, entitlement_version, obligation, receivable, run, withdrawal
from ledger.versions import KEY

OWED, WITHDRAWN, OWED_BACK = "owed", "withdrawn", "owed_back"


def corrected(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """Every correction posted in the pay month, in order of benefit month and person.

    person_no, benefit, benefit_month, what (OWED, WITHDRAWN, OWED_BACK), kind and cause (null where it has none),
    correction, amount_fen, old_fen and new_fen (what was booked for the key before and after).
    """
    known = identity.of_county(conn, county)
    families = known.families["person_no"].to_list()
    rows = _of_one_version(read_frame(conn, select(_posted(county, pay_month, families))), known.families)
    signed = pl.when(pl.col("what") == OWED).then("amount_fen").otherwise(-pl.col("amount_fen"))
    delta = signed.sum().over("family_no", *KEY[1:], "version_no")
    told = known.of(rows.with_columns(old_fen=pl.col("new_fen") - delta))
    return told.drop("version_no", "family_no").sort("benefit_month", "person_no", "benefit", "what")


def _of_one_version(rows: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """Each posting once, with family_no of its person, by the version that made it.

    What was booked under one number of a person may have been taken back by the decision on another.
    """
    own = rows.join(families, on="person_no", how="left")
    both = own.join(families.rename({"person_no": "decided_no", "family_no": "of_family"}), on="decided_no", how="left")
    is_his = (pl.col("decided_no") == pl.col("person_no")) | (pl.col("of_family") == pl.col("family_no"))
    decided = both.filter(is_his).sort(pl.col("new_outcome") == Outcome.NOT_MET.value, maintain_order=True)
    once = decided.unique(["what", "posting_id"], keep="first", maintain_order=True)
    return once.with_columns(pl.coalesce("family_no", "person_no").alias("family_no")).drop(
        "decided_no", "of_family", "new_outcome", "posting_id"
    )


def _posted(county: str, pay_month: date, families: list[int]) -> Subquery:
    nothing = literal(None, Text())
    o, w, r, v = obligation.c, withdrawal.c, receivable.c, entitlement_version.c
    more = _of_month(obligation, OWED, o.kind, nothing, obligation, obligation, county, pay_month)
    taken_of = withdrawal.join(obligation, o.obligation_id == w.obligation_id)
    taken = _of_month(withdrawal, WITHDRAWN, nothing, w.cause, obligation, taken_of, county, pay_month, families)
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
    families: Sequence[int] = (),
) -> Select[Any]:
    """Rows of a table that the pay month's runs wrote, with the version that made them; `keyed` holds their key.

    Of `families` (numbers ever counted together with another) any of the run's versions with their number may be it.
    """
    v, key = entitlement_version.c, keyed.c
    is_of_person = v.person_no == key.person_no
    if families:
        is_of_person |= key.person_no.in_(families) & v.person_no.in_(families) & (v.run_id == table.c.run_id)
    made_by = (
        (v.county == key.county)
        & (v.benefit_month == key.benefit_month)
        & is_of_person
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
            v.outcome.label("new_outcome"),
            v.person_no.label("decided_no"),
            next(iter(table.primary_key.columns)).label("posting_id"),
        )
        .select_from(source.join(run, run.c.run_id == table.c.run_id).join(cycle).join(entitlement_version, made_by))
        .where(cycle.c.county == county, cycle.c.pay_month == month_text(pay_month), cycles.stands())
    )
