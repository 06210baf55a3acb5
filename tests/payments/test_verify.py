"""Whoever changes a payment file by one byte is found, with the line and the column."""

import hashlib
from dataclasses import replace

import openpyxl
import pytest

from payments.bodies import write_body
from payments.instructions import BatchIdentity, instructions
from payments.orders import Order
from payments.verify import Claimed, fen_in, findings_in_file
from tests.payments.rows import JULY, in_institution, payable_rows

IDENTITY = BatchIdentity("410721", JULY, 1, 1)


class Sent:
    """A batch, its file and its sidecar."""

    def __init__(self, folder, profile, payable):
        self.profile = profile
        self.order = Order(instructions(payable, IDENTITY, profile).lines, "410721", JULY)
        self.path = folder / ("list.xlsx" if profile.kind == "xlsx" else "list.txt")
        write_body(self.path, self.order, profile)
        self.claimed = Claimed(IDENTITY.batch_id, self.order.lines.height, self.order.total_fen, self.seal())

    def seal(self):
        digest = hashlib.sha256(self.path.read_bytes()).hexdigest()
        self.path.with_name(self.path.name + ".sha256").write_text(f"{digest}  {self.path.name}\n")
        return digest

    def told(self):
        return [finding.what for finding in findings_in_file(self.path, self.claimed, self.order, self.profile)]

    def rewrite(self, change):
        """Change the text and seal it again, so that only reading it can tell."""
        text = change(self.path.read_bytes().decode(self.profile.encoding))
        self.path.write_bytes(text.encode(self.profile.encoding))
        self.claimed = replace(self.claimed, file_digest=self.seal())

    def set_cell(self, place, value):
        book = openpyxl.load_workbook(self.path)
        book.worksheets[0][place] = value
        book.save(self.path)
        self.claimed = replace(self.claimed, file_digest=self.seal())


@pytest.fixture
def people():
    return payable_rows(
        {"n": 1}, {"n": 2, "payee_name": "买买提·𠮷"}, {"n": 3, "payee_id": None, "pays_fen": 100_000_000}
    )


@pytest.fixture
def text(tmp_path, pipe, people):
    return Sent(tmp_path, pipe, people)


@pytest.fixture
def spreadsheet(tmp_path, sheet, people):
    return Sent(tmp_path, sheet, people)


def test_a_file_as_it_was_written_has_no_findings(text, spreadsheet):
    assert text.told() == []
    assert spreadsheet.told() == []


def test_an_institution_line_agrees_too(tmp_path, pipe):
    assert Sent(tmp_path, pipe, payable_rows(in_institution(1), in_institution(2))).told() == []


def test_a_change_in_any_column_of_the_last_line_is_found_and_named(text):
    printed = text.path.read_bytes()
    for place, column in enumerate(text.profile.columns):
        text.path.write_bytes(printed)

        def changed(body, place=place):
            lines = body.split("\n")
            last = max(number for number, line in enumerate(lines) if line.count("|") >= len(text.profile.columns) - 1)
            cells = lines[last].split("|")
            cells[place] += "9"
            return "\n".join([*lines[:last], "|".join(cells), *lines[last + 1 :]])

        text.rewrite(changed)
        told = "".join(text.told())
        assert column.header in told or "金额" in told or "指令" in told, column


def test_a_changed_amount_is_found_with_its_line_and_the_sum(text):
    text.rewrite(lambda body: body.replace("|50.00|", "|51.00|", 1))
    assert text.told() == ["第 1 笔金额与总账不符", "各笔金额之和:文件 1,000,101.00 元,总账 1,000,100.00 元"]


def test_two_amounts_changed_so_that_the_sum_stays_are_found(tmp_path, pipe):
    sent = Sent(tmp_path, pipe, payable_rows({"n": 1, "pays_fen": 5000}, {"n": 2, "pays_fen": 6000}))
    sent.rewrite(lambda body: body.replace("50.00", "x").replace("60.00", "50.00").replace("x", "60.00"))
    assert sent.told() == ["第 1 笔金额与总账不符", "第 2 笔金额与总账不符"]


def test_a_dropped_line_is_one_finding_and_its_money(text):
    text.rewrite(lambda body: "".join(line for line in body.splitlines(True) if not line.startswith("2|")))
    assert text.told() == [
        "缺少第 2 笔",
        "笔数:文件 2,总账 3",
        "各笔金额之和:文件 1,000,050.00 元,总账 1,000,100.00 元",
    ]


def test_a_line_that_stands_twice_is_found(text):
    text.rewrite(lambda body: body + body.splitlines(True)[2])
    assert "指令 41072124070101000002 出现不止一次" in text.told()
    assert "笔数:文件 4,总账 3" in text.told()


def test_a_line_nobody_ordered_is_found(text):
    text.rewrite(lambda body: body + body.splitlines(True)[3].replace("000003\r", "000004\r"))
    assert "总账中没有指令 41072124070101000004" in text.told()


def test_swapped_accounts_are_found_though_count_and_sum_agree(text):
    one, two = "99000721000000001", "99000721000000002"
    text.rewrite(lambda body: body.replace(one, "x").replace(two, one).replace("x", two))
    assert text.told() == ["第 1 笔“账号”与总账不符", "第 2 笔“账号”与总账不符"]


