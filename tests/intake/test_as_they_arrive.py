"""Registers as counties hand them over give the rows of their clean twin, and every row is accounted for."""

import csv
import io

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.columns import columns_of
from contracts.registers import REGISTERS, file_headers
from intake import accept, receive
from tests.effort import tries

TITLE = ["新乡县享受人员花名册"]
CLOSING = [["合计", "3人"], ["制表人:某", "", "审核人:某"], ["注:本表一式两份"]]
NAMES = [facts.name for facts in columns_of(REGISTERS["population"])]


@pytest.fixture
def people(row, resident_id):
    """Three people, as file rows under the contract's headers."""
    rows = [row("population", resident_id(serial=serial), name=f"样本{serial}") for serial in (1, 2, 3)]
    return [list(file_headers("population")), *[[cells.get(name, "") for name in NAMES] for cells in rows]]


@pytest.fixture
def taken(store, number_people, known_on):
    """A file → what was accepted of it, every row accounted for."""

    def take(path, register="population"):
        received = receive(path, register, store)
        found = accept(received, number_people([received]), known_on)
        assert found.rows_in == found.rows.height + found.rows_refused + found.rows_collapsed + found.rows_listed
        return found

    return take


def content(found):
    return found.rows.drop("source_file", "source_sheet", "source_row").rows()


def listed(found):
    return found.refused.filter(found.refused["code"] == "NOT_DATA").select("source_row", "reason").rows()


def as_text(rows, delimiter=","):
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return written.getvalue()


@pytest.fixture
def clean(people, taken, tmp_path):
    path = tmp_path / "clean.csv"
    path.write_text(as_text(people), "utf-8")
    found = taken(path)
    assert len(content(found)) == 3
    return content(found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize(("delimiter", "suffix"), [(",", "csv"), ("\t", "csv"), ("\t", "tsv")])
def test_text_in_any_usual_encoding_and_with_tabs_is_the_same(
    encoding, delimiter, suffix, people, clean, taken, tmp_path
):
    path = tmp_path / f"messy.{suffix}"
    path.write_bytes(as_text(people, delimiter).encode(encoding))
    assert content(taken(path)) == clean


@pytest.mark.parametrize("is_even", [True, False])
def test_titles_totals_signatures_blank_rows_and_repeated_headers_are_listed(is_even, people, clean, taken, tmp_path):
    header, first, *others = people
    rows = [TITLE, ["填报单位:某镇", "2024年7月"], header, first, [], header, *others, *CLOSING]
    width = len(header)
    path = tmp_path / "messy.csv"
    path.write_text(as_text([[*cells, *[""] * (width - len(cells) if is_even else 0)] for cells in rows]), "utf-8")
    found = taken(path)
    assert content(found) == clean
    assert found.rows["source_row"].to_list() == [4, 7, 8]
    assert listed(found) == [
        (1, "标题行"),
        (2, "标题行"),
        (5, "空行"),
        (6, "重复的表头"),
        (9, "合计、落款或说明行"),
        (10, "合计、落款或说明行"),
        (11, "合计、落款或说明行"),
    ]
    assert found.rows_in == 10


def test_the_table_may_be_on_the_second_sheet_under_a_merged_title(people, clean, taken, tmp_path):
    path = tmp_path / "messy.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("封面").write(0, 0, "报送说明")
        sheet = book.add_worksheet("人员")
        sheet.merge_range(0, 0, 0, 10, TITLE[0])
        for number, cells in enumerate(people, start=2):
            sheet.write_row(number, 1, cells)
    found = taken(path)
    assert content(found) == clean
    assert set(found.rows["source_sheet"]) == {"人员"}
    assert "工作表“封面”有 1 行内容未读取" in found.refused["reason"].to_list()


def test_a_header_may_take_two_rows_with_merged_cells(people, clean, taken, tmp_path):
    header, *rows = people
    path = tmp_path / "messy.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("人员")
        grouped = {header.index("乡镇"), header.index("村社区")}
        sheet.merge_range(0, min(grouped), 0, max(grouped), "户籍地址")
        for place, name in enumerate(header):
            if place in grouped:
                sheet.write(1, place, name)
            else:
                sheet.merge_range(0, place, 1, place, name)
        for number, cells in enumerate(rows, start=2):
            sheet.write_row(number, 0, cells)
    assert content(taken(path)) == clean


def test_a_person_without_a_number_is_refused_and_never_taken_for_a_total(people, taken, tmp_path):
    header, first, second, third = people
    second[0], second[-1] = "", ""
    third[0] = "99072"
    path = tmp_path / "messy.csv"
    path.write_text(as_text([header, first, second, third]), "utf-8")
    found = taken(path)
    assert listed(found) == []
    assert (found.rows.height, found.rows_refused) == (1, 2)


def test_characters_that_moved_in_the_standard_of_2022_are_read_where_they_are_now(people, taken, tmp_path):
    people[1][1] = "\ue81e样本"
    path = tmp_path / "messy.csv"
    path.write_bytes(as_text(people).replace("\ue81e", "@@").encode("gb18030").replace(b"@@", b"\xfe\x59"))
    assert taken(path).rows["name"][0] == "\u9fb4样本"


def test_a_private_character_in_a_name_is_refused(people, taken, tmp_path):
    people[1][1] = "样\ue000本"
    path = tmp_path / "messy.csv"
    path.write_text(as_text(people), "utf-8")
    assert taken(path).refused["code"].to_list() == ["PRIVATE_USE"]


FUZZ = settings(max_examples=tries(60), suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(noise=st.binary(max_size=400), suffix=st.sampled_from(["csv", "tsv", "parquet"]))
def test_no_bytes_are_a_crash_nor_a_person(noise, suffix, taken, tmp_path):
    path = tmp_path / f"noise.{suffix}"
    path.write_bytes(noise)
    assert taken(path).rows.is_empty()


@FUZZ
@given(
    junk=st.lists(
        st.lists(st.sampled_from(["", "合计", "身份证号", "样本", "x,\n", '"', "2024", "注:"]), max_size=12), max_size=8
    ),
    place=st.integers(0, 3),
)
def test_whatever_stands_around_three_people_they_are_taken_and_nothing_is_lost(junk, place, people, taken, tmp_path):
    path = tmp_path / "junk.csv"
    width = len(people[0])
    padded = [[*cells[:width], *[""] * (width - len(cells))] for cells in junk]
    header, *rows = people
    path.write_text(as_text([header, *rows[:place], *padded, *rows[place:]]), "utf-8")
    assert taken(path).rows["name"].to_list() == ["样本1", "样本2", "样本3"]


@FUZZ
@given(length=st.integers(1, 600))
def test_a_file_cut_anywhere_never_gives_a_wrong_row(length, people, clean, taken, tmp_path):
    path = tmp_path / "cut.csv"
    path.write_bytes(as_text(people).encode("gb18030")[:length])
    assert content(taken(path)) == clean[: len(content(taken(path)))]
