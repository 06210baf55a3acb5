"""What was received stays noted: a re-submission stands beside the file it supersedes, and counts from its day on."""

from datetime import date

import pytest

from contracts.actor import Actor
from contracts.manifest import RegisterInput
from ledger import audit, receipts

COUNTY = "410721"
FIRST, SECOND = date(2024, 7, 10), date(2024, 7, 20)


def file(digest, month="2024-07", register="low_income"):
    return RegisterInput(
        name=register, file_name=f"{register}.csv", file_digest=digest * 64, inbox_month=month, carried_months=0
    )


@pytest.fixture
def received(book):
    """Receive files on a day; how many were new."""

    def note(day, *registers):
        return receipts.note_received(book, COUNTY, registers, day, Actor("示例经办", "test"))

    return note


@pytest.fixture
def digests_known(book):
    """The digest that counts for what the inbox holds, as known on a day, by its first letter."""

    def known(day, register):
        with book.reading() as conn:
            return receipts.known_by(conn, COUNTY, register, day).file_digest[0]

    return known


def test_the_same_file_again_is_noted_once(received):
    assert received(FIRST, file("a"), file("p", register="population")) == 2
    assert received(SECOND, file("a"), file("p", register="population")) == 0


def test_a_register_never_received_leaves_no_receipt(received):
    assert received(FIRST, RegisterInput(name="claim")) == 0


def test_a_resubmission_counts_from_its_day_on(received, digests_known):
    received(FIRST, file("a"))
    received(SECOND, file("b"))
    assert digests_known(FIRST, file("b")) == "a"
    assert digests_known(date(2024, 7, 19), file("b")) == "a"
    assert digests_known(SECOND, file("b")) == "b"


def test_the_first_file_sent_again_after_a_second_counts_again(received, digests_known):
    received(FIRST, file("a"))
    received(SECOND, file("b"))
    assert received(date(2024, 7, 25), file("a")) == 1
    assert digests_known(date(2024, 7, 22), file("a")) == "b"
    assert digests_known(date(2024, 7, 25), file("a")) == "a"


def test_another_inbox_month_supersedes_nothing(received, digests_known):
    received(FIRST, file("a", "2024-06"))
    received(FIRST, file("b", "2024-07"))
    assert digests_known(SECOND, file("a", "2024-06")) == "a"


def test_a_file_of_which_nothing_was_known_by_the_day_is_taken_as_it_is(received, digests_known):
    received(SECOND, file("a"))
    assert digests_known(FIRST, file("a")) == "a"


def test_history_says_what_superseded_each_file(book, received):
    received(FIRST, file("a"), file("p", register="population"))
    received(SECOND, file("b"))
    with book.reading() as conn:
        rows = receipts.history(conn, COUNTY)
        low_income = receipts.history(conn, COUNTY, "low_income")
    assert rows.select("register", "known_on", "superseded_by").rows() == [
        ("low_income", "2024-07-10", 3),
        ("low_income", "2024-07-20", None),
        ("population", "2024-07-10", None),
    ]
    assert low_income.height == 2


def test_an_acceptance_is_of_one_file_and_stands_in_the_audit_log(book):
    receipts.accept_file(book, COUNTY, file("a"), Actor("示例复核", "test"), "乡镇合并,已核对")
    with book.reading() as conn:
        accepted = receipts.accepted_by(conn, COUNTY, "low_income", "a" * 64)
        assert (accepted.officer, accepted.reason) == ("示例复核", "乡镇合并,已核对")
        assert receipts.accepted_by(conn, COUNTY, "low_income", "b" * 64) is None
        assert receipts.accepted_by(conn, "410902", "low_income", "a" * 64) is None
        assert audit.verify(conn) == []
