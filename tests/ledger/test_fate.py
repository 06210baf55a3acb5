"""What became of an obligation is told the same wherever it is told."""

from dataclasses import replace

import polars as pl
import pytest

from contracts.actor import Actor
from contracts.columns import empty
from contracts.months import parse_month
from contracts.tables import IntakeCount
from ledger import batches, exports, fate, figures, holds, identity, posting, sealing
from ledger.book import read_frame
from ledger.story import story
from reports.summary import summarise
from tests.ledger.county import CARE, CODE, MAKER, NO_STOP, row
from tests.ledger.places import SERVER

ELSEWHERE = "990101"
TOLD = ("state", "shown_attempt", "attempt", "is_gone", "pays_fen")


def told(county, month="2024-07", person_no=1):
    """The one obligation of a person and month."""
    with county.book.reading() as conn:
        keys = county.decided(month, [row(person_no, month)]).coordinated
        return fate.of_person_months(conn, CODE, keys).select(TOLD).rows()[0]


def test_a_pay_month_tells_its_own_county_and_month_alone(county):
    county.run("2024-07", [row(1, "2024-07")])
    with county.book.reading() as conn:
        asked = [(CODE, "2024-07"), ("990101", "2024-07"), (CODE, "2024-08")]
        assert [fate.of_pay_month(conn, code, parse_month(month)).height for code, month in asked] == [1, 0, 0]


def run_elsewhere(county, month, rows):
    """Post in another county of the same book."""
    with county.book.reading() as conn:
        decisions = identity.of_county(conn, ELSEWHERE).digest()
    decided = county.decided(month, rows)
    manifest = decided.manifest.model_copy(update={"county": ELSEWHERE, "identity_digest": decisions})
    posting.post(county.book, replace(decided, manifest=manifest), Actor(MAKER, "tester"), NO_STOP)


def test_another_countys_money_of_the_same_person_and_month_is_not_told(county):
    county.run("2024-07", [row(1, "2024-07")])
    run_elsewhere(county, "2024-07", [row(1, "2024-07", 900)])
    with county.book.reading() as conn:
        keys = county.decided("2024-07", [row(1, "2024-07")]).coordinated
        found = [fate.of_person_months(conn, code, keys)["amount_fen"].to_list() for code in (CODE, ELSEWHERE)]
        unpaid = [fate.unpaid(conn, code)["amount_fen"].to_list() for code in (CODE, ELSEWHERE)]
    assert found == unpaid == [[5000], [900]]


def test_what_another_county_booked_is_not_subtracted(county):
    run_elsewhere(county, "2024-07", [row(1, "2024-07", 900), row(1, "2024-06", 900)])
    assert county.run("2024-07", [row(1, "2024-07")]).differences.obligations["amount_fen"].to_list() == [5000]


def test_what_came_back_is_printed_as_the_next_attempt_and_nothing_else_is(county):
    county.pay("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    county.answer("returned", 1)
    county.run("2024-08", [row(1, "2024-07"), row(2, "2024-07"), row(2, "2024-08")])
    county.claim()
    assert county.unpaid().select("person_no", "attempt").rows() == [(1, 2), (2, 1)]
    run_elsewhere(county, "2024-08", [row(3, "2024-08")])
    with county.book.reading() as conn:
        assert fate.unpaid(conn, ELSEWHERE)["attempt"].to_list() == [1]


def test_attempts_that_were_all_voided_are_counted_on(county, book):
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    for _ in range(2):
        county.claim()
    county.run("2024-07", [row(1, "2024-07")])
    assert told(county) == ("payable", 3, 1, False, 5000)


def test_who_was_paid_is_told_once_and_in_order(county):
    months = ["2024-07", "2024-08"]
    county.pay("2024-07", [row(n, "2024-07", benefit=benefit) for n in (5, 3, 4) for benefit in CARE])
    county.pay("2024-08", [*(row(n, "2024-07", benefit=CARE[0]) for n in (1, 3, 4, 5)), row(2, "2024-08")])
    county.run("2024-08", [row(n, month) for n in (6, 2, 1) for month in months])
    with county.book.reading() as conn:
        asked = pl.Series([6, 5, 4, 3, 2, 1]), [parse_month(month) for month in months]
        assert fate.paid_numbers(conn, CODE, *asked).to_list() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("owed_fen", "state", "pays_fen"), [(4999, "set_off", 0), (5000, "set_off", 0), (5001, "payable", 1)]
)
def test_what_is_set_off_whole_is_told_so_and_what_is_left_of_one_is_paid(county, owed_fen, state, pays_fen):
    county.pay("2024-07", [row(1, "2024-07", 5000, CARE[0])])
    county.run("2024-08", [row(1, "2024-07", owed_fen, CARE[1])])
    with county.book.reading() as conn:
        keys = county.decided("2024-08", [row(1, "2024-07")]).coordinated
        shown = fate.of_person_months(conn, CODE, keys).filter(benefit=CARE[1])
    assert shown.select("state", "pays_fen").rows() == [(state, pays_fen)]


