"""A table as a file: texts stay texts, money is exact, a file is whole or not there."""

from datetime import date

import openpyxl
import polars as pl
import pytest

from contracts.errors import InputError
from reports.tables import write_table

ROWS = pl.DataFrame(
    {
        "person_id": ["990721194003050011", "990721194003050038"],
        "name": ["=1+1", "样本"],
        "amount_fen": [50_05, None],
        "since": [date(2024, 7, 1), None],
    }
)


def cells(path):
    return [[(cell.value, cell.data_type) for cell in row] for row in openpyxl.load_workbook(path).active.iter_rows()]


def test_csv_and_parquet_keep_the_names_and_the_fen(tmp_path):
    assert pl.read_csv(write_table(ROWS, tmp_path / "a.csv"))["amount_fen"].to_list() == [50_05, None]
    assert pl.read_parquet(write_table(ROWS, tmp_path / "a.parquet")).equals(ROWS)


def test_a_workbook_for_machines_keeps_the_names_and_the_fen(tmp_path):
    header, first, _ = cells(write_table(ROWS, tmp_path / "a.xlsx"))
    assert [value for value, _ in header] == ROWS.columns
    assert first[2] == (50_05, "n")


def test_a_workbook_for_people_has_chinese_headers_and_yuan(tmp_path):
    titles = {"person_id": "身份证号", "amount_fen": "金额"}
    header, first, second = cells(write_table(ROWS, tmp_path / "a.xlsx", titles))
    assert [value for value, _ in header] == ["身份证号", "name", "金额(元)", "since"]
    assert first[2] == (50.05, "n")
    assert second[2] == (None, "n")


def test_an_identity_number_stays_text_and_a_name_is_no_formula(tmp_path):
    _, first, _ = cells(write_table(ROWS, tmp_path / "a.xlsx"))
    assert first[0] == ("990721194003050011", "s")
    assert first[1] == ("=1+1", "s")


def test_the_same_table_gives_the_same_workbook(tmp_path):
    one, other = (write_table(ROWS, tmp_path / name).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert one == other


def test_another_ending_is_refused_and_nothing_is_left(tmp_path):
    with pytest.raises(InputError, match=r"不认识的文件类型 \.doc"):
        write_table(ROWS, tmp_path / "a.doc")
    assert list(tmp_path.iterdir()) == []


def test_a_cell_of_a_csv_is_no_formula(tmp_path):
    rows = pl.DataFrame(
        {"reason": ["=1+1", "+86", "-2", "@x", "\tx", "a=b", "", None], "fen": [-1, 2, 3, 4, 5, 6, 7, 8]}
    )
    write_table(rows, tmp_path / "rows.csv")
    told = pl.read_csv(tmp_path / "rows.csv", infer_schema=False)
    assert told["reason"].to_list() == ["'=1+1", "'+86", "'-2", "'@x", "'\tx", "a=b", "", None]
    assert told["fen"].to_list()[0] == "-1"


def test_a_list_prints_across_a4_with_its_name_and_the_page_on_every_page(tmp_path):
    page = openpyxl.load_workbook(write_table(ROWS, tmp_path / "list.xlsx")).active
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
    assert page.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert page.oddFooter.left.text == "&F"
