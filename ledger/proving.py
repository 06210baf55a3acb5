"""The book proves itself: its laws over all rows, its log against its rows, its chain, seals and guards.

`prove` looks at the whole book, open cycles too; `prove_batches` at what somebody is about to sign, in bounded time.
Both are read-only and say what they looked at, and everything they found, in an officer's words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from contracts.errors import BookError
from ledger import audit, guarding, keeping, laws, sealing, told
from ledger.tables import batch, entitlement_version, kept_content, obligation, open_obligation, seal


@dataclass(frozen=True)
class Proved:
    """One thing that was looked at: how much of it there is, and what is wrong with it."""

    what: str
    count: int
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """Everything that was looked at, in order. `head`: where the chain ended then."""

    head: str
    checked: tuple[Proved, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that is wrong; empty where the book holds."""
        return tuple(chain.from_iterable(one.problems for one in self.checked))

    def require(self, where: str) -> None:
        """BookError where anything is wrong."""
        if self.problems:
            more = f"(共 {len(self.problems)} 处)" if len(self.problems) > 1 else ""
            raise BookError(
                f"账簿自证不通过{more}:{self.problems[0]}",
                "请停止签署和发放,保留现场,用 disburse audit verify 查看全部并报告",
                where,
                {"problems": list(self.problems)},
            )


def prove(conn: Connection) -> Proof:
    """Prove the whole book. Memory is bounded by one county's benefit month; time by the book."""
    return Proof(audit.head(conn), tuple(_whole(conn)))


def prove_batches(conn: Connection, county: str, batch_ids: Collection[str]) -> Proof:
    """Prove what these batches of a county rest on: the chain, the guards, their keys, sums, signatures and runs."""
    return Proof(audit.head(conn), tuple(_of_batches(conn, county, batch_ids)))


def _whole(conn: Connection) -> Iterator[Proved]:
    yield from _log_and_guards(conn)
    yield _proved("记录与账目相符", told.entry_count(conn), told.misfits(conn, told.KINDS))
    yield _proved("核定条数与记录相符", _count(conn, entitlement_version.c.run_id), told.misfits(conn, [told.VERSIONS]))
    yield _proved("存档记录", _count(conn, kept_content.c.keep_id), keeping.altered(conn))
    yield _proved("每期封存", _count(conn, seal.c.seal_id), sealing.verify(conn))
    owed = _count(conn, obligation.c.obligation_id)
    yield _proved("每人每月应发与入账相符", _count(conn, entitlement_version.c.run_id), _booked_as_owed(conn))
    yield _proved("每笔应付款有核定作依据", owed, laws.every_obligation_has_its_version(conn))
    yield _proved("每笔应付款不多付、不重付", owed, laws.nothing_is_paid_beyond_what_is_owed(conn))
    yield _proved(
        "未付之列与账目相符", _count(conn, open_obligation.c.obligation_id), laws.what_is_unpaid_is_kept(conn)
    )
    yield _proved("再次付款都在退回或作废之后", owed, laws.every_attempt_follows_a_return(conn))
    yield _proved("应追回款不多追", owed, laws.nothing_is_recovered_beyond_what_is_owed_back(conn))
    batches = _count(conn, batch.c.batch_id)
    yield _proved("批次、指令、明细各处之和相等", batches, laws.sums_are_the_same_at_every_hop(conn))
    yield _proved("送出的等于已答复与未答复之和", batches, laws.what_went_out_is_answered_or_open(conn))
    counties = laws.counties(conn)
    somewhere = chain.from_iterable(laws.every_owed_fen_is_somewhere(conn, county) for county in counties)
    yield _proved("应付的每一分有着落", owed, somewhere)
    yield _proved("签署齐全、先后有序", batches, laws.every_step_has_its_signature(conn))


def _of_batches(conn: Connection, county: str, batch_ids: Collection[str]) -> Iterator[Proved]:
    yield from _log_and_guards(conn)
    cycle_ids = conn.execute(select(batch.c.cycle_id).where(batch.c.batch_id.in_(batch_ids)).distinct()).scalars().all()
    known = told.misfits(conn, told.KINDS, batch_ids, cycle_ids)
    yield _proved("记录与账目相符", told.entry_count(conn), known)
    size = len(batch_ids)
    yield _proved("所付各月应发与入账相符", size, laws.batches_are_booked_as_owed(conn, county, batch_ids))
    yield _proved("不多付、不重付", size, laws.nothing_is_paid_beyond_what_is_owed(conn, batch_ids))
    yield _proved("批次、指令、明细各处之和相等", size, laws.sums_are_the_same_at_every_hop(conn, batch_ids))


def _log_and_guards(conn: Connection) -> Iterator[Proved]:
    yield _proved("审计链", told.entry_count(conn), audit.verify(conn))
    yield _proved("防护", guarding.guard_count(conn), guarding.missing_guards(conn))


def _booked_as_owed(conn: Connection) -> Iterator[str]:
    for county in laws.counties(conn):
        known = laws.as_last_run_knew(conn, county)
        for month in laws.months_of(conn, county):
            yield from laws.month_is_booked_as_owed(conn, county, month, known)


def _proved(what: str, count: int, problems: Iterator[str] | Collection[str]) -> Proved:
    return Proved(what, count, tuple(problems))


def _count(conn: Connection, column: ColumnElement[Any]) -> int:
    return int(conn.execute(select(func.count(column))).scalar_one())
