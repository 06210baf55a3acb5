"""Receivables: money owed back, and what was recovered of it."""

from __future__ import annotations

from typing import Any

import polars as pl
from sqlalchemy import BigInteger, Connection, Select, cast, func, select

from contracts.codes import RecoveryMeans
from ledger import identity
from ledger.book import read_frame
from ledger.identity import Identity
from ledger.people import identities
from ledger.tables import cycle, receivable, recovery, run


def _recovered(*, waived: bool) -> Any:  # noqa: ANN401 - a scalar of whole fen
    is_waived = recovery.c.means == RecoveryMeans.WAIVED.value
    return (
        select(cast(func.coalesce(func.sum(recovery.c.amount_fen), 0), BigInteger))
        .where(recovery.c.receivable_id == receivable.c.receivable_id, is_waived if waived else ~is_waived)
        .scalar_subquery()
    )


_COLUMNS = ("receivable_id", "person_no", "benefit", "benefit_month", "amount_fen", "choose_group", "cause")


def of_county(county: str) -> Select[Any]:
    """Every receivable of a county with what was recovered of it (recovered_fen) and given up (waived_fen)."""
    return select(
        *(receivable.c[name] for name in _COLUMNS),
        _recovered(waived=False).label("recovered_fen"),
        _recovered(waived=True).label("waived_fen"),
    ).where(receivable.c.county == county)


def unrecovered(conn: Connection, county: str, known: Identity | None = None) -> pl.DataFrame:
    """Receivables of which something can still be set off (left_fen): a waiver ends collection, not the debt.

    Of every number of a person, as of the one it counts as: by default as decided now.
    """
    of_people = (known or identity.of_county(conn, county)).of(read_frame(conn, of_county(county)))
    rows = of_people.with_columns(left_fen=pl.col("amount_fen") - pl.col("recovered_fen"))
    return rows.filter(pl.col("left_fen") > 0).sort("receivable_id")


def outstanding(conn: Connection, county: str, known: Identity) -> pl.DataFrame:
    """Receivables that are still collected, and since when nothing came back of them.

    person_no, benefit, benefit_month, cause, left_fen, since_month: of the last recovery, else of the pay month that
    posted it.
    """
    last = select(func.max(recovery.c.recorded_at)).where(recovery.c.receivable_id == receivable.c.receivable_id)
    posted = of_county(county).add_columns(cycle.c.pay_month, last.scalar_subquery().label("recovered_at"))
    rows = read_frame(conn, posted.join(run, run.c.run_id == receivable.c.run_id).join(cycle))
    left = pl.col("amount_fen") - pl.col("recovered_fen") - pl.col("waived_fen")
    moved = pl.col("recovered_at").str.head(10).str.to_date("%Y-%m-%d").dt.month_start()
    told = known.of(rows).with_columns(left_fen=left, since_month=pl.max_horizontal("pay_month", moved))
    return told.filter(pl.col("left_fen") > 0).select(
        "person_no", "benefit", "benefit_month", "cause", "left_fen", "since_month"
    )


def owed_back(conn: Connection, county: str) -> pl.DataFrame:
    """Receivables that are still collected, the oldest first: person_id, `of_county`, and left_fen."""
    left = pl.col("amount_fen") - pl.col("recovered_fen") - pl.col("waived_fen")
    of_people = identity.of_county(conn, county).of(read_frame(conn, of_county(county)))
    rows = of_people.with_columns(left_fen=left).filter(pl.col("left_fen") > 0)
    people = identities(conn, rows.select("person_no"))
    return rows.join(people, on="person_no", how="left").drop("person_no", "choose_group").sort("receivable_id")
