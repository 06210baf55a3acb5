"""Posting: the differences between what is owed and what was booked, written in one transaction.

`work_out` only reads (what a preview shows); `post` writes what is worked out of the book as it is then. How the
subtraction is done: `differences.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import Connection, select

from contracts.actor import Actor
from contracts.codes import Control, CorrectionGround, Kind, RecoveryMeans
from contracts.errors import BookError, StoppedError
from contracts.manifest import Manifest
from contracts.money import yuan_label
from contracts.months import month_text
from ledger import (
    audit,
    batches,
    corrections,
    cycles,
    differences,
    fate,
    holds,
    identity,
    overrides,
    receivables,
    totals,
    versions,
)
from ledger.book import Book, insert_frame, next_id, now, read_frame
from ledger.cycles import Cycle, Run
from ledger.differences import Decided, Differences, SetOffRule
from ledger.identity import Identity
from ledger.tables import entitlement_version, obligation, receivable, recovery, withdrawal
from ledger.versions import KEY

__all__ = ["Decided", "Differences", "Posted", "SetOffRule", "StopLimits", "post", "work_out"]

Override = tuple[Actor, str] | None  # who lets a stopped run go on, and why
CORRECTED = "入账时内容有变:所含款项有撤回或抵扣"


@dataclass(frozen=True)
class StopLimits:
    """A run stops where it takes back more than this share of the month, from at least so many people.

    What is set off at once, a winner of a choose group against the other, takes nothing back and does not count.
    """

    per_mille: int
    at_least: int


@dataclass(frozen=True)
class Posted:
    """What posting did. `run` is None where nothing was to be noted; a replay of an older month writes nothing."""

    cycle: Cycle
    run: Run | None
    differences: Differences
    is_replay: bool


def work_out(conn: Connection, decided: Decided) -> Differences:
    """The differences between what was decided and what the book holds; nothing is written.

    Numbers of new obligations and receivables are those that posting on this state of the book would give.
    """
    manifest = decided.manifest
    county, months, window = manifest.county, manifest.computed_months(), manifest.window()
    known = identity.as_of(conn, county, manifest.identity_digest)
    before = versions.newest(conn, county, months[0], months[-1])
    touched = differences.touched_keys(
        decided, before, versions.rate_numbers(conn), _looked_at_anew(conn, manifest, known)
    )
    touched = differences.numbered_within_families(touched, before, known.families)
    keys = differences.with_delta(touched, totals.booked_of(conn, county, touched, known))
    is_in_window = pl.col("benefit_month") >= window[0]
    inside = _explained(conn, decided, known, differences.with_causes(keys.filter(is_in_window)))
    less = inside.filter(pl.col("delta_fen") < 0)
    booked = fate.of_person_months(conn, county, less, known).join(less, on=KEY, how="semi")
    added = differences.new_obligations(inside, manifest, next_id(conn, obligation))
    withdrawn = differences.new_withdrawals(inside, booked)
    owed_back = differences.new_receivables(inside, withdrawn, booked, next_id(conn, receivable))
    set_offs = _cancelled(conn, decided, known, added, withdrawn, owed_back)
    taken_off = pl.concat([withdrawn["live_batch_id"], set_offs["live_batch_id"]]).drop_nulls().unique().sort()
    return Differences(
        versions=differences.new_versions(inside),
        obligations=added,
        withdrawals=withdrawn.drop("live_batch_id"),
        receivables=owed_back,
        set_offs=set_offs.drop("live_batch_id"),
        voided=tuple(taken_off),
        beyond_window=differences.beyond_window(keys.filter(~is_in_window)),
        unset=differences.left_as_booked(inside),
    )


def post(book: Book, decided: Decided, by: Actor, limits: StopLimits, override: Override = None) -> Posted:
    """Write the differences; StoppedError where the run takes back too much and nobody lets it go on.

    The same manifest again, with nothing different, writes no row at all.
    """
    manifest = decided.manifest
    with book.reading() as conn:
        seen, found = audit.head(conn), work_out(conn, decided)
    with book.writing() as conn:
        newest = cycles.newest_cycle(conn, manifest.county)
        if audit.head(conn) != seen:  # the book went on meanwhile
            found = work_out(conn, decided)
        if newest is not None and manifest.pay_month < newest.pay_month:
            stored = cycles.cycles_of(conn, manifest.county, manifest.pay_month)
            return Posted(stored[-1] if stored else newest, None, found, is_replay=True)
        _require_present(conn, manifest)
        is_stopped = _takes_back_too_much(decided, found, limits)
        if is_stopped and override is None:
            raise _stop(decided, found, limits)
        latest = cycles.latest_run(conn, manifest.county)
        if newest is not None and latest is not None and not found.has_rows:
            is_of_month = newest.pay_month == manifest.pay_month
            if latest.manifest == manifest or (is_of_month and cycles.is_sealed(conn, newest.cycle_id)):
                return Posted(newest, None, found, is_replay=False)
        into = _cycle_for(conn, manifest, newest, found)
        run = cycles.add_run(conn, into.cycle_id, manifest, by)
        if is_stopped and override is not None:
            agrees, reason = override
            why = overrides.Override(
                Control.RECOVERY.value, _stop(decided, found, limits).what, reason, manifest.digest()
            )
            overrides.note(conn, manifest.county, manifest.pay_month, agrees, why)
        _write(conn, decided, found, run, by)
        return Posted(into, run, found, is_replay=False)


def book_back(conn: Connection, decided: Decided, into: Cycle, by: Actor) -> Differences:
    """Book what `decided` says in one more run of a cycle that is taken back, in the caller's transaction."""
    _require_present(conn, decided.manifest)
    found = work_out(conn, decided)
    _write(conn, decided, found, cycles.add_run(conn, into.cycle_id, decided.manifest, by), by)
    return found


