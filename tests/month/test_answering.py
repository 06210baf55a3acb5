"""Answers in a bank's own shapes meet a month that went out: failures only, late, in messages, without a batch number.

One month of eight elders, answered step by step; the tests are in the order of the month.
"""

from types import SimpleNamespace

import openpyxl
import pytest

from contracts.codes import BankEvent
from contracts.errors import InputError
from ledger import batches
from month import closing
from payments import profiles
from payments.answer_messages import write_credits, write_status
from payments.answer_totals import Sum
from payments.answering import Asked
from tests import homes
from tests.ledger.laws import breaches

MAKER = homes.actor(homes.MAKER)
ELDERS = [homes.resident_id(f"19{year}-03-05") for year in range(36, 44)]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """July went out; the county's own profile answers with failures only, and what is not on its list was paid."""
    home = homes.make_home(tmp_path_factory.mktemp("answering") / "home")
    home.profiles.mkdir()
    text = (profiles.SHIPPED / "yikatong_list.yaml").read_text("utf-8")
    own = "answer: {lists: failures, accept_by_inference: yes, columns: {指令号: 业务编号}}\n"
    (home.profiles / "yikatong_list.yaml").write_text(text.replace("answer: {}", own), "utf-8")
    homes.hand_in(home, "2024-07", population=map(homes.person, ELDERS), account=map(homes.account, ELDERS))
    homes.run(home, "2024-07")
    homes.sign(home, "2024-07")
    with homes.opened(home.database_url) as book, book.reading() as conn:
        (batch_id,) = batches.batches_of(conn, homes.COUNTY, None)["batch_id"]
        lines = batches.lines(conn, batch_id).sort("line_no").to_dicts()
    return SimpleNamespace(home=home, batch_id=batch_id, lines=lines, ids=[one["instruction_id"] for one in lines])


def own(july, path):
    return SimpleNamespace(**{**vars(july), "home": homes.copied(july.home, path)})


@pytest.fixture
def july(released, tmp_path):
    return own(released, tmp_path / "home")


@pytest.fixture(scope="module")
def answered_once(released, tmp_path_factory):
    july = own(released, tmp_path_factory.mktemp("paid") / "home")
    answered(july, FAILED.format(july.ids[0]), "failed.csv", RECEIPT)
    return july


@pytest.fixture
def paid(answered_once, tmp_path):
    """July when the first came back and all the others were paid."""
    return own(answered_once, tmp_path / "home")


def answered(july, content, name, asked=None):
    path = july.home.path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("gb18030"))
    return closing.read_results(july.home, homes.COUNTY, path, MAKER, asked or Asked())


def states(july):
    """What the bank last said of each line, in order; None: nothing."""
    with homes.opened(july.home.database_url) as book:
        assert breaches(book) == []
        with book.reading() as conn:
            told = conn.exec_driver_sql("SELECT instruction_id, event FROM bank_event ORDER BY event_id")
            last = dict(told.fetchall())
    return [last.get(one) for one in july.ids]


def come_back_late(july):
    """The second comes back after it was paid; of the third another amount is told."""
    book = openpyxl.Workbook()
    book.active.append(["本表说明:退汇"])
    sheet = book.create_sheet("明细")
    for row in (["指令号", "金额", "退汇原因"], [july.ids[1], "50.00", "账户已销户"], [july.ids[2], "5.00", "已销户"]):
        sheet.append(row)
    book.save(july.home.path / "late.xlsx")
    return answered(july, (july.home.path / "late.xlsx").read_bytes(), "late.xlsx", Asked(is_late=True))


FAILED = "业务编号,失败原因\n{},户名不符\n"
RECEIPT = Asked(accepted=Sum(7, 35000))
PAID = "accepted"


def test_a_failure_list_pays_nobody_where_the_bank_told_no_sums(july):
    told = answered(july, FAILED.format(july.ids[0]), "failed.csv")
    assert (told.noted.noted, told.noted.inferred, told.kinds) == (1, 0, {"缺失": 7})
    assert any("--accepted" in notice for notice in told.noted.notices)
    assert states(july) == ["returned", *[None] * 7]
    rows = openpyxl.load_workbook(told.listed)["缺失"].iter_rows(min_row=2, values_only=True)
    assert [row[2] for row in rows] == july.ids[1:]


def test_sums_that_the_list_does_not_leave_refuse_it_whole(july):
    with pytest.raises(InputError, match=r"银行写成功 5 笔、250.00 元,除去失败清单应为 7 笔、350.00 元"):
        answered(july, FAILED.format(july.ids[1]), "short.csv", Asked(accepted=Sum(5, 25000)))
    assert states(july) == [None] * 8


