"""Numbers of bank cards, by their shape alone: how many digits a bank's cards have, and the last of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from contracts.errors import InputError
from contracts.strict_yaml import Whole, check, read

SHIPPED = Path(__file__).parent / "card_numbers.yaml"
PLACES = 20  # digits that are looked at; no card has more than 19
HALF = PLACES // 2  # of which a whole number of 64 bits holds each half


class OfBank(BaseModel):
    """How long the cards of a bank are, by what they begin with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bank: str = Field(min_length=1)
    length: Whole = Field(gt=0)
    begins: tuple[str, ...]


class Cards(BaseModel):
    """What is a card, and what is known of the cards of some banks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    begins: tuple[str, ...]
    lengths: tuple[Whole, ...]
    of_banks: tuple[OfBank, ...]


@cache
def shipped() -> Cards:
    """The cards there are."""
    loaded, problems = check(Cards, read(SHIPPED.read_text("utf-8"), SHIPPED.name))
    if loaded is None:
        raise InputError("银行卡号表有误:" + ";".join(map(str, problems)), "请恢复原文件", SHIPPED.name)
    return loaded


def is_of_wrong_length(number: pl.Expr) -> pl.Expr:
    """Whether a number begins as the cards of a bank do and is not as long as they are."""
    known = {begins: one.length for one in shipped().of_banks for begins in one.begins}
    expected = number.str.head(6).replace_strict(known, default=None, return_dtype=pl.Int64)
    return (expected != number.str.len_bytes()).fill_null(value=False)


def has_wrong_digit(number: pl.Expr) -> pl.Expr:
    """Whether a number is a card's by its beginning and length, and its last digit does not follow from the others."""
    cards = shipped()
    begins = pl.any_horizontal(number.str.starts_with(one) for one in cards.begins)
    is_card = begins & number.str.len_bytes().is_in(list(cards.lengths)) & number.str.contains(r"^[0-9]+$")
    # of every other number nothing is worked out
    return is_card & (_luhn_sum(pl.when(is_card).then(number)) % 10 != 0).fill_null(value=False)


def _luhn_sum(digits: pl.Expr) -> pl.Expr:
    """ISO/IEC 7812: from the right every second digit is doubled, the two digits of what that makes added; the sum."""
    padded = digits.str.zfill(PLACES)
    halves = (padded.str.slice(start, HALF).cast(pl.Int64) for start in (0, HALF))
    return pl.sum_horizontal(_of_place(half // 10**place % 10, place) for half in halves for place in range(HALF))


def _of_place(digit: pl.Expr, place: int) -> pl.Expr:
    return digit * 2 - (digit > 4).cast(pl.Int64) * 9 if place % 2 else digit
