"""One small file per defect, named by what is wrong, and the words its message must contain."""

from pathlib import Path

import polars as pl
import pytest

from contracts.codes import RefusalCode
from contracts.registers import accepted
from intake import accept, receive

DEFECTS = Path(__file__).parents[2] / "fixtures" / "defects" / "intake"

# file → register, code, words of the message, rows that go on
TABLE = {
    "missing_header.csv": ("population", "HEADER_MISSING", "缺少必需的列“出生日期”", 0),
    "no_header_row.csv": ("population", "HEADER_MISSING", "缺少必需的列“身份证号”", 0),
    "repeated_header.csv": ("population", "HEADER_REPEATED", "列“身份证号”出现了多次", 0),
    "unknown_column.csv": ("population", "HEADER_UNKNOWN", "有不认识的列“备注”", 2),
    "empty_file.csv": ("population", "FILE_EMPTY", "文件是空的", 0),
    "empty_workbook.xlsx": ("population", "FILE_EMPTY", "文件是空的", 0),
    "header_without_rows.csv": ("population", "FILE_EMPTY", "只有表头", 0),
    "cut_off.csv": ("population", "FILE_UNREADABLE", "最后一行没有写完", 0),
    "neither_utf8_nor_gb18030.csv": ("population", "FILE_UNREADABLE", "编码既不是 UTF-8 也不是 GB18030", 0),
    "totals_and_signature_below.csv": ("population", "NOT_DATA", "未作为人员读取", 2),
    "row_with_too_many_cells.csv": ("population", "FILE_UNREADABLE", "第 3 行有 13 列,多于表头的 11 列", 0),
    "unbalanced_quote.csv": ("population", "FILE_UNREADABLE", "第 3 行附近的引号不配对", 0),
    "line_break_in_cell.csv": ("population", "TEXT_INVALID", "单元格内有换行", 1),
    "control_character_in_name.csv": ("population", "TEXT_INVALID", "控制字符", 1),
    "missing_value.csv": ("population", "VALUE_MISSING", "必填项为空", 1),
    "wrong_check_digit.csv": ("population", "ID_CHECK_DIGIT", "校验码不符", 1),
    "id_too_short.csv": ("population", "ID_SHAPE", "应为18位", 1),
    "id_in_scientific_notation.csv": ("population", "NUMERIC_ID", "尾数已丢失", 1),
    "id_as_number.xlsx": ("population", "NUMERIC_ID", "请把该列设为文本格式", 1),
    "id_with_impossible_birth_date.csv": ("population", "ID_DATE", "出生日期不成立", 1),
    "id_born_in_the_future.csv": ("population", "ID_DATE", "不晚于今日", 1),
    "id_older_than_130.csv": ("population", "ID_DATE", "不超过130岁", 1),
    "birth_date_contradicts_id.csv": ("population", "BIRTH_DATE_CONFLICT", "出生日期与身份证号不一致", 1),
    "impossible_date.csv": ("population", "DATE_INVALID", "日期不成立", 1),
    "dead_before_birth.csv": ("population", "PERIOD_REVERSED", "死亡日期早于出生日期", 1),
    "division_is_a_name.csv": ("population", "TEXT_INVALID", "行政区划代码", 1),
    "duplicate_person.csv": ("population", "DUPLICATE_ROW", "与第 2 行完全相同", 2),
    "error_cell.xlsx": ("population", "CELL_ERROR", "单元格是错误值", 1),
    "formula_never_calculated.xlsx": ("population", "CELL_ERROR", "请改正公式", 1),
    "second_sheet_not_read.xlsx": ("population", "SHEET_IGNORED", "工作表“汇总”有 2 行内容未读取", 1),
    "two_sheets_of_the_register.xlsx": ("population", "SHEETS_SEVERAL", "工作表“一村”、“二村”里都有人员", 0),
    "truncated.xlsx": ("population", "FILE_UNREADABLE", "已损坏", 0),
    "one_cell_at_the_far_corner.xlsx": ("population", "FILE_UNREADABLE", "请用 Excel 或 WPS 打开", 0),
    "entity_bomb.xlsx": ("population", "FILE_UNREADABLE", "请用 Excel 或 WPS 打开", 0),
    "truncated.xls": ("population", "FILE_UNREADABLE", "已损坏", 0),
    "zip_without_a_sheet.xlsx": ("population", "FILE_UNREADABLE", "不是表格", 0),
    "zip_bomb.xlsx": ("population", "FILE_UNREADABLE", "可能是压缩炸弹", 0),
    "unpacks_to_gigabytes.xlsx": ("population", "FILE_UNREADABLE", "展开后大得异常", 0),
    "macros.xlsm": ("population", "FILE_UNREADABLE", "请另存为不含宏的 .xlsx", 0),
    "password.xlsx": ("population", "FILE_UNREADABLE", "有打开密码", 0),
    "password.xls": ("population", "FILE_UNREADABLE", "请去掉打开密码", 0),
    "xml_named_xls.xls": ("population", "FILE_UNREADABLE", "网页或 XML", 0),
    "html_named_xls.xls": ("population", "FILE_UNREADABLE", "不是表格", 0),
    "damaged.parquet": ("population", "FILE_UNREADABLE", "Parquet", 0),
    "impossible_month.csv": ("low_income", "MONTH_INVALID", "年月不成立", 1),
    "period_reversed.csv": ("low_income", "PERIOD_REVERSED", "终止早于起始", 1),
    "tekun_without_self_care.csv": ("low_income", "VALUE_MISSING", "特困人员须填自理能力", 1),
    "no_first_month.csv": ("low_income", "VALUE_MISSING", "起始年月与确认日期至少填一项", 1),
    "yes_no_unknown.csv": ("low_income", "CODE_UNKNOWN", "可填:是、否", 1),
    "grade_out_of_range.csv": ("disability", "NUMBER_INVALID", "应为 1 至 4 的整数", 1),
    "two_accounts_of_one_person.csv": ("account", "AMBIGUOUS", "互相矛盾的多行(第 2 行、第 4 行)", 1),
    "account_in_scientific_notation.csv": ("account", "NUMERIC_ID", "尾数已丢失", 1),
    "account_as_number.xlsx": ("account", "NUMERIC_ID", "请把该列设为文本格式", 1),
    "account_with_letters.csv": ("account", "TEXT_INVALID", "应为6至32位数字", 1),
    "amount_with_three_decimals.csv": ("history", "AMOUNT_INVALID", "最多两位小数", 1),
    "unknown_benefit.csv": ("claim", "CODE_UNKNOWN", "可填:高龄津贴、", 1),
    "bank_code_in_scientific_notation.csv": ("account", "NUMERIC_ID", "尾数已丢失", 2),
    "instruction_in_scientific_notation.csv": ("results", "NUMERIC_ID", "从原系统重新导出", 0),
    "error_words_as_text.csv": ("account", "CELL_ERROR", "单元格是错误值", 1),
    "death_to_come.csv": ("population", "DAY_TO_COME", "已经发生的事不会晚于今日", 2),
    "private_use_character.csv": ("population", "PRIVATE_USE", "第 2 个字是自造字(代码 E863)", 2),
    "hidden_rows.xlsx": ("population", "HIDDEN_CELLS", "工作表“人口”中隐藏的 2 行也已读取(第 3–4 行)", 4),
}
# what looks wrong and is read: file → register, rows that go on, what is told of cells
READ = {
    "bars_between_cells.csv": ("population", 3, {}),
    "answer_as_txt.txt": ("results", 2, {"OTHER_WORD": 1}),
    "blank_inside_name.csv": ("account", 3, {"BLANKS": 2}),
    "strict_workbook.xlsx": ("population", 3, {}),
    "equals_sign_round_numbers.csv": ("population", 3, {"EQUALS_SIGN": 3}),
    "end_mark.csv": ("population", 3, {}),
    "national_codes.csv": ("population", 3, {"OTHER_WORD": 2}),
    "sex_that_is_none.csv": ("population", 2, {"LEFT_EMPTY": 1}),
}


