"""Whose money a benefit is paid from: the shares of each level of government, and how a sum is split by them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from math import floor
from typing import TypeVar

from contracts.codes import Benefit, FundLevel, ValueStatus

Part = TypeVar("Part", bound=Hashable)


@dataclass(frozen=True)
class FundingShares:
    """Who bears a benefit in a month: shares that add up to one, as the county's pack says."""

    benefit: Benefit
    shares: Mapping[FundLevel, Fraction]
    status: ValueStatus
    source: str  # document and clause, for a person to read

    @property
    def told(self) -> str:
        """The shares in an officer's words: 省 3/10、县(区) 7/10."""
        return "、".join(f"{level.label} {share}" for level, share in self.shares.items())


def split(fen: int, weights: Mapping[Part, Fraction]) -> dict[Part, int]:
    """Split a sum by weights that add up to one, to the fen, by largest remainder.

    Each part gets its whole fen; what is left goes, one fen each, to the largest remainders, of equal ones to the part
    named first. The parts add up to `fen`, and none differs from its exact share by a whole fen.
    """
    exact = {part: fen * weight for part, weight in weights.items()}
    parts = {part: floor(share) for part, share in exact.items()}
    by_remainder = sorted(exact, key=lambda part: parts[part] - exact[part])
    for part in by_remainder[: fen - sum(parts.values())]:
        parts[part] += 1
    return parts


def spread(rows: Sequence[int], columns: Sequence[int]) -> list[list[int]]:
    """Share each of `rows` among `columns`, both fen of one sum, in proportion: a list for each row.

    Every row adds up to its own and every column to its own. No cell is two fen or more from its exact share, by
    rounding down the sums up to each place and taking their differences.
    """
    whole = sum(rows) or 1
    down, across = [0, *accumulate(rows)], [0, *accumulate(columns)]
    sums = [[above * left // whole for left in across] for above in down]
    return [
        [now[at + 1] - now[at] - before[at + 1] + before[at] for at in range(len(columns))]
        for before, now in pairwise(sums)
    ]
