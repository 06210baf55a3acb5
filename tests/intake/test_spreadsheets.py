"""Workbooks are read by their cells' types, in a process that can be stopped."""

import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from contracts.codes import CellChange, RefusalCode
from intake import spreadsheets
from intake.opening import written_tables
from intake.raw import UnreadableError
from intake.spreadsheets import SEPARATOR, read_spreadsheet

FIXTURES = Path(__file__).parents[2] / "fixtures"
STRICT = {  # how the namespaces of a "Strict Open XML" workbook differ
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/": b"http://purl.oclc.org/ooxml/officeDocument/",
}


@pytest.fixture
def book(tmp_path):
    """Write sheets of typed cells: name → rows."""

    def write(options=None, **sheets):
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(path, {"strings_to_numbers": False, **(options or {})}) as opened:
            day = opened.add_format({"num_format": "yyyy-mm-dd"})
            for name, rows in sheets.items():
                sheet = opened.add_worksheet(name)
                for number, cells in enumerate(rows):
                    for place, cell in enumerate(cells):
                        if isinstance(cell, date):
                            sheet.write_datetime(number, place, cell, day)
                        elif cell is not None:
                            sheet.write(number, place, cell)
        return path

    return write


@pytest.mark.parametrize("options", [None, {"date_1904": True}])
def test_a_typed_day_is_the_same_day_in_either_epoch(book, options):
    [table] = read_spreadsheet(book(options, 表=[["日期"], [date(2024, 3, 5)]]))
    assert table.cells["0"].to_list() == ["日期", "2024-03-05"]


def test_numbers_are_marked_and_truths_become_words(book):
    [table] = read_spreadsheet(book(表=[["号", "真"], [410721194407310000, True], ["410", False]]))
    assert table.marks.select("source_row", "code").rows() == [(2, RefusalCode.NUMERIC_ID)]
    assert table.cells["1"].to_list() == ["真", "是", "否"]


def test_each_column_keeps_its_own_cells_whatever_stands_in_them(book):
    rows = [["甲", "乙", "丙", "丁"], ["示\n范", f"示{SEPARATOR}范", 7, ""], ["", "\r", "七", "x" * 32_767]]
    [table] = read_spreadsheet(book(表=rows))
    assert [list(cells) for cells in table.cells.drop("source_row").rows()] == [
        [str(cell) for cell in cells] for cells in rows
    ]
    assert table.marks.rows() == [(2, 2, RefusalCode.NUMERIC_ID)]


def test_a_formula_is_read_as_its_stored_value(tmp_path):
    path = tmp_path / "formula.xlsx"
    with xlsxwriter.Workbook(path) as opened:
        sheet = opened.add_worksheet("表")
        sheet.write(0, 0, "名")
        sheet.write_formula(1, 0, '="示"&"范"', None, "示范")
    assert read_spreadsheet(path)[0].cells["0"].to_list() == ["名", "示范"]


def test_what_is_hidden_is_told_by_its_number_where_something_is_written(tmp_path):
    path = tmp_path / "hidden.xlsx"
    with xlsxwriter.Workbook(path) as opened:
        sheet = opened.add_worksheet("表")
        for row in range(6):
            sheet.write_row(row, 0, ["名", "村", "注"])
        for row in (2, 3, 5, 9):
            sheet.set_row(row, None, None, {"hidden": True})
        sheet.set_column("B:B", None, None, {"hidden": True})
        sheet.set_column("F:XFD", None, None, {"hidden": True})
    [table] = read_spreadsheet(path)
    assert table.written_and_hidden() == ([3, 4, 6], [1])


ROW_RECORD, HIDDEN_AT, HIDDEN_BIT = b"\x08\x02\x10\x00", 16, 0x20  # of an old workbook's stream


def test_an_old_workbook_tells_what_is_hidden_too(tmp_path):
    as_it_came = FIXTURES / "as_they_arrive" / "ability.xls"
    assert all(table.written_and_hidden() == ([], []) for table in read_spreadsheet(as_it_came))
    content = bytearray(as_it_came.read_bytes())
    row = content.index(ROW_RECORD + (4).to_bytes(2, "little"), content.rindex(ROW_RECORD + b"\x00\x00"))
    content[row + HIDDEN_AT] |= HIDDEN_BIT
    path = tmp_path / "hidden.xls"
    path.write_bytes(content)
    assert ([5], []) in [table.written_and_hidden() for table in read_spreadsheet(path)]


