"""A layout is suggested for the tables that counties really have, and what it suggests can be read at once."""

import pytest
import xlsxwriter

from contracts.errors import InputError
from intake import inspect, offer, read_layout, suggest

HEAD = ["序号", "乡镇", "申请人姓名", "申请人身份证号", "低保类别", "是否为保障对象", "起始年月"]
FAMILY = ["姓名", "身份证号", "姓名", "身份证号"]


@pytest.fixture
def rural(tmp_path, resident_id):
    """农村低保备案表: a cover, then a title, two header rows, one row a household, members further right."""
    path = tmp_path / "农村低保备案表.xlsx"
    rows = [
        ["农村低保全部备案表"],
        [*HEAD, "共同生活家庭成员", "", "", ""],
        [*([""] * len(HEAD)), *FAMILY],
        ["1", "示范镇", "样本一", resident_id(serial=1), "A类", "是", "2024-01", "样本二", resident_id(serial=2)],
        ["2", "示范镇", "样本三", resident_id(serial=3), "B类", "是", "2024-01", "样本四", resident_id(serial=4),
         "样本五", resident_id(serial=5)],
        ["合计", "", "", "", "", "", "", "", "", "", ""],
    ]  # fmt: skip
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("封面").write_string(0, 0, "示例县二〇二四年七月")
        sheet = book.add_worksheet("明细")
        for line, cells in enumerate(rows):
            sheet.write_row(line, 0, cells)
    return path


def filled_in(text):
    """The suggestion, as a clerk completes it."""
    defaults = {
        "户编号": "无",
        "城乡": "农村",
        "供养方式": "分散",
        "自理能力": "全自理",
        "供养机构": "J00",
        "终止年月": "2030-12",
    }
    for header, value in defaults.items():
        text = text.replace(f"#   {header}: \n", f"  {header}: {value}\n")
    text = text.replace("# defaults:", "defaults:").replace("# words:", "words:").replace("#   类别:", "  类别:")
    return text.replace('#     "A类": ', '    "A类": 低保').replace('#     "B类": ', '    "B类": 低保')


def test_a_household_table_is_told_with_its_sheet_its_header_its_members_and_its_words(rural, known_on):
    seen = inspect(rural, "low_income", None, known_on)
    text = suggest("low_income", seen.tables)
    assert "sheet: 2  # 要读几张工作表的写 [名称, 名称],每张都读的写 全部\nheader_rows: [2, 3]\n" in text
    assert '身份证号: "申请人身份证号"' in text
    assert '户编号: "申请人身份证号"' in text
    assert '是否保障对象: "是否为保障对象"' in text
    assert "- {身份证号: I列, 姓名: H列}" in text
    assert "- {身份证号: K列, 姓名: J列}" in text
    assert '#     "A类": \n#     "B类": ' in text
    assert "#   城乡: " in text


def test_a_suggestion_is_a_layout_before_and_after_it_is_filled_in(rural, known_on):
    text = suggest("low_income", inspect(rural, "low_income", None, known_on).tables)
    assert read_layout(text, "low_income").told.sheet == "2"
    layout = read_layout(filled_in(text), "low_income")
    seen = inspect(rural, None, layout, known_on)
    assert seen.accepted.rows.height == 5
    assert (seen.accepted.rows_in, seen.accepted.rows_unfolded) == (4, 3)
    assert set(seen.accepted.rows["category"]) == {"dibao"}


def test_what_is_seen_without_a_layout_names_what_is_missing(rural, known_on):
    seen = inspect(rural, "low_income", None, known_on)
    assert seen.accepted is None
    assert any("缺少必需的列" in reason for reason, _ in seen.about_the_file())
    assert ("类别", True) in seen.absent()


def test_a_register_is_told_by_its_header_where_its_name_says_nothing(tmp_path, write_csv, row, known_on):
    path = write_csv(tmp_path / "七月.csv", "disability", [row("disability")])
    seen = inspect(path, None, None, known_on)
    assert seen.register == "disability"
    assert seen.accepted.rows.height == 1
    assert [theirs for _, _, theirs in seen.columns()] == [ours for ours, _, _ in seen.columns()]


def test_first_rows_are_masked(tmp_path, write_csv, row, resident_id, known_on):
    path = write_csv(tmp_path / "account.csv", "account", [row("account")])
    shown = str(inspect(path, None, None, known_on).first_rows().rows())
    assert resident_id() not in shown
    assert row("account")["account_no"] not in shown
    assert "样本一" not in shown


def test_what_would_be_refused_is_counted_by_reason(tmp_path, write_csv, row, resident_id, known_on):
    rows = [row("certification", resident_id(serial=n), certified_until=day) for n, day in ((1, "2024-02-30"), (2, ""))]
    seen = inspect(write_csv(tmp_path / "certification.csv", "certification", rows), None, None, known_on)
    assert seen.refusals() == {"必填项为空": 1, "日期不成立": 1}


@pytest.mark.parametrize(("name", "told"), [("scan.pdf", "不读取“.pdf”文件"), ("七月.csv", "看不出这是哪个名册")])
def test_a_file_that_is_no_register_is_said(tmp_path, known_on, name, told):
    path = tmp_path / name
    path.write_text("甲,乙\n1,2\n", "utf-8")
    with pytest.raises(InputError, match=told):
        inspect(path, None, None, known_on)


def test_an_empty_file_is_said_to_be_empty(tmp_path, known_on):
    path = tmp_path / "account.csv"
    path.touch()
    with pytest.raises(InputError, match="文件是空的"):
        inspect(path, None, None, known_on)


def test_a_layout_leaves_out_what_decides_nothing_and_asks_for_what_does(tmp_path, resident_id, known_on):
    path = tmp_path / "七月花名册.csv"
    header = "老人姓名,老人身份证,出生年月日,区划代码,所在乡镇,所在村,死亡时间,迁入时间"
    path.write_text(f"{header}\n样本一,{resident_id()},1944-07-31,410721,示范镇,示范村,,\n", "utf-8")
    seen = inspect(path, "population", None, known_on)
    assert seen.needs_layout()
    asked_for = offer(path, seen, known_on)
    assert "\n  性别:\n  户口性质:\n" in asked_for.text
    assert "#   迁出日期: \n" in asked_for.text
    assert asked_for.seen is None
    layout = read_layout(asked_for.text.replace("#   迁出日期: ", "  迁出日期:"), "population")
    assert inspect(path, None, layout, known_on).accepted.rows.height == 1


def test_an_offered_layout_is_tried(tmp_path, resident_id, known_on):
    path = tmp_path / "认证.csv"
    path.write_text(f"老人身份证号,认证有效期\n{resident_id()},2024-12-31\n", "utf-8")
    seen = inspect(path, "certification", None, known_on)
    assert offer(path, seen, known_on).seen.accepted.rows.height == 1
