"""Numbers that an officer joins count as one person's in every sum of the book; split again, as if never joined."""

from dataclasses import dataclass, field

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.actor import Actor
from contracts.codes import GapDecision, HoldCode, RecoveryMeans
from contracts.columns import polars_schema
from contracts.errors import BookError
from contracts.months import parse_month
from contracts.tables import DesiredHold
from ledger import (
    corrected,
    fate,
    figures,
    holds,
    identity,
    people,
    posting,
    receivables,
    recovery,
    story,
    totals,
)
from tests.ledger.county import CARE, CHECKER, CODE, MAKER, NO_STOP, row
from tests.ledger.laws import breaches, rows, uncancelled

OLD, NEW = 1, 2
KEPT = "old_age_allowance"


def both(month, **more):
    return [row(n, month, **more) for n in (OLD, NEW)]


def owed_back(county):
    with county.book.reading() as conn:
        return receivables.unrecovered(conn, CODE).select("person_no", "left_fen").rows()


def unpaid(county):
    return county.unpaid().select("person_no", "benefit_month", "pays_fen").rows()


def desired(*holds_of_people):
    """Holds on everything of a person that rules call for: person_no, code, ground, subject, detail."""
    names = ("person_no", "code", "ground", "subject", "detail")
    rows = [{"obligation_id": None, **dict(zip(names, one, strict=True))} for one in holds_of_people]
    return pl.DataFrame(rows, schema=polars_schema(DesiredHold))


def test_rows_from_before_a_split_are_there_for_both_unless_one_has_its_own():
    known = [identity.Row(1, "joined", OLD, NEW, NEW), identity.Row(2, "split", OLD, OLD, NEW)]
    earlier, now = identity.Identity(tuple(known[:1])), identity.Identity(tuple(known))
    rows = pl.DataFrame({"person_no": [NEW, NEW, 3], "row": [5, 6, 7]})
    assert now.of_before(rows, earlier).rows() == [(NEW, 5), (NEW, 6), (3, 7), (OLD, 5), (OLD, 6)]
    assert earlier.of_before(rows, earlier).rows() == rows.rows()
    own = pl.concat([rows, pl.DataFrame({"person_no": [OLD], "row": [8]})])
    assert now.of_before(own, earlier).rows() == own.rows()


def test_who_was_paid_under_two_numbers_owes_back_once(county, book):
    county.pay("2024-07", both("2024-07"))
    county.join(OLD, NEW)
    found = county.run("2024-08", [row(NEW, "2024-07"), row(NEW, "2024-08")]).differences
    assert found.receivables.select("person_no", "benefit_month", "amount_fen", "cause").rows() == [
        (NEW, parse_month("2024-07"), 5000, "DATA_CORRECTED")
    ]
    assert found.obligations.select("person_no", "amount_fen").rows() == [(NEW, 5000)]
    assert breaches(book) == []
    assert county.run("2024-08", [row(NEW, "2024-07"), row(NEW, "2024-08")]).run is None


def test_what_waits_under_the_second_number_is_withdrawn_and_nobody_owes_anything(county):
    county.pay("2024-07", [row(OLD, "2024-07")])
    county.run("2024-08", [row(n, month) for n in (OLD, NEW) for month in ("2024-07", "2024-08")])
    county.join(OLD, NEW)
    found = county.run("2024-08", [row(NEW, "2024-07"), row(NEW, "2024-08")]).differences
    assert found.receivables.is_empty()
    assert found.withdrawals["amount_fen"].to_list() == [5000, 5000]
    assert [(month.month, fen) for _, month, fen in unpaid(county)] == [(8, 5000)]


def test_a_debt_of_the_old_number_meets_the_arrears_of_the_new_one(county, book):
    county.pay("2024-07", [row(OLD, "2024-07")])
    county.run("2024-08", [row(NEW, "2024-07"), row(NEW, "2024-08")])
    assert owed_back(county) == [(OLD, 5000)]
    county.join(OLD, NEW)
    found = county.run("2024-08", [row(NEW, "2024-07"), row(NEW, "2024-08")]).differences
    assert found.set_offs["amount_fen"].to_list() == [5000]
    assert (found.obligations.height, found.receivables.height) == (0, 0)
    assert owed_back(county) == []
    assert [(month.month, fen) for _, month, fen in unpaid(county)] == [(8, 5000)]
    assert breaches(book) == []


