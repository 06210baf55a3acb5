"""Closing a cycle: what keeps it open, what its seal proves, and where later knowledge goes."""

import sqlite3

import pytest
from sqlalchemy import insert, select, text

from contracts.actor import Actor
from contracts.errors import BookError
from contracts.months import parse_month
from ledger import audit, cycles, results, sealing, tables
from tests.ledger.county import CHECKER, CODE, MAKER, row
from tests.ledger.laws import breaches

JULY, AUGUST = parse_month("2024-07"), parse_month("2024-08")


def close(book, month=JULY, reason="", signed_list=""):
    return sealing.close(book, CODE, month, Actor(CHECKER, "tester"), reason, signed_list)


def found(book):
    with book.reading() as conn:
        return sealing.verify(conn)


def test_a_month_that_was_paid_and_answered_is_closed_once(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.answer("accepted")
    (seal,) = close(book)
    assert (seal.cycle.pay_month, seal.cycle.sequence, seal.officer) == (JULY, 1, CHECKER)
    assert close(book) == []
    assert found(book) == []


def test_a_month_with_a_waiting_batch_stays_open(county, book):
    county.run("2024-07", [row(1, "2024-07")])
    with pytest.raises(BookError, match="既未暂缓也未编批"):
        close(book)
    county.claim()
    with pytest.raises(BookError, match="尚未放行"):
        close(book)


def test_a_month_that_never_ran_cannot_be_closed(county, book):
    with pytest.raises(BookError, match="尚未运行"):
        close(book)


@pytest.mark.parametrize("event", [None, "unknown"])
def test_what_the_bank_has_not_said_needs_a_signed_list(county, book, event):
    county.pay("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    county.answer("accepted", 1)
    if event:
        county.answer(event, 2, source="bank-2")
    with pytest.raises(BookError, match="有 1 笔尚无最终回盘结果"):
        close(book, reason="已与银行核对")
    with book.reading() as conn:
        (one,) = sealing.open_cycles(conn, CODE, JULY)
        rows = sealing.unanswered(conn, one.cycle_id)
    (seal,) = close(book, reason="已与银行核对", signed_list=sealing.list_digest(rows))
    assert (seal.unanswered_count, seal.unanswered_fen, seal.reason) == (1, 5000, "已与银行核对")


def test_a_list_that_has_changed_since_is_not_the_signed_one(county, book):
    county.pay("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    with book.reading() as conn:
        (one,) = sealing.open_cycles(conn, CODE, JULY)
        seen = sealing.list_digest(sealing.unanswered(conn, one.cycle_id))
    county.answer("accepted", 1)
    with pytest.raises(BookError, match="有 1 笔"):
        close(book, reason="已核", signed_list=seen)


def test_what_is_learnt_after_closing_opens_a_supplement_and_leaves_the_seal_true(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.answer("accepted")
    close(book)
    posted = county.run("2024-07", [row(1, "2024-07", 6000)])
    assert (posted.cycle.sequence, posted.differences.obligations["amount_fen"].to_list()) == (2, [1000])
    county.claim()
    assert found(book) == []
    assert breaches(book) == []


def test_what_is_learnt_in_the_next_month_is_posted_there_for_its_own_month(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.answer("accepted")
    close(book)
    posted = county.run("2024-08", [row(1, "2024-07", 4000), row(1, "2024-08", 4000)])
    assert posted.differences.receivables.select("benefit_month", "amount_fen").rows() == [(JULY, 1000)]
    assert found(book) == []


def test_a_closed_cycle_takes_no_run_where_nothing_differs(county, book):
    rows = [row(1, "2024-07")]
    county.pay("2024-07", rows)
    county.answer("accepted")
    close(book)
    assert county.run("2024-07", rows, note="another register, nothing new").run is None


def test_money_whose_hold_is_lifted_after_closing_goes_out_in_a_supplement(county, book):
    from ledger import holds

    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    owed = county.unpaid().filter(person_no=2)["obligation_id"][0]
    hold_id = holds.place(book, CODE, 2, "MANUAL", "待核", Actor(MAKER, "tester"), owed)
    county.claim()
    county.sign("2024-07")
    county.release("2024-07")
    county.answer("accepted")
    close(book)
    holds.lift(book, CODE, hold_id, Actor(MAKER, "tester"), "已核")
    assert county.claim() == [f"{CODE}-2024-07-02-01"]
    assert found(book) == []


def test_a_late_answer_does_not_break_a_seal(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.answer("accepted")
    close(book)
    county.answer("returned", source="bank-2")
    assert found(book) == []
    assert breaches(book) == []


def test_an_order_refused_whole_after_closing_does_not_break_a_seal(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    with book.reading() as conn:
        (one,) = sealing.open_cycles(conn, CODE, JULY)
        seen = sealing.list_digest(sealing.unanswered(conn, one.cycle_id))
    close(book, reason="已核", signed_list=seen)
    results.refuse_order(book, CODE, f"{CODE}-2024-07-01-01", "", "付款账户余额不足", Actor(MAKER, "tester"))
    assert found(book) == []
    assert breaches(book) == []


def test_an_order_refused_whole_before_closing_is_sealed(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    results.refuse_order(book, CODE, f"{CODE}-2024-07-01-01", "", "付款账户余额不足", Actor(MAKER, "tester"))
    county.run("2024-07", [row(1, "2024-07")], note="again")
    for _ in county.claim():
        county.sign("2024-07")
        county.release("2024-07")
    county.answer("accepted")
    close(book)
    if book.engine.dialect.name == "sqlite":
        with sqlite3.connect(book.engine.url.database) as conn:
            conn.execute("DROP TRIGGER refused_order_no_update")
            conn.execute("UPDATE refused_order SET reason = '另一个原因'")
        conn.close()
        assert "2024-07 第 1 期 结账后 refused_order 被改动" in found(book)[0]


def test_earlier_months_are_closed_with_a_later_one_and_chained(county, book):
    for rows in ([row(1, "2024-07")], [row(1, "2024-07"), row(1, "2024-08")]):
        month = rows[-1]["benefit_month"].strftime("%Y-%m")
        county.pay(month, rows)
        county.answer("accepted", source=month)
    july, august = close(book, AUGUST)
    assert august.previous_digest == july.digest
    with book.reading() as conn:
        assert audit.verify(conn) == []


@pytest.fixture
def two_seals(county, book):
    """July and August, closed one after the other."""
    for rows in ([row(1, "2024-07")], [row(1, "2024-07"), row(1, "2024-08")]):
        month = rows[-1]["benefit_month"].strftime("%Y-%m")
        county.pay(month, rows)
        county.answer("accepted", source=month)
        close(book, parse_month(month))
    return book


def test_a_seal_is_linked_to_the_last_one_and_not_to_the_first(county, two_seals):
    county.pay("2024-09", [row(1, month) for month in ("2024-07", "2024-08", "2024-09")])
    county.answer("accepted", source="2024-09")
    (september,) = close(two_seals, parse_month("2024-09"))
    with two_seals.reading() as conn:
        assert september.previous_digest == sealing.seals_of(conn, CODE)[1].digest


def sealed_anew(conn, **changed):
    """A further seal like the last one, its own digest true."""
    seal = tables.seal
    last = dict(conn.execute(select(seal).order_by(seal.c.seal_id.desc()).limit(1)).mappings().one())
    cycle = cycles.open_cycle(conn, changed.get("county", CODE), parse_month("2024-09"))
    told = last | {"seal_id": last["seal_id"] + 1, "cycle_id": cycle.cycle_id, "tables_json": "{}"} | changed
    told["digest"] = sealing._digest(told)
    conn.execute(insert(seal).values(**told))


@pytest.mark.parametrize("linked_to", ["", "0" * 64, "first"])
def test_a_seal_that_passes_over_the_one_before_is_refused(two_seals, linked_to):
    with two_seals.reading() as conn:
        first = sealing.seals_of(conn, CODE)[0].digest
    with pytest.raises(BookError, match="封存与上一期不相连"), two_seals.writing() as conn:
        sealed_anew(conn, previous_digest=first if linked_to == "first" else linked_to)


def test_a_seal_linked_to_the_one_before_is_taken(two_seals):
    with two_seals.writing() as conn:
        sealed_anew(conn, previous_digest=sealing.seals_of(conn, CODE)[-1].digest)
    assert found(two_seals) == []


def test_a_link_that_was_cut_is_found_though_the_seal_itself_is_true(two_seals):
    guard = "DROP TRIGGER seal_follows_the_one_before"
    with two_seals.engine.begin() as conn:
        conn.execute(text(guard if conn.dialect.name == "sqlite" else f"{guard} ON seal"))
        sealed_anew(conn, previous_digest="0" * 64)
    assert found(two_seals) == [f"{CODE} 2024-09 第 1 期 的封存与上一期不相连"]


def test_every_county_has_a_chain_of_its_own(two_seals):
    with two_seals.writing() as conn:
        sealed_anew(conn, county="410902", previous_digest="")
    assert found(two_seals) == []


def test_a_row_changed_after_closing_is_found(county, book):
    if book.engine.dialect.name != "sqlite":
        pytest.skip("takes the guards away first")
    county.pay("2024-07", [row(1, "2024-07")])
    county.answer("accepted")
    close(book)
    with sqlite3.connect(book.engine.url.database) as conn:
        conn.execute("DROP TRIGGER instruction_no_update")
        conn.execute("UPDATE instruction SET account_no = '999'")
    conn.close()
    assert found(book) == [f"{CODE} 2024-07 第 1 期 结账后 instruction 被改动"]
