"""1 行一户: every person of a household's row becomes a row of his own, and every row of the file is accounted for."""

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from contracts.codes import RefusalCode
from intake import accept, receive, write_returned
from intake.layouts import read_layout

LAYOUT = """\
register: low_income
header_rows: [2, 3]
columns:
  身份证号: 申请人身份证号
  户编号: 申请人身份证号
  类别: 类别
defaults:
  城乡: 农村
  是否保障对象: 是
  供养方式: 分散
  自理能力: 全自理
  供养机构: J00
  终止年月: 2026-12
one_row_per_household:
  members:
    - {姓名: E列, 身份证号: F列}
    - {姓名: G列, 身份证号: H列, 是否保障对象: I列}
  carried: [户编号, 类别, 起始年月]
"""
TITLE = ["农村低保全部备案表"]
UPPER = ["申请人姓名", "申请人身份证号", "类别", "起始年月", "共同生活家庭成员", "", "", "", ""]
LOWER = ["", "", "", "", "姓名", "身份证号", "姓名", "身份证号", "是否享受"]
HEAD = [TITLE, UPPER, LOWER]
TOTAL = ["合计:3 户", "", "", "", "", "", "", "", ""]


@pytest.fixture
def ids(resident_id):
    return [resident_id(serial=serial) for serial in range(1, 10)]


@pytest.fixture
def household(ids):
    """A household's row: the applicant, and who stands in the two places for members."""

    def cells(applicant, first=("", ""), second=("", "", "")):
        return ["样本", applicant, "低保", "2024-01", *first, *second]

    return cells


@pytest.fixture
def taken(tmp_path, store, number_people, known_on):
    def take(*rows, text=LAYOUT):
        path = tmp_path / "low_income.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet("备案表")
            for line, cells in enumerate([*HEAD, *rows]):
                sheet.write_row(line, 0, cells)
        received = receive(path, "low_income", store, read_layout(text, "low_income"))
        return received, accept(received, number_people([received]), known_on)

    return take


def add_up(accepted):
    parts = accepted.rows.height + accepted.rows_refused + accepted.rows_collapsed + accepted.rows_listed
    return accepted.rows_in + accepted.rows_unfolded == parts


def test_a_row_becomes_its_applicant_and_his_members(taken, household, ids):
    _, accepted = taken(
        household(ids[0], ("样本乙", ids[1]), ("样本丙", ids[2], "否")), household(ids[3]), household(ids[4])
    )
    assert accepted.rows.select("person_no", "household_id", "is_recipient", "source_row").rows() == [
        (1, ids[0], True, 4),
        (2, ids[0], True, 4),
        (3, ids[0], False, 4),
        (4, ids[3], True, 5),
        (5, ids[4], True, 6),
    ]
    assert accepted.rows["category"].to_list() == ["dibao"] * 5
    assert (accepted.rows_in, accepted.rows_unfolded) == (3 + 1, 2)
    assert add_up(accepted)


def test_an_empty_place_is_nobody_and_a_name_without_a_number_is_somebody_refused(taken, household, ids):
    _, accepted = taken(household(ids[0], ("样本乙", "")), TOTAL)
    wrong = accepted.refused.filter(accepted.refused["code"] == RefusalCode.VALUE_MISSING.value)
    assert wrong.select("source_row", "source_column").rows() == [(4, "成员1·身份证号")]
    assert (accepted.rows.height, accepted.rows_refused, accepted.rows_listed) == (1, 1, 2)
    assert add_up(accepted)


def test_each_refused_member_of_a_row_is_counted(taken, household, ids):
    broken = ids[1][:-1] + ("0" if ids[1][-1] != "0" else "1")
    _, accepted = taken(household(ids[0], ("样本乙", broken), ("样本丙", "1234567", "是")))
    assert (accepted.rows.height, accepted.rows_refused) == (1, 2)
    assert add_up(accepted)


def test_the_applicant_named_again_among_the_members_is_one_person(taken, household, ids):
    _, accepted = taken(household(ids[0], ("样本", ids[0]), ("样本丙", ids[2], "是")))
    assert accepted.rows.height == 2
    assert add_up(accepted)


def test_a_member_named_in_two_households_is_told_with_the_rows_of_the_file(taken, household, ids):
    _, accepted = taken(household(ids[0], ("样本乙", ids[1])), household(ids[0], ("样本乙", ids[1])))
    repeated = accepted.refused.filter(accepted.refused["code"] == RefusalCode.DUPLICATE_ROW.value)
    assert set(repeated["reason"]) == {"与第 4 行完全相同"}
    assert repeated["source_column"].to_list() == [None, "成员1"]
    assert add_up(accepted)


def test_a_number_that_is_a_number_refuses_the_member_alone(taken, household, ids):
    _, accepted = taken(household(ids[0], ("样本乙", int(ids[1][:17])), ("样本丙", ids[2], "是")))
    lost = accepted.refused.filter(accepted.refused["code"] == RefusalCode.NUMERIC_ID.value)
    assert lost.select("source_row", "source_column").rows() == [(4, "成员1·身份证号")]
    assert accepted.rows.height == 2


def test_an_empty_cell_of_a_member_is_not_filled_in(taken, household, ids):
    _, accepted = taken(household(ids[0], ("", ""), ("样本丙", ids[2], "")))
    wrong = accepted.refused.filter(accepted.refused["code"] == RefusalCode.VALUE_MISSING.value)
    assert wrong.select("source_row", "source_column").rows() == [(4, "成员2·是否保障对象")]


def test_a_household_whose_applicant_is_wrong_keeps_its_members(taken, household, ids):
    _, accepted = taken(household("1234567", ("样本乙", ids[1])))
    assert accepted.rows.height == 1
    assert accepted.rows["household_id"].to_list() == ["1234567"]


def test_the_household_goes_back_with_the_members_cell_red(taken, household, ids, store, tmp_path):
    received, accepted = taken(household(ids[0], ("样本乙", "1234567")), household(ids[3]))
    path = write_returned(received.register, received.parts(store), accepted.refused, store, tmp_path / "back.xlsx")
    header, row = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert row[0] == 4
    assert row[1 + 5] == "1234567"
    assert "成员1·身份证号:身份证号格式不对" in row[-2]
    assert header[1] == "申请人姓名"


def test_a_place_for_members_that_the_file_lacks_refuses_the_file(taken, household, ids):
    received, _ = taken(household(ids[0]), text=LAYOUT.replace("I列", "K列"))
    assert "版式 low_income.yaml 第 17 行:表头中没有“K列”" in str(received.problem())