def test_what_a_wrong_join_set_off_is_owed_to_the_one_and_by_the_other_again(county, book):
    county.pay("2024-07", [row(OLD, "2024-07")])
    county.run("2024-08", [row(NEW, "2024-07")])
    county.join(OLD, NEW)
    county.run("2024-08", [row(NEW, "2024-07")])
    county.split(OLD, NEW)
    county.run("2024-08", [row(NEW, "2024-07")])
    assert owed_back(county) == [(OLD, 5000)]
    assert unpaid(county) == [(NEW, parse_month("2024-07"), 5000)]
    assert (breaches(book), uncancelled(book)) == ([], set())
    assert county.run("2024-08", [row(NEW, "2024-07")]).run is None


def test_joined_once_more_the_two_meet_again(county, book):
    county.pay("2024-07", [row(OLD, "2024-07")])
    told = [row(NEW, "2024-07")]
    county.run("2024-08", told)
    for act in (county.join, county.split, county.join):
        act(OLD, NEW)
        county.run("2024-08", told)
    assert (owed_back(county), unpaid(county), breaches(book)) == ([], [], [])


def test_two_who_were_joined_by_mistake_and_split_have_what_they_had(county, book):
    county.pay("2024-07", both("2024-07"))
    county.join(OLD, NEW)
    county.run("2024-08", [row(NEW, "2024-07"), row(NEW, "2024-08")])
    assert owed_back(county) == [(NEW, 5000)]
    county.split(OLD, NEW)
    county.run("2024-08", [row(n, month) for n in (OLD, NEW) for month in ("2024-07", "2024-08")])
    assert owed_back(county) == []
    assert [(n, month.month) for n, month, _ in sorted(unpaid(county))] == [(OLD, 8), (NEW, 8)]
    assert breaches(book) == []


def test_money_of_a_number_is_taken_back_twice_by_decisions_on_two(county, book):
    """The version that takes it back is told by its number, which no other number of the person has had."""
    county.run("2024-07", both("2024-07", fen=9000))
    county.run("2024-07", [row(OLD, "2024-07", 8000), row(NEW, "2024-07", 9000)])
    county.join(OLD, NEW)
    county.run("2024-07", [row(NEW, "2024-07", 4000)])
    county.run("2024-07", [row(NEW, "2024-07", 3000)])
    county.split(OLD, NEW)
    county.run("2024-07", [row(OLD, "2024-07", 500), row(NEW, "2024-07", 500)])
    assert breaches(book) == []
    with book.reading() as conn:
        told = corrected.corrected(conn, CODE, parse_month("2024-07"))
    assert told.height == rows(book, "SELECT count(*) + 1 FROM withdrawal")[0][0]  # and what was owed again
    assert (told["old_fen"] >= 0).all()


def test_a_choice_group_counts_once_over_all_numbers(county, book):
    """Paid for one care benefit under one number, and for the other under the other."""
    elder, disabled = CARE
    county.pay("2024-07", [row(OLD, "2024-07", 6000, elder), row(NEW, "2024-07", 7500, disabled)])
    county.join(OLD, NEW)
    lost = row(NEW, "2024-07", 6000, elder, "LOST_TO_HIGHER")
    found = county.run("2024-08", [row(NEW, "2024-07", 7500, disabled), lost]).differences
    assert found.receivables.select("person_no", "benefit", "amount_fen").rows() == [(NEW, elder, 6000)]
    assert breaches(book) == []


def test_imported_history_of_the_old_number_counts(county):
    county.import_history((OLD, "2024-06", KEPT, 5000))
    county.join(OLD, NEW)
    found = county.run("2024-07", [row(NEW, "2024-06"), row(NEW, "2024-07")]).differences
    assert found.obligations["benefit_month"].to_list() == [parse_month("2024-07")]


def test_a_hold_on_either_number_keeps_the_money_of_both(county, book):
    county.run("2024-07", both("2024-07"))
    held = holds.place(book, CODE, OLD, HoldCode.MANUAL.value, "待核", Actor(CHECKER, "tester"))
    county.join(OLD, NEW)
    county.run("2024-07", [row(NEW, "2024-07")])
    assert county.claim() == []
    holds.lift(book, CODE, held, Actor(CHECKER, "tester"), "已核实")
    assert len(county.claim()) == 1


def test_a_hold_placed_by_rule_on_the_old_number_is_not_placed_twice(county, book):
    county.run("2024-07", both("2024-07"))

    def called_for(person_no):
        return desired((person_no, "ACCOUNT_MISSING", "account", "", ""))

    assert holds.reconcile(book, CODE, called_for(OLD), "tester") == (1, 0)
    county.join(OLD, NEW)
    assert holds.reconcile(book, CODE, called_for(NEW), "tester") == (0, 0)
    assert holds.reconcile(book, CODE, called_for(NEW).clear(), "tester") == (0, 1)
    assert rows(book, "SELECT person_no FROM hold WHERE event = 'lifted'") == [(OLD,)]


