"""An order: a batch as the bank has it, from which its file is written and by which it is read back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from ledger import batches
from ledger.book import Transaction


@dataclass(frozen=True)
class Order:
    """A batch's lines (InstructionLine, in order of line_no), whose batch it is, the day it is dated, and the roster of
    its lines to institutions (ledger.batches.roster).

    The day is that of the cycle, as known when it was opened: no clock, so that the file comes out again.
    """

    lines: pl.DataFrame
    county: str
    dated_on: date
    roster: pl.DataFrame = field(default_factory=pl.DataFrame)

    @property
    def total_fen(self) -> int:
        """The sum of its lines."""
        return int(self.lines["amount_fen"].sum())

    def words(self) -> dict[str, str]:
        """What a file name may say of it."""
        first = self.lines.row(0, named=True)
        return {name: first[name] for name in ("pay_month", "batch_id", "benefit")} | {"county": self.county}


def order_of(conn: Transaction, county: str, batch_id: str) -> Order:
    """A batch of the book."""
    return Order(
        batches.lines(conn, batch_id), county, batches.dated_on(conn, batch_id), batches.roster(conn, batch_id)
    )
