"""What is owed back, what came back of it, and what is still collected."""

import pytest

from contracts.actor import Actor
from contracts.codes import RecoveryMeans
from contracts.months import parse_month
from ledger import identity, receivables, recovery
from ledger.book import read_frame
from tests.ledger.county import CODE, RELEASER, resident_id, row

BY = Actor("复核乙", "tester")


@pytest.fixture
def owing(county):
    """Two people were paid 50 yuan each for a month that neither was owed."""
    county.pay("2024-06", [row(1, "2024-06"), row(2, "2024-06")])
    county.run("2024-07", [])
    return county


def left(county):
    """What can be set off, what is still collected, and what is shown of it, each by receivable or person."""
    with county.book.reading() as conn:
        unrecovered = receivables.unrecovered(conn, CODE)
        outstanding = receivables.outstanding(conn, CODE, identity.of_county(conn, CODE)).sort("person_no")
        shown = receivables.owed_back(conn, CODE)
    assert shown["person_id"].to_list() == [resident_id(number) for number in outstanding["person_no"]]
    assert {"person_no", "choose_group"}.isdisjoint(shown.columns)
    return tuple(frame["left_fen"].to_list() for frame in (unrecovered, outstanding, shown))


def test_a_waiver_ends_collection_and_not_the_debt(owing):
    assert left(owing) == ([5000, 5000], [5000, 5000], [5000, 5000])
    recovery.recover(owing.book, CODE, 1, RecoveryMeans.CASH, 3000, BY, "收据1")
    recovery.recover(owing.book, CODE, 2, RecoveryMeans.WAIVED, 2000, BY, "批文1", RELEASER)
    assert left(owing) == ([2000, 5000], [2000, 3000], [2000, 3000])


def test_the_last_fen_is_owed_too_and_then_nothing(owing):
    recovery.recover(owing.book, CODE, 1, RecoveryMeans.CASH, 4999, BY, "收据1")
    recovery.recover(owing.book, CODE, 2, RecoveryMeans.WAIVED, 4999, BY, "批文1", RELEASER)
    assert left(owing) == ([1, 5000], [1, 1], [1, 1])
    recovery.recover(owing.book, CODE, 1, RecoveryMeans.CASH, 1, BY, "收据2")
    recovery.recover(owing.book, CODE, 2, RecoveryMeans.WAIVED, 1, BY, "批文2", RELEASER)
    assert left(owing) == ([5000], [], [])


def test_nothing_came_back_since_it_was_posted_or_since_the_last_recovery(owing):
    recovery.recover(owing.book, CODE, 2, RecoveryMeans.CASH, 1, BY, "收据1")
    with owing.book.reading() as conn:
        rows = receivables.outstanding(conn, CODE, identity.of_county(conn, CODE))
    since = dict(rows.select("person_no", "since_month").iter_rows())
    assert since[1] == parse_month("2024-07")
    assert since[2] > since[1]
    assert since[2].day == 1


def test_the_last_recovery_counts_and_not_the_first(owing, monkeypatch):
    for moment in ("2024-09-03T08:00:00+00:00", "2024-11-30T08:00:00+00:00"):
        monkeypatch.setattr(recovery, "now", lambda moment=moment: moment)
        recovery.recover(owing.book, CODE, 2, RecoveryMeans.CASH, 1, BY, f"收据 {moment}")
    with owing.book.reading() as conn:
        rows = receivables.outstanding(conn, CODE, identity.of_county(conn, CODE))
    assert dict(rows.select("person_no", "since_month").iter_rows())[2] == parse_month("2024-11")


def test_the_oldest_come_first_in_whatever_order_the_book_gives_them(owing, monkeypatch):
    monkeypatch.setattr(receivables, "read_frame", lambda conn, asked: read_frame(conn, asked).reverse())
    with owing.book.reading() as conn:
        for told in (receivables.unrecovered(conn, CODE), receivables.owed_back(conn, CODE)):
            assert told["receivable_id"].to_list() == [1, 2]
