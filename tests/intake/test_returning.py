"""Refused rows go back as the county wrote them, with the wrong cells red and the reasons beside them."""

import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from contracts.registers import file_headers
from intake import accept, receive, write_returned


@pytest.fixture
def returned(store, tmp_path, number_people, known_on, write_csv, row, resident_id):
    """Rows of the population register → the workbook that goes back, or None."""

    def write(*cells, above=""):
        rows = [row("population", resident_id(serial=serial), **more) for serial, more in enumerate(cells, start=1)]
        path = write_csv(tmp_path / "population.csv", "population", rows)
        path.write_text(above + path.read_text("utf-8"), "utf-8")
        received = receive(path, "population", store)
        refused = accept(received, number_people([received]), known_on).refused
        return write_returned("population", received.parts(store), refused, store, tmp_path / "back.xlsx")

    return write


def read(path):
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def test_only_refused_rows_go_back_with_their_reasons_and_their_numbers(returned, resident_id):
    header, *rows = read(returned({}, {"birth_date": "1944-02-30", "township": ""}, {}, {"birth_date": "不详"}))
    assert header == ["原文件行号", *file_headers("population"), "退回原因", "处理办法"]
    assert [cells[0] for cells in rows] == [3, 5]
    assert rows[0][1] == resident_id(serial=2)
    assert rows[0][-2] == "出生日期:日期不成立;乡镇:必填项为空"
    assert "请写成 2024-03-05" in rows[1][-1]


def test_the_wrong_cells_are_red_and_no_other(returned):
    path = returned({"birth_date": "1944-02-30", "township": ""})
    with zipfile.ZipFile(path) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        formats = package.read("xl/styles.xml").decode()
    assert "FFFFC7CE" in formats
    place = 1 + list(file_headers("population")).index("出生日期")
    letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place]
    style = sheet.split(f'r="{letter}2" s="')[1].split('"')[0]
    assert sheet.count(f's="{style}"') == 2


def test_row_numbers_are_those_of_the_file_below_its_title(returned):
    [_, row] = read(returned({"birth_date": "不详"}, above="新乡县花名册\n"))
    assert row[0] == 3


def test_where_nothing_was_refused_nothing_goes_back_and_an_old_workbook_is_gone(returned, tmp_path):
    assert returned({"birth_date": "不详"}) is not None
    assert returned({}) is None
    assert not (tmp_path / "back.xlsx").exists()


def test_the_same_rows_give_the_same_bytes(returned):
    first = returned({"birth_date": "不详"}).read_bytes()
    assert returned({"birth_date": "不详"}).read_bytes() == first


def test_a_text_that_looks_like_a_formula_stays_a_text(returned):
    [_, row] = read(returned({"birth_date": "不详", "village": "=1+1"}))
    assert "=1+1" in row


def test_what_the_sender_may_not_see_in_his_file_goes_back_to_him_without_a_refused_row(store, tmp_path, accept_file):
    path = Path(__file__).parents[2] / "fixtures" / "defects" / "intake" / "hidden_rows.xlsx"
    taken = accept_file(path)
    target = tmp_path / "back.xlsx"
    assert taken.rows_refused == 0
    parts = receive(path, "population", store).parts(store)
    assert write_returned("population", parts, taken.refused, store, target) == target
    header, row = read(target)
    assert header == ["文件", "请核对", "处理办法"]
    assert (row[0], "第 3–4 行" in row[1]) == ("hidden_rows.xlsx", True)