def test_one_fen_set_off_is_set_off(county):
    county.pay("2024-07", [row(1, "2024-07", 5000, CARE[0])])
    county.run("2024-08", [row(1, "2024-07", 1, CARE[1])])
    with county.book.reading() as conn:
        keys = county.decided("2024-08", [row(1, "2024-07")]).coordinated
        assert fate.of_person_months(conn, CODE, keys)["state"].to_list() == ["released", "set_off"]


def test_what_is_unpaid_is_told_in_order_of_obligation_in_whatever_order_the_book_gives_it(county, monkeypatch):
    county.run("2024-07", [row(n, "2024-07") for n in (1, 2, 3)])
    monkeypatch.setattr(fate, "read_frame", lambda conn, asked: read_frame(conn, asked).reverse())
    assert county.unpaid()["obligation_id"].to_list() == [1, 2, 3]


def test_what_is_unpaid_says_which_batch_it_waits_in(county):
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07", benefit=CARE[0])])
    county.claim()
    first, second = county.claim()
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07", benefit=CARE[0]), row(3, "2024-07", 700)])
    rows = county.unpaid().select("obligation_id", "live_batch_id", "pays_fen").rows()
    assert rows == [(1, first, 5000), (2, second, 5000), (3, None, 700)]


def test_what_is_unpaid_says_in_which_pay_month_it_was_posted(county):
    county.run("2024-07", [row(1, "2024-07")])
    county.run("2024-08", [row(1, "2024-06"), row(1, "2024-07"), row(1, "2024-08")])
    rows = county.unpaid().sort("benefit_month").select("benefit_month", "posted_month").rows()
    june, july, august = (parse_month(f"2024-0{month}") for month in (6, 7, 8))
    assert rows == [(june, august), (july, july), (august, august)]


def test_an_obligation_on_its_way(county):
    county.run("2024-07", [row(1, "2024-07")])
    assert told(county) == ("payable", 1, 1, False, 5000)
    county.claim()
    assert told(county) == ("batched", 1, 1, False, 5000)
    county.claim()
    assert told(county) == ("batched", 2, 1, False, 5000)
    county.sign("2024-07")
    county.release("2024-07")
    assert told(county) == ("released", 2, 1, True, 0)
    county.answer("unknown", source="one")
    assert told(county) == ("unknown", 2, 1, True, 0)
    county.answer("accepted", source="two")
    assert told(county) == ("accepted", 2, 1, True, 0)
    county.answer("returned", source="three")
    assert told(county) == ("returned", 2, 2, False, 5000)


