"""An answer is read in the form it has, and each line is compared with the instruction it is about."""

import polars as pl
import pytest

from contracts.codes import ReturnReason
from contracts.errors import InputError
from contracts.registers import accepted_schema
from payments.answer_comparing import compared, listed_misfits
from payments.answer_forms import AnswerForm
from payments.answer_reading import read_answer
from payments.bodies import text_bytes
from payments.instructions import BatchIdentity, instructions
from payments.orders import Order
from payments.reasons import reason_of
from tests.payments.rows import JULY, payable_rows

LINES = pl.DataFrame(
    {
        "instruction_id": ["I1", "I2"],
        "batch_id": ["B1", "B1"],
        "line_no": [1, 2],
        "amount_fen": [5000, 5000],
        "account_no": ["6217000012345678", "990072100000002"],
        "payee_name": ["阿卜杜拉·麦麦提", "张三"],
        "payee_id": ["990721194003050014", None],
    }
)
BATCH = BatchIdentity("410721", JULY, 1, 1)
RESULTS = accepted_schema("results")
WHENCE = {"event": "accepted", "source_file": "回盘.csv", "source_sheet": "", "source_row": 2}


def said(**what):
    (found,) = compared(pl.DataFrame([{**WHENCE, **what}], schema=RESULTS), LINES).rows(named=True)
    return found


@pytest.mark.parametrize(
    ("what", "misfit"),
    [
        ({}, None),
        ({"amount_fen": 5000, "account_no": "6217 0000-1234 5678", "payee_name": "阿卜杜拉•麦麦提"}, None),
        ({"account_no": "6217********5678", "payee_name": "阿卜杜拉*麦麦提", "payee_id": "9907********0014"}, None),
        ({"account_no": "********", "payee_name": "**"}, None),  # all hidden: it says nothing
        ({"amount_fen": 500}, "ANSWER_AMOUNT"),
        ({"account_no": "6217000012345679"}, "ANSWER_ACCOUNT"),
        ({"account_no": "6217********5679"}, "ANSWER_ACCOUNT"),
        ({"account_no": "**8"}, "ANSWER_ACCOUNT"),  # too little is seen to tell it from others
        ({"payee_name": "张*"}, "ANSWER_PAYEE"),
        ({"payee_id": "990721194003050022"}, "ANSWER_PAYEE"),
        ({"amount_fen": 500, "payee_name": "张三"}, "ANSWER_AMOUNT"),
    ],
)
def test_what_a_line_says_beside_its_number_is_compared(what, misfit):
    assert said(instruction_id="I1", **what)["misfit"] == misfit


def test_both_figures_are_told():
    assert said(instruction_id="I1", amount_fen=500)["said"] == "金额回盘为 5.00 元,指令为 50.00 元"
    assert said(instruction_id="I1", account_no="6217000012345679")["said"] == "账号回盘尾号 5679,指令尾号 5678"
    rows = pl.DataFrame([{**WHENCE, "instruction_id": "I1", "amount_fen": 500}], schema=RESULTS)
    listed = listed_misfits(compared(rows, LINES), pl.DataFrame({"source_row": [2], "code": ["ANSWER_AMOUNT"]}))
    assert listed["reason"].to_list() == ["金额与指令不符:金额回盘为 5.00 元,指令为 50.00 元"]


def test_a_line_without_our_number_is_found_by_its_place_and_never_by_a_name():
    place = {"batch_id": "B1", "line_no": 2, "account_no": "990072100000002", "amount_fen": 5000}
    assert said(**place)["instruction_id"] == "I2"
    assert said(**place | {"line_no": 3}, payee_name="张三")["instruction_id"] is None
    assert said(**place | {"amount_fen": 1})["misfit"] == "ANSWER_AMOUNT"


@pytest.mark.parametrize(
    ("code", "words", "reason"),
    [
        ("", "户名不符", "NAME_MISMATCH"),
        ("", "该账户已销户,请核实", "CLOSED"),
        ("", "死亡销户", "DECEASED"),
        ("AC04", "", "CLOSED"),
        ("E99", "余额不足", "OTHER"),
        ("", "", "OTHER"),
    ],
)
def test_a_banks_words_mean_a_reason_and_unknown_ones_are_for_an_officer(code, words, reason):
    assert reason_of(code, words) == reason