def _require_present(conn: Connection, manifest: Manifest) -> None:
    """What was decided by other numbers than those that count now would be subtracted from another person's money."""
    if identity.of_county(conn, manifest.county).digest() != manifest.identity_digest:
        raise BookError("本次运行开始之后,又认定了哪些号码是同一人", "请重新运行本月(disburse run)", manifest.county)


def _explained(conn: Connection, decided: Decided, known: Identity, keys: pl.DataFrame) -> pl.DataFrame:
    """The keys with the ground of each correction, as against the county's last run."""
    if decided.ground is not None:
        return keys.with_columns(correction=pl.lit(decided.ground.value, CorrectionGround.dtype()))
    manifest = decided.manifest
    latest = cycles.latest_run(conn, manifest.county)
    before = latest.manifest if latest else None
    reviewed = corrections.Reviewed(
        holds.gap_decisions(conn, manifest.county, manifest.pay_month, known), known.families
    )
    return corrections.with_corrections(keys, manifest, before, reviewed)


def _looked_at_anew(conn: Connection, manifest: Manifest, known: Identity) -> pl.DataFrame:
    """KEY whose money is worked out whether or not the decision changed.

    What was imported, and what was booked for people of several numbers, now or before: theirs changes with a join.
    """
    county, months = manifest.county, manifest.computed_months()
    o = obligation.c
    imported = select(*(o[name] for name in KEY)).where(
        o.county == county,
        o.kind == Kind.HISTORY.value,
        o.benefit_month.between(month_text(months[0]), month_text(months[-1])),
    )
    theirs = known.families.select("person_no").join(pl.DataFrame({"benefit_month": months}), how="cross")
    booked = [
        fate.read_of(conn, select(*(table.c[name] for name in KEY)), table, county, theirs, known)
        for table in (obligation, receivable)
    ]
    return pl.concat([known.of(read_frame(conn, imported)), *booked]).unique()


def _cancelled(
    conn: Connection,
    decided: Decided,
    known: Identity,
    added: pl.DataFrame,
    withdrawn: pl.DataFrame,
    owed_back: pl.DataFrame,
) -> pl.DataFrame:
    """What is set off once everything else is written: old and new receivables against old and new obligations.

    Of one person and month always; where the county says so, old receivables from later months too.
    """
    county = decided.manifest.county
    new = owed_back.with_columns(left_fen="amount_fen")
    columns = ["receivable_id", *KEY, "choose_group", "left_fen"]
    booked = receivables.unrecovered(conn, county, known)
    back = pl.concat([booked.select(columns), new.select(columns)])
    taken = withdrawn.group_by("obligation_id").agg(taken_fen=pl.col("amount_fen").sum())
    old = fate.of_person_months(conn, county, back, known).join(taken, on="obligation_id", how="left")
    old = old.with_columns(pl.col("pays_fen") - pl.col("taken_fen").fill_null(0))
    fresh = added.with_columns(pays_fen="amount_fen", live_batch_id=pl.lit(None, pl.String))
    owed_columns = ["obligation_id", *KEY, "choose_group", "pays_fen", "live_batch_id"]
    owed = pl.concat([old.select(owed_columns), fresh.select(owed_columns)]).filter(pl.col("pays_fen") > 0)
    same_month = differences.cancelled(back, owed, decided.groups)
    if not decided.set_off.benefits:
        return same_month
    return pl.concat([same_month, differences.deducted(booked, added, same_month, decided.set_off)])


