"""What each level of government pays of every order, by the shares of the county's pack, and what is left of its money.

An order is what goes to the bank of one benefit in one batch. It is split once, as a whole; papers and the register
of funds add up what was split, so that none differs from another by a fen. What comes back is split as the order was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from contracts.codes import FundLevel, ValueStatus
from contracts.errors import StoppedError
from contracts.funding import FundingShares, split, spread
from contracts.money import yuan_label

UNSETTLED = "unsettled_fen"  # of a benefit of which nobody says who bears it
PARTS: Mapping[str, str] = {f"{level.value}_fen": level.label for level in FundLevel} | {UNSETTLED: "分担未定"}
BACK: Mapping[str, str] = {f"back_{part}": part for part in PARTS}
Said = Mapping[str, FundingShares | None]  # order → who bears its benefit; None: nobody says


def of_orders(orders: pl.DataFrame, said: Said) -> pl.DataFrame:
    """The orders with what every level pays (PARTS add up to amount_fen), what of it came back (BACK add up to
    returned_fen), and `shares`: who bears it, in words.

    `orders`: batch_id, amount_fen, returned_fen and more.
    """
    rows = [
        _parts(said[batch_id], fen, returned)
        for batch_id, fen, returned in orders.select("batch_id", "amount_fen", "returned_fen").iter_rows()
    ]
    parts = pl.DataFrame(rows, schema=dict.fromkeys((*PARTS, *BACK), pl.Int64()))
    told = pl.Series("shares", [told_of(said[batch_id]) for batch_id in orders["batch_id"]], dtype=pl.String)
    return orders.hstack(parts).with_columns(told)


def _parts(said: FundingShares | None, fen: int, returned: int) -> dict[str, int]:
    paid = {UNSETTLED: fen} if said is None else {f"{lv.value}_fen": own for lv, own in split(fen, said.shares).items()}
    as_paid = {part: Fraction(own, fen) for part, own in paid.items()}
    back = {f"back_{part}": own for part, own in split(returned, as_paid).items()}
    return dict.fromkeys((*PARTS, *BACK), 0) | paid | back


def by_benefit(orders: pl.DataFrame) -> pl.DataFrame:
    """PARTS of each benefit, summed over its orders, and `shares`: who bears it, and whether that is in force."""
    told = pl.col("shares").unique(maintain_order=True).str.join(";")
    return orders.group_by("benefit", maintain_order=True).agg(pl.col(*PARTS).sum(), told)


def by_place(totals: pl.DataFrame, of_benefits: pl.DataFrame) -> pl.DataFrame:
    """Totals (benefit, amount_fen and more) with PARTS of each and `shares`: what every level pays of a benefit, shared
    among its rows so that they add up to it, and each row to its own amount. Without rows where nobody bears anything.

    `of_benefits`: as by_benefit, of the same money.
    """
    nobodys = [0] * (len(PARTS) - 1)
    rows = {at: [*nobodys, fen] for at, fen in enumerate(totals["amount_fen"])}
    for benefit, *parts in of_benefits.select("benefit", *PARTS).iter_rows():
        of_benefit = totals.with_row_index("at").filter(pl.col("benefit").cast(pl.String) == benefit)
        rows |= dict(zip(of_benefit["at"], spread(of_benefit["amount_fen"].to_list(), parts), strict=True))
    is_borne = sum(sum(parts) - parts[-1] for parts in rows.values()) > 0
    borne = pl.DataFrame(list(rows.values()), schema=dict.fromkeys(PARTS, pl.Int64()), orient="row")
    shares = of_benefits.select(pl.col("benefit").cast(totals.schema["benefit"]), "shares")
    told = totals.hstack(borne).join(shares, on="benefit", how="left", maintain_order="left")
    return told if is_borne else told.clear()


def told_of(said: FundingShares | None) -> str:
    """Who bears a benefit, in an officer's words, and whether that is in force."""
    if said is None:
        return "未定:政策包没有写明由谁负担"
    return said.told if said.status is ValueStatus.IN_FORCE else f"{said.told}({said.status.label})"


@dataclass(frozen=True)
class Balance:
    """A level's money, in fen: allocated, paid out by orders, come back, and what waits to go out."""

    level: FundLevel
    allocated_fen: int
    paid_fen: int
    returned_fen: int
    waiting_fen: int

    @property
    def left_fen(self) -> int:
        """What is left now."""
        return self.allocated_fen - self.paid_fen + self.returned_fen

    @property
    def short_fen(self) -> int:
        """What is lacking for the orders that wait; nothing where it suffices."""
        return max(0, self.waiting_fen - self.left_fen)


def balances(allocated: Mapping[FundLevel, int], orders: pl.DataFrame) -> tuple[Balance, ...]:
    """Each level's money, from the highest. `orders`: as of_orders, with is_released and is_waiting."""
    released, waiting = orders.filter("is_released"), orders.filter("is_waiting")
    return tuple(
        Balance(
            level,
            allocated.get(level, 0),
            _sum(released, f"{level.value}_fen"),
            _sum(released, f"back_{level.value}_fen"),
            _sum(waiting, f"{level.value}_fen"),
        )
        for level in FundLevel
    )


def _sum(rows: pl.DataFrame, column: str) -> int:
    return int(rows[column].sum() or 0)


def shortage(found: Sequence[Balance]) -> str:
    """Which levels lack money for what waits, in an officer's words; empty where none does."""
    return ";".join(
        f"{one.level.label}指标余额 {yuan_label(one.left_fen)} 元,待发 {yuan_label(one.waiting_fen)} 元,"
        f"差 {yuan_label(one.short_fen)} 元"
        for one in found
        if one.short_fen
    )


def require_covered(found: Sequence[Balance], county: str, month: str) -> None:
    """StoppedError where a level lacks money for the orders that wait."""
    if what := shortage(found):
        raise StoppedError(
            what,
            "请先登记新到的指标(disburse fund add);确需先发的,由复核人员同意并写明理由:"
            f"disburse run --county {county} --month {month} --as 经办人 --override-by 复核人 --reason 理由",
            county,
        )