def test_what_an_officer_let_go_of_the_old_number_does_not_let_the_new_one_go(county, book):
    county.run("2024-07", both("2024-07"))
    gap = desired((OLD, "UNDER_REVIEW", "gap", "population", "VANISHED"))
    holds.reconcile(book, CODE, gap, "tester")
    with book.reading() as conn:
        [held] = holds.open_holds(conn, CODE)["hold_id"]
    holds.lift(book, CODE, held, Actor(CHECKER, "tester"), "迁走", GapDecision.ACCEPT_GONE)
    county.join(OLD, NEW)
    with book.reading() as conn:
        assert holds.gap_decisions(conn, CODE).is_empty()


def test_money_that_came_back_is_noted_by_any_number(county, book):
    county.pay("2024-07", both("2024-07"))
    county.join(OLD, NEW)
    county.run("2024-08", [row(NEW, "2024-07")])
    key = recovery.Key(OLD, KEPT, parse_month("2024-07"))
    assert recovery.recover(book, CODE, key, RecoveryMeans.CASH, 5000, Actor(CHECKER, "tester"), "收据1") == 1
    assert owed_back(county) == []
    assert breaches(book) == []


def test_a_person_is_told_whole_by_any_number_and_counted_once(county, book):
    county.pay("2024-07", both("2024-07"))
    county.join(OLD, NEW)
    county.run("2024-08", [row(NEW, "2024-07"), row(NEW, "2024-08")])
    with book.reading() as conn:
        old, new = story.story(conn, OLD), story.story(conn, NEW)
        counted = figures.posted(conn, CODE, parse_month("2024-07")).select("people_count", "line_count").rows()
    assert old.obligations.equals(new.obligations)
    assert new.obligations["amount_fen"].to_list() == [5000] * 3
    assert new.versions.filter(pl.col("benefit_month") == parse_month("2024-07"))["outcome"][-1] == "ENTITLED"
    assert counted == [(1, 2)]


def test_a_run_goes_by_the_decisions_its_manifest_names(county, book):
    county.pay("2024-07", both("2024-07"))
    before = county.decided("2024-08", both("2024-07"))
    county.join(OLD, NEW)
    with book.reading() as conn:
        then = identity.as_of(conn, CODE, "")
        now = identity.as_of(conn, CODE, county.identity().digest())
    assert (then.numbers_of(NEW), now.numbers_of(NEW)) == ([NEW], [NEW, OLD])
    with pytest.raises(BookError, match="重新运行"):
        posting.post(book, before, Actor(MAKER, "tester"), NO_STOP)
    with book.reading() as conn, pytest.raises(BookError, match="当时的身份认定"):
        identity.as_of(conn, CODE, "0" * 64)


def test_another_county_has_its_own_decisions(county, book):
    county.join(OLD, NEW)
    with book.reading() as conn:
        assert identity.of_county(conn, "999999").head_of == {}


def test_sums_of_the_checks_and_of_the_subtraction_are_the_same(county, book):
    county.pay("2024-07", [row(OLD, "2024-07")])
    for act in (None, county.join, county.split):
        if act:
            act(OLD, NEW)
        county.run("2024-08", [row(NEW, "2024-07"), row(NEW, "2024-08")])
    month = parse_month("2024-07")
    with book.reading() as conn:
        whole = totals.booked(conn, CODE, month, month)
        some = totals.booked_of(conn, CODE, whole.drop("booked_fen"), county.identity())
    assert sorted(whole.rows()) == sorted(some.select(whole.columns).rows())
    assert dict(whole.select("person_no", "booked_fen").iter_rows()) == {OLD: 0, NEW: 5000}


def test_who_was_paid_is_known_by_number(county, book):
    county.pay("2024-07", [row(OLD, "2024-07")])
    county.run("2024-07", both("2024-07"))
    with book.reading() as conn:
        assert fate.paid_numbers(conn, CODE, pl.Series([OLD, NEW]), [parse_month("2024-07")]).to_list() == [OLD]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda county: county.join(OLD, OLD), "同一个号码"),
        (lambda county: county.join(NEW, OLD), "已并入另一个号码"),
        (lambda county: county.join(3, OLD), "已并入另一个号码"),
        (lambda county: county.join(3, 4, " "), "须有凭据"),
        (lambda county: county.split(OLD, OLD), "同一个号码"),
        (lambda county: (county.join(3, NEW), county.split(3, OLD)), "第三个号码"),
    ],
)
def test_what_cannot_be_meant_is_refused(county, act, words):
    county.join(OLD, NEW)
    with pytest.raises(BookError, match=words):
        act(county)