def test_a_profiles_own_words_come_first():
    own = {"E99": ReturnReason.BANK_TECH, "余额不足": ReturnReason.BATCH_REFUSED}
    assert reason_of("E99", "户名不符", own) == "BANK_TECH"
    assert reason_of("", "我方余额不足", own) == "BATCH_REFUSED"


OURS = AnswerForm.model_validate(
    {
        "kind": "text",
        "header": ["{batch_id}|{any}|{count}|{total}"],
        "columns": {"指令号": "2", "金额": "1", "状态": "3", "原因": "4"},
        "states": {"S": "accepted", "E": "returned"},
    }
)


def read(folder, text, form=OURS, name="answer.rsp"):
    (folder / name).write_bytes(text.encode("gb18030"))
    return read_answer(folder / name, folder / "store", form).taken


def test_a_text_without_a_header_is_read_by_the_places_its_profile_says(tmp_path):
    taken = read(tmp_path, "B1|2024-07|2|100.00\r\n50.00|I1|S|\r\n50.00|I2|E|户名不符\r\n")
    assert taken.rows.select("instruction_id", "event", "amount_fen", "reason").rows() == [
        ("I1", "accepted", 5000, None),
        ("I2", "returned", 5000, "户名不符"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("B1|2024-07|2|100.00\n50.00|I1|S|\n50.00|I2|E|户名", "最后一行没有写完"),
        ("B1|2024-07|3|100.00\n50.00|I1|S|\n50.00|I2|E|\n", "汇总行写 3 笔,明细为 2 笔"),
        ("B1|2024-07|2|90.00\n50.00|I1|S|\n50.00|I2|E|\n", "总金额与明细之和不符"),
        ("B1|2024-07|2|100.00\n50.00|I1|S|\n50.00|I2\n", "第 3 行只有 2 栏"),
        ("50.00\n50.00|I2|E|\n", "不是约定的写法"),
    ],
)
def test_a_text_that_was_cut_or_does_not_add_up_is_refused_whole(tmp_path, text, told):
    with pytest.raises(InputError, match=told):
        read(tmp_path, text)


def test_a_word_that_is_not_declared_refuses_its_row(tmp_path):
    taken = read(tmp_path, "B1|2024-07|1|50.00\n50.00|I1|X|\n")
    assert (taken.rows.height, taken.rows_refused) == (0, 1)


def test_a_list_of_failures_needs_no_state(tmp_path):
    form = AnswerForm.model_validate({"lists": "failures", "columns": {"指令号": "业务编号"}})
    taken = read(tmp_path, "业务编号,失败原因\nI1,户名不符\n", form, "failed.csv")
    assert taken.rows.select("instruction_id", "event").rows() == [("I1", "returned")]


def test_a_list_of_failures_may_name_the_state_all_the_same(tmp_path):
    form = AnswerForm(lists="failures")
    taken = read(tmp_path, "指令号,状态,失败原因\nI1,退票,户名不符\nI2,待查,\n", form, "failed.csv")
    assert taken.rows.select("instruction_id", "event").rows() == [("I1", "returned"), ("I2", "unknown")]
    with pytest.raises(InputError, match="指令号"):
        read(tmp_path, "甲,乙\n1,2\n", form, "other.csv")


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"columns": {"指令编号": "x"}}, "不是回盘的列"),
        ({"kind": "text", "columns": {"指令号": "B列"}}, "第几栏"),
        ({"kind": "text", "columns": {"指令号": "1"}}, "缺少“状态”列"),
        ({"accept_by_inference": "yes"}, "只用于 lists: failures"),
        ({"states": {"0": "paid"}}, "accepted"),
        ({"trailer": ["{count} {total}"]}, "认得出它的字"),
        ({"kind": "text", "columns": {"指令号": "1", "状态": "2"}, "header": ["{sum}"]}, "不认识的词 sum"),
    ],
)
def test_what_is_wrong_in_a_form_is_told(form, told):
    with pytest.raises(ValueError, match=told):
        AnswerForm.model_validate(form)


