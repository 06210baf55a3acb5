"""Chance that is a function: even, independent of order, and complete."""

import polars as pl
import pytest

from generator.draws import ALL, chance, draw, mixed, pick


def keys(count):
    return pl.select(key=mixed(pl.int_range(count, dtype=pl.Int64), 1))


def test_a_draw_does_not_depend_on_the_order_of_rows():
    forward = keys(500).with_columns(drawn=draw("word", 10))
    backward = keys(500).reverse().with_columns(drawn=draw("word", 10))
    assert forward.equals(backward.reverse())


def test_two_words_are_drawn_independently():
    drawn = keys(40_000).select(one=draw("one", 2), other=draw("other", 2)).group_by("one", "other").len()
    assert drawn.height == 4
    assert drawn["len"].is_between(9_500, 10_500).all()


def test_a_share_of_all_comes_true_that_often():
    assert 4_700 < keys(100_000).select(chance("word", 5_000)).to_series().sum() < 5_300


def test_values_are_picked_by_their_shares():
    picked = keys(100_000).select(word=pick("word", (("a", 70_000), ("b", 29_000), ("c", 1_000))))
    counts = dict(picked["word"].value_counts().iter_rows())
    assert 69_000 < counts["a"] < 71_000
    assert 800 < counts["c"] < 1_200


def test_shares_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match=str(ALL)):
        pick("word", (("a", 1), ("b", 2)))
