"""Money that came back: whose matter it is, and what waits because of it."""

from functools import partial

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from contracts.actor import Actor
from contracts.months import parse_month
from ledger import batches, holds, results, returns, sealing
from ledger.identity import NOBODY
from tests.ledger import county as told
from tests.ledger.county import CODE, MAKER, row
from tests.ledger.laws import breaches
from tests.ledger.places import SERVER

BOTH = [row(1, "2024-07"), row(2, "2024-07")]


def still_open(county):
    with county.book.reading() as conn:
        rows = holds.open_holds(conn, CODE).sort("hold_id")
    return rows.select("obligation_id", "code", "ground", "detail").rows()


def called_for(county):
    """What the returns call for, where everything goes where it went before: obligation, code, ground."""
    with county.book.reading() as conn:
        back = returns.came_back(conn, CODE)
    went_to = back.select("person_no", *returns.PAYEE).unique("person_no")
    owed = county.unpaid().select("obligation_id", "person_no").join(went_to, on="person_no")
    return returns.waiting(owed, back).select("obligation_id", "code", "ground").rows()


@pytest.mark.parametrize(
    ("reason", "code", "ground"),
    [
        ("CLOSED", "ACCOUNT_REJECTED", "rejected"),
        ("NAME_MISMATCH", "ACCOUNT_REJECTED", "rejected"),
        ("DUPLICATE", "UNDER_REVIEW", "return_unclear"),
        (None, "UNDER_REVIEW", "return_unclear"),
    ],
)
def test_a_return_holds_what_its_reason_says(county, reason, code, ground):
    county.pay("2024-07", BOTH)
    county.answer("returned", 1, return_reason=reason, reason="银行原话")
    ((_, held_by, on_ground, detail),) = still_open(county)
    assert (held_by, on_ground) == (code, ground)
    assert "尾号 0001" in detail
    assert "银行原话" in detail


def test_next_month_does_not_go_to_the_refused_account_either(county):
    county.pay("2024-07", BOTH)
    county.answer("returned", 1, return_reason="CLOSED")
    county.run("2024-08", [*BOTH, row(1, "2024-08"), row(2, "2024-08")])
    july, august = county.unpaid().filter(person_no=1)["obligation_id"].to_list()
    assert called_for(county) == [
        (july, "ACCOUNT_REJECTED", "rejected"),
        (august, "ACCOUNT_REJECTED", "rejected"),
    ]


def test_what_waits_in_a_batch_for_the_same_account_is_held_at_once(county):
    county.pay("2024-07", BOTH)
    county.run("2024-08", [*BOTH, row(1, "2024-08"), row(2, "2024-08")])
    county.claim()
    county.answer("returned", 1, return_reason="CLOSED")
    assert [code for _, code, _, _ in still_open(county)] == ["ACCOUNT_REJECTED"] * 2


def test_an_officer_who_lifts_one_hold_says_that_the_account_is_right(county):
    county.pay("2024-07", BOTH)
    county.run("2024-08", [*BOTH, row(1, "2024-08")])
    county.claim()
    county.answer("returned", 1, return_reason="FROZEN")
    with county.book.reading() as conn:
        hold_id = holds.open_holds(conn, CODE)["hold_id"][0]
    holds.lift(county.book, CODE, hold_id, Actor(MAKER, "tester"), "银行已解冻")
    assert called_for(county) == []


def test_the_account_is_refused_again_when_money_comes_back_again(county):
    county.pay("2024-07", BOTH)
    county.answer("returned", 1, return_reason="FROZEN")
    with county.book.reading() as conn:
        hold_id = holds.open_holds(conn, CODE)["hold_id"][0]
    holds.lift(county.book, CODE, hold_id, Actor(MAKER, "tester"), "银行已解冻")
    county.claim()
    county.sign("2024-07")
    county.release("2024-07")
    county.answer("returned", 1, source="bank-2", return_reason="FROZEN")
    assert called_for(county) == [(1, "ACCOUNT_REJECTED", "rejected")]


def test_a_fault_of_the_bank_is_due_again_and_the_third_time_asks_an_officer(county):
    county.pay("2024-07", BOTH)
    for turn in (1, 2, 3):
        assert still_open(county) == []
        county.answer("returned", 1, source=f"bank-{turn}", return_reason="BANK_TECH")
        if turn < 3:
            county.claim()
            county.sign("2024-07")
            county.release("2024-07")
    assert [(code, ground) for _, code, ground, _ in still_open(county)] == [("UNDER_REVIEW", "bank_again")]
    assert breaches(county.book) == []


