"""Up to the whole unit, once, in whole numbers."""

import polars as pl
import pytest

from calculators.rounding import round_up


def rounded(numerator, denominator, unit_fen=100):
    frame = pl.DataFrame(
        {"n": [numerator], "d": [denominator], "u": [unit_fen]}, schema={"n": pl.Int64, "d": pl.Int64, "u": pl.Int64}
    )
    return frame.select(round_up(pl.col("n"), pl.col("d"), pl.col("u"))).item()


@pytest.mark.parametrize(
    ("numerator", "denominator", "fen"),
    [
        (200_000, 3, 66_700),
        (200_000, 6, 33_400),
        (345_000 * 13, 10 * 12, 37_400),  # 373.75; rounding 287.5 first would give 375
        (180_000, 3, 60_000),
        (6_000, 1, 6_000),
        (6_001, 1, 6_100),
        (0, 1, 0),
    ],
)
def test_an_exact_fraction_goes_up_to_the_whole_yuan(numerator, denominator, fen):
    assert rounded(numerator, denominator) == fen


def test_the_unit_may_be_another():
    assert rounded(200_000, 3, unit_fen=1) == 66_667
    assert rounded(200_000, 3, unit_fen=1000) == 67_000


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_is_unknown_stays_unknown(place):
    parts = [100, 1, 100]
    parts[place] = None
    assert rounded(*parts) is None
