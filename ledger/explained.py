"""What the explained month is made from: what a pay month decided, and what became of the money it booked or filed.

All as the book was by the last run of a pay month.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, Select, case, exists, func, literal, select

from contracts.codes import HoldEvent, Kind, Outcome
from contracts.months import month_text
from ledger import cycles, fate, holds, identity, versions
from ledger.attempts import is_released, is_voided
from ledger.book import read_frame
from ledger.tables import (
    batch,
    cycle,
    entitlement_version,
    hold,
    instruction,
    instruction_item,
    obligation,
    rate,
    receivable,
    recovery,
    run,
    withdrawal,
)
from ledger.totals import fen_sum

KEY = ["person_no", "benefit"]
DECIDED = ("outcome", "fen", "fact_code", "rate_no", "correction")


def last_run(conn: Connection, county: str, pay_month: date) -> int | None:
    """The newest run of the county for this pay month or an earlier one; None where there is none."""
    until = (cycle.c.county == county) & (cycle.c.pay_month <= month_text(pay_month)) & cycles.stands()
    found: int | None = conn.execute(select(func.max(run.c.run_id)).join(cycle).where(until)).scalar()
    return found


def decided(conn: Connection, county: str, benefit_month: date, until_run: int) -> pl.DataFrame:
    """What a benefit month was decided to be by the end of a run: KEY and DECIDED; fen 0 where nothing is owed.

    One row for each person and benefit, whatever numbers he goes by.
    """
    rows = versions.newest(conn, county, benefit_month, benefit_month, until_run)
    v = entitlement_version.c
    grounds = read_frame(
        conn,
        select(v.person_no, v.benefit, v.version_no, v.correction).where(
            v.county == county, v.benefit_month == month_text(benefit_month), v.correction.is_not(None)
        ),
    )
    told = rows.join(grounds, on=[*KEY, "version_no"], how="left").with_columns(fen=pl.col("amount_fen").fill_null(0))
    is_owed = pl.col("outcome") == Outcome.ENTITLED.value
    of_person = identity.of_county(conn, county).of(told).sort(is_owed, descending=True, maintain_order=True)
    parts = {name: pl.col(name).first() for name in DECIDED if name != "fen"}
    return of_person.group_by(KEY, maintain_order=True).agg(pl.col("fen").sum(), **parts).select(*KEY, *DECIDED)


def rate_values(conn: Connection) -> dict[int, str]:
    """Rate number → the values it is made of, JSON as in RateCatalogue."""
    return {row.rate_no: row.values_json for row in conn.execute(select(rate.c.rate_no, rate.c.values_json))}


def values_behind(conn: Connection, county: str, keys: pl.DataFrame) -> pl.DataFrame:
    """What the newest version of each of these keys rests on: person_no, benefit, benefit_month, values_json."""
    v = entitlement_version
    columns = (*(v.c[name] for name in versions.KEY), v.c.version_no, rate.c.values_json)
    rows = fate.read_of(conn, select(*columns).select_from(v.outerjoin(rate)), v, county, keys)
    newest = rows.sort("version_no").unique(versions.KEY, keep="last").drop("version_no")
    return newest.join(keys, on=versions.KEY, how="semi")


def booked(conn: Connection, county: str, pay_month: date, until_run: int) -> pl.DataFrame:
    """What became of the money of a pay month: a row for each obligation it posted or filed, or that is history of it.

    obligation_id, person_no, benefit, benefit_month, kind, is_posted (by the month's runs, or its history), amount_fen,
    correction; withdrawn_fen and set_off_fen by the month's runs; filed_fen, and again_fen of it that had gone out
    before, in batches of the month that are not voided; hold_code and hold_detail (of the first hold on it by then);
    was_held.
    """
    in_month = _of_month(county, pay_month)
    runs = select(run.c.run_id).join(cycle).where(in_month)
    o = obligation.c
    is_posted = o.run_id.in_(runs) | (
        (o.kind == Kind.HISTORY.value) & (o.benefit_month == month_text(pay_month)) & (o.run_id <= until_run)
    )
    owed = _obligations(is_posted=True).where(o.county == county, is_posted)
    older = _obligations(is_posted=False).where(o.obligation_id.in_(_filed_ids(in_month)), ~is_posted)
    w, c = withdrawal.c, recovery.c
    taken = select(w.obligation_id, fen_sum(w.amount_fen).label("withdrawn_fen")).where(w.run_id.in_(runs))
    off = select(c.obligation_id, fen_sum(c.amount_fen).label("set_off_fen")).where(c.run_id.in_(runs))
    told = pl.concat([read_frame(conn, part) for part in (owed, older)])
    for part in (_filed(in_month), taken.group_by(w.obligation_id), off.group_by(c.obligation_id)):
        told = told.join(read_frame(conn, part), on="obligation_id", how="left")
    sums = pl.col("filed_fen", "again_fen", "withdrawn_fen", "set_off_fen").fill_null(0)
    of_people = identity.of_county(conn, county).of(told.with_columns(sums))
    return _with_holds(conn, county, pay_month, of_people)


def owed_back(conn: Connection, county: str, pay_month: date) -> pl.DataFrame:
    """What the pay month's runs asked back of its own benefit month: KEY, cause, fen."""
    r = receivable.c
    runs = select(run.c.run_id).join(cycle).where(_of_month(county, pay_month))
    statement = select(r.person_no, r.benefit, r.cause, r.amount_fen.label("fen")).where(
        r.county == county, r.benefit_month == month_text(pay_month), r.run_id.in_(runs)
    )
    return identity.of_county(conn, county).of(read_frame(conn, statement))


def _obligations(*, is_posted: bool) -> Select[Any]:
    o, v = obligation.c, entitlement_version.c
    names = ("obligation_id", "person_no", "benefit", "benefit_month", "kind", "amount_fen")
    flag = literal(int(is_posted)).label("is_posted")
    return select(*(o[name] for name in names), flag, v.correction).select_from(
        obligation.outerjoin(entitlement_version, versions.that_made(obligation))
    )


_FILED = cycle.join(batch).join(instruction).join(instruction_item)


def _filed_ids(in_month: ColumnElement[bool]) -> Select[Any]:
    stands = in_month & ~is_voided(batch.c.batch_id)
    return select(instruction_item.c.obligation_id).select_from(_FILED).where(stands)


def _filed(in_month: ColumnElement[bool]) -> Select[Any]:
    """obligation_id, filed_fen, again_fen."""
    i = instruction_item.c
    before, order = instruction_item.alias("before"), instruction.alias("order_before")
    went_before = exists().where(
        before.c.obligation_id == i.obligation_id,
        before.c.attempt < i.attempt,
        order.c.instruction_id == before.c.instruction_id,
        is_released(order.c.batch_id),
    )
    again = case((i.attempt == 1, 0), (went_before, i.amount_fen), else_=0)
    sums = (fen_sum(i.amount_fen).label("filed_fen"), fen_sum(again).label("again_fen"))
    stands = in_month & ~is_voided(batch.c.batch_id)
    return select(i.obligation_id, *sums).select_from(_FILED).where(stands).group_by(i.obligation_id)


def _with_holds(conn: Connection, county: str, pay_month: date, rows: pl.DataFrame) -> pl.DataFrame:
    """Add hold_code and hold_detail, of the first hold on it by the end of the month's cycles, and was_held, ever."""
    h = hold.c
    until = (cycle.c.county == county) & (cycle.c.pay_month <= month_text(pay_month))
    in_time = h.cycle_id.is_(None) | h.cycle_id.in_(select(cycle.c.cycle_id).where(until))
    columns = (h.hold_id, h.event, h.person_no, h.obligation_id, h.code, h.detail)
    statement = select(*columns).where(h.county == county, in_time)
    events = identity.of_county(conn, county).of(read_frame(conn, statement))
    is_placed = pl.col("event") == HoldEvent.PLACED.value
    placed = events.filter(is_placed)
    on = holds.covered(rows, placed)
    still = on.join(events.filter(~is_placed), on="hold_id", how="anti")
    first = still.group_by("obligation_id").agg(pl.col("hold_id").min())
    told = placed.select("hold_id", hold_code=pl.col("code").cast(pl.String), hold_detail="detail")
    why = first.join(told, on="hold_id").drop("hold_id")
    return rows.join(why, on="obligation_id", how="left").with_columns(
        was_held=pl.col("obligation_id").is_in(on["obligation_id"].unique().implode())
    )


def _of_month(county: str, pay_month: date) -> ColumnElement[bool]:
    return (cycle.c.county == county) & (cycle.c.pay_month == month_text(pay_month)) & cycles.stands()
