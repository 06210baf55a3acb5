"""Signing, answers and the next attempt: a payment's way out and back."""

import multiprocessing

import polars as pl
import pytest
from sqlalchemy import text

from contracts.actor import Actor
from contracts.codes import RecoveryMeans, SignatureStep
from contracts.errors import BookError, SameOfficerError
from contracts.months import parse_month
from ledger import audit, batches, exports, recovery, results, signing
from ledger.book import open_book
from tests.ledger.county import CHECKER, CODE, MAKER, RELEASER, County, row

JULY = parse_month("2024-07")
BATCH = f"{CODE}-2024-07-01-01"


def states(book):
    with book.reading() as conn:
        return dict(batches.batches_of(conn, CODE, None).select("batch_id", "state").iter_rows())


def shown(book, month="2024-07"):
    with book.reading() as conn:
        rows = exports.payments(conn, CODE, parse_month(month))
    return rows.select("attempt", "pays_fen", "batch_id", "state").rows()


@pytest.fixture
def claimed(county):
    county.run("2024-07", [row(1, "2024-07")])
    county.claim()
    return county


def test_a_batch_is_approved_then_released_and_a_second_time_signs_nothing(claimed, book):
    assert signing.approve(book, CODE, JULY, Actor(CHECKER, "t")) == signing.Signed((BATCH,), ())
    assert signing.approve(book, CODE, JULY, Actor(CHECKER, "t")) == signing.Signed((), (BATCH,))
    assert signing.release(book, CODE, JULY, Actor(RELEASER, "t")) == signing.Signed((BATCH,), ())
    assert signing.release(book, CODE, JULY, Actor(RELEASER, "t")) == signing.Signed((), (BATCH,))
    assert states(book) == {BATCH: "released"}


def test_where_nothing_waits_the_officer_is_told(county, book):
    with pytest.raises(BookError, match="没有待批准的批次"):
        signing.approve(book, CODE, JULY, Actor(CHECKER, "t"))
    with pytest.raises(BookError, match="没有已批准待发放的批次"):
        signing.release(book, CODE, JULY, Actor(RELEASER, "t"))


def test_a_rejected_batch_waits_to_be_claimed_anew(claimed, book):
    signing.reject(book, CODE, JULY, Actor(CHECKER, "t"), "金额待核")
    assert states(book) == {BATCH: "rejected"}
    with pytest.raises(BookError, match="已被驳回"):
        signing.approve(book, CODE, JULY, Actor(CHECKER, "t"))


def test_an_approval_does_not_outlive_a_change(claimed, book):
    claimed.sign("2024-07")
    claimed.run("2024-07", [row(1, "2024-07", 4000)])
    claimed.claim()
    assert list(states(book).values()) == ["voided", "rendered"]
    with pytest.raises(BookError, match="没有已批准"):
        claimed.release("2024-07")


def acts(book):
    with book.reading() as conn:
        assert audit.verify(conn) == []
        return conn.execute(text("SELECT action FROM audit_log ORDER BY entry_id")).scalars().all()


def test_one_officer_who_would_be_two_is_told_apart_and_nothing_of_it_stays(claimed, book):
    with pytest.raises(SameOfficerError, match="须为不同的人"):
        signing.approve(book, CODE, JULY, Actor(MAKER, "t"))
    signing.approve(book, CODE, JULY, Actor(CHECKER, "t"))
    for same in (MAKER, CHECKER):
        with pytest.raises(SameOfficerError, match="须为不同的人"):
            signing.release(book, CODE, JULY, Actor(same, "t"))
    assert states(book) == {BATCH: "approved"}
    assert acts(book) == ["post", "claim", "approved"]


