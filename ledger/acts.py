"""What officers have done with each month after its run, read from the book: what the lineage is told of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy import Connection, func, select

from contracts.codes import Act
from contracts.months import parse_month
from ledger import batches, sealing
from ledger.tables import bank_event, batch, cycle, instruction

SHOWN = 12  # of a digest
TOLD = "with officers"  # part of each mark: what is told of an act; where that changes every act is told anew


@dataclass(frozen=True)
class Acted:
    """One act on a pay month as the book has it now. `mark` changes whenever the act is done again.

    `lines` and `fen`: payment lines of the batches signed, and their money; answered lines; lines left unanswered by
    the seals. `fen` is None where only lines are counted. `officers`: who signed.
    """

    act: Act
    pay_month: date
    mark: str
    lines: int
    fen: int | None = None
    officers: tuple[str, ...] = ()


def acted(conn: Connection, county: str) -> list[Acted]:
    """Every act on every month of a county, by month and in the order of the acts. Read-only."""
    known = batches.batches_of(conn, county, None).filter(pl.col("void_reason").is_null())
    found = [*_signed(known, Act.APPROVED, "checker"), *_signed(known, Act.RELEASED, "releaser")]
    found += [*_answered(conn, county), *_closed(conn, county)]
    order = list(Act)
    return sorted(found, key=lambda one: (one.pay_month, order.index(one.act)))


def ever_acted(conn: Connection, county: str) -> set[tuple[Act, date]]:
    """Every act ever done on a month of a county, also an approval that a later run voided. Read-only."""
    signed = batches.batches_of(conn, county, None).filter(pl.col("checker").is_not_null())
    voided = {(Act.APPROVED, pay_month) for pay_month in signed["pay_month"].unique()}
    return {(one.act, one.pay_month) for one in acted(conn, county)} | voided


def _signed(known: pl.DataFrame, act: Act, officer: str) -> Iterator[Acted]:
    signed = known.filter(pl.col(officer).is_not_null()).sort("batch_id")
    for rows in signed.partition_by("pay_month", maintain_order=True):
        signatures = [f"{batch_id} {name}" for batch_id, name in rows.select("batch_id", officer).iter_rows()]
        yield Acted(
            act,
            rows["pay_month"][0],
            _digest([TOLD, *signatures]),
            int(rows["line_count"].sum()),
            int(rows["total_fen"].sum()),
            tuple(rows[officer].unique(maintain_order=True)),
        )


def _answered(conn: Connection, county: str) -> Iterator[Acted]:
    answers = select(
        cycle.c.pay_month, func.max(bank_event.c.event_id), func.count(bank_event.c.instruction_id.distinct())
    ).select_from(bank_event.join(instruction).join(batch).join(cycle))
    for pay_month, newest, lines in conn.execute(answers.where(cycle.c.county == county).group_by(cycle.c.pay_month)):
        yield Acted(Act.ANSWERED, parse_month(pay_month), f"answer {newest}", lines)


def _closed(conn: Connection, county: str) -> Iterator[Acted]:
    by_month: dict[date, list[sealing.Seal]] = {}
    for seal in sealing.seals_of(conn, county):
        by_month.setdefault(seal.cycle.pay_month, []).append(seal)
    for pay_month, seals in by_month.items():
        unanswered, fen = sum(one.unanswered_count for one in seals), sum(one.unanswered_fen for one in seals)
        officers = tuple(dict.fromkeys(one.officer for one in seals))
        yield Acted(Act.CLOSED, pay_month, _digest([TOLD, seals[-1].digest]), unanswered, fen, officers)


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:SHOWN]
