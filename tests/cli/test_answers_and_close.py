"""The bank's answers read back and the month closed, through the commands, as officers give them."""

import json
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from contracts.columns import headers
from contracts.files import digest_of
from contracts.tables import RefusedRow
from ledger import batches
from ledger.book import open_book
from tests import homes
from tests.cli.giving import asked, disburse
from tests.ledger.laws import breaches

ONE, TWO, THREE = (homes.resident_id(born) for born in ("1940-03-05", "1938-02-11", "1935-06-07"))
MONTH = ("--county", homes.COUNTY, "--month", "2024-07")
RESULTS = ("results", "--county", homes.COUNTY, "--as", homes.MAKER)
CLOSE = ("close", *MONTH, "--as", homes.CHECKER)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Three elders' July has been released."""
    return homes.released(tmp_path_factory.mktemp("released") / "home", (ONE, TWO, THREE))


@pytest.fixture
def home(released, tmp_path):
    return homes.copied(released, tmp_path / "home")


def instructions(home):
    book = open_book(home.database_url)
    with book.reading() as conn:
        of_month = batches.batches_of(conn, homes.COUNTY, None)
        ids = pl.concat([batches.lines(conn, batch) for batch in of_month["batch_id"]])["instruction_id"].to_list()
    book.close()
    return ids


def laws(home):
    book = open_book(home.database_url)
    found = breaches(book)
    book.close()
    return found


def answer_file(home, name, *rows, header="指令号,状态,原因", encoding="gb18030"):
    path = home.path / name
    path.write_text("\n".join([header, *(",".join(row) for row in rows), ""]), encoding)
    return str(path)


def test_answers_are_noted_once_and_a_returned_one_holds_its_account(home):
    first, second, third = instructions(home)
    told = [(first, "成功", ""), (second, "退票", "户名不符"), (third, "处理中", "")]
    file = answer_file(home, "回盘.csv", *told)
    told_back = asked(home, *RESULTS, file)
    assert [told_back[name] for name in ("rows", "noted", "already", "refused", "others")] == [3, 3, 0, 0, 0]
    assert asked(home, *RESULTS, file)["already"] == 3
    held = asked(home, "hold", "list", "--county", homes.COUNTY)
    assert [row["codes"] for row in held] == [["ACCOUNT_REJECTED"]]
    assert "退回:户名不符" in held[0]["reason"][0]  # in the bank's own words
    assert laws(home) == []


def test_rows_that_fit_nothing_are_listed_and_the_others_taken(home):
    first, second, _ = instructions(home)
    rows = [(first, "成功", ""), ("9" * 20, "成功", ""), (second, "好的", "")]
    told = asked(home, *RESULTS, answer_file(home, "mixed.csv", *rows))
    assert (told["noted"], told["refused"]) == (1, 2)
    header, *listed = openpyxl.load_workbook(told["list"]).active.iter_rows(values_only=True)
    row_of = header.index(headers(RefusedRow)["source_row"])
    assert sorted(row[row_of] for row in listed) == [3, 4]


def test_a_line_that_says_another_amount_is_listed_and_its_instruction_stays_open(home):
    """The bank says 5.00 of an instruction over 50.00; a title, a total and an unknown column are no refusals."""
    first, second, third = instructions(home)
    fens = ((first, "50.00"), (second, "5.00"), (third, "50.00"))
    rows = [*((one, "到账", yuan, "", "x") for one, yuan in fens), ("合计", "", "", "", "")]
    file = answer_file(home, "amounts.csv", *rows, header="指令号,状态,金额,原因,柜员")
    told = asked(home, *RESULTS, file)
    assert [told[name] for name in ("rows", "noted", "already", "refused", "others")] == [4, 2, 0, 1, 1]
    assert (told["notices"], told["missing"]) == (["有不认识的列“柜员”"], 1)
    matters = {matter["code"]: matter["count"] for matter in asked(home, "status", *MONTH)["matters"]}
    assert (matters["misfit:ANSWER_AMOUNT"], matters["unanswered"]) == (1, 1)
    listed = [str(cell.value) for row in openpyxl.load_workbook(told["list"]).active.iter_rows() for cell in row]
    assert "金额与指令不符:金额回盘为 5.00 元,指令为 50.00 元" in listed
    assert asked(home, *RESULTS, file)["already"] == 2
    assert laws(home) == []