def test_every_defect_has_its_words():
    assert {path.name for path in DEFECTS.iterdir()} == set(TABLE) | set(READ)


@pytest.mark.parametrize("name", READ)
def test_what_only_looks_wrong_is_read_and_told(name, store, number_people, known_on):
    register, rows, changes = READ[name]
    received = receive(DEFECTS / name, register, store)
    taken = accept(received, number_people([received]), known_on)
    assert (taken.rows.height, taken.refused.height, taken.changes) == (rows, 0, changes)
    assert set(taken.changed["change"]) == set(changes)
    accepted(register).validate(taken.rows)


@pytest.mark.parametrize("name", TABLE)
def test_a_defect_is_named_in_words_and_the_good_rows_go_on(name, store, number_people, known_on):
    register, code, words, good_rows = TABLE[name]
    received = receive(DEFECTS / name, register, store)
    taken = accept(received, number_people([received]), known_on)

    refused = taken.refused.filter(pl.col("code") == code)
    assert words in " · ".join(refused["reason"] + " · " + refused["advice"])
    assert set(taken.refused["code"]) == {code}
    assert taken.rows.height == good_rows
    assert taken.rows_in == taken.rows.height + taken.rows_refused + taken.rows_collapsed + taken.rows_listed
    accepted(register).validate(taken.rows)


@pytest.mark.parametrize("name", TABLE)
def test_no_message_holds_an_identity_number_an_account_or_a_name(name, store, number_people, known_on):
    received = receive(DEFECTS / name, TABLE[name][0], store)
    taken = accept(received, number_people([received]), known_on)
    said = " ".join(str(cell) for line in taken.refused.rows() for cell in line) + str(received.problem())

    assert "样本" not in said
    assert not any(len(run) > 11 for run in "".join(char if char.isdigit() else " " for char in said).split())


def test_a_file_that_cannot_be_used_says_so_once_for_the_officer(store):
    problem = receive(DEFECTS / "missing_header.csv", "population", store).problem()
    assert str(problem).startswith("missing_header.csv · “人口”名册不能使用:缺少必需的列“出生日期”")


def test_every_refusal_code_has_a_defect():
    # tests of layouts, doubts, current lists, one person, the bank's answers and imported history show theirs
    elsewhere = {
        *("NO_ROWS", "LAYOUT_MISFIT", "OUTSIDE_GROUP", "MONTHS_ABSENT"),
        *(code for code in RefusalCode.values() if code.startswith("ANSWER_")),
        *("BEFORE_GO_LIVE", "AFTER_FIRST_PAY_MONTH", "ALREADY_IMPORTED", "OLD_NUMBER"),
    }
    assert set(RefusalCode.values()) - {code for _, code, _, _ in TABLE.values()} <= elsewhere
