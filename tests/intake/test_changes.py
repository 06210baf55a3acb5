"""Every cell that reading changed is counted, once for each kind, in rows that could be read only."""

import pytest

from intake.changes import Change


@pytest.mark.parametrize(
    ("register", "cells", "change"),
    [
        ("population", {"township": " 示范镇\u3000"}, Change.BLANKS),
        ("population", {"division_code": "41\uff10721"}, Change.WIDE),
        ("account", {"account_no": "'99000721469914306"}, Change.APOSTROPHE),
        ("population", {"birth_date": "1944/7/31"}, Change.DATE_FORM),
        ("low_income", {"from_month": "202401"}, Change.DATE_FORM),
        ("suspension", {"reason_code": "失联"}, Change.OTHER_WORD),
    ],
)
def test_a_cell_made_regular_is_counted(register, cells, change, accept_rows, row):
    taken = accept_rows(register, row(register, **cells))
    assert taken.rows.height == 1
    assert taken.changes == {change: 1}


def test_a_small_x_is_counted(accept_rows, row, resident_id):
    number = next(one for one in (resident_id(serial=serial) for serial in range(1, 99)) if one.endswith("X"))
    assert accept_rows("population", row("population", number.lower())).changes == {Change.SMALL_X: 1}


def test_a_word_that_means_everything_is_no_change(accept_rows, row):
    assert accept_rows("suspension", row("suspension", benefit="全部")).changes == {}


def test_a_refused_row_is_not_counted(accept_rows, row):
    taken = accept_rows("population", row("population", township=" 示范镇", sex="不详"))
    assert (taken.rows_refused, taken.changes) == (1, {})
