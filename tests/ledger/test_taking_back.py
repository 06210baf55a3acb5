"""A month run by mistake is booked back to what was decided before it, and the months go on in their order."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from contracts.actor import Actor
from contracts.errors import BookError
from contracts.months import parse_month
from ledger import batches, cycles, exports, figures, proving, taking_back
from ledger.book import read_frame
from ledger.tables import audit_log, receivable, recovery, taken_back
from tests.ledger.county import CODE, MAKER, row

BY = Actor(MAKER, "tester")
JULY, AUGUST, SEPTEMBER = ("2024-07", "2024-08", "2024-09")


def take_back(county, month=SEPTEMBER, reason="误运行"):
    return taking_back.take_back(county.book, CODE, parse_month(month), BY, reason)


def read(county, tell):
    with county.book.reading() as conn:
        return tell(conn)


def owed(county, since=JULY, until=SEPTEMBER):
    """What is entitled by person and month, as the newest decisions have it."""
    months = [parse_month(since), parse_month(until)]
    rows = read(county, lambda conn: exports.entitlements(conn, CODE, months))
    entitled = rows.filter(rows["outcome"] == "ENTITLED").sort("benefit_month", "person_id")
    return entitled.select("benefit_month", "amount_fen").rows()


def months(*names, person=1):
    return [row(person, month) for month in names]


@pytest.fixture
def july(county):
    """July went out to two people; August is not run yet."""
    county.run(JULY, [*months(JULY), *months(JULY, person=2)])
    county.claim()
    county.sign(JULY)
    county.release(JULY)
    return county


@pytest.fixture
def mistaken(july):
    """September is run in place of August, from registers that lack the second person; its batch waits."""
    july.run(SEPTEMBER, months(JULY, AUGUST, SEPTEMBER))
    july.claim()
    return july


def test_decisions_and_money_are_what_they_were_before_it(mistaken):
    assert owed(mistaken) == [(JULY, 5000), (AUGUST, 5000), (SEPTEMBER, 5000)]
    done = take_back(mistaken)
    assert (done.batches, done.withdrawn_fen) == (("410721-2024-09-01-01",), 10000)
    assert owed(mistaken) == [(JULY, 5000), (JULY, 5000)]
    assert mistaken.unpaid().is_empty()


def test_what_it_asked_back_is_set_off_and_nobody_owes_anything(mistaken):
    asked = read(mistaken, lambda conn: read_frame(conn, select(receivable.c.amount_fen)))
    assert asked["amount_fen"].to_list() == [5000]
    take_back(mistaken)
    back = read(mistaken, lambda conn: read_frame(conn, select(recovery.c.means, recovery.c.amount_fen)))
    assert back.rows() == [("set_off", 5000)]


def test_the_book_proves_itself_and_the_log_tells_who_and_why(mistaken):
    take_back(mistaken)
    assert not read(mistaken, proving.prove).problems
    told = read(mistaken, lambda conn: read_frame(conn, select(taken_back.c.officer, taken_back.c.reason)))
    assert told.rows() == [(MAKER, "误运行")]
    log = read(mistaken, lambda conn: read_frame(conn, select(audit_log.c.action, audit_log.c.object)))
    assert log.rows()[-1] == ("take_back", "2024-09-01")


def test_the_months_go_on_in_their_order_as_if_it_had_not_been(mistaken):
    take_back(mistaken)
    assert read(mistaken, lambda conn: cycles.newest_cycle(conn, CODE).pay_month) == parse_month(JULY)
    for month, rows in ((AUGUST, (JULY, AUGUST)), (SEPTEMBER, (JULY, AUGUST, SEPTEMBER))):
        posted = mistaken.run(month, [*months(*rows), *months(*rows, person=2)])
        assert [(row["kind"], row["amount_fen"]) for row in posted.differences.obligations.to_dicts()] == [
            ("regular", 5000),
            ("regular", 5000),
        ]
        mistaken.claim()
        mistaken.sign(month)
        mistaken.release(month)
        booked = read(mistaken, lambda conn, at=month: figures.posted(conn, CODE, parse_month(at)))
        assert booked["amount_fen"].to_list() == [10000]
    ids = read(mistaken, lambda conn: batches.batches_of(conn, CODE, parse_month(SEPTEMBER)))["batch_id"].to_list()
    assert ids == ["410721-2024-09-01-01", "410721-2024-09-02-01"]
    assert not read(mistaken, proving.prove).problems


def test_a_first_month_can_be_taken_back(county):
    county.run(SEPTEMBER, months(SEPTEMBER))
    county.claim()
    take_back(county)
    assert owed(county) == []
    assert read(county, lambda conn: cycles.newest_cycle(conn, CODE)) is None


def test_what_earlier_months_left_unpaid_is_free_again(july):
    july.run(AUGUST, [*months(JULY, AUGUST), *months(JULY, AUGUST, person=2)])
    july.run(SEPTEMBER, [*months(JULY, AUGUST, SEPTEMBER), *months(JULY, AUGUST, SEPTEMBER, person=2)])
    july.claim()
    take_back(july)
    left = july.unpaid()
    assert left["benefit_month"].to_list() == [parse_month(AUGUST)] * 2
    assert left["live_batch_id"].to_list() == [None, None]


@pytest.mark.parametrize("signed", ["sign", "release"])
def test_nothing_signed_is_taken_back(mistaken, signed):
    mistaken.sign(SEPTEMBER)
    if signed == "release":
        mistaken.release(SEPTEMBER)
    with pytest.raises(BookError, match=r"批次 410721-2024-09-01-01 已批准,不能撤回本月"):
        take_back(mistaken)
    assert owed(mistaken) == [(JULY, 5000), (AUGUST, 5000), (SEPTEMBER, 5000)]


def test_only_the_newest_month_is_taken_back(mistaken):
    with pytest.raises(BookError, match="只能撤回本县最近运行的一个月,现为 2024-09"):
        take_back(mistaken, JULY)


def test_it_is_taken_back_once(mistaken):
    take_back(mistaken)
    with pytest.raises(BookError, match="只能撤回本县最近运行的一个月,现为 2024-07"):
        take_back(mistaken)


@pytest.mark.parametrize("table", ["run", "batch"])
def test_nothing_joins_a_cycle_that_was_taken_back(mistaken, table):
    copied = {
        "run": "INSERT INTO run SELECT run_id + 100, cycle_id, manifest_json, manifest_digest, known_on, maker,"
        " system_user, posted_at, code_version FROM run WHERE run_id = (SELECT max(run_id) FROM run)",
        "batch": "INSERT INTO batch (batch_id, cycle_id, ordinal, profile, profile_digest, part, law_digest,"
        " content_digest, line_count, total_fen, claimed_at) SELECT 'x', cycle_id, 9, profile, profile_digest, part,"
        " law_digest, content_digest, line_count, total_fen, claimed_at FROM batch WHERE batch_id LIKE '%-09-01-01'",
    }
    take_back(mistaken)
    with pytest.raises((BookError, DBAPIError), match="该期已撤回"), mistaken.book.writing() as conn:
        conn.execute(text(copied[table]))


def test_a_cycle_whose_batch_waits_does_not_count_as_taken_back(mistaken):
    told = "INSERT INTO taken_back VALUES (1, 2, '410721', '某', '某', '某', '2024-09-01')"
    with pytest.raises((BookError, DBAPIError), match="有批次没有作废"), mistaken.book.writing() as conn:
        conn.execute(text(told))
