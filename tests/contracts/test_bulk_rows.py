"""Rows written by column give the same bytes as the library's own way, cell by cell."""

from datetime import date
from decimal import Decimal
from itertools import count

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import bulk_rows
from contracts.bulk_rows import Look, write_rows
from contracts.money import yuan_text
from contracts.workbooks import new_workbook

TEXTS = st.one_of(
    st.sampled_from(
        [
            "",
            " 前",
            "后　",
            "甲&乙",
            "<r>甲</r>",
            "_x0041_",
            "一\n二",
            "\x07",
            "\ufffe",
            "'=1+1",
            '"',
            "\x85",
            "长" * 40_000,
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)
FEN = st.one_of(st.none(), st.integers(-(10**12), 10**12), st.sampled_from([0, 5, -5, 10**17 + 1]))
ROWS = st.lists(st.tuples(TEXTS | st.none(), FEN, FEN, st.none() | st.dates(), st.none() | st.booleans()), max_size=12)
SCHEMA = {"text": pl.String, "count": pl.Int64, "fen": pl.Int64, "day": pl.Date, "flag": pl.Boolean}


def by_cells(sheet, at, rows, looks):
    """The same by the library's public means."""
    for row in rows.iter_rows():
        for place, (value, look) in enumerate(zip(row, looks, strict=True)):
            if value is None and look.empty:
                sheet.write_blank(at, place, None, look.empty)
            elif value is not None and look.is_yuan:
                sheet.write_number(at, place, Decimal(yuan_text(value)), look.format)
            elif isinstance(value, int) and not isinstance(value, bool):
                sheet.write_number(at, place, value, look.format)
            elif value is not None:
                sheet.write_string(at, place, str(value), look.format)
        at += 1
    return at


def workbook(path, write, rows, *, has_blanks):
    """Titles, the rows, a line below them and a second sheet: as bytes."""
    with new_workbook(path) as book:
        bold, text, number, yuan = (book.add_format({"num_format": f"0{'0' * place}"}) for place in range(4))
        empty = text if has_blanks else None
        looks = [
            Look(text, empty=empty),
            Look(number, empty=empty),
            Look(yuan, is_yuan=True, empty=empty),
            Look(),
            Look(),
        ]
        for page in ("一", "二"):
            sheet = book.add_worksheet(page)
            sheet.set_row(0, 28)
            for place in range(rows.width):
                sheet.write_string(0, place, f"第{place}栏", bold)
            at = write(sheet, 1, rows, looks)
            sheet.merge_range(at, 0, at, 3, "合计", bold)
            write(sheet, at + 1, rows.head(2), looks)
    return path.read_bytes()


@given(rows=ROWS, has_blanks=st.booleans(), at_once=st.integers(1, 5))
def test_rows_by_column_are_the_same_bytes_as_cell_by_cell(tmp_path_factory, rows, has_blanks, at_once):
    folder, table = tmp_path_factory.mktemp("books"), pl.DataFrame(rows, schema=SCHEMA, orient="row")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk_rows, "ROWS_AT_ONCE", at_once)
        one = workbook(folder / "one.xlsx", write_rows, table, has_blanks=has_blanks)
    assert one == workbook(folder / "other.xlsx", by_cells, table, has_blanks=has_blanks)


def test_plain_rows_are_not_left_to_the_library(tmp_path):
    """The way that is fast is the way of a usual row, a minus and a village of two words among them."""
    taken = count()
    rows = pl.DataFrame({"text": ["白鹭 村", None], "fen": [-12_05, 6], "day": [date(2026, 1, 1), None]})
    with new_workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("表")
        for name in ("write_string", "write_number", "write_blank"):
            setattr(sheet, name, lambda *_: next(taken))
        assert write_rows(sheet, 3, rows, [Look(), Look(is_yuan=True), Look(empty=book.add_format())]) == 5
    assert next(taken) == 0
