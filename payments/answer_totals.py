"""What an answer says in all, beside what it says line by line."""

from __future__ import annotations

from typing import NamedTuple


class Sum(NamedTuple):
    """How many lines, and how much in fen; None where the bank does not say."""

    heads: int | None = None
    fen: int | None = None


UNSAID = Sum()
FETCH_AGAIN = "请重新向银行取回盘,整份未读入"  # where an answer does not add up, or is cut


class Totals(NamedTuple):
    """The batches an answer says it is about, what it says they were when they came, and what of them was credited."""

    batch_ids: tuple[str, ...] = ()
    original: Sum = UNSAID
    accepted: Sum = UNSAID


NOTHING_SAID = Totals()
