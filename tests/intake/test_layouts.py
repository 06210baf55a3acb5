"""A county's own file is read by its layout, which is checked before use and must fit the file."""

import pytest
import xlsxwriter

from contracts.codes import CellChange
from contracts.errors import InputError
from intake import accept, kept, receive
from intake.layouts import find_layout, read_layout

LAYOUT = """\
register: low_income
sheet: 2
header_rows: [2, 3]
columns:
  身份证号: 公民号码
  户编号: C列
  类别: 救助种类
  是否保障对象: 享受
words:
  类别: {A类: 低保, 五保: 特困}
  终止年月: {长期: }
defaults:
  城乡: 农村
  供养方式: 分散
  自理能力: 全自理
  供养机构:
"""
TITLE = ["农村低保备案表"]
UPPER = ["序号", "公民号码", "家庭", "救助种类", "享受", "时间", ""]
LOWER = ["", "", "编号", "", "", "起始年月", "终止年月"]


@pytest.fixture
def workbook(tmp_path):
    """A workbook of the county: a cover, and on the second sheet these rows below a title and two header rows."""

    def write(*rows, upper=UPPER, sheet="明细", suffix="xlsx"):
        path = tmp_path / f"low_income.{suffix}"
        with xlsxwriter.Workbook(str(path)) as book:
            book.add_worksheet("封面").write_string(0, 0, "示例县")
            data = book.add_worksheet(sheet)
            for line, cells in enumerate([TITLE, upper, LOWER, *rows]):
                for place, cell in enumerate(cells):
                    data.write(line, place, cell)
        return path

    return write


@pytest.fixture
def county_row(resident_id):
    def cells(serial=1, category="A类", to_month="长期"):
        return [str(serial), resident_id(serial=serial), f"H{serial}", category, "是", "2024-01", to_month]

    return cells


@pytest.fixture
def taken(store, number_people, known_on):
    """Receive a file with a layout and accept it."""

    def take(path, text=LAYOUT):
        received = receive(path, "low_income", store, read_layout(text, "low_income"))
        return received, accept(received, number_people([received]), known_on)

    return take


def problem(received):
    return str(received.problem())


def test_a_countys_table_is_read_by_its_layout(workbook, county_row, taken):
    _, accepted = taken(workbook(county_row(1), county_row(2, "五保", "2024-06")))
    assert accepted.rows.select(
        "household_id", "category", "area", "to_month", "source_sheet", "source_row"
    ).rows() == [
        ("H1", "dibao", "rural", None, "明细", 4),
        ("H2", "tekun", "rural", accepted.rows["to_month"][1], "明细", 5),
    ]
    assert accepted.rows_in == 3  # the title is listed
    assert (accepted.rows_unfolded, accepted.rows_refused) == (0, 0)


def test_words_and_defaults_of_the_layout_are_counted_and_listed_as_changes(workbook, county_row, taken):
    _, accepted = taken(workbook(county_row(1), county_row(2, "低保")))
    assert accepted.changes[CellChange.LAYOUT_DEFAULT] == 2 * 3  # 供养机构 stays empty
    assert accepted.changes[CellChange.LAYOUT_WORD] == 1 + 2
    listed = accepted.changed
    words = listed.filter(listed["change"] == CellChange.LAYOUT_WORD.value)
    assert words.select("source_row", "source_column", "value_masked").sort("source_row", "source_column").rows() == [
        (4, "类别", "A类"),
        (4, "终止年月", "长期"),
        (5, "终止年月", "长期"),
    ]


def test_an_empty_default_leaves_the_column_empty_and_is_no_change(workbook, county_row, taken):
    _, accepted = taken(workbook(county_row(1)))
    assert accepted.rows["institution_id"].to_list() == [None]


def test_a_reading_is_of_one_layout_and_comes_from_the_store_alone(workbook, county_row, taken, store):
    path = workbook(county_row(1))
    received, _ = taken(path)
    path.unlink()
    again = kept("low_income", "low_income.xlsx", received.digest, store, received.layout_digest)
    assert again.cells.equals(received.cells)
    assert again.changed.equals(received.changed)
    assert kept("low_income", "low_income.xlsx", received.digest, store).problem() is not None