def test_an_answer_in_the_shape_of_our_text_is_read_and_a_banks_own_words_are_data(home):
    first, second, third = instructions(home)
    path = home.path / "回盘.txt"
    path.write_text(f"指令号|状态|原因\n{first}|到账|\n{second}|退票|户名不符\n", "gb18030")
    assert asked(home, *RESULTS, str(path))["noted"] == 2
    words = answer_file(home, "words.csv", (third, "0000", ""), header="业务流水号,处理结果,失败原因")
    assert asked(home, *RESULTS, words)["refused"] == 1
    layout = home.layouts_of(homes.COUNTY) / "results.yaml"
    layout.parent.mkdir(parents=True)
    layout.write_text('register: results\nwords: {状态: {"0000": 到账}}\n', "utf-8")
    assert asked(home, *RESULTS, words)["noted"] == 1
    assert laws(home) == []


def test_the_whole_batch_refused_is_due_again_and_nobodys_account_is_held(home):
    whole = (*RESULTS, "--whole-batch", "refused", "--batch", "410721-2024-07-01-01")
    disburse(home, *whole, code=3)  # without a reason
    assert asked(home, *whole, "--reason", "付款账户余额不足")["due_again"] == 3
    assert asked(home, "hold", "list", "--county", homes.COUNTY) == []
    told = asked(home, "status", *MONTH)
    assert (told["step"], told["next_command"].split()[:2]) == ("due_again", ["disburse", "run"])
    (matter,) = (one for one in told["matters"] if one["code"] == "due_again")
    assert (matter["count"], matter["fen"], matter["blocks"]) == (3, 15000, True)
    homes.run(home, "2024-07")
    assert asked(home, "status", *MONTH)["step"] == "rendered"
    assert laws(home) == []


def test_a_file_without_instructions_is_refused_whole(home):
    _, said = disburse(home, *RESULTS, answer_file(home, "bad.csv", ("1", "成功"), header="序号,状态"), code=3)
    assert "指令号" in said


def test_a_month_is_closed_when_the_bank_has_answered(home):
    rows = [(one, "成功", "") for one in instructions(home)]
    disburse(home, *RESULTS, answer_file(home, "all.csv", *rows))
    done = asked(home, *CLOSE)
    assert [one["cycle"] for one in done["closed"]] == ["2024-07 第 1 期"]
    assert asked(home, *CLOSE) == {"closed": [], "packages": done["packages"]}
    (package,) = done["packages"]
    Path(package["file"]).unlink()
    said, _ = disburse(home, *CLOSE, "--package")
    assert f"check_package.py {package['file']} --head {package['head']}" in said
    assert digest_of(Path(package["file"])) == package["digest"]
    assert laws(home) == []


def test_what_is_not_answered_is_listed_and_signed(home):
    said = json.loads(disburse(home, *CLOSE, "--json", code=7)[0])
    assert said["error"].startswith("有 3 笔尚无最终回盘结果")
    assert (said["unanswered"], "unanswered.xlsx" in said["list"]) == (3, True)
    signature = said["signature"]
    assert f"--sign-list {signature}" in said["advice"]
    disburse(home, *CLOSE, "--sign-list", "0" * 12, "--reason", "已电话核实", code=7)
    assert len(asked(home, *CLOSE, "--sign-list", signature, "--reason", "已电话核实")["closed"]) == 1
    assert len(openpyxl.load_workbook(home.reports / homes.COUNTY / "2024-07" / "unanswered.xlsx").active["A"]) == 4


def test_the_month_is_reconciled_from_the_terminal_and_a_difference_is_an_error(home):
    sent = ("reconcile", "sent", *MONTH, "--as", homes.MAKER)
    told = asked(home, *sent, "--preview")
    assert (told["differences"], told["file"]) == (0, "")
    said, _ = disburse(home, *sent, "--debited", "150.00", code=7)
    assert "相差 150.00 元;恰为尚无结果的金额" in said
    disburse(home, *sent, "--credited", "150.00", code=2)
    assert asked(home, "reconcile", "book", "--county", homes.COUNTY, "--as", homes.MAKER)["differences"] == 0
    (entry, *_) = asked(home, "audit", "list", "--county", homes.COUNTY, "--act", "对账")
    assert entry["about"] == "全账 2024-07"


def test_only_a_checker_closes(home):
    disburse(home, "close", *MONTH, "--as", homes.MAKER, code=6)


def test_what_is_learnt_after_closing_is_posted_in_a_supplement_or_the_next_month(home):
    rows = [(one, "成功", "") for one in instructions(home)]
    disburse(home, *RESULTS, answer_file(home, "all.csv", *rows))
    disburse(home, *CLOSE)
    died = [homes.person(ONE, died_on="2024-06-10"), homes.person(TWO), homes.person(THREE)]
    homes.hand_in(home, "2024-08", population=died)
    homes.run(home, "2024-08")
    assert asked(home, "close", *MONTH, "--as", homes.CHECKER)["closed"] == []
    assert laws(home) == []
