"""The bytes that go to a bank."""

import zipfile
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from payments.bodies import text_bytes, write_body
from payments.instructions import BatchIdentity, instructions
from payments.orders import Order
from tests.payments.rows import JULY, payable_rows

IDENTITY = BatchIdentity("410721", JULY, 1, 1)
LARGEST = 1_000_000_000


def order_of(payable, profile):
    return Order(instructions(payable, IDENTITY, profile).lines, "410721", date(2024, 7, 3))


@pytest.fixture
def people():
    return payable_rows(
        {"n": 1, "payee_name": "买买提·示范", "pays_fen": 1},
        {"n": 2, "payee_name": "𠮷㐂䶮", "pays_fen": LARGEST},
        {"n": 3, "payee_name": "样" * 20, "payee_id": None, "bank_code": None, "pays_fen": 10},
    )


def test_the_text_file_is_these_bytes(pipe, people):
    told = (
        "410721-2024-07-01-01|2024-07|3|10000000.11\r\n"
        "1|99000721000000001|买买提·示范|99072119400305001X|0.01|示例农村商业银行|999100000011|高龄津贴202407正常|41072124070101000001\r\n"
        "2|99000721000000002|𠮷㐂䶮|990721194003050028|10000000.00|示例农村商业银行|999100000011|高龄津贴202407正常|41072124070101000002\r\n"
        f"3|99000721000000003|{'样' * 20}||0.10|示例农村商业银行||高龄津贴202407正常|41072124070101000003\r\n"
    )
    made = text_bytes(order_of(people, pipe), pipe)
    assert made == told.encode("gb18030")


def test_rare_characters_take_the_bytes_of_gb18030(pipe, people):
    made = text_bytes(order_of(people, pipe), pipe)
    name = made.split(b"\r\n")[2].split(b"|")[2]
    assert name == b"\x954\xb25" + b"\x819\xef1" + b"\xfe\x9f"  # four, four and two bytes
    assert made.split(b"\r\n")[1].split(b"|")[2][6:8] == b"\xa1\xa4"  # the dot of a name takes two


def test_a_profile_may_want_fen_line_feeds_and_totals_at_the_end(pipe, people):
    other = pipe.model_copy(
        update={"amount": "fen", "newline": "LF", "header": (), "trailer": ("合计,{count},{total}",), "delimiter": ";"}
    )
    made = text_bytes(order_of(people, other), other).decode("gb18030").split("\n")
    assert made[0].split(";")[4] == "1"
    assert made[-2:] == ["合计,3,1000000011", ""]


def test_a_character_the_encoding_lacks_is_an_error_and_never_a_question_mark(pipe, people):
    other = pipe.model_copy(update={"encoding": "gbk"})
    with pytest.raises(UnicodeEncodeError):
        text_bytes(order_of(people, other), other)


@pytest.fixture
def cells(tmp_path, sheet):
    def read(payable):
        write_body(tmp_path / "list.xlsx", order_of(payable, sheet), sheet)
        return CalamineWorkbook.from_path(tmp_path / "list.xlsx").get_sheet_by_name("发放清单").to_python()

    return read


def test_the_list_is_these_cells(cells, people):
    header, first, *_ = cells(people)
    assert "、".join(header) == (
        "序号、项目编码、项目、发放年月、所属期起、所属期止、发放类型、姓名、身份证号、与收款人关系、收款人姓名、收款人身份证号、"
        "账号、开户行、联行号、金额(元)、乡镇、村(社区)、备注、指令号"
    )
    assert first == [
        *(1.0, "", "高龄津贴", "2024-07", "2024-07", "2024-07", "正常", "样本1", "99072119400305001X", "本人"),
        *("买买提·示范", "99072119400305001X", "99000721000000001", "示例农村商业银行", "999100000011", 0.01),
        *("示范镇", "示范村", "", "41072124070101000001"),
    ]


def test_accounts_and_identity_numbers_are_text_in_the_list(cells):
    (row,) = cells(payable_rows({"account_no": "0012345678901234567"}))[1:]
    assert row[12] == "0012345678901234567"
    assert row[8] == "99072119400305001X"


@pytest.mark.parametrize("text", ["=1+1", "+86", "@示范", "http://示范", "-1", "12"])
def test_text_that_looks_like_a_formula_a_link_or_a_number_stays_text(cells, text):
    (row,) = cells(payable_rows({"village": text, "bank_name": text}))[1:]
    assert (row[17], row[13]) == (text, text)


@pytest.mark.parametrize("fen", [1, 10, 100, 999_999_999, LARGEST, 29, 113])
def test_an_amount_in_the_list_is_the_number_itself(cells, fen):
    (row,) = cells(payable_rows({"pays_fen": fen}))[1:]
    assert row[15] == fen / 100


def test_no_amount_in_the_list_has_a_third_decimal(tmp_path, sheet):
    rows = payable_rows(*({"n": n, "pays_fen": 999_999_900 + n} for n in range(1, 100)))
    write_body(tmp_path / "list.xlsx", order_of(rows, sheet), sheet)
    xml = zipfile.ZipFile(tmp_path / "list.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert [text for text in [f"<v>{9999999 + (n // 100)}.{n:02d}</v>" for n in range(1, 100)] if text not in xml] == []


@pytest.mark.parametrize("profile", ["generic_pipe", "yikatong_list"])
def test_the_same_lines_give_the_same_bytes_twice(tmp_path, shipped, people, profile):
    order = order_of(people, shipped[profile])
    write_body(tmp_path / "once", order, shipped[profile])
    write_body(tmp_path / "twice", order, shipped[profile])
    assert (tmp_path / "once").read_bytes() == (tmp_path / "twice").read_bytes()


def test_writing_leaves_nothing_else_behind(tmp_path, sheet, people):
    write_body(tmp_path / "list.xlsx", order_of(people, sheet), sheet)
    assert [path.name for path in tmp_path.iterdir()] == ["list.xlsx"]


def test_an_item_code_of_the_county_is_printed(tmp_path, sheet):
    coded = type(sheet).model_validate(sheet.model_dump() | {"item_codes": {"old_age_allowance": "2080502"}})
    write_body(tmp_path / "list.xlsx", order_of(payable_rows({}), coded), coded)
    assert CalamineWorkbook.from_path(tmp_path / "list.xlsx").get_sheet_by_index(0).to_python()[1][1] == "2080502"


def test_a_constant_column_prints_its_constant(pipe):
    with_constant = pipe.model_dump() | {
        "columns": [*pipe.model_dump()["columns"], {"header": "币种", "constant": "CNY"}]
    }
    other = type(pipe).model_validate(with_constant)
    made = text_bytes(order_of(payable_rows({}), other), other)
    assert made.split(b"\r\n")[1].endswith(b"|CNY")


def test_the_file_is_ordered_by_line_number(pipe, people):
    made = text_bytes(order_of(people, pipe), pipe).decode("gb18030").split("\r\n")[1:-1]
    assert [line.split("|")[0] for line in made] == ["1", "2", "3"]
