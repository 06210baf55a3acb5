"""Chance without a random stream: every draw is a pure function of a key and a word.

So a person is the same in whatever chunk, order or month he is made. The mixing is the finaliser of SplitMix64, written
in polars' integers, which wrap; nothing depends on the library's own hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from zlib import crc32

import polars as pl

ALL = 100_000  # shares are written per 100 000
_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def mixed(key: pl.Expr, salt: int) -> pl.Expr:
    """A UInt64 in which every bit depends on every bit of `key` and on `salt`."""
    z = key.cast(pl.UInt64) + _word(salt * _STEP)
    z = (z ^ (z // 2**30)) * _word(_FIRST)
    z = (z ^ (z // 2**27)) * _word(_SECOND)
    return z ^ (z // 2**31)


def draw(word: str, count: int, key: str = "key") -> pl.Expr:
    """A whole number in [0, count), Int64, drawn for `word` from the UInt64 column `key`."""
    return (mixed(pl.col(key), crc32(word.encode())) % count).cast(pl.Int64)


def chance(word: str, share: int | pl.Expr, key: str = "key") -> pl.Expr:
    """True for `share` of 100 000."""
    return draw(word, ALL, key) < share


def pick(word: str, shares: Sequence[tuple[object, int]], key: str = "key") -> pl.Expr:
    """One of the values, each with its share of 100 000; the shares must add up."""
    if sum(share for _, share in shares) != ALL:
        raise ValueError(f"{word}: shares do not add up to {ALL}")
    drawn = draw(word, ALL, key)
    chosen = pl.lit(shares[-1][0])
    ends = list(accumulate(share for _, share in shares))
    for (value, _), end in zip(reversed(shares[:-1]), reversed(ends[:-1]), strict=True):
        chosen = pl.when(drawn < end).then(pl.lit(value)).otherwise(chosen)
    return chosen


def _word(value: int) -> pl.Expr:
    return pl.lit(value % 2**64, pl.UInt64)
