"""A month that was run by mistake is booked back to what was decided before it, and counts as never begun.

Nothing is deleted: its batches are voided, what it decided is decided again as it was, in one more run of the cycle,
and a row says who took it back and why. From then on the month before is the county's newest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy import Connection, func, insert, select

from contracts.actor import Actor
from contracts.codes import BatchState, Benefit, ChoiceGroup, CorrectionGround, Outcome
from contracts.columns import polars_schema
from contracts.errors import BookError
from contracts.manifest import Manifest
from contracts.months import month_text
from contracts.tables import Coordinated, Facts, RateCatalogue
from ledger import audit, batches, cycles, posting, versions
from ledger.book import Book, next_id, now, read_frame
from ledger.cycles import Cycle, Run
from ledger.differences import Decided
from ledger.tables import obligation, run, taken_back
from ledger.versions import KEY

SIGNED = (BatchState.APPROVED.value, BatchState.RELEASED.value)


@dataclass(frozen=True)
class TakenBack:
    """What taking a month back did: batches voided, and fen of obligations withdrawn."""

    batches: tuple[str, ...]
    withdrawn_fen: int


def take_back(book: Book, county: str, pay_month: date, by: Actor, reason: str) -> TakenBack:
    """Book the county's newest month back, in one transaction.

    BookError where it is not the newest, is closed, or anything of it is approved.
    """
    with book.writing() as conn:
        cycle, last = _untouched(conn, county, pay_month)
        live = batches.batches_of(conn, county, pay_month).filter(pl.col("state") != BatchState.VOIDED.value)
        for batch_id in live["batch_id"]:
            batches.void(conn, county, batch_id, f"本月撤回:{reason}", by)
        before = _decided_before(conn, cycle, last.manifest)
        found = posting.book_back(conn, before, cycle, by)
        told = TakenBack(tuple(live["batch_id"]), int(found.withdrawals["amount_fen"].sum()))
        _note(conn, cycle, told, by, reason)
    return told


def _untouched(conn: Connection, county: str, pay_month: date) -> tuple[Cycle, Run]:
    """The one cycle of the county's newest month and its last run, if an officer may still take the month back."""
    newest = cycles.newest_cycle(conn, county)
    last = cycles.latest_run(conn, county, pay_month)
    if newest is None or last is None or newest.pay_month != pay_month:
        at = f",现为 {month_text(newest.pay_month)}" if newest else ""
        raise BookError(f"只能撤回本县最近运行的一个月{at}", "请核对 --month", f"{county} {month_text(pay_month)}")
    signed = batches.batches_of(conn, county, pay_month).filter(pl.col("state").is_in(SIGNED))
    if signed.height or cycles.is_sealed(conn, newest.cycle_id):
        what = f"批次 {signed['batch_id'][0]} 已批准" if signed.height else "本月已结账"
        advice = "已批准未放行的,请先驳回(disburse reject);已放行的不能撤回,下月运行时多发的追回、少发的补发"
        raise BookError(f"{what},不能撤回本月", advice, f"{county} {month_text(pay_month)}")
    return newest, last


def _decided_before(conn: Connection, cycle: Cycle, manifest: Manifest) -> Decided:
    """What the months of a run had been decided to be before its cycle, as the book has it."""
    months = manifest.computed_months()
    first_run = conn.execute(select(func.min(run.c.run_id)).where(run.c.cycle_id == cycle.cycle_id)).scalar_one()
    known = versions.newest(conn, cycle.county, months[0], months[-1], first_run - 1)
    paid = _booked(conn, cycle.county, months, first_run)
    rows = (
        known.filter(pl.col("outcome") != Outcome.NOT_MET.value)
        .join(versions.rate_numbers(conn), on="rate_no", how="left")
        .join(paid, on=KEY, how="left")
        .with_columns(
            is_to_institution=pl.col("institution_id").is_not_null(),
            unset_code=pl.lit(None),
        )
    )
    groups = paid.drop_nulls("choose_group").select("benefit", "benefit_month", group="choose_group").unique()
    return Decided(
        manifest,
        rows.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(Coordinated).items()),
        pl.DataFrame(schema=polars_schema(RateCatalogue)),
        pl.DataFrame(schema=polars_schema(Facts)),
        groups.cast({"benefit": Benefit.dtype(), "group": ChoiceGroup.dtype()}),
        ground=CorrectionGround.MONTH_TAKEN_BACK,
    )


def _booked(conn: Connection, county: str, months: list[date], before_run: int) -> pl.DataFrame:
    """KEY, choose_group and institution_id of the newest obligation that each key had before a run."""
    o = obligation.c
    ends = (month_text(months[0]), month_text(months[-1]))
    statement = (
        select(*(o[name] for name in KEY), o.choose_group, o.institution_id)
        .where(o.county == county, o.benefit_month.between(*ends), o.run_id < before_run)
        .order_by(o.obligation_id)
    )
    return read_frame(conn, statement).unique(KEY, keep="last")


def _note(conn: Connection, cycle: Cycle, told: TakenBack, by: Actor, reason: str) -> None:
    conn.execute(
        insert(taken_back).values(
            taken_back_id=next_id(conn, taken_back),
            cycle_id=cycle.cycle_id,
            county=cycle.county,
            officer=by.officer,
            system_user=by.system_user,
            reason=reason,
            recorded_at=now(),
        )
    )
    about = f"{month_text(cycle.pay_month)}-{cycle.sequence:02d}"
    figures = {"batches": list(told.batches), "withdrawn_fen": told.withdrawn_fen}
    audit.append(conn, cycle.county, by, "take_back", about, {"reason": reason, **figures})