def test_our_own_lines_come_back_with_a_state_and_a_reason_at_their_end(tmp_path, pipe):
    """Written by the shipped profile, answered by a bank that only adds to each line, and found to say the same."""
    content = instructions(payable_rows({"n": 1}, {"n": 2, "payee_name": "阿卜杜拉·䶮"}), BATCH, pipe)
    total, *sent = text_bytes(Order(content.lines, "410721", JULY), pipe).decode("gb18030").split("\r\n")[:-1]
    back = [total, f"{sent[0]}|成功|", f"{sent[1]}|退票|已销户"]
    taken = read(tmp_path, "\r\n".join([*back, ""]), pipe.answer)
    found = compared(taken.rows, content.lines)
    assert found.select("instruction_id", "event", "misfit").rows() == [
        (content.lines["instruction_id"][0], "accepted", None),
        (content.lines["instruction_id"][1], "returned", None),
    ]
    with pytest.raises(InputError, match="汇总行写 2 笔,明细为 1 笔"):
        read(tmp_path, "\r\n".join([*back[:2], ""]), pipe.answer, "cut.rsp")


SUMMED = AnswerForm.model_validate(
    {
        "columns": {"指令号": "流水", "状态": "结果"},
        "header": ["批次 {batch_id} 共 {count} 笔"],
        "trailer": ["合计 {total} 成功 {accepted_count} {any}"],
    }
)
ABOVE, TITLES = "批次,B1,共,2,笔", "流水,结果,金额,原因,,"
ONE, TWO, TOTAL = 'I1,成功,"1,234.50",', "I2,退票,50,户名不符", '合计,,"1,284.50",成功,1,笔'


def table(*lines):
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("lines", [(ABOVE, TITLES, ONE, TWO, TOTAL), (TITLES, ABOVE, ONE, TWO, TOTAL)])
def test_the_totals_of_a_table_stand_in_rows_of_it(tmp_path, lines):
    (tmp_path / "summed.csv").write_text(table(*lines), "gb18030")
    answer = read_answer(tmp_path / "summed.csv", tmp_path / "store", SUMMED)
    assert answer.taken.rows.select("instruction_id", "event", "amount_fen").rows() == [
        ("I1", "accepted", 123450),
        ("I2", "returned", 5000),
    ]
    assert (answer.totals.batch_ids, answer.totals.accepted.heads, answer.taken.rows_refused) == (("B1",), 1, 0)
    assert answer.taken.refused["reason"].to_list().count("汇总行") == 2


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((ABOVE, TITLES, ONE, TWO), "应恰有一行“合计"),
        ((ABOVE, TITLES, ONE, TOTAL), "写 2 笔,明细为 1 笔"),
        ((ABOVE.replace("2", "1"), TITLES, ONE, TOTAL), "总金额与明细之和不符"),
        ((ABOVE, TITLES, TOTAL, ONE, TWO), "不在约定的位置"),
        ((ABOVE, TITLES, ONE, TWO, TOTAL, TOTAL), "应恰有一行“合计"),
        ((ABOVE, TITLES, ONE, TWO.replace("退票", "成功"), TOTAL), "写 1 笔,明细为 2 笔"),
        ((ABOVE, TITLES, ONE, TWO, TOTAL.replace(",284", ",28x")), "不是数"),
    ],
)
def test_a_table_that_lacks_its_totals_or_is_not_what_they_say_is_refused_whole(tmp_path, lines, told):
    with pytest.raises(InputError, match=told):
        read(tmp_path, table(*lines), SUMMED, "summed.csv")


def test_lines_of_totals_that_say_different_things_refuse_the_file(tmp_path):
    twice = OURS.model_copy(update={"trailer": ("T|{count}",)})
    with pytest.raises(InputError, match="各汇总行所写的不一致"):
        read(tmp_path, "B1|2024-07|1|50.00\n50.00|I1|S|\nT|2\n", twice)


def test_amounts_of_a_table_may_be_in_fen(tmp_path):
    taken = read(tmp_path, "指令号,状态,金额\nI1,成功,5000\n", AnswerForm(amount="fen"), "fen.csv")
    assert taken.rows["amount_fen"].to_list() == [5000]
