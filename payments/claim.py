"""Claiming: which unreleased batches stand, which are voided, and what is put into new ones. A batch is a transaction.

A batch pays one benefit of one cycle, or the share of it that goes into one file (payments.splitting). It stands as
long as it holds exactly what should be paid, by content digest; see docs/decisions/0051 and 0105.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from contracts.actor import Actor
from contracts.codes import BatchState
from contracts.errors import BookError
from ledger import audit, batches, cycles
from ledger.book import Book, Transaction
from ledger.cycles import Cycle
from payments.file_forms import Profile
from payments.instructions import BatchIdentity, Instructions, content_digest, instructions
from payments.splitting import Part, split

CHANGED = "内容有变,重新编批"


@dataclass(frozen=True)
class Waiting:
    """An unreleased batch that is not voided; a rejected one never stands."""

    identity: BatchIdentity
    benefit: str
    content_digest: str
    is_rejected: bool


@dataclass
class Plan:
    """What claiming will do: batches that stand, batches to void, and what each one to claim holds."""

    kept: list[Waiting] = field(default_factory=list)
    voided: list[Waiting] = field(default_factory=list)
    new: list[Part] = field(default_factory=list)


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
    only for its own obligations; those of `pay_month` must also hold everything else their benefit has to pay.
    """
    made = Plan()

    def unclaimed(waiting: list[Waiting], wanted: list[Part]) -> list[Part]:
        """Keep or void these batches; the wanted ones that none of them is."""
        for batch in waiting:
            same = None if batch.is_rejected else _same(batch, wanted, profile_of, law_digest)
            if same is None:
                made.voided.append(batch)
            else:
                made.kept.append(batch)
                wanted = [part for part in wanted if part is not same]
        return wanted

    rows = payable.join(live.select("obligation_id", "live_batch_id"), on="obligation_id", how="left")
    older = [batch for batch in waiting if batch.identity.pay_month != pay_month]
    of_older = pl.col("live_batch_id").is_in([batch.identity.batch_id for batch in older]).fill_null(value=False)
    freed = unclaimed(older, [Part("", held) for held in rows.filter(of_older).partition_by("live_batch_id")])
    open_now = pl.concat([rows.filter(~of_older), *(part.rows for part in freed)])
    for benefit in sorted({*open_now["benefit"].cast(pl.String), *(batch.benefit for batch in waiting)}):
        of_benefit = [batch for batch in waiting if batch.identity.pay_month == pay_month and batch.benefit == benefit]
        wanted = split(open_now.filter(pl.col("benefit") == benefit).sort("obligation_id"), profile_of[benefit])
        made.new += unclaimed(of_benefit, wanted)
    return made


def _same(batch: Waiting, wanted: list[Part], profile_of: Mapping[str, Profile], law_digest: str) -> Part | None:
    """The one of these that a batch holds to the last field; None where there is none."""
    held = pl.col("live_batch_id").eq_missing(batch.identity.batch_id)
    alike = [part for part in wanted if part.rows.select(held.all()).item()]  # digesting is dear
    same = (part for part in alike if _digest(part.rows, batch, profile_of, law_digest) == batch.content_digest)
    return next(same, None)


def claim(
    book: Book,
    county: str,
    cycle: Cycle,
    payable: pl.DataFrame,
    profile_of: Mapping[str, Profile],
    law_digest: str,
    by: Actor,
) -> Claimed:
    """Bring the unreleased batches to what should be paid (Payable): keep, void, and claim the rest.

    What to do is worked out before the book is asked to wait, and again wherever it went on meanwhile. Each batch is
    whole or not there: of a claim that was broken off, those claimed stand when it is made again (0140).
    `cycle`: the county's newest. `law_digest`: of the policies the month was worked out by; where they changed, what
    waits is claimed and signed anew. BookError where it is not, or where `payable` is no longer what the book owes.
    """

    def planned(conn: Transaction) -> Plan:
        live = batches.unpaid(conn, county)
        _require_current(conn, county, cycle, payable, live)
        return plan(payable, live, _standing(conn, county), cycle.pay_month, profile_of, law_digest)

    with book.reading() as conn:
        seen, made = audit.head(conn), planned(conn)
    voided: list[str] = []
    claimed: list[str] = []
    while made.voided or made.new:
        with book.writing() as conn:
            if audit.head(conn) != seen:
                made = planned(conn)
                _require_alone(made, claimed, county)
            voided += [_void(conn, county, gone, by) for gone in made.voided]
            claimed += [_claim_new(conn, cycle, part, profile_of, law_digest, by) for part in made.new[:1]]
            seen, made = audit.head(conn), Plan(made.kept, [], made.new[1:])
    kept = [batch.identity.batch_id for batch in made.kept]
    return Claimed(tuple(one for one in kept if one not in claimed), tuple(voided), tuple(claimed))


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


def _require_alone(made: Plan, claimed: Collection[str], county: str) -> None:
    """Of two who claim different things one goes on: who has begun stops where the other put his in its place."""
    if claimed and made.voided:
        raise BookError("编批时另有人编了同一批款", "请查明是谁在办,再从可付(payable)开始重新运行", county)


def _void(conn: Transaction, county: str, gone: Waiting, by: Actor) -> str:
    batches.void(conn, county, gone.identity.batch_id, CHANGED, by)
    return gone.identity.batch_id


def _claim_new(
    conn: Transaction,
    newest: Cycle,
    held: Part,
    profile_of: Mapping[str, Profile],
    law_digest: str,
    by: Actor,
) -> str:
    """Claim what one file holds as a batch of the newest cycle, or of a supplement where that has sent of this."""
    benefit = str(held.rows["benefit"][0])
    profile = profile_of[benefit]
    cycle = cycles.accepting(conn, newest, benefit)
    identity = BatchIdentity(cycle.county, cycle.pay_month, cycle.sequence, batches.next_ordinal(conn, cycle.cycle_id))
    content = instructions(held.rows, identity, profile)
    new = batches.NewBatch(
        batch_id=identity.batch_id,
        cycle_id=cycle.cycle_id,
        ordinal=identity.ordinal,
        profile=profile.profile,
        profile_digest=profile.digest,
        part=batches.free_part(conn, cycle.cycle_id, benefit, held.name),
        content_digest=content_digest(content, profile.digest, law_digest),
        law_digest=law_digest,
    )
    batches.claim(conn, cycle.county, new, content.lines, content.items, by)
    return new.batch_id
