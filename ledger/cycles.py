"""Cycles and runs: which pay months a county has had, in which order, and what each run was made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, insert, select

from contracts.actor import Actor
from contracts.code_version import code_version
from contracts.codes import SignatureStep
from contracts.manifest import Manifest
from contracts.months import month_text, parse_month
from ledger.book import next_id, now
from ledger.tables import approval, batch, cycle, run, seal, taken_back

SHARE = "/"  # a batch's part is its benefit, or "benefit/2", "benefit/示范镇" of what goes into several files


@dataclass(frozen=True)
class Cycle:
    """One county's round of payments for a pay month; sequence 1 is the regular one, later ones are supplements."""

    cycle_id: int
    county: str
    pay_month: date
    sequence: int


@dataclass(frozen=True)
class Run:
    """One run of a cycle: what it was made from, who made it and when."""

    run_id: int
    cycle_id: int
    manifest: Manifest
    maker: str
    known_on: date
    posted_at: str
    code_version: str  # empty for runs of before it was noted


def first_pay_month(conn: Connection, county: str) -> date | None:
    """The earliest pay month that has a cycle."""
    first = conn.execute(_cycles(county).order_by(None).order_by(cycle.c.pay_month).limit(1)).first()
    return parse_month(first.pay_month) if first else None


def newest_cycle(conn: Connection, county: str) -> Cycle | None:
    """The cycle of the latest pay month and, within it, of the highest sequence."""
    newest = conn.execute(_cycles(county).order_by(None).order_by(*_NEWEST_FIRST).limit(1)).first()
    return cycle_of(newest) if newest else None


def cycles_of(conn: Connection, county: str, pay_month: date) -> list[Cycle]:
    """The cycles of one pay month, in order."""
    rows = conn.execute(_cycles(county).where(cycle.c.pay_month == month_text(pay_month)))
    return [cycle_of(row) for row in rows]


def cycles_until(conn: Connection, county: str, pay_month: date) -> list[Cycle]:
    """The cycles of a pay month and of all earlier ones, in order; those taken back too."""
    rows = conn.execute(_every_cycle(county).where(cycle.c.pay_month <= month_text(pay_month)))
    return [cycle_of(row) for row in rows]


def is_sealed(conn: Connection, cycle_id: int) -> bool:
    """Whether the cycle was closed: it takes no more runs and batches."""
    return bool(conn.execute(select(exists().where(seal.c.cycle_id == cycle_id))).scalar())


def pay_month_before(conn: Connection, county: str, pay_month: date) -> date | None:
    """The latest pay month before this one that has a cycle."""
    earlier = _cycles(county).where(cycle.c.pay_month < month_text(pay_month))
    before = conn.execute(earlier.order_by(None).order_by(*_NEWEST_FIRST).limit(1)).first()
    return parse_month(before.pay_month) if before else None


def pay_months_run(conn: Connection, county: str, first: date, last: date) -> list[date]:
    """The pay months from `first` to `last` that have a run which stands, in order."""
    of_county = (cycle.c.county == county) & cycle.c.pay_month.between(month_text(first), month_text(last))
    ran = select(cycle.c.pay_month).distinct().select_from(cycle.join(run)).where(of_county, stands())
    return [parse_month(month) for month in conn.scalars(ran.order_by(cycle.c.pay_month))]


def latest_run(conn: Connection, county: str, pay_month: date | None = None) -> Run | None:
    """The newest run of the county, or of one of its pay months; none of a month that was taken back."""
    runs = select(run).join(cycle).where(cycle.c.county == county, stands()).order_by(run.c.run_id.desc()).limit(1)
    if pay_month is not None:
        runs = runs.where(cycle.c.pay_month == month_text(pay_month))
    found = conn.execute(runs).first()
    if found is None:
        return None
    return _run(found)


def runs_of(conn: Connection, cycle_id: int) -> list[Run]:
    """The runs of one cycle, in order."""
    return [_run(row) for row in conn.execute(select(run).where(run.c.cycle_id == cycle_id).order_by(run.c.run_id))]


