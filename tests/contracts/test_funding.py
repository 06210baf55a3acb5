"""Sums split between those who bear them: to the fen, and as near to each share as whole fen can be."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import FundLevel
from contracts.funding import split, spread

WEIGHTS = st.lists(st.integers(0, 10_000), min_size=len(FundLevel), max_size=len(FundLevel)).filter(any)


@given(st.integers(0, 10**15), WEIGHTS)
def test_parts_add_up_to_the_fen_and_are_nearer_to_their_share_than_a_whole_fen(fen, sizes):
    weights = {level: Fraction(size, sum(sizes)) for level, size in zip(FundLevel, sizes, strict=True)}
    parts = split(fen, weights)
    assert sum(parts.values()) == fen
    assert all(abs(parts[level] - fen * weight) < 1 for level, weight in weights.items())
    assert all(part >= 0 for part in parts.values())


def test_what_is_left_over_goes_to_the_largest_remainder_and_of_equal_ones_to_who_is_named_first():
    thirds = dict.fromkeys((FundLevel.CENTRAL, FundLevel.PROVINCE, FundLevel.COUNTY), Fraction(1, 3))
    assert list(split(100, thirds).values()) == [34, 33, 33]
    assert split(101, {FundLevel.PROVINCE: Fraction(3, 10), FundLevel.COUNTY: Fraction(7, 10)}) == {
        FundLevel.PROVINCE: 30,
        FundLevel.COUNTY: 71,
    }


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=12), st.data())
def test_a_table_spread_adds_up_both_ways_and_is_as_near_as_fen_can_be(rows, data):
    """Columns of the same sum, however it is cut."""
    cuts = sorted(data.draw(st.lists(st.integers(0, sum(rows)), max_size=4)))
    columns = [last - first for first, last in pairwise([0, *cuts, sum(rows)])]
    cells = spread(rows, columns)
    assert [sum(row) for row in cells] == rows
    assert [sum(column) for column in zip(*cells, strict=True)] == columns
    for row, told in zip(rows, cells, strict=True):
        for column, cell in zip(columns, told, strict=True):
            assert abs(cell - Fraction(row * column, sum(rows))) < 2


def test_nothing_is_spread_as_nothing():
    assert spread([], []) == []
    assert spread([0, 0], [0]) == [[0], [0]]