def test_lines_in_another_order_are_found(text):
    text.rewrite(lambda body: "".join([*body.splitlines(True)[:1], *reversed(body.splitlines(True)[1:])]))
    assert text.told() == ["各笔的次序与总账不同"]


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("|3|1000100.00", "|3|1000100.01", "total"),
        ("|3|1000100.00", "|4|1000100.00", "count"),
        ("2024-07|", "2024-08|", "pay_month"),
    ],
)
def test_an_edited_total_is_found(text, old, new, word):
    text.rewrite(lambda body: body.replace(old, new, 1))
    assert text.told() == [f"汇总行的 {word} 与总账不符"]


def test_a_file_cut_off_is_found(text):
    text.rewrite(lambda body: body[:-1])
    assert "文件末尾不完整" in text.told()


def test_a_line_with_a_column_too_many_is_found(text):
    text.rewrite(lambda body: body.replace("|50.00|", "|50.00||", 1))
    assert "第 1 笔有 10 栏,应为 9 栏" in text.told()


def test_a_file_in_another_encoding_is_found(text):
    text.path.write_bytes("汇总|2024-07|3|1.00\r\n样本\x00\r\n".encode() + b"\xff\r\n")
    assert "文件不是 gb18030 编码" in text.told()


def test_without_an_instruction_id_lines_are_compared_in_order(tmp_path, pipe, people):
    columns = tuple(column for column in pipe.columns if column.field != "instruction_id")
    sent = Sent(tmp_path, pipe.model_copy(update={"columns": columns}), people)
    assert sent.told() == []
    sent.rewrite(lambda body: body.replace("99000721000000002", "99000721000000009"))
    assert sent.told() == ["第 2 笔“账号”与总账不符"]


def test_one_byte_that_is_not_in_a_cell_is_found_by_the_digest(spreadsheet):
    content = spreadsheet.path.read_bytes()
    spreadsheet.path.write_bytes(content[:-1] + b"x" if content[-1:] != b"x" else content[:-1] + b"y")
    assert "文件的 SHA-256 与总账登记的不符" in spreadsheet.told()
    assert ".sha256 校验文件与文件不符" in spreadsheet.told()


def test_a_missing_sidecar_and_a_file_nobody_recorded_are_found(text):
    text.path.with_name("list.txt.sha256").unlink()
    text.claimed = replace(text.claimed, file_digest="")
    assert text.told() == ["文件尚未在总账登记", "缺少 .sha256 校验文件"]


def test_a_remark_in_the_sidecar_is_no_finding_and_the_digest_still_counts(text):
    sidecar = text.path.with_name("list.txt.sha256")
    sidecar.write_text(f"# 未经银行确认\n{sidecar.read_text()}", "utf-8")
    assert text.told() == []
    sidecar.write_text(sidecar.read_text("utf-8").replace("list.txt", "other.txt"), "utf-8")
    assert text.told() == [".sha256 校验文件与文件不符"]


def test_a_missing_file_is_found(text):
    text.path.unlink()
    assert text.told() == ["文件不存在"]


def test_a_batch_whose_lines_do_not_add_up_is_found(text):
    text.claimed = replace(text.claimed, total_fen=text.claimed.total_fen + 1)
    assert text.told()[0] == "总账中批次的笔数或总金额与其明细不符"


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("P2", 50.004, "第 1 笔金额与总账不符"),
        ("M2", "99000721000000009", "第 1 笔“账号”与总账不符"),
        ("I3", "", "第 2 笔“身份证号”与总账不符"),
        ("M2", 99000721000000001, "第 1 笔“账号”是数字格式,尾数可能已丢失"),
        ("A1", "编号", "表头与格式不符"),
        ("A5", "合计", "总账中没有指令 "),
    ],
)
def test_an_edited_cell_of_the_list_is_found(spreadsheet, place, value, told):
    spreadsheet.set_cell(place, value)
    assert told in spreadsheet.told()


def test_a_file_that_is_no_spreadsheet_is_found(spreadsheet):
    spreadsheet.path.write_bytes(b"PK\x03\x04 and then nothing")
    assert "文件不是可读的 xlsx" in spreadsheet.told()


def test_no_finding_names_a_person_or_an_account(text):
    text.rewrite(lambda body: body.replace("样本1", "别人").replace("99000721000000001", "99000721000000009"))
    assert text.told()
    assert not any("别人" in what or "0000009" in what or "样本" in what for what in text.told())


@pytest.mark.parametrize(
    ("text", "style", "fen"),
    [
        ("0.01", "yuan2", 1),
        ("1000000.00", "yuan2", 100_000_000),
        ("1", "yuan2", None),
        ("1.5", "yuan2", None),
        ("01.00", "yuan2", None),
        ("1.005", "yuan2", None),
        ("150", "fen", 150),
        ("0150", "fen", None),
        ("1.50", "fen", None),
        ("1.500", "yuan3", 150),
        ("1.50", "yuan3", None),
        ("1.505", "yuan3", None),
    ],
)
def test_an_amount_counts_only_as_the_profile_writes_it(text, style, fen):
    assert fen_in(text, style) == fen