def test_whoever_gives_up_collection_is_another_than_who_approves_it(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.run("2024-08", [])
    waiver = (RecoveryMeans.WAIVED, 5000, Actor(MAKER, "t"), "批文1")
    with pytest.raises(SameOfficerError, match="核销须由另一人批准"):
        recovery.recover(book, CODE, 1, *waiver, approved_by=MAKER)
    assert "recover" not in acts(book)
    assert recovery.recover(book, CODE, 1, *waiver, approved_by=CHECKER) == 1


def test_what_the_book_refuses_for_another_reason_is_no_matter_of_who(claimed, book):
    signing.reject(book, CODE, JULY, Actor(CHECKER, "t"), "金额待核")
    with book.reading() as conn:
        (digest,) = batches.batches_of(conn, CODE, None)["content_digest"]
    with pytest.raises(BookError, match="须重新编批") as refused, book.writing() as conn:
        batches.sign(conn, BATCH, digest, SignatureStep.APPROVED, Actor(RELEASER, "t"))
    assert not isinstance(refused.value, SameOfficerError)


def test_every_act_is_in_the_audit_chain(claimed, book):
    claimed.sign("2024-07")
    claimed.release("2024-07")
    assert acts(book) == ["post", "claim", "approved", "released"]


def test_the_same_file_of_answers_twice_changes_nothing(claimed):
    claimed.sign("2024-07")
    claimed.release("2024-07")
    assert claimed.answer("accepted") == 1
    assert claimed.answer("accepted") == 0


def test_a_return_may_follow_an_acceptance_and_frees_the_next_attempt(claimed, book):
    claimed.sign("2024-07")
    claimed.release("2024-07")
    claimed.answer("accepted", source="first")
    assert shown(book) == [(1, 5000, BATCH, "accepted")]
    claimed.answer("returned", source="later")
    assert claimed.unpaid().select("attempt", "pays_fen").rows() == [(2, 5000)]
    assert shown(book) == [(1, 5000, BATCH, "returned")]


def told(line, event):
    return line.with_columns(event=pl.lit(event), reason_code=pl.lit(""), reason=pl.lit(""))


def test_an_answer_to_what_was_not_released_is_refused_and_taken_later_from_the_same_file(claimed, book):
    with book.reading() as conn:
        line = batches.lines(conn, BATCH).select("instruction_id")
    answers = told(line, "accepted")
    refused = results.record(book, CODE, "source", answers, Actor(MAKER, "t"))
    assert (refused.noted, refused.refused.rows()) == (0, [(1, "ANSWER_UNPLACED")])
    claimed.sign("2024-07")
    claimed.release("2024-07")
    assert results.record(book, CODE, "source", answers, Actor(MAKER, "t")).noted == 1
    assert results.record(book, CODE, "source", answers, Actor(MAKER, "t"))[:2] == (0, 1)


def test_after_a_return_nothing_else_is_believed_and_a_file_may_not_contradict_itself(claimed, book):
    claimed.sign("2024-07")
    claimed.release("2024-07")
    with book.reading() as conn:
        line = batches.lines(conn, BATCH).select("instruction_id")
    both = pl.concat([told(line, "accepted"), told(line, "returned")])
    assert (
        results.record(book, CODE, "both", both, Actor(MAKER, "t")).refused["code"].to_list()
        == ["ANSWER_CONTRADICTS"] * 2
    )
    assert results.record(book, CODE, "first", told(line, "returned"), Actor(MAKER, "t")).noted == 1
    assert results.record(book, CODE, "again", told(line, "returned"), Actor(MAKER, "t"))[:2] == (0, 1)
    assert results.record(book, CODE, "late", told(line, "accepted"), Actor(MAKER, "t")).refused.height == 1


def test_a_voided_attempt_is_counted_in_the_book_and_not_in_print(claimed, book):
    claimed.claim()
    with book.reading() as conn:
        last = f"{CODE}-2024-07-01-02"
        assert batches.items(conn, last)["attempt"].to_list() == [2]
        assert batches.lines(conn, last)["attempt"].to_list() == [1]


def _post(url, told):
    book = open_book(url)
    try:
        county = County(book)
        told.put(county.run("2024-07", [row(n, "2024-07") for n in range(1, 9)]).differences.obligations.height)
    except BookError as refused:
        told.put(str(refused))
    finally:
        book.close()


def test_processes_that_race_on_one_month_post_it_once(book_url):
    open_book(book_url).close()
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    racers = [context.Process(target=_post, args=(book_url, told)) for _ in range(3)]
    for racer in racers:
        racer.start()
    posted = [told.get(timeout=60) for _ in racers]
    for racer in racers:
        racer.join()
    assert sorted(posted) == [0, 0, 8]