def test_a_death_told_by_the_bank_holds_everything_of_the_person(county):
    county.pay("2024-07", BOTH)
    county.answer("returned", 1, return_reason="DECEASED", reason="死亡销户")
    assert [row[:3] for row in still_open(county)] == []  # the lines of this county name no person
    with county.book.reading() as conn:
        back = returns.came_back(conn, CODE).with_columns(is_to_person=True)
    owed = (
        county.unpaid().select("obligation_id", "person_no").join(back.select("person_no", *returns.PAYEE), "person_no")
    )
    assert returns.waiting(owed, back).select("obligation_id", "code", "ground").rows() == [
        (None, "UNDER_REVIEW", "told_dead")
    ]


def test_a_refused_order_is_due_again_at_once_in_a_new_one_and_blames_nobody(county):
    county.pay("2024-07", BOTH)
    (batch_id,) = batch_ids(county)
    county.answer("accepted", 2)
    done = results.refuse_order(county.book, CODE, batch_id, "", "付款账户余额不足", Actor(MAKER, "tester"))
    assert done == (1, 1, False)
    assert still_open(county) == []
    assert county.unpaid().select("person_no", "attempt").rows() == [(1, 1)]  # nothing was on its way: no 重发
    assert results.refuse_order(county.book, CODE, batch_id, "", "再说一次", Actor(MAKER, "tester")).is_known
    (again,) = county.claim()
    assert again != batch_id
    assert breaches(county.book) == []


def batch_ids(county):

    with county.book.reading() as conn:
        return batches.batches_of(conn, CODE, None)["batch_id"].to_list()


def test_a_misfit_notes_nothing_and_leaves_the_instruction_open(county):
    county.pay("2024-07", BOTH)
    assert county.answer("accepted", 1, misfit="ANSWER_AMOUNT") == 0
    with county.book.reading() as conn:
        assert results.open_misfits(conn, CODE, "2024-07")["misfit"].to_list() == ["ANSWER_AMOUNT"]
    assert county.answer("accepted", 1, source="bank-2") == 1
    with county.book.reading() as conn:
        assert results.open_misfits(conn, CODE, "2024-07").is_empty()


def test_a_month_with_a_return_nobody_has_made_out_is_not_closed(county):
    county.pay("2024-07", BOTH)
    county.answer("accepted", 2)
    county.answer("returned", 1, source="bank-2", reason="内部错误")
    with county.book.reading() as conn:
        (blocker,) = sealing.blockers(conn, CODE, parse_month("2024-07"))
        hold_id = holds.open_holds(conn, CODE)["hold_id"][0]
    assert blocker.what == "有 1 笔退回的原因没有判明"
    holds.lift(county.book, CODE, hold_id, Actor(MAKER, "tester"), "银行称系统差错,可重发")
    with county.book.reading() as conn:
        assert all("判明" not in one.what for one in sealing.blockers(conn, CODE, parse_month("2024-07")))


@pytest.mark.skipif(bool(SERVER), reason="a server counts no steps")
@pytest.mark.parametrize("ask", [returns.came_back, partial(returns.not_sent_again, known=NOBODY)])
def test_what_came_back_costs_no_more_in_an_old_book(county, ask):
    """Nothing that was paid since is looked at."""
    owed = [row(n, "2024-07") for n in range(1, 10)]
    county.pay("2024-07", owed)
    county.answer("returned", 1, return_reason="CLOSED")
    young = county.steps_of(partial(ask, county=CODE))
    for month in ("2024-08", "2024-09", "2024-10", "2024-11"):
        owed += [row(n, month) for n in range(1, 10)]
        county.pay(month, owed)
    assert county.steps_of(partial(ask, county=CODE)) < 1.2 * young


@pytest.fixture
def drawn_into(monkeypatch):
    """Into which account each person's money goes, two of a house into one; lines name their person."""
    accounts = {n: f"9900000{(n + 1) // 2}" for n in range(1, 10)}
    printed = told.printed

    def named(rows, *about):
        account_no = rows["person_no"].replace_strict(accounts, return_dtype=pl.String)
        return printed(rows, *about).with_columns(account_no=account_no, person_id=rows["person_no"].cast(pl.String))

    monkeypatch.setattr(told, "printed", named)
    return accounts