def test_a_pay_month_shows_its_own_attempt_and_the_newest_is_the_next_months(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.answer("returned")
    with book.reading() as conn:
        waiting = holds.open_holds(conn, CODE)
    holds.lift(book, CODE, waiting["hold_id"][0], Actor(MAKER, "tester"), "账户已更正")
    county.pay("2024-08", [row(1, "2024-07")])
    with book.reading() as conn:
        in_july = fate.of_pay_month(conn, CODE, parse_month("2024-07"))
        in_august = fate.of_pay_month(conn, CODE, parse_month("2024-08"))
    assert in_july.select("state", "shown_attempt").rows() == [("returned", 1)]
    assert in_august.select("state", "shown_attempt").rows() == [("released", 2)]
    assert told(county)[:2] == ("released", 2)


@pytest.mark.parametrize("is_of_person", [True, False])
def test_a_hold_covers_an_obligation_or_everything_of_its_person(county, book, is_of_person):
    county.run("2024-07", [row(1, "2024-07"), row(1, "2024-06"), row(2, "2024-07")])
    owed = county.unpaid()
    first = owed.filter(person_no=1)["obligation_id"][0]
    hold_id = holds.place(book, CODE, 1, "MANUAL", "待核", Actor(MAKER, "tester"), None if is_of_person else first)
    covered = owed.filter(person_no=1)["obligation_id"].to_list() if is_of_person else [first]
    assert county.unpaid().drop_nulls("held_by").select("obligation_id", "held_by").rows() == [
        (number, hold_id) for number in covered
    ]
    with book.reading() as conn:
        assert exports.holds(conn, CODE)["held_fen"].to_list() == [5000 * len(covered)]
        states = exports.payments(conn, CODE, parse_month("2024-07"))["state"].to_list()
    assert states.count("held") == len(covered)


def test_of_two_holds_on_one_obligation_its_money_is_counted_once(county, book):
    county.run("2024-07", [row(1, "2024-07")])
    first, _ = (holds.place(book, CODE, 1, "MANUAL", "待核", Actor(MAKER, "tester")) for _ in range(2))
    assert county.unpaid().select("held_by", "pays_fen").rows() == [(first, 5000)]
    told = summarise(book, CODE, parse_month("2024-07"), empty(IntakeCount)).holds
    assert [(line.code, line.count, line.fen) for line in told] == [("MANUAL", 1, 5000)]
    assert county.claim() == []


def test_what_is_held_is_what_an_open_hold_keeps_back_of_the_unpaid(county, book):
    """A hold on a number of a person holds what is owed under his others, also once they are parted again."""
    county.run("2024-07", [row(number, "2024-07") for number in (1, 2, 3, 4)])
    maker, by_number = Actor(MAKER, "tester"), dict(county.unpaid().select("person_no", "obligation_id").rows())

    def same():
        with book.reading() as conn:
            told = fate.held(conn, CODE)
        assert told.equals(county.unpaid().drop_nulls("held_by").select(told.columns))
        return sorted(told["obligation_id"])

    assert same() == []
    on_person = holds.place(book, CODE, 1, "MANUAL", "待核", maker)
    holds.place(book, CODE, 3, "MANUAL", "待核", maker, by_number[3])
    assert same() == sorted(by_number[number] for number in (1, 3))
    county.join(2, 1)
    assert same() == sorted(by_number[number] for number in (1, 2, 3))
    county.split(2, 1)
    assert by_number[4] not in same()
    holds.lift(book, CODE, on_person, maker, "已核")
    assert by_number[3] in same()


def test_what_was_taken_off_is_told_by_what_took_it(county, book):
    county.pay("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    county.run("2024-07", [row(1, "2024-07", 6000), row(2, "2024-07", 6000)])
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07", 6000)])
    with book.reading() as conn:
        keys = county.decided("2024-07", [row(1, "2024-07")]).coordinated
        assert fate.of_person_months(conn, CODE, keys)["state"].to_list() == ["released", "withdrawn"]


def test_history_is_settled_by_definition(county):
    county.import_history((1, "2024-05", "old_age_allowance", 5000))
    county.run("2024-07", [row(1, "2024-05")])
    assert told(county, "2024-05") == ("accepted", 1, 1, True, 0)
    assert county.unpaid().is_empty()


def test_story_export_summary_and_seal_say_the_same(county, book):
    county.pay("2024-07", [row(n, "2024-07") for n in (1, 2, 3, 4)])
    county.run("2024-07", [row(n, "2024-07") for n in (1, 2, 3, 4, 5)])
    for event, person_no in (("accepted", 1), ("returned", 2), ("unknown", 3)):
        county.answer(event, person_no, source=f"bank {event}")
    with book.reading() as conn:
        exported = exports.payments(conn, CODE, parse_month("2024-07"))["state"].to_list()
        of_people = [story(conn, n, CODE).obligations["state"].to_list() for n in (1, 2, 3, 4, 5)]
        month = parse_month("2024-07")
        said = figures.answers(conn, CODE, month, month)
        answered = dict(said.select("bank_event", "line_count").iter_rows())
        unanswered = sealing.unanswered_until(conn, CODE, parse_month("2024-07"))["bank_event"].to_list()
    assert exported == ["accepted", "returned", "unknown", "released", "payable"]
    assert of_people == [[state] for state in exported]
    assert answered == {"accepted": 1, "returned": 1, "unknown": 1, None: 1}
    assert sorted(unanswered, key=str) == [None, "unknown"]


def what_is_unpaid(conn):
    return batches.unpaid(conn, CODE)


@pytest.mark.skipif(bool(SERVER), reason="a server counts no steps")
def test_what_is_unpaid_costs_no_more_in_an_old_book(county):
    """Neither what was paid since nor what was batched and voided again and again is looked at."""
    owed = [row(n, "2024-07") for n in range(1, 10)]
    county.run("2024-07", owed)
    county.claim()
    young = county.steps_of(what_is_unpaid)
    for _ in range(10):
        county.claim()
    county.sign("2024-07")
    county.release("2024-07")
    for month in ("2024-08", "2024-09", "2024-10", "2024-11"):
        owed += [row(n, month) for n in range(1, 10)]
        county.pay(month, owed)
    county.run("2024-12", owed + [row(n, "2024-12") for n in range(1, 10)])
    county.claim()
    assert county.unpaid().height == 9
    assert county.steps_of(what_is_unpaid) < 2 * young
