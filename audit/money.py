"""Whether the sums are what the law prints, and whether what is owed either way is dealt with."""

from __future__ import annotations

from datetime import date

import polars as pl

from audit.evidence import ROW, month_told, of_lines
from contracts.codes import Cause, UnsetReason

ENDED = (Cause.DEATH.value, Cause.MOVED_OUT.value, Cause.INELIGIBLE.value)
BEYOND = "早于追溯期,不会自动更正"


def above_standard(lines: pl.LazyFrame, rates: pl.LazyFrame, coordinated: pl.LazyFrame) -> pl.LazyFrame:
    """Lines above the amount that the law prints, rounded up; and standards above a ceiling."""
    printed = lines.join(rates.drop_nulls("published_fen"), on="rate_id")
    most = -(-pl.col("published_fen") // pl.col("round_up_fen")) * pl.col("round_up_fen")
    found = of_lines(printed.filter(pl.col("amount_fen") > most), _printed())
    return pl.concat([found, _unset(coordinated, UnsetReason.ABOVE_CEILING)])


def below_standard(lines: pl.LazyFrame, rates: pl.LazyFrame, coordinated: pl.LazyFrame) -> pl.LazyFrame:
    """Lines below the amount that the law prints; and standards below a floor above them."""
    printed = lines.join(rates.drop_nulls("published_fen"), on="rate_id")
    found = of_lines(printed.filter(pl.col("amount_fen") < pl.col("published_fen")), _printed())
    return pl.concat([found, _unset(coordinated, UnsetReason.BELOW_FLOOR)])


def raise_not_paid(beyond_window: pl.LazyFrame) -> pl.LazyFrame:
    """Months too old to be put right by a run, of which more is owed than was booked."""
    less = beyond_window.filter(pl.col("entitled_fen") > pl.col("booked_fen"))
    return of_lines(less.with_columns(amount_fen=pl.col("entitled_fen") - pl.col("booked_fen")), _of_month())


def ended_late(receivables: pl.LazyFrame) -> pl.LazyFrame:
    """What went out for months after the person died, moved out or lost the status, and is still owed back."""
    labels = {one.value: one.label for one in Cause}
    late = receivables.filter(pl.col("cause").is_in(ENDED)).with_columns(amount_fen="left_fen")
    return of_lines(late, pl.format("{}之后仍已发出", pl.col("cause").cast(pl.String).replace(labels)))


def owed_back_and_idle(receivables: pl.LazyFrame, beyond_window: pl.LazyFrame, month: date, limit: int) -> pl.LazyFrame:
    """Receivables of which nothing came back for `limit` months, and overpayments too old to become one by a run."""
    since = pl.col("since_month").dt
    age = (month.year - since.year()) * 12 + month.month - since.month().cast(pl.Int32)
    idle = of_lines(
        receivables.filter(age >= limit).with_columns(amount_fen="left_fen"),
        pl.format("自 {} 起没有追回", month_told("since_month")),
    )
    more = beyond_window.filter(pl.col("booked_fen") > pl.col("entitled_fen"))
    over = of_lines(more.with_columns(amount_fen=pl.col("booked_fen") - pl.col("entitled_fen")), _of_month())
    return pl.concat([idle, over])


def _printed() -> pl.Expr:
    yuan = pl.col("published_fen")
    return pl.format("标准 {}.{} 元", yuan // 100, (yuan % 100).cast(pl.String).str.zfill(2))


def _of_month() -> pl.Expr:
    return pl.format("{} " + BEYOND, month_told("benefit_month"))


def _unset(coordinated: pl.LazyFrame, reason: UnsetReason) -> pl.LazyFrame:
    rows = coordinated.filter(pl.col("unset_code") == reason.value)
    return of_lines(rows.with_columns(amount_fen=pl.lit(None, ROW["amount_fen"])), pl.lit(reason.label))
