"""A text that comes again is read once, and every cell with it is read as if it stood alone."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from contracts.columns import columns_of
from contracts.registers import FILES
from intake.changes import count_changes
from intake.readings import read_columns

WORDS = ["", " ", "是", "农村", " 低保 ", "2024-01-05", "2024/1", "NULL", '="1"', "2024年1月5日", "样 本"]
WORDS += ["\uff11\uff12", "x\x00", "1,234.5元"]


@pytest.mark.parametrize("register", ["low_income", "disability"])
def test_every_cell_is_read_as_if_it_stood_alone(register):
    columns = list(columns_of(FILES[register]))
    words = [None, *WORDS]
    alone = [read_columns(_cells(columns, [word]), columns) for word in words]
    together = read_columns(_cells(columns, words + words[::-1]), columns)
    each = [one.rows for one in alone]
    assert_frame_equal(together.rows, pl.concat(each + each[::-1]))
    counted = [_counted(columns, [word], one) for word, one in zip(words, alone, strict=True)]
    twice = {change: 2 * sum(one.get(change, 0) for one in counted) for one in counted for change in one}
    assert _counted(columns, words + words[::-1], together) == twice


def _counted(columns, words, read):
    """Every row's changes: none is left out."""
    is_left = pl.repeat(value=False, n=len(words), eager=True)
    return count_changes(_cells(columns, words), is_left, columns, read.texts)


def _cells(columns, words):
    """Every column with the same words in it, a row each."""
    return pl.DataFrame({facts.name: pl.Series(words, dtype=pl.String) for facts in columns})
