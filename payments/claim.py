"""Claiming: which unreleased batches stand, which are voided, and what is put into new ones. One transaction.

A batch pays one benefit of one cycle. It stands as long as it holds exactly what should be paid, by content digest; see
docs/decisions/0051.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from contracts.actor import Actor
from contracts.codes import BatchState
from contracts.errors import BookError
from ledger import batches, cycles
from ledger.book import Book, Transaction
from ledger.cycles import Cycle
from payments.file_forms import Profile
from payments.instructions import BatchIdentity, Instructions, content_digest, instructions

CHANGED = "内容有变,重新编批"


@dataclass(frozen=True)
class Waiting:
    """An unreleased batch that is not voided; a rejected one never stands."""

    identity: BatchIdentity
    benefit: str
    content_digest: str
    is_rejected: bool = False


@dataclass
class Plan:
    """What claiming will do: batches that stand, batches to void, and the rows (Payable) left to claim."""

    kept: list[Waiting] = field(default_factory=list)
    voided: list[Waiting] = field(default_factory=list)
    unclaimed: pl.DataFrame = field(default_factory=pl.DataFrame)


@dataclass(frozen=True)
class Claimed:
    """What claiming did, by batch id."""

    kept: tuple[str, ...]
    voided: tuple[str, ...]
    claimed: tuple[str, ...]


def plan(
    payable: pl.DataFrame,
    live: pl.DataFrame,
    waiting: list[Waiting],
    pay_month: date,
    profile_of: Mapping[str, Profile],
    law_digest: str,
) -> Plan:
    """Compare what should be paid with the unreleased batches.

    `payable`: Payable. `live`: obligation_id and live_batch_id (null: in none). A batch of an earlier month is asked
    only for its own obligations; one of `pay_month` must also hold everything else its benefit has to pay.
    """
    made = Plan()
    rows = payable.join(live.select("obligation_id", "live_batch_id"), on="obligation_id", how="left")
    for batch in waiting:
        own = pl.col("live_batch_id") == batch.identity.batch_id
        if batch.identity.pay_month == pay_month:
            own = own | (pl.col("live_batch_id").is_null() & (pl.col("benefit") == batch.benefit))
        wanted = rows.filter(own)
        if (
            not wanted.is_empty()
            and not batch.is_rejected
            and _digest(wanted, batch, profile_of, law_digest) == batch.content_digest
        ):
            made.kept.append(batch)
            rows = rows.join(wanted, on="obligation_id", how="anti")
        else:
            made.voided.append(batch)
            freed = pl.when(pl.col("live_batch_id") != batch.identity.batch_id).then("live_batch_id")
            rows = rows.with_columns(live_batch_id=freed)
    made.unclaimed = rows.drop("live_batch_id")
    return made


def claim(
    book: Book,
    county: str,
    cycle: Cycle,
    payable: pl.DataFrame,
    profile_of: Mapping[str, Profile],
    law_digest: str,
    by: Actor,
) -> Claimed:
    """Bring the unreleased batches to what should be paid (Payable): keep, void, and claim the rest, all or nothing.

    `cycle`: the county's newest. `law_digest`: of the policies the month was worked out by; where they changed, what
    waits is claimed and signed anew. BookError where it is not, or where `payable` is no longer what the book owes.
    """
    with book.writing() as conn:
        live = batches.unpaid(conn, county)
        _require_current(conn, county, cycle, payable, live)
        made = plan(payable, live, _standing(conn, county), cycle.pay_month, profile_of, law_digest)
        for gone in made.voided:
            batches.void(conn, county, gone.identity.batch_id, CHANGED, by)
        parts = made.unclaimed.partition_by("benefit", as_dict=True)
        claimed = tuple(
            _claim_part(conn, cycle, rows, profile_of[benefit], law_digest, by)
            for (benefit,), rows in sorted(parts.items(), key=lambda part: str(part[0][0]))
        )
    kept, voided = ([batch.identity.batch_id for batch in part] for part in (made.kept, made.voided))
    return Claimed(tuple(kept), tuple(voided), claimed)


def content_of(conn: Transaction, batch_id: str) -> Instructions:
    """A batch's lines and items as the book holds them, to be digested again."""
    return Instructions(batches.lines(conn, batch_id), batches.items(conn, batch_id))


def _standing(conn: Transaction, county: str) -> list[Waiting]:
    """The unreleased batches, in order of batch_id."""
    known = batches.batches_of(conn, county, None)
    waiting = known.filter(~pl.col("state").is_in([BatchState.RELEASED.value, BatchState.VOIDED.value]))
    return [
        Waiting(
            BatchIdentity(county, row["pay_month"], row["sequence"], row["ordinal"]),
            row["part"],
            row["content_digest"],
            row["state"] == BatchState.REJECTED,
        )
        for row in waiting.iter_rows(named=True)
    ]


def _require_current(conn: Transaction, county: str, cycle: Cycle, payable: pl.DataFrame, live: pl.DataFrame) -> None:
    """What is claimed must be what the book owes now: a list from before a posting or a release is not."""
    current = payable.join(live, on=["obligation_id", "pays_fen", "attempt"], how="semi")
    if current.height != payable.height or cycles.newest_cycle(conn, county) != cycle:
        raise BookError("可付清单已不是总账现在的样子", "请从可付(payable)开始重新运行", county)


def _digest(rows: pl.DataFrame, batch: Waiting, profile_of: Mapping[str, Profile], law_digest: str) -> str:
    profile = profile_of[batch.benefit]
    return content_digest(instructions(rows, batch.identity, profile), profile.digest, law_digest)


def _claim_part(
    conn: Transaction,
    newest: Cycle,
    rows: pl.DataFrame,
    profile: Profile,
    law_digest: str,
    by: Actor,
) -> str:
    """Claim one benefit's rows as a batch of the newest cycle, or of a supplement where that cycle has sent its own."""
    benefit = str(rows["benefit"][0])
    cycle = cycles.accepting(conn, newest, benefit)
    identity = BatchIdentity(cycle.county, cycle.pay_month, cycle.sequence, batches.next_ordinal(conn, cycle.cycle_id))
    content = instructions(rows, identity, profile)
    new = batches.NewBatch(
        batch_id=identity.batch_id,
        cycle_id=cycle.cycle_id,
        ordinal=identity.ordinal,
        profile=profile.profile,
        profile_digest=profile.digest,
        part=benefit,
        content_digest=content_digest(content, profile.digest, law_digest),
        law_digest=law_digest,
    )
    batches.claim(conn, cycle.county, new, content.lines, content.items, by)
    return new.batch_id
