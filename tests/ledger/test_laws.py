"""The laws of the book, on random stories: corrections, runs, claims, signatures, answers, recoveries, in any order."""

import shutil
import tempfile
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from contracts.codes import RecoveryMeans
from contracts.errors import BookError
from contracts.months import add_months, month_text, parse_month
from ledger import batches, receivables, recovery, signing
from ledger.book import open_book
from tests.ledger.county import CARE, CODE, County, row
from tests.ledger.laws import breaches, uncancelled

FIRST = "2024-05"
PEOPLE = st.integers(1, 2)
BENEFITS = st.sampled_from(["old_age_allowance", "elder_care_subsidy", "disability_care_subsidy"])
DECISIONS = st.sampled_from(
    [
        ("ENTITLED", 5000),
        ("ENTITLED", 5000),
        ("ENTITLED", 7000),
        ("LOST_TO_HIGHER", 4000),
        ("STANDARD_NOT_SET", 0),
        None,
    ]
)


def later(month, count=1):
    return month_text(add_months(parse_month(month), count))


@pytest.fixture(scope="session")
def empty_book(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "book.sqlite"
    book = open_book(f"sqlite:///{path}")
    County(book)
    book.close()
    return path


def refused_with(words, act, *told):
    """Do it; where the book refuses, it does so in these words."""
    refusals = []
    try:
        act(*told)
    except BookError as refused:
        refusals.append(str(refused))
    assert all(words in refusal for refusal in refusals), refusals


class Stories(RuleBasedStateMachine):
    """Two people, three benefits, a few months; `decisions` is what the law would say now."""

    template: Path

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "book.sqlite"
        shutil.copy(self.template, path)
        self.book = open_book(f"sqlite:///{path}")
        self.county = County(self.book, go_live="2024-04")
        self.month, self.decisions, self.sources = FIRST, {}, 0

    def teardown(self):
        self.book.close()
        self.folder.cleanup()

    @initialize(imported=st.booleans(), posted=st.lists(st.tuples(PEOPLE, BENEFITS, DECISIONS), max_size=4))
    def begin(self, imported, posted):
        if imported:
            self.county.import_history((1, "2024-04", "elder_care_subsidy", 6000))
        for person, benefit, decision in posted:
            self.correct(person, benefit, 0, decision)
        self.run_month()

    @rule(person=PEOPLE, benefit=BENEFITS, back=st.integers(0, 2), decision=DECISIONS)
    def correct(self, person, benefit, back, decision):
        month = max(later(self.month, -back), "2024-04")
        self.decisions[person, month, benefit] = decision

    @rule()
    def run_month(self):
        told = [
            row(person, month, fen, benefit, outcome)
            for (person, month, benefit), (outcome, fen) in (
                (key, decision) for key, decision in sorted(self.decisions.items()) if decision
            )
        ]
        self.county.run(self.month, told)
        assert uncancelled(self.book) == set()
        again = self.county.run(self.month, told)
        assert again.run is None
        assert not again.differences.has_rows

    @rule(person=PEOPLE, back=st.integers(0, 1), wins=st.booleans())
    def choose(self, person, back, wins):
        """Which of the two care benefits wins in a month."""
        month = max(later(self.month, -back), "2024-04")
        higher, lower = CARE if wins else CARE[::-1]
        self.decisions[person, month, higher] = ("ENTITLED", 7000)
        self.decisions[person, month, lower] = ("LOST_TO_HIGHER", 4000)
        self.run_month()

    @rule()
    def pay(self):
        self.run_month()
        if self.county.claim():
            self.county.sign(self.month)
            self.county.release(self.month)

    @rule()
    def claim(self):
        self.county.claim()

    @rule()
    def approve(self):
        with self.book.reading() as conn:
            waiting = signing.waiting(conn, CODE, parse_month(self.month))
        if not waiting.is_empty():
            self.county.sign(self.month)

    @rule()
    def release(self):
        refused_with("没有已批准", self.county.release, self.month)

    @rule()
    def next_month(self):
        if self.month < "2024-07":
            self.month = later(self.month)
            self.run_month()

    @rule(event=st.sampled_from(["accepted", "returned", "unknown"]), person=PEOPLE, benefit=BENEFITS)
    def answer(self, event, person, benefit):
        self.sources += 1
        answer = partial(self.county.answer, event, person, benefit, source=f"bank-{self.sources}")
        refused_with("已退票", answer)

    @rule(person=PEOPLE, benefit=BENEFITS)
    def bounce(self, person, benefit):
        """The bank sends a person's money back, and then less is owed."""
        self.sources += 1
        self.county.answer("returned", person, source=f"bank-{self.sources}")
        self.decisions[person, self.month, benefit] = None
        self.run_month()

    @rule(means=st.sampled_from([RecoveryMeans.CASH, RecoveryMeans.WAIVED]), part=st.integers(1, 3))
    def recover(self, means, part):
        with self.book.reading() as conn:
            owed_back = receivables.unrecovered(conn, CODE)
        for owed in owed_back.head(1).iter_rows(named=True):
            fen = max(owed["left_fen"] // part, 1)
            told = (self.book, CODE, owed["receivable_id"], means, fen, "复核乙", "tester", "凭据1")
            told = (*told, "发放丙") if means is RecoveryMeans.WAIVED else told
            refused_with("尚未追回", recovery.recover, *told)

    @invariant()
    def the_laws_hold(self):
        assert breaches(self.book) == []

    @invariant()
    def what_is_unpaid_is_what_nobody_was_paid(self):
        with self.book.reading() as conn:
            unpaid = batches.unpaid(conn, CODE)
        assert (unpaid["pays_fen"] == unpaid["amount_fen"] - unpaid["withdrawn_fen"] - unpaid["set_off_fen"]).all()
        assert (unpaid["pays_fen"] > 0).all()


def test_the_laws_hold_after_every_event_of_any_story(empty_book):
    Stories.template = empty_book
    run_state_machine_as_test(
        Stories,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
