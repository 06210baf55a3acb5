"""A register in several sheets or several files: every row is read once, and told by its file, sheet and number."""

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from contracts.columns import columns_of
from contracts.errors import InputError
from contracts.registers import FILES, PROVENANCE
from intake import accept, find_layout, inspect, opening, receive_all, write_returned
from intake.layouts import read_layout
from tests.effort import tries

REGISTER = "low_income"
HEADER = [facts.header for facts in columns_of(FILES[REGISTER])]


@pytest.fixture
def line(row, resident_id):
    """A row of the register, of the person with this number; cells by name."""

    def make(serial, **cells):
        made = row(REGISTER, resident_id(serial=serial), **cells)
        return [made.get(facts.name, "") for facts in columns_of(FILES[REGISTER])]

    return make


@pytest.fixture
def workbook(tmp_path):
    """A workbook of sheets: name → rows, the header first."""

    def write(name, sheets):
        path = tmp_path / name
        with xlsxwriter.Workbook(str(path)) as book:
            for sheet, rows in sheets.items():
                page = book.add_worksheet(sheet)
                for number, cells in enumerate(rows):
                    page.write_row(number, 0, cells)
        return path

    return write


@pytest.fixture
def taken(store, number_people, known_on):
    """Files, each with the text of its layout → what was received and what was accepted."""

    def take(*files):
        told = [(path, read_layout(text, "low_income") if text else None) for path, text in files]
        received = receive_all(told, REGISTER, store)
        return received, accept(received, number_people([received]), known_on)

    return take


def layout(sheet):
    return f"register: low_income\nsheet: {sheet}\n"


def where(rows):
    return rows.select("source_file", "source_sheet", "source_row").rows()


@pytest.fixture
def villages(workbook, line):
    """Two sheets whose rows have the same numbers; the second row of the second one is wrong."""
    return workbook(
        "低收入.xlsx",
        {
            "一村": [HEADER, line(1), line(2)],
            "二村": [["示例镇二村"], HEADER, line(3), line(4, category="甲类")],
            "汇总": [["村", "人数"], ["一村", "2"]],
        },
    )


def test_sheets_that_both_fit_are_not_chosen_between(villages, taken):
    received, accepted = taken((villages, ""))
    assert accepted.rows.is_empty()
    assert str(received.problem()).startswith("低收入.xlsx · “低收入”名册不能使用:工作表“一村”、“二村”里都有人员")


def test_a_sheet_with_people_under_a_header_that_does_not_fit_is_asked_about(workbook, line, taken):
    misspelt = ["户编码" if name == "户编号" else name for name in HEADER]
    path = workbook("低收入.xlsx", {"一村": [HEADER, line(1)], "二村": [misspelt, line(2)]})
    received, accepted = taken((path, ""))
    assert accepted.rows.is_empty()
    assert "工作表“一村”、“二村”里都有人员" in str(received.problem())


def test_a_sheet_of_the_same_header_without_rows_is_no_second_choice(workbook, line, taken):
    path = workbook("低收入.xlsx", {"空表": [HEADER], "一村": [HEADER, line(1)]})
    _, accepted = taken((path, ""))
    assert where(accepted.rows) == [("低收入.xlsx", "一村", 2)]


@pytest.mark.parametrize("sheets", ["全部", "[一村, 二村]", "[1, 2]"])
def test_every_sheet_named_is_read_and_its_rows_keep_their_place(villages, taken, sheets):
    _, accepted = taken((villages, layout(sheets)))
    assert where(accepted.rows) == [
        ("低收入.xlsx", "一村", 2),
        ("低收入.xlsx", "一村", 3),
        ("低收入.xlsx", "二村", 3),
    ]
    wrong = accepted.refused.filter(pl.col("code") == "CODE_UNKNOWN")
    assert where(wrong) == [("低收入.xlsx", "二村", 4)]
    ignored = accepted.refused.filter(pl.col("code") == "SHEET_IGNORED")
    assert ignored["reason"].to_list() == ["工作表“汇总”有 2 行内容未读取"]
    assert accepted.rows_in == accepted.rows.height + accepted.rows_refused + accepted.rows_listed == 5


def test_a_hidden_sheet_is_no_second_choice_and_is_told(tmp_path, line, taken):
    path = tmp_path / "低收入.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for sheet, rows in {"一村": [HEADER, line(1)], "去年": [HEADER, line(2), line(3)]}.items():
            page = book.add_worksheet(sheet)
            for number, cells in enumerate(rows):
                page.write_row(number, 0, cells)
        page.hide()
    _, accepted = taken((path, ""))
    assert where(accepted.rows) == [("低收入.xlsx", "一村", 2)]
    assert accepted.refused.select("code", "reason").rows() == [
        ("SHEET_IGNORED", "隐藏的工作表“去年”有 3 行内容未读取")
    ]