def _cycle_for(conn: Connection, manifest: Manifest, newest: Cycle | None, found: Differences) -> Cycle:
    """The newest cycle goes on until one of its batches is released, or it is closed; then a supplement is opened."""
    if newest is None or newest.pay_month != manifest.pay_month:
        return cycles.open_cycle(conn, manifest.county, manifest.pay_month)
    is_over = found.has_money and cycles.has_released(conn, newest.cycle_id)
    if is_over or cycles.is_sealed(conn, newest.cycle_id):
        return cycles.open_cycle(conn, manifest.county, manifest.pay_month)
    return newest


def _taken_back_fen(found: Differences) -> int:
    return int(found.withdrawals["amount_fen"].sum()) + int(found.left_to_recover["amount_fen"].sum())


def _people_losing(found: Differences) -> int:
    return int(pl.concat([found.withdrawals["person_no"], found.left_to_recover["person_no"]]).n_unique())


def _owed_this_month(decided: Decided) -> int:
    of_month = decided.coordinated.filter(pl.col("benefit_month") == decided.manifest.pay_month)
    return int(of_month["amount_fen"].sum())


def _takes_back_too_much(decided: Decided, found: Differences, limits: StopLimits) -> bool:
    if _people_losing(found) < limits.at_least:
        return False
    return _taken_back_fen(found) * 1000 > limits.per_mille * _owed_this_month(decided)


def _stop(decided: Decided, found: Differences, limits: StopLimits) -> StoppedError:
    run = (
        f"disburse run --county {decided.manifest.county} --month {month_text(decided.manifest.pay_month)} --as 经办人"
    )
    return StoppedError(
        f"本次将撤回和追回 {_people_losing(found)} 人共 {yuan_label(_taken_back_fen(found))} 元,"
        f"超过本月应发 {yuan_label(_owed_this_month(decided))} 元的千分之 {limits.per_mille}",
        f"请先查看将要入账的差异并核对名册:{run} --preview;名册有误的,更正后重新运行;"
        f"确认无误的,由复核人员署名并写明理由:{run} --override-by 复核人 --reason 理由",
        f"{decided.manifest.county} {month_text(decided.manifest.pay_month)}",
    )


def _write(conn: Connection, decided: Decided, found: Differences, run: Run, by: Actor) -> None:
    """Every row of the run, in the order the guards want: a batch is voided before something of it is taken off."""
    county = decided.manifest.county
    for batch_id in found.voided:
        batches.void(conn, county, batch_id, CORRECTED, by)
    of_run = {"run_id": pl.lit(run.run_id), "county": pl.lit(county)}
    rates = versions.add_rates(conn, decided.catalogue, found.versions.select("rate_id").drop_nulls().unique())
    numbered = found.versions.join(rates, on="rate_id", how="left", maintain_order="left").drop("rate_id")
    insert_frame(conn, entitlement_version, numbered.with_columns(**of_run))
    insert_frame(conn, obligation, found.obligations.with_columns(**of_run))
    taken = found.withdrawals.drop(KEY).with_row_index("withdrawal_id", offset=next_id(conn, withdrawal))
    insert_frame(conn, withdrawal, taken.with_columns(run_id=of_run["run_id"]))
    insert_frame(conn, receivable, found.receivables.with_columns(**of_run))
    set_off = found.set_offs.drop(KEY).with_row_index("recovery_id", offset=next_id(conn, recovery))
    insert_frame(
        conn,
        recovery,
        set_off.with_columns(
            run_id=of_run["run_id"], means=pl.lit(RecoveryMeans.SET_OFF.value), recorded_at=pl.lit(now())
        ),
    )
    audit.append(conn, county, by, "post", _name_of(run), _told(found, run))


def _name_of(run: Run) -> str:
    return f"run {run.run_id}"


def _told(found: Differences, run: Run) -> dict[str, Any]:
    parts = {
        "obligations": found.obligations,
        "withdrawals": found.withdrawals,
        "receivables": found.receivables,
        "set_offs": found.set_offs,
        "left_to_recover": found.left_to_recover,
    }
    return {
        "manifest": run.manifest.digest(),
        "versions": found.versions.height,
        **{f"{name}_count": rows.height for name, rows in parts.items()},
        **{f"{name}_fen": int(rows["amount_fen"].sum()) for name, rows in parts.items()},
    }