def test_a_decision_given_again_is_not_written_again(county, book):
    assert [county.join(OLD, NEW), county.join(OLD, NEW), county.split(NEW, OLD)] == [1, 0, 1]
    assert [county.split(NEW, OLD), county.split(3, 4), county.split(4, 3)] == [0, 1, 0]
    assert rows(book, "SELECT decision, person_no, other_no FROM identity ORDER BY identity_row") == [
        ("joined", OLD, NEW),
        ("split", OLD, NEW),
        ("split", 3, 4),
    ]


def test_who_was_told_apart_from_one_number_is_apart_from_the_number_it_counts_as(county):
    county.split(OLD, 3)
    county.join(OLD, NEW)
    assert county.identity().apart.rows() == [(NEW, 3)]


def test_the_identity_numbers_that_count_as_another_are_told_with_the_one_in_use(county, book):
    county.join(OLD, NEW)
    with book.reading() as conn:
        numbers = dict(people.identities(conn).iter_rows())
        told = people.earlier_numbers(conn, county.identity()).rows()
    assert told == [(numbers[OLD], numbers[NEW])]


@dataclass
class Groups:
    """Who counts as whom, kept as sets that move: what a county's decisions must come to."""

    head: dict = field(default_factory=lambda: {n: n for n in range(1, 7)})
    brought: dict = field(default_factory=dict)

    def join(self, old, new):
        if old == new or self.head[old] != old or self.head[new] != new:
            return
        moved = {n for n, head in self.head.items() if head == old}
        self.head |= dict.fromkeys(moved, new)
        for others in self.brought.values():
            others -= moved
        self.brought[old] = moved

    def split(self, one, other):
        one, other = (one, other) if self.head[one] == other else (other, one)
        if one == other or self.head[one] != other:
            return
        moved = {one} | (self.brought.get(one, set()) if one in self.brought.get(one, ()) else set())
        for others in self.brought.values():
            others -= moved
        self.head |= dict.fromkeys(moved, one)


def after(known, decision, work_out, *numbers):
    """The decisions with one more, as the book appends it; the same where it is refused."""
    try:
        moved = work_out(known, *numbers)
    except BookError:
        return known
    decision_id = len(known.rows) + 1
    return identity.Identity((*known.rows, *(identity.Row(decision_id, decision, *one) for one in moved)))


@given(acts=st.lists(st.tuples(st.booleans(), st.integers(1, 6), st.integers(1, 6)), max_size=12))
def test_who_counts_as_whom_follows_from_the_decisions_in_order(acts):
    known, meant = identity.NOBODY, Groups()
    for joins, one, other in acts:
        what = ("joined", identity.joining) if joins else ("split", identity.parting)
        known = after(known, *what, one, other)
        (meant.join if joins else meant.split)(one, other)
    assert {n: known.numbers_of(n)[0] for n in meant.head} == meant.head
    for n, of in meant.head.items():
        assert sorted(known.numbers_of(n)) == sorted(m for m, head in meant.head.items() if head == of)


@given(acts=st.lists(st.tuples(st.booleans(), st.integers(1, 4), st.integers(1, 4)), max_size=8))
def test_a_join_that_is_split_at_once_leaves_everybody_as_he_was(acts):
    known = identity.NOBODY
    for joins, one, other in acts:
        what = ("joined", identity.joining) if joins else ("split", identity.parting)
        known = after(known, *what, one, other)
    for old, new in ((1, 2), (3, 1)):
        joined = after(known, "joined", identity.joining, old, new)
        if joined is not known and joined.rows != known.rows:
            assert after(joined, "split", identity.parting, old, new).head_of == known.head_of


@pytest.mark.parametrize("joined_before", ["2024-07", "2024-08", "2024-09"])
def test_whenever_two_are_joined_the_sums_of_every_month_end_the_same(county, book, joined_before):
    """Path-free: what went out, waits and is not owed back is what one person is owed."""
    for month in ("2024-07", "2024-08", "2024-09"):
        if month == joined_before:
            county.join(OLD, NEW)
        numbers = [NEW] if month >= joined_before else [OLD, NEW]
        told = [row(n, at) for n in numbers for at in ("2024-07", "2024-08", "2024-09") if at <= month]
        county.pay(month, told)
    with book.reading() as conn:
        booked = totals.booked(conn, CODE, parse_month("2024-07"), parse_month("2024-09"))
    assert {(n, month.month): fen for month, n, _, fen in booked.rows()} == {(NEW, n): 5000 for n in (7, 8, 9)}
    assert (breaches(book), uncancelled(book), unpaid(county)) == ([], set(), [])