@pytest.fixture
def compared(monkeypatch):
    """Of each answer file: what it calls for by all returns is what it calls for by those concerned; (read, in all)."""
    concerning, read = returns.concerning, []

    def both(conn, county, owed):
        found, every = concerning(conn, county, owed), returns.came_back(conn, county)
        assert_frame_equal(returns.waiting(owed, found), returns.waiting(owed, every))
        read.append((found.height, every.height))
        return found

    monkeypatch.setattr(returns, "concerning", both)
    return read


def lift_all(county, code):
    with county.book.reading() as conn:
        open_now = holds.open_holds(conn, CODE).filter(code=code)
    for hold_id in open_now["hold_id"]:
        holds.lift(county.book, CODE, hold_id, Actor(MAKER, "tester"), "银行已核实")


def back(county, source, **reasons):
    """Answer files, one for each person; what is held then, on which grounds."""
    for person, reason in reasons.items():
        county.answer("returned", int(person[1:]), source=f"{source} {person}", return_reason=reason)
    return {ground for _, _, ground, _ in still_open(county)}


def test_a_file_holds_what_all_returns_call_for_by_reading_those_it_concerns(county, drawn_into, compared):
    county.per_payee = True
    owed = [row(n, month) for n in range(1, 10) for month in ("2024-06", "2024-07")]
    owed.append(row(5, "2024-07", benefit="family_planning_support"))
    county.pay("2024-08", owed)  # two months in a line
    assert back(county, "first", p1="CLOSED", p3="BANK_TECH", p7="DUPLICATE") == {"rejected", "return_unclear"}
    for benefit, reason in (("old_age_allowance", "DECEASED"), ("family_planning_support", "BANK_TECH")):
        county.answer("returned", 5, benefit, source=f"first {benefit}", return_reason=reason)
    back(county, "first", p2="BANK_TECH")  # into the account that refused his neighbour's
    assert len(still_open(county)) == 2 + 2 + 1 + 2  # of the dead one hold, although two lines of his came back

    lift_all(county, "UNDER_REVIEW")  # nobody died; and they draw elsewhere from now on
    drawn_into.update({3: "990000090", 5: drawn_into[9]})
    owed += [row(n, "2024-08") for n in range(1, 10) if n != 3]
    county.pay("2024-09", owed)
    assert "told_dead" in back(county, "second", p3="BANK_TECH", p5="BANK_TECH", p9="NAME_MISMATCH")
    lift_all(county, "ACCOUNT_REJECTED")  # the accounts are right

    owed += [row(n, "2024-09") for n in range(1, 10) if n != 3]
    county.pay("2024-10", owed)
    assert "bank_again" in back(county, "third", p3="BANK_TECH", p1="BANK_TECH", p2="CLOSED")
    county.run("2024-11", [*owed, *(row(n, "2024-11") for n in range(1, 10))])
    county.claim()
    before = len(still_open(county))
    back(county, "late", p8="CLOSED")  # and what waits in the batch for 7, who draws there too
    assert len(still_open(county)) > before + 1
    assert all(concerned < in_all for concerned, in_all in compared[-4:])


@pytest.mark.skipif(bool(SERVER), reason="a server counts no steps")
def test_what_a_file_calls_for_costs_no_more_where_much_came_back_before(county):
    """Of other people, into other accounts: only that a line came back is looked at, and where it went."""
    county.per_payee = True
    county.pay("2024-08", [row(n, month) for n in range(1, 10) for month in ("2024-05", "2024-06", "2024-07")])
    county.answer("returned", 1, return_reason="CLOSED")
    with county.book.reading() as conn:
        mine = returns.came_back(conn, CODE)
    ask = partial(returns.concerning, county=CODE, owed=mine)
    young, all_young = county.steps_of(ask), county.steps_of(partial(returns.came_back, county=CODE))
    for n in range(2, 10):
        county.answer("returned", n, source=f"bank {n}", return_reason="CLOSED")
    old, all_old = county.steps_of(ask), county.steps_of(partial(returns.came_back, county=CODE))
    assert old - young < (all_old - all_young) / 3