def run_made_from(conn: Connection, county: str, pay_month: date, digest: str) -> Run | None:
    """The newest run of a pay month that was made from the manifest of this digest."""
    of_month = (run for cycle in cycles_of(conn, county, pay_month) for run in runs_of(conn, cycle.cycle_id))
    made = [run for run in of_month if run.manifest.digest() == digest]
    return made[-1] if made else None


def has_released(conn: Connection, cycle_id: int) -> bool:
    """Whether any batch of the cycle has gone out."""
    released = exists().where(batch.c.cycle_id == cycle_id, approval.c.batch_id == batch.c.batch_id)
    return bool(conn.execute(select(released.where(approval.c.step == SignatureStep.RELEASED.value))).scalar())


def accepting(conn: Connection, newest: Cycle, benefit: str) -> Cycle:
    """The cycle a benefit's next batch belongs to: the newest, or a supplement where it was closed or sent of this one.

    The supplement is opened in the caller's transaction.
    """
    is_of_it = (batch.c.part == benefit) | batch.c.part.startswith(benefit + SHARE, autoescape=True)
    sent = exists().where(batch.c.cycle_id == newest.cycle_id, is_of_it, approval.c.batch_id == batch.c.batch_id)
    is_sent = conn.execute(select(sent.where(approval.c.step == SignatureStep.RELEASED.value))).scalar()
    if not is_sent and not is_sealed(conn, newest.cycle_id):
        return newest
    later = newest_cycle(conn, newest.county)
    if later is not None and later != newest:
        return later
    return open_cycle(conn, newest.county, newest.pay_month)


def open_cycle(conn: Connection, county: str, pay_month: date) -> Cycle:
    """Open a pay month's next cycle, in the caller's transaction; the number of one that was taken back stays taken."""
    of_month = _every_cycle(county).where(cycle.c.pay_month == month_text(pay_month)).subquery()
    last = conn.execute(select(func.max(of_month.c.sequence))).scalar() or 0
    opened = Cycle(next_id(conn, cycle), county, pay_month, last + 1)
    conn.execute(
        insert(cycle).values(
            cycle_id=opened.cycle_id,
            county=county,
            pay_month=month_text(pay_month),
            sequence=opened.sequence,
            opened_at=now(),
        )
    )
    return opened


def add_run(conn: Connection, cycle_id: int, manifest: Manifest, by: Actor) -> Run:
    """Note a run of a cycle, in the caller's transaction."""
    added = Run(next_id(conn, run), cycle_id, manifest, by.officer, manifest.known_on, now(), code_version())
    conn.execute(
        insert(run).values(
            run_id=added.run_id,
            cycle_id=cycle_id,
            manifest_json=manifest.model_dump_json(),
            manifest_digest=manifest.digest(),
            known_on=manifest.known_on.isoformat(),
            maker=by.officer,
            system_user=by.system_user,
            posted_at=added.posted_at,
            code_version=added.code_version,
        )
    )
    return added


_NEWEST_FIRST = (cycle.c.pay_month.desc(), cycle.c.sequence.desc())


def stands() -> ColumnElement[bool]:
    """Of the rows of `cycle` those that were not taken back."""
    return ~exists().where(taken_back.c.cycle_id == cycle.c.cycle_id)


def _cycles(county: str) -> Select[Any]:
    return _every_cycle(county).where(stands())


def _every_cycle(county: str) -> Select[Any]:
    return select(cycle).where(cycle.c.county == county).order_by(cycle.c.pay_month, cycle.c.sequence)


def _run(row: Row[Any]) -> Run:
    manifest = Manifest.model_validate_json(row.manifest_json)
    return Run(row.run_id, row.cycle_id, manifest, row.maker, manifest.known_on, row.posted_at, row.code_version or "")


def cycle_of(row: Row[Any]) -> Cycle:
    """The cycle of a row that has its columns."""
    return Cycle(row.cycle_id, row.county, parse_month(row.pay_month), row.sequence)


def manifests(conn: Connection) -> list[tuple[str, date, str]]:
    """What every run of a month was made from: county, pay month, manifest_digest; each once."""
    told = select(cycle.c.county, cycle.c.pay_month, run.c.manifest_digest).join_from(run, cycle).distinct()
    rows = conn.execute(told.order_by(*told.selected_columns))
    return [(county, parse_month(month), digest) for county, month, digest in rows]
