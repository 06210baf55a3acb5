"""What is larger than anything honest is refused at once, in words, before it takes the machine's memory."""

import os
import re
import zipfile

import polars as pl
import pytest
import xlsxwriter

from contracts.errors import InputError
from intake import columnar, delimited, limits, open_given, spreadsheets
from intake.kinds import content_of
from intake.opening import written_tables
from intake.raw import UnreadableError
from intake.spreadsheets import read_spreadsheet

HEADER = "身份证号,姓名,性别\n"


def refused(path, read=written_tables):
    with pytest.raises(UnreadableError) as told:
        read(path)
    return told.value.reason


@pytest.fixture
def text(tmp_path):
    def write(content):
        path = tmp_path / "population.csv"
        path.write_text(content, "utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (HEADER.strip() + ",x" * 2_000_000 + "\n", 1),
        (HEADER + "1,2,3\n1,2," + "z" * 50_000_000 + "\n", 3),
    ],
    ids=["two million columns", "a cell of 50 MB"],
)
def test_a_line_beyond_all_measure_is_refused_before_it_is_decoded(text, monkeypatch, content, line):
    path = text(content)
    monkeypatch.setattr(delimited, "as_utf8", None)
    assert refused(path) == f"第 {line} 行太长(超过 512 KiB)"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (HEADER.strip() + "," * 1000 + "\n1,2,3\n", "第 1 行有 1,002 列,至多 1,000 列"),
        (HEADER + "1,2,3\n" * 30 + "4," * 1001 + "\n", "第 32 行有 1,002 列,至多 1,000 列"),
        (HEADER + '1,2,"' + ("z" * 99 + "\n") * 1400 + '"\n', "第 2 行第 3 列的内容太长(超过 127 KiB)"),
    ],
)
def test_too_many_columns_or_too_long_a_cell_is_told_with_its_place(text, content, told):
    assert refused(text(content)) == told


def test_as_many_columns_as_there_may_be_are_read(text):
    (table,) = written_tables(text(HEADER + "1,2,3\n" + "4," * 999 + "\n"))
    assert max(table.widths) == 1000


def test_too_many_lines_are_refused(text, monkeypatch):
    monkeypatch.setattr(limits, "LINES", 10)
    assert refused(text(HEADER + "\n" * 10)) == "多于 10 行"


def test_rows_of_many_widths_are_not_made_equally_wide_without_end(text, monkeypatch):
    monkeypatch.setattr(delimited, "UNEVEN_CELLS", 100)
    assert refused(text(HEADER + "1,2,3,4\n" * 30)).startswith("各行的列数不一,前 26 行最宽 4 列")


@pytest.mark.parametrize(("limit", "told"), [("LINES", "多于 2 行"), ("COLUMNS", "第 1 行有 3 列,至多 2 列")])
def test_a_parquet_file_says_how_large_it_is_before_it_is_read(tmp_path, monkeypatch, limit, told):
    path = tmp_path / "population.parquet"
    pl.DataFrame({"a": [1, 2, 3], "b": ["", "", ""], "c": [0, 0, 0]}).write_parquet(path)
    monkeypatch.setattr(columnar, "_text", None)
    monkeypatch.setattr(limits, limit, 2)
    monkeypatch.setattr(columnar, "LINES", limits.LINES)
    assert refused(path) == told


def test_a_cell_of_a_parquet_file_has_a_measure_too(tmp_path):
    path = tmp_path / "population.parquet"
    pl.DataFrame({"a": ["x", "x" * 200_000]}).write_parquet(path)
    assert refused(path).startswith("第 2 行第 1 列的内容太长")


def workbook(path, corner=None):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "x")
        if corner:
            sheet.write(*corner, "y")
    return path


def changed(path, name, change):
    """The same package with one part changed."""
    target = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part == name else content)
    return target


def test_a_workbook_whose_last_cell_of_all_is_written_is_refused(tmp_path):
    path = workbook(tmp_path / "population.xlsx", corner=(1_048_575, 16_383))
    assert refused(path, read_spreadsheet) == spreadsheets.LARGE


def test_a_workbook_of_sheets_without_end_is_refused(tmp_path):
    def many(part):
        sheet = re.search(rb"<sheet [^>]*>", part)[0]
        return part.replace(sheet, b"".join(sheet.replace(b"Sheet1", b"S%d" % number) for number in range(1025)))

    path = changed(workbook(tmp_path / "population.xlsx"), "xl/workbook.xml", many)
    assert refused(path, read_spreadsheet) == spreadsheets.LARGE


def test_a_cell_no_program_can_write_is_refused(tmp_path):
    path = workbook(tmp_path / "population.xlsx", corner=(1, 0))
    longer = changed(
        path,
        "xl/sharedStrings.xml",
        lambda part: part.replace(b"<t>y<", b"<t>" + os.urandom(20_000).hex().encode() + b"<"),
    )
    assert refused(longer, read_spreadsheet) == spreadsheets.LARGE


def test_a_sheet_that_lies_about_its_size_is_read_by_what_it_holds(tmp_path):
    path = workbook(tmp_path / "population.xlsx")
    lying = changed(path, "xl/worksheets/sheet1.xml", lambda part: part.replace(b'"A1"', b'"A1:XFD1048576"', 1))
    (table,) = read_spreadsheet(lying)
    assert table.cells.height == 1


def test_a_package_of_very_many_parts_is_not_opened(tmp_path, monkeypatch):
    path = workbook(tmp_path / "population.xlsx")
    with zipfile.ZipFile(path, "a") as package:
        for number in range(spreadsheets.MOST_PARTS):
            package.writestr(f"x/{number}", b"")
    monkeypatch.setattr(spreadsheets, "_run_child", None)
    assert refused(path, read_spreadsheet) == spreadsheets.LARGE


def test_entities_within_entities_are_not_unfolded(tmp_path):
    path = workbook(tmp_path / "population.xlsx")
    laughs = b'<!DOCTYPE x [<!ENTITY l0 "lol">%s]>' % b"".join(
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10)
    )
    bomb = changed(path, "xl/workbook.xml", lambda part: laughs + part.partition(b"?>")[2].replace(b"Sheet1", b"&l9;"))
    assert refused(bomb, read_spreadsheet) == "表格文件已损坏、有密码或不是表格"


@pytest.mark.parametrize("name", ["answer.txt", "answer.ret"])
def test_an_answer_has_the_same_measure(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"x" * 2_000_000)
    with pytest.raises(InputError, match="第 1 行太长"):
        open_given(path, {path.suffix})


def test_a_file_too_large_is_not_opened_and_a_pipe_is_not_waited_for(tmp_path):
    large, pipe = tmp_path / "population.csv", tmp_path / "low_income.csv"
    with large.open("wb") as opened:
        opened.truncate(limits.FILE_BYTES + 1)
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="文件大于 2 GiB"):
        content_of(large)
    with pytest.raises(InputError, match="不是一个普通的文件"):
        content_of(pipe)