def test_a_strict_workbook_tells_errors_days_and_hidden_sheets_like_any(tmp_path):
    path = tmp_path / "any.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as opened:
        sheet = opened.add_worksheet("表")
        sheet.write_row(0, 0, ["日期", "名"])
        sheet.write_datetime(1, 0, date(2024, 3, 5), opened.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.set_row(1, None, None, {"hidden": True})
        hidden = opened.add_worksheet("藏")
        hidden.write(0, 0, "甲")
        hidden.hide()
    strict = tmp_path / "strict.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(strict, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            for usual, of_strict in STRICT.items():
                content = content.replace(usual, of_strict)
            target.writestr(name, content)
    assert b"purl.oclc.org" in strict.read_bytes()
    one, other = ([repr(table) for table in read_spreadsheet(which)] for which in (path, strict))
    assert one == other
    [table, second] = read_spreadsheet(strict)
    assert (table.is_1904, table.hidden_rows, second.is_hidden) == (True, (2,), True)
    assert RefusalCode.CELL_ERROR in table.marks["code"].to_list()


def test_leading_zeros_stay(book):
    assert read_spreadsheet(book(表=[["号"], ["010010"]]))[0].cells["0"].to_list() == ["号", "010010"]


def test_a_hidden_sheet_is_told_from_the_others(tmp_path):
    path = tmp_path / "hidden.xlsx"
    with xlsxwriter.Workbook(path) as opened:
        opened.add_worksheet("封面").write(0, 0, "显")
        hidden = opened.add_worksheet("藏")
        hidden.write(0, 0, "隐")
        hidden.hide()
    tables = read_spreadsheet(path)
    assert [(table.sheet, table.is_hidden) for table in tables] == [("封面", False), ("藏", True)]
    assert [table.sheet for table in written_tables(path)] == ["封面"]


@pytest.mark.parametrize(
    ("limit", "value"), [("MEMORY_BYTES", 1024**2), ("OUTPUT_BYTES", 10), ("WALL_SECONDS", 0.0001)]
)
def test_a_reader_that_asks_for_too_much_is_stopped_and_the_file_refused(book, monkeypatch, limit, value):
    path = book(表=[["号"], *[[str(number)] for number in range(200)]])
    monkeypatch.setattr(spreadsheets, limit, value)
    with pytest.raises(UnreadableError) as told:
        read_spreadsheet(path)
    assert "xlsx" in told.value.advice


def test_a_book_without_any_content_has_no_header(book):
    assert read_spreadsheet(book(表=[])) == []


@pytest.mark.parametrize(
    ("number", "text"), [(60.0, "60"), (1.15, "1.15"), (0.1 + 0.2, "0.3"), (123456.78, "123456.78"), (60.125, "60.125")]
)
def test_a_number_is_written_as_it_was_typed_and_not_as_it_is_held(number, text, book):
    assert read_spreadsheet(book(表=[["金额"], [number]]))[0].cells["0"].to_list() == ["金额", text]


@pytest.mark.parametrize(("options", "first"), [(None, date(1899, 12, 30)), ({"date_1904": True}, date(1904, 1, 1))])
def test_a_bare_number_of_a_day_is_counted_as_the_workbook_counts(options, first, book, accept_file, row):
    person = row("population") | {"moved_in_on": None, "moved_out_on": None, "died_on": (date(2024, 3, 5) - first).days}
    taken = accept_file(book(options, 表=[[*person], [*person.values()]]))
    assert taken.rows["died_on"].to_list() == [date(2024, 3, 5)]
    assert taken.changes == {CellChange.DATE_SERIAL: 1}


def test_a_value_from_another_workbook_is_the_value_that_was_stored(tmp_path):
    path = tmp_path / "linked.xlsx"
    with xlsxwriter.Workbook(path) as opened:
        sheet = opened.add_worksheet("表")
        sheet.write(0, 0, "镇")
        sheet.write_formula(1, 0, "='[elsewhere.xlsx]表'!A1", None, "示范镇")
    assert read_spreadsheet(path)[0].cells["0"].to_list() == ["镇", "示范镇"]


@pytest.mark.parametrize("name", ["population.xls", "population.xlsx"])
def test_a_text_under_the_name_of_a_workbook_is_read_as_the_text_it_is(name, accept_file, tmp_path, write_csv, row):
    path = write_csv(tmp_path / name, "population", [row("population")])
    assert accept_file(path).rows.height == 1


def test_a_workbook_under_the_name_of_a_text_is_read_as_the_workbook_it_is(accept_file, book, row):
    person = row("population")
    path = book(表=[[*person, "moved_in_on", "moved_out_on", "died_on"], [*person.values()]])
    assert accept_file(path.rename(path.with_suffix(".csv"))).rows.height == 1
