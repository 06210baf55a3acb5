"""Every cell that reading changed is counted, once for each kind, in rows that could be read only."""

import pytest

from contracts.codes import CellChange
from contracts.tables import ChangedCell


@pytest.mark.parametrize(
    ("register", "cells", "change"),
    [
        ("population", {"township": " 示范镇\u3000"}, CellChange.BLANKS),
        ("population", {"division_code": "41\uff10721"}, CellChange.WIDE),
        ("account", {"account_no": "'99000721469914306"}, CellChange.APOSTROPHE),
        ("population", {"birth_date": "1944/7/31"}, CellChange.DATE_FORM),
        ("low_income", {"from_month": "202401"}, CellChange.DATE_FORM),
        ("population", {"birth_date": "16284"}, CellChange.DATE_SERIAL),
        ("population", {"person_id": "990721440731001"}, CellChange.OLD_ID),
        ("population", {"person_id": "990721 19440731 0017"}, CellChange.BLANKS),
        ("low_income", {"is_recipient": "\u221a"}, CellChange.OTHER_WORD),
        ("low_income", {"category": "1-低保"}, CellChange.OTHER_WORD),
        ("disability", {"grade": "一级"}, CellChange.NUMBER_FORM),
        ("history", {"amount_fen": "\uffe51,060元"}, CellChange.MONEY_FORM),
        ("suspension", {"reason_code": "失联"}, CellChange.OTHER_WORD),
    ],
)
def test_a_cell_made_regular_is_counted(register, cells, change, accept_rows, row):
    taken = accept_rows(register, row(register, **cells))
    assert taken.rows.height == 1
    assert taken.changes == {change: 1}
    assert ChangedCell.validate(taken.changed).select("source_row", "change").rows() == [(2, change)]


def test_a_small_x_is_counted(accept_rows, row, resident_id):
    number = next(one for one in (resident_id(serial=serial) for serial in range(1, 99)) if one.endswith("X"))
    assert accept_rows("population", row("population", number.lower())).changes == {CellChange.SMALL_X: 1}


def test_a_word_that_means_everything_is_no_change(accept_rows, row):
    assert accept_rows("suspension", row("suspension", benefit="全部")).changes == {}


def test_a_refused_row_is_not_counted(accept_rows, row):
    taken = accept_rows("population", row("population", township=" 示范镇", birth_date="不详"))
    assert (taken.rows_refused, taken.changes) == (1, {})


def test_every_changed_cell_is_listed_with_its_place_and_never_a_whole_number(accept_rows, row, resident_id):
    people = [row("population", resident_id(serial=serial), birth_date="1944/7/31") for serial in (1, 2)]
    people[1] |= {"person_id": f"'{people[1]['person_id']}", "township": " 示范镇"}
    taken = accept_rows("population", *people)
    assert taken.changed.select("source_row", "source_column", "change", "value_masked").rows() == [
        (2, "出生日期", "DATE_FORM", "1944/7/31"),
        (3, "身份证号", "APOSTROPHE", "'99***25"),
        (3, "出生日期", "DATE_FORM", "1944/7/31"),
        (3, "乡镇", "BLANKS", "示***"),
    ]
    assert taken.changes == {CellChange.DATE_FORM: 2, CellChange.APOSTROPHE: 1, CellChange.BLANKS: 1}
