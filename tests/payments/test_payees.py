"""What the payees of a file are is counted from its lines, and a file of nothing special says nothing of it."""

from payments.instructions import instructions
from payments.payees import counted
from payments.trial import IDENTITY
from tests.payments.rows import in_institution, payable_rows, resident_id


def told(pipe, *rows):
    return list(counted(instructions(payable_rows(*rows), IDENTITY, pipe).lines))


def test_a_file_of_peoples_own_accounts_says_its_sum_only(pipe):
    assert told(pipe, {"n": 1}, {"n": 2}) == ["共 2 笔 100.00 元:正常 2 笔 100.00 元"]


def test_what_is_sent_again_is_counted_apart_from_arrears(pipe):
    rows = ({"n": 1, "attempt": 2, "kind": "arrears"}, {"n": 2, "kind": "arrears"}, {"n": 3, "attempt": 3})
    assert told(pipe, *rows) == ["共 3 笔 150.00 元:补发 1 笔 50.00 元、重发(更正发放,不是补发) 2 笔 100.00 元"]


def test_institutions_are_counted_by_line_and_by_whom_each_pays_for(pipe):
    rows = (in_institution(1), in_institution(2), in_institution(3, institution="J02"))
    assert told(pipe, *rows)[1:] == ["付给供养机构 2 笔 3 人次 2,400.00 元"]


def test_money_drawn_by_another_is_counted_and_so_is_that_nobody_says_why(pipe):
    rows = (
        {"n": 1, "relationship": "子女", "payee_id": resident_id(9)},
        {"n": 2, "relationship": None, "payee_id": resident_id(9)},
        {"n": 3, "relationship": None, "payee_id": None},
        {"n": 4, "relationship": None},
        {"n": 5},
    )
    assert told(pipe, *rows)[1:] == ["代领 3 笔,其中没有写明关系 2 笔"]


def test_an_account_of_several_people_is_counted_and_one_of_one_persons_lines_is_not(pipe):
    rows = (
        {"n": 1, "account_no": "9900000001"},
        {"n": 2, "account_no": "9900000001"},
        {"n": 3, "account_no": "9900000003"},
        {"n": 4, "person_id": resident_id(3), "account_no": "9900000003"},
        in_institution(5),
        in_institution(6),
    )
    assert "一个账户收几人的款:1 个账户,2 人" in told(pipe, *rows[:4])
    assert not [one for one in told(pipe, *rows[4:]) if "账户收" in one]
