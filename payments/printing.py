"""What stands in each cell of a payment file, as text; the writers only put it into bytes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from contracts.money import yuan_text
from payments.file_forms import OF_PAYER, Layout, OwnBank, Printed, Shown
from payments.instructions import amount_expr, benefit_words, kind_words
from payments.orders import Order

DAY_STYLES = {"yyyymmdd": "%Y%m%d", "yyyy-mm-dd": "%Y-%m-%d", "yyyy/mm/dd": "%Y/%m/%d"}


def printed(order: Order, profile: Layout) -> pl.DataFrame:
    """The cells of every line of an order in the profile's order: text columns "0", "1", …, nothing as ""."""
    return order.lines.select(
        _cell(column, order, profile).fill_null("").alias(str(place)) for place, column in enumerate(profile.columns)
    )


def total_words(order: Order, profile: Layout) -> dict[str, str]:
    """What the lines of totals may say."""
    return order.words() | {
        "count": str(order.lines.height),
        "total": amount_text(order.total_fen, profile),
        "date": day_text(order.dated_on, profile),
        **{field.value: _of_payer(field, profile) for field in OF_PAYER},
    }


def amount_text(fen: int, profile: Layout) -> str:
    """An amount in the profile's style."""
    match profile.amount:
        case "fen":
            return str(fen)
        case "yuan3":
            return f"{yuan_text(fen)}0"
        case _:
            return yuan_text(fen)


def day_text(day: date, profile: Layout) -> str:
    """A day in the profile's style."""
    return day.strftime(DAY_STYLES[profile.dates])


def is_of_other_bank(own: OwnBank) -> pl.Expr:
    """Whether a line's account is of another bank (他行): by 联行号, without one by the bank's name."""
    code, name = pl.col("bank_code"), pl.col("bank_name")
    by_code = _any(code.str.starts_with(digits) for digits in own.bank_codes)
    by_name = _any(name.str.contains(word, literal=True) for word in own.bank_names)
    has_code = code.is_not_null() & pl.lit(bool(own.bank_codes))
    return ~pl.when(has_code).then(by_code).otherwise(by_name)


def _any(conditions: Iterable[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(pl.lit(False), *conditions)


def _cell(column: Shown, order: Order, profile: Layout) -> pl.Expr:
    match column.field:
        case None:
            return pl.lit(column.constant)
        case Printed.ITEM_CODE:
            codes = {benefit.value: code for benefit, code in profile.item_codes.items()}
            return pl.col("benefit").cast(pl.String).replace_strict(codes, default="", return_dtype=pl.String)
        case Printed.BENEFIT:
            return benefit_words()
        case Printed.KIND:
            return kind_words()
        case Printed.AMOUNT:
            return amount_expr("amount_fen", profile)
        case Printed.DATE:
            return pl.lit(day_text(order.dated_on, profile))
        case Printed.OTHER_BANK if profile.own_bank:
            own, other = pl.lit(profile.own_bank.own), pl.lit(profile.own_bank.other)
            return pl.when(is_of_other_bank(profile.own_bank)).then(other).otherwise(own)
        case payer if payer in OF_PAYER:
            return pl.lit(_of_payer(payer, profile))
        case stored:
            return pl.col(stored.value).cast(pl.String)


def _of_payer(field: Printed, profile: Layout) -> str:
    return str(getattr(profile.payer, field.value)) if profile.payer else ""