def test_what_is_refused_is_counted_on_every_sheet_before_a_file_is_handed_in(workbook, line, known_on):
    wrong = [HEADER, line(1, category="甲类")]
    path = workbook("低收入.xlsx", {"一村": wrong, "二村": wrong})
    seen = inspect(path, REGISTER, read_layout(layout("全部"), REGISTER), known_on)
    assert seen.refusals() == {"不认识的取值": 2}
    assert [header.table.sheet for header in seen.headers] == ["一村", "二村"]


def test_one_sheet_named_is_read_alone(villages, taken):
    _, accepted = taken((villages, layout("一村")))
    assert where(accepted.rows) == [("低收入.xlsx", "一村", 2), ("低收入.xlsx", "一村", 3)]


def test_where_every_sheet_is_read_one_with_people_and_a_broken_header_refuses_the_file(workbook, line, taken):
    path = workbook("低收入.xlsx", {"一村": [HEADER, line(1)], "二村": [["身份证", "某列"], line(2)]})
    received, accepted = taken((path, layout("全部")))
    assert accepted.rows.is_empty()
    assert "工作表“二村”:缺少必需的列“户编号”" in str(received.problem())


def test_a_sheet_named_twice_is_a_slip(villages, taken):
    received, _ = taken((villages, layout("[一村, 1]")))
    assert "版式 low_income.yaml 第 2 行:同一张工作表写了两次" in str(received.problem())


def test_more_sheets_than_can_be_numbered_are_refused(villages, taken, monkeypatch):
    monkeypatch.setattr(opening, "SHEETS_AT_MOST", 1)
    received, _ = taken((villages, layout("全部")))
    assert "工作表多于 1 张" in str(received.problem())