def test_a_line_that_fits_nothing_leaves_the_rest_open(july):
    told = answered(july, FAILED.format("9" * 20), "foreign.csv", Asked("yikatong_list", accepted=Sum(8, 40000)))
    assert (told.noted.inferred, told.kinds) == (0, {"外来": 1})
    assert states(july) == [None] * 8


def test_the_rest_is_paid_where_the_banks_sums_leave_no_doubt_and_once(july):
    answered(july, FAILED.format(july.ids[0]), "failed.csv")
    told = answered(july, FAILED.format(july.ids[0]), "failed.csv", RECEIPT)
    assert (told.noted.already, told.noted.inferred, told.kinds, told.listed) == (1, 7, {}, None)
    again = answered(july, FAILED.format(july.ids[0]), "failed.csv", RECEIPT)
    assert (again.noted.already, again.noted.inferred) == (1, 0)
    assert states(july) == ["returned", *[PAID] * 7]


def test_what_comes_back_later_is_returned_from_whichever_sheet(paid):
    told = come_back_late(paid)
    assert (told.noted.noted, told.kinds) == (1, {"金额不符": 1})
    assert states(paid) == ["returned", "returned", *[PAID] * 6]


def test_a_failure_list_read_again_after_a_late_return_changes_nothing(paid):
    come_back_late(paid)
    again = answered(paid, FAILED.format(paid.ids[0]), "failed.csv", RECEIPT)
    assert (again.noted.already, again.noted.inferred) == (1, 0)
    assert states(paid) == ["returned", "returned", *[PAID] * 6]


def test_money_given_back_comes_as_a_message(paid):
    told = answered(paid, write_credits([(paid.lines[3], BankEvent.RETURNED, "账户冻结")]), "credits.xml")
    assert told.noted.noted == 1
    assert states(paid) == ["returned", PAID, PAID, "returned", *[PAID] * 4]


def test_a_message_about_another_order_than_went_out_is_refused_whole(july):
    content = write_status([(line, BankEvent.ACCEPTED, "") for line in july.lines[4:6]])
    with pytest.raises(InputError, match=r"银行写原批 2 笔、100.00 元,该批发出 8 笔、400.00 元"):
        answered(july, content, "status.xml")


def test_lines_without_our_number_are_found_in_the_batch_that_the_officer_names(paid):
    line = paid.lines[4]
    rows = f"序号,账号,金额,失败原因\n5,{line['account_no']},50.00,已销户\n6,{line['account_no']},50.00,已销户\n"
    with pytest.raises(InputError, match="--batch"):
        answered(paid, rows, "places.csv", Asked(is_late=True))
    told = answered(paid, rows, "places.csv", Asked(is_late=True, batch_id=paid.batch_id))
    assert (told.noted.noted, told.kinds) == (1, {"账号不符": 1})
    assert states(paid) == ["returned", *[PAID] * 3, "returned", *[PAID] * 3]


def test_what_was_paid_with_a_remark_is_paid_and_listed(paid):
    rows = f"指令号,状态,原因代码,原因\n{paid.ids[2]},成功,W1,已入二类户\n{paid.ids[5]},成功,,\n"
    told = answered(paid, rows, "remarked.csv")
    assert (told.noted.already, told.noted.remarked["instruction_id"].to_list()) == (2, [paid.ids[2]])
    (row,) = openpyxl.load_workbook(told.listed)["到账、另有说明"].iter_rows(min_row=2, values_only=True)
    assert (row[0], row[2], row[-1]) == (paid.batch_id, paid.ids[2], "W1 已入二类户")


def test_a_table_cut_short_of_its_totals_is_not_read_in_another_form(july):
    path = july.home.profiles / "yikatong_list.yaml"
    whole = 'answer: {columns: {状态: 处理结果}, trailer: ["合计 {count} {total}"]}\n'
    path.write_text(path.read_text("utf-8").partition("answer:")[0] + whole, "utf-8")
    rows = [f"{one},成功,50.00" for one in july.ids]
    for lines in (rows, [*rows[:-1], "合计,8,400.00"]):
        with pytest.raises(InputError, match="请重新向银行取回盘,整份未读入"):
            answered(july, "\n".join(["指令号,处理结果,金额", *lines, ""]), "cut.csv")
    told = answered(july, "\n".join(["指令号,处理结果,金额", *rows, "合计,8,400.00", ""]), "whole.csv")
    assert (told.noted.rows, told.noted.others, told.noted.missing.height) == (9, 1, 0)
