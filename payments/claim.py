"""Claiming: which unreleased batches stand, which are voided, and what is put into new ones. One transaction.

A batch pays one benefit of one cycle. It stands as long as it holds exactly what should be paid, by content digest; see
docs/decisions/0051.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl
from sqlalchemy import Connection

from contracts.errors import BookError
from contracts.months import month_text
from ledger import batches, cycles
from ledger.book import Book
from payments.instructions import BatchIdentity, content_digest, instructions
from payments.profiles import Profile

CHANGED = "内容有变,重新编批"


@dataclass(frozen=True)
class Standing:
    """An unreleased batch that is not voided."""

    cycle_id: int
    identity: BatchIdentity
    benefit: str
    content_digest: str


@dataclass
class Plan:
    """What claiming will do: batches that stand, batches to void, and the rows (Payable) left to claim."""

    kept: list[Standing] = field(default_factory=list)
    voided: list[Standing] = field(default_factory=list)
    unclaimed: pl.DataFrame = field(default_factory=pl.DataFrame)


@dataclass(frozen=True)
class Claimed:
    """What claiming did, by batch id."""

    kept: tuple[str, ...]
    voided: tuple[str, ...]
    claimed: tuple[str, ...]


def plan(
    payable: pl.DataFrame, live: pl.DataFrame, standing: list[Standing], pay_month: date, profile_of: Mapping[str, Profile]
) -> Plan:
    """Compare what should be paid with the unreleased batches.

    `payable`: Payable. `live`: obligation_id and live_batch_id (null: in none). A batch of an earlier month is asked only
    for its own obligations; one of `pay_month` must also hold everything else its benefit has to pay.
    """
    made = Plan()
    rows = payable.join(live.select("obligation_id", "live_batch_id"), on="obligation_id", how="left")
    for batch in standing:
        own = pl.col("live_batch_id") == batch.identity.batch_id
        if batch.identity.pay_month == pay_month:
            own = own | (pl.col("live_batch_id").is_null() & (pl.col("benefit") == batch.benefit))
        wanted = rows.filter(own)
        if not wanted.is_empty() and _digest(wanted, batch, profile_of) == batch.content_digest:
            made.kept.append(batch)
            rows = rows.join(wanted, on="obligation_id", how="anti")
        else:
            made.voided.append(batch)
            freed = pl.when(pl.col("live_batch_id") != batch.identity.batch_id).then("live_batch_id")
            rows = rows.with_columns(live_batch_id=freed)
    made.unclaimed = rows.drop("live_batch_id")
    return made