@settings(max_examples=tries(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(st.lists(st.lists(st.integers(1, 9), max_size=3), min_size=1, max_size=3), min_size=1, max_size=3)
)
def test_however_a_register_is_divided_the_same_people_are_taken_in_the_same_order(
    files, line, workbook, store, number_people, known_on
):
    """Files of sheets of people, each person once; beside them the same rows on one sheet."""
    left = {number for sheets in files for rows in sheets for number in rows}
    once = [[[left.discard(n) or n for n in rows if n in left] for rows in sheets] for sheets in files]
    told = [
        (
            workbook(f"低收入-{place}.xlsx", {f"表{n}": [HEADER, *map(line, rows)] for n, rows in enumerate(sheets)}),
            read_layout(layout("全部"), REGISTER),
        )
        for place, sheets in enumerate(once)
    ]
    whole = workbook("低收入.xlsx", {"名册": [HEADER, *(line(n) for sheets in once for rows in sheets for n in rows)]})
    both = [receive_all(told, REGISTER, store), receive_all([(whole, None)], REGISTER, store)]
    divided, together = (accept(received, number_people([received]), known_on) for received in both)
    assert divided.rows.drop(*PROVENANCE).rows() == together.rows.drop(*PROVENANCE).rows()
    assert divided.rows_in == together.rows_in


def test_every_sheet_cannot_be_named_beside_others():
    with pytest.raises(InputError, match=r"low_income\.yaml:2:8 sheet:“全部”须单独写"):
        read_layout(layout("[全部, 一村]"), REGISTER)


def test_the_same_row_on_two_sheets_is_told_with_its_sheet(workbook, line, taken):
    path = workbook("低收入.xlsx", {"一村": [HEADER, line(1)], "二村": [HEADER, line(2), line(1)]})
    _, accepted = taken((path, layout("全部")))
    repeated = accepted.refused.filter(pl.col("code") == "DUPLICATE_ROW")
    assert where(repeated) == [("低收入.xlsx", "二村", 3)]
    assert repeated["reason"].to_list() == ["与低收入.xlsx 一村 第 2 行完全相同"]
    assert accepted.rows.height == 2


def test_contradicting_rows_are_told_with_their_sheets(workbook, row, resident_id, store, number_people, known_on):
    columns = list(columns_of(FILES["account"]))

    def account(number):
        made = row("account", resident_id(), account_no=number)
        return [made.get(facts.name, "") for facts in columns]

    header = [facts.header for facts in columns]
    sheets = {"一村": [header, account("99000721469914306")], "二村": [header, account("99000721469914307")]}
    told = read_layout("register: account\nsheet: 全部\n", "account")
    received = receive_all([(workbook("银行账户.xlsx", sheets), told)], "account", store)
    accepted = accept(received, number_people([received]), known_on)
    places = "银行账户.xlsx 一村 第 2 行、银行账户.xlsx 二村 第 2 行"
    assert set(accepted.refused["reason"]) == {f"同一人有互相矛盾的多行({places})"}
    assert where(accepted.refused) == [("银行账户.xlsx", "一村", 2), ("银行账户.xlsx", "二村", 2)]


@pytest.fixture
def two_files(workbook, line):
    """The register in two files, the second of which has a wrong row with the number of a right one in the first."""
    rural = workbook("低收入-农村.xlsx", {"名册": [HEADER, line(1), line(2)]})
    urban = workbook("低收入-城镇.xlsx", {"名册": [HEADER, line(3), line(4, category="甲类")]})
    return rural, urban


def test_a_register_in_two_files_is_one_register(two_files, taken):
    received, accepted = taken(*((path, "") for path in two_files))
    assert received.file_name == "低收入(农村、城镇).parts"
    assert where(accepted.rows) == [
        ("低收入-农村.xlsx", "名册", 2),
        ("低收入-农村.xlsx", "名册", 3),
        ("低收入-城镇.xlsx", "名册", 2),
    ]
    assert where(accepted.refused) == [("低收入-城镇.xlsx", "名册", 3)]
    assert accepted.rows_in == 4


def test_the_same_files_again_are_the_same_input(two_files, taken, store):
    first, _ = taken(*((path, "") for path in two_files))
    before = {path.name: path.stat().st_mtime_ns for path in (store / "received").iterdir()}
    again, _ = taken(*((path, "") for path in two_files))
    assert again.digest == first.digest
    assert {path.name: path.stat().st_mtime_ns for path in (store / "received").iterdir()} == before


def test_another_layout_for_one_of_the_files_is_another_input(two_files, taken):
    rural, urban = two_files
    plain, _ = taken((rural, ""), (urban, ""))
    other, _ = taken((rural, ""), (urban, layout("名册")))
    assert other.digest != plain.digest


def test_one_file_that_cannot_be_used_makes_the_register_one_that_cannot(two_files, taken, workbook):
    rural, _ = two_files
    broken = workbook("低收入-城镇.xlsx", {"名册": [["姓名"], ["样本一"]]})
    received, accepted = taken((rural, ""), (broken, ""))
    assert accepted.rows.is_empty()
    assert "低收入-城镇.xlsx:缺少必需的列“身份证号”" in str(received.problem())
    assert "低收入-农村.xlsx" not in str(received.problem())


def test_a_part_with_a_header_only_says_that_it_has_nobody(two_files, taken, workbook):
    rural, _ = two_files
    nobody = workbook("低收入-城镇.xlsx", {"名册": [HEADER]})
    received, accepted = taken((rural, ""), (nobody, ""))
    assert received.problem() is None
    assert accepted.rows.height == 2
    assert accepted.refused.select("source_file", "code").rows() == [("低收入-城镇.xlsx", "NO_ROWS")]


def test_what_is_sent_back_has_a_sheet_for_each_table(workbook, line, taken, store, tmp_path):
    rural = workbook("低收入-农村.xlsx", {"一村": [HEADER, line(1, category="甲类")], "二村": [HEADER, line(2)]})
    urban = workbook("低收入-城镇.xlsx", {"名册": [["城镇"], HEADER, line(3, category="乙类")]})
    received, accepted = taken((rural, layout("全部")), (urban, ""))
    target = tmp_path / "returned_low_income.xlsx"
    back = CalamineWorkbook.from_path(
        str(write_returned(received.register, received.parts(store), accepted.refused, store, target))
    )
    assert back.sheet_names == ["低收入 1 农村 一村", "低收入 2 城镇 名册"]
    for sheet, number, word in zip(back.sheet_names, (2, 3), ("甲类", "乙类"), strict=True):
        header, refused = back.get_sheet_by_name(sheet).to_python()
        assert header == ["原文件行号", *HEADER, "退回原因", "处理办法"]
        assert refused[0] == number
        assert refused[1 + HEADER.index("类别")] == word


def test_a_layout_of_one_part_goes_before_that_of_the_register(tmp_path):
    (tmp_path / "low_income.yaml").write_text("register: low_income\n", "utf-8")
    (tmp_path / "low_income-城镇.yaml").write_text("register: low_income-城镇\nsheet: 2\n", "utf-8")
    assert find_layout(tmp_path, REGISTER, "城镇").told.sheets == ("2",)
    assert find_layout(tmp_path, REGISTER, "农村").told.sheets == ()
    assert find_layout(tmp_path, REGISTER).register == REGISTER


def test_a_layout_that_names_another_part_than_its_file_is_refused(tmp_path):
    (tmp_path / "low_income-城镇.yaml").write_text("register: low_income\n", "utf-8")
    with pytest.raises(InputError, match=r"low_income-城镇\.yaml:1:11 register:应为 low_income-城镇"):
        find_layout(tmp_path, REGISTER, "城镇")