def test_a_layout_lost_from_the_store_is_said(workbook, county_row, taken, store):
    received, _ = taken(workbook(county_row(1)))
    (store / "layouts" / f"{received.layout_digest}.yaml").unlink()
    with pytest.raises(InputError, match="没有读取该名册所用的版式"):
        kept("low_income", "low_income.xlsx", received.digest, store, received.layout_digest)


def test_a_missing_sheet_refuses_the_file_and_names_the_layout_and_the_line(workbook, county_row, taken):
    received, _ = taken(workbook(county_row(1)), LAYOUT.replace("sheet: 2", "sheet: 花名册"))
    assert "版式 low_income.yaml 第 2 行:文件中没有工作表“花名册”,有的是:1 封面、2 明细" in problem(received)


def test_a_missing_column_refuses_the_file(workbook, county_row, taken):
    received, _ = taken(workbook(county_row(1), upper=["序号", "公民号码", "家庭", "种类", "享受", "时间", ""]))
    assert "版式 low_income.yaml 第 7 行:表头中没有“救助种类”" in problem(received)


def test_a_letter_beyond_the_last_column_refuses_the_file(workbook, county_row, taken):
    received, _ = taken(workbook(county_row(1)), LAYOUT.replace("C列", "Z列"))
    assert "第 6 行:表头中没有“Z列”" in problem(received)


def test_two_columns_of_one_name_refuse_the_file_and_show_their_letters(workbook, county_row, taken):
    received, _ = taken(workbook(county_row(1), upper=["公民号码", *UPPER[1:]]))
    assert "第 5 行:表头中有 2 列叫“公民号码”(A列、B列),请写列号" in problem(received)


def test_a_column_that_the_file_has_is_not_filled_in(workbook, county_row, taken):
    received, _ = taken(workbook(county_row(1), upper=["城乡", *UPPER[1:]]))
    assert "第 13 行:文件中已有“城乡”列,不应再补填" in problem(received)


def test_a_column_without_a_layout_line_goes_by_its_own_name(workbook, county_row, taken):
    _, accepted = taken(workbook(county_row(1)))
    assert accepted.rows["from_month"][0].isoformat() == "2024-01-01"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("register: low_income", "register: population"), "low_income.yaml:1:11 register:应为 low_income"),
        (("户编号: C列", "户号码: C列"), "low_income.yaml:6:8 “户号码”不是该名册的列"),
        (("A类: 低保", "A类: 低宝"), "“低宝”不能作为“类别”;可填:特困、低保、低保边缘、支出型困难"),
        (("城乡: 农村", "城乡: 郊区"), "“郊区”不能作为“城乡”"),
        (("城乡: 农村", "身份证号: 无"), "“身份证号”不能补填"),
        (("城乡: 农村", "类别: 低保"), "“类别”已在前面写过"),
        (("[2, 3]", "[2, 4]"), "header_rows:须是相连的行"),
        (("sheet: 2", "shet: 2"), "shet:不认识的键"),
        (("户编号: C列", "身份证号: C列"), "重复的键"),
    ],
)
def test_a_layout_is_checked_before_use(changed, told):
    with pytest.raises(InputError) as refused:
        read_layout(LAYOUT.replace(*changed), "low_income")
    assert told in refused.value.what


def test_the_layout_of_the_guide_can_be_read(root):
    guide = (root / "docs/guides/registers.md").read_text("utf-8")
    layout = read_layout(guide.split("```yaml\n")[1].split("```")[0], "low_income")
    assert layout.carried == ["household_id", "category", "from_month"]
    assert len(layout.members) == 2


def test_a_layout_in_another_encoding_is_told_with_its_line(tmp_path):
    (tmp_path / "low_income.yaml").write_bytes(LAYOUT.encode("gb18030"))
    with pytest.raises(InputError, match=r"low_income\.yaml:5:1 这一行不是 UTF-8 编码"):
        find_layout(tmp_path, "low_income")
