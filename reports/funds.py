"""What each level of government pays of the month's orders, by the shares of the county's pack.

An order is what goes to the bank of one benefit in one batch. It is split once, as a whole; every paper adds up what
was split, so that no paper differs from another by a fen.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from contracts.codes import Benefit, FundLevel, ValueStatus
from contracts.funding import FundingShares, split

ORDER = ("batch_id", "benefit")
UNSETTLED = "unsettled_fen"  # of a benefit of which nobody says who bears it
PARTS: Mapping[str, str] = {f"{level.value}_fen": level.label for level in FundLevel} | {UNSETTLED: "分担未定"}
Funding = Mapping[Benefit, FundingShares]


def of_orders(issued: pl.DataFrame, funding: Funding) -> pl.DataFrame:
    """Each order and what every level pays of it: batch_id, benefit, amount_fen, PARTS, which add up to it.

    `issued`: batch_id, benefit, amount_fen of each payment.
    """
    orders = issued.group_by(ORDER).agg(pl.col("amount_fen").sum()).sort(ORDER)
    parts = [_parts(Benefit(benefit), fen, funding) for benefit, fen in orders.select("benefit", "amount_fen").rows()]
    return orders.hstack(pl.DataFrame(parts, schema=dict.fromkeys(PARTS, pl.Int64())))


def _parts(benefit: Benefit, fen: int, funding: Funding) -> dict[str, int]:
    said = funding.get(benefit)
    parts = (
        {UNSETTLED: fen} if said is None else {f"{lv.value}_fen": own for lv, own in split(fen, said.shares).items()}
    )
    return dict.fromkeys(PARTS, 0) | parts


def by_benefit(orders: pl.DataFrame, funding: Funding) -> pl.DataFrame:
    """PARTS of each benefit, summed over its orders, and `shares`: who bears it, and whether that is in force."""
    summed = orders.group_by("benefit").agg(pl.col(*PARTS).sum()).sort("benefit")
    told = [told_of(Benefit(benefit), funding) for benefit in summed["benefit"]]
    return summed.with_columns(shares=pl.Series(told, dtype=pl.String))


def told_of(benefit: Benefit, funding: Funding) -> str:
    """Who bears a benefit, in an officer's words, and whether that is in force."""
    said = funding.get(benefit)
    if said is None:
        return "未定:政策包没有写明由谁负担"
    return said.told if said.status is ValueStatus.IN_FORCE else f"{said.told}({said.status.label})"
