"""The laws of the book, on random stories: corrections, changed standards, runs, claims, holds, signatures, answers,
recoveries, acts cut off, months closed, in any order.
"""

import shutil
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import polars as pl
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
from polars.testing import assert_frame_equal
from sqlalchemy import select

from contracts.actor import Actor
from contracts.codes import HoldCode, RecoveryMeans
from contracts.errors import BookError
from contracts.months import add_months, month_text, parse_month
from ledger import fate, holds, receivables, recovery, results, sealing, signing
from ledger.book import Book, open_book, read_frame
from ledger.posting import SetOffRule
from ledger.tables import obligation
from tests.effort import tries
from tests.ledger.county import CARE, CHECKER, CODE, RELEASER, County, row
from tests.ledger.laws import breaches, contents, newest_versions, rows, uncancelled, unlawful
from tests.ledger.places import SERVER, Places

FIRST, GO_LIVE, LAST = "2024-05", "2024-04", "2024-07"
PEOPLE = st.integers(1, 3)
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
MEANS = st.sampled_from([RecoveryMeans.CASH, RecoveryMeans.FAMILY, RecoveryMeans.WAIVED])
# Rows of the months before one: what a standard changed from that month on must leave as they are.
OF_MONTHS = {
    "entitlement_version": "SELECT * FROM entitlement_version v WHERE v.benefit_month < '{month}'",
    "obligation": "SELECT * FROM obligation o WHERE o.benefit_month < '{month}'",
    "receivable": "SELECT * FROM receivable r WHERE r.benefit_month < '{month}'",
    "withdrawal": "SELECT w.* FROM withdrawal w JOIN obligation o ON o.obligation_id = w.obligation_id"
    " WHERE o.benefit_month < '{month}'",
}


def later(month, count=1):
    return month_text(add_months(parse_month(month), count))


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A book to be copied; on a server each story makes its own."""
    path = tmp_path_factory.mktemp("county") / "book.sqlite"
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


class CutOffError(Exception):
    """The process died here."""


class DyingBook(Book):
    """A book whose writer dies before the commit."""

    @contextmanager
    def writing(self):
        with super().writing() as conn:
            yield conn
            raise CutOffError


class Stories(RuleBasedStateMachine):
    """Three numbers of one to three people, three benefits, a few months; `decisions` is what the law would say now.

    What it says of a number that counts as another is not asked.
    """

    template: Path

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.places = Places(Path(self.folder.name))
        url = self.places.new()
        if not SERVER:
            shutil.copy(self.template, url.removeprefix("sqlite:///"))
        self.book = open_book(url)
        self.county = County(self.book, go_live=GO_LIVE)
        self.month, self.decisions, self.numbers, self.events = FIRST, {}, 0, 0

    def teardown(self):
        self.book.close()
        self.places.clear()
        self.folder.cleanup()

    def number(self):
        """One that was not given before: for files and documents."""
        self.numbers += 1
        return self.numbers

    def back(self, months):
        return max(later(self.month, -months), GO_LIVE)

    def told(self):
        return [
            row(person, month, decision[1], benefit, decision[0])
            for (person, month, benefit), decision in sorted(self.decisions.items())
            if decision and person not in self.county.identity().head_of
        ]

    @initialize(
        imported=st.booleans(),
        deducts=st.booleans(),
        per_payee=st.booleans(),
        posted=st.lists(st.tuples(PEOPLE, BENEFITS, DECISIONS), max_size=4),
    )
    def begin(self, imported, deducts, per_payee, posted):
        self.county.per_payee = per_payee
        if deducts:
            self.county.set_off = SetOffRule(("old_age_allowance", "elder_care_subsidy"), per_mille=500)
        if imported:
            self.county.import_history((1, GO_LIVE, "elder_care_subsidy", 6000))
        for person, benefit, decision in posted:
            self.correct(person, benefit, 0, decision)
        self.run_month()

    @rule(person=PEOPLE, benefit=BENEFITS, back=st.integers(0, 2), decision=DECISIONS)
    def correct(self, person, benefit, back, decision):
        """Of two care benefits the law lets one win."""
        month = self.back(back)
        self.decisions[person, month, benefit] = decision
        other = CARE[benefit == CARE[0]]
        if benefit in CARE and decision and decision[0] == "ENTITLED" and self.decisions.get((person, month, other)):
            self.decisions[person, month, other] = ("LOST_TO_HIGHER", 4000)

    @rule()
    def run_month(self):
        self.county.run(self.month, self.told())
        assert uncancelled(self.book) == set()
        found = newest_versions(self.book)
        joined = self.county.identity().head_of
        for (person, month, benefit), decision in self.decisions.items():
            if person in joined:
                assert found.get((person, month, benefit), ("", 0))[1] == 0
                continue
            owed = row(person, month, decision[1], benefit, decision[0])["amount_fen"] if decision else 0
            assert found.get((person, month, benefit), ("", 0))[1] == owed
        again = self.county.run(self.month, self.told())
        assert again.run is None
        assert not again.differences.has_rows

    @rule(person=PEOPLE, benefit=BENEFITS, decisions=st.tuples(DECISIONS, DECISIONS, DECISIONS))
    def change_three_times(self, person, benefit, decisions):
        """One key, within a pay month."""
        for decision in decisions:
            self.correct(person, benefit, 0, decision)
            self.run_month()

    @rule(benefit=BENEFITS, back=st.integers(0, 2), more=st.sampled_from([-1000, 0, 1500]))
    def change_standard(self, benefit, back, more):
        """From a month on; the rows of months before stay as they are, to the bit."""
        self.run_month()
        first = self.back(back)
        before = self.rows_before(first)
        for (person, month, of), decision in self.decisions.items():
            if of == benefit and month >= first and decision and decision[0] == "ENTITLED":
                self.decisions[person, month, of] = ("ENTITLED", decision[1] + more)
        self.run_month()
        assert self.rows_before(first) == before

    def rows_before(self, month):
        return {
            name: sorted(map(repr, rows(self.book, statement.format(month=month))))
            for name, statement in OF_MONTHS.items()
        }

    @rule(old=PEOPLE, new=PEOPLE, runs=st.booleans())
    def join(self, old, new, runs):
        refused_with("号码", self.county.join, old, new)
        if runs:
            self.run_month()

    @rule(one=PEOPLE, other=PEOPLE, runs=st.booleans())
    def split(self, one, other, runs):
        refused_with("号码", self.county.split, one, other)
        if runs:
            self.run_month()

    @rule(old=PEOPLE, new=PEOPLE)
    def join_by_mistake(self, old, new):
        """Joined, and split again after a run: everybody has what he would have had, and nobody else's rows move."""
        self.run_month()
        others = [n for n in (1, 2, 3) if n not in {old, new, *self.counted_with(old), *self.counted_with(new)}]
        before = [self.rows_of(n) for n in others]
        self.join(old, new, runs=True)
        self.split(old, new, runs=True)
        assert [self.rows_of(n) for n in others] == before

    def counted_with(self, person):
        """Whoever was ever counted together with the number."""
        families = dict(self.county.identity().families.iter_rows())
        return [n for n, family in families.items() if family == families.get(person)]

    def rows_of(self, person):
        return {
            name: sorted(map(repr, rows(self.book, f"SELECT * FROM {name} WHERE person_no = {person}")))
            for name in ("entitlement_version", "obligation", "receivable")
        }

    @rule(person=PEOPLE, back=st.integers(0, 1), wins=st.booleans())
    def choose(self, person, back, wins):
        """Which of the two care benefits wins in a month."""
        higher, lower = CARE if wins else CARE[::-1]
        self.decisions[person, self.back(back), higher] = ("ENTITLED", 7000)
        self.decisions[person, self.back(back), lower] = ("LOST_TO_HIGHER", 4000)
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
        if self.month < LAST:
            self.month = later(self.month)
            self.run_month()

    @rule(person=PEOPLE, whole=st.booleans())
    def hold(self, person, whole):
        owed = self.county.unpaid().filter(pl.col("person_no") == person)["obligation_id"].to_list()
        which = None if whole or not owed else owed[0]
        holds.place(self.book, CODE, person, HoldCode.MANUAL.value, "待核", Actor(CHECKER, "tester"), which)

    @rule(which=st.integers(0, 3))
    def lift(self, which):
        with self.book.reading() as conn:
            found = holds.open_holds(conn, CODE)["hold_id"].to_list()
        if found:
            holds.lift(self.book, CODE, found[which % len(found)], Actor(CHECKER, "tester"), "已核实")

    @rule(
        event=st.sampled_from(["accepted", "returned", "unknown"]),
        person=PEOPLE,
        benefit=BENEFITS,
        said=st.sampled_from(["", "", "已受理,另有说明"]),
        why=st.sampled_from([None, "CLOSED", "BANK_TECH", "DECEASED", "BATCH_REFUSED"]),
        misfit=st.sampled_from([None, None, None, "ANSWER_AMOUNT"]),
    )
    def answer(self, event, person, benefit, said="", why=None, misfit=None):
        """Whoever's matter a return is; accepted with a remark is accepted; a line that does not fit notes nothing."""
        told = {"reason": said, "return_reason": why, "misfit": misfit}
        before = rows(self.book, "SELECT event_id FROM bank_event")
        refused_with(
            "已退票", partial(self.county.answer, event, person, benefit, source=f"bank-{self.number()}", **told)
        )
        assert not misfit or rows(self.book, "SELECT event_id FROM bank_event") == before

    @rule(which=st.integers(0, 9), again=st.booleans())
    def refuse_order(self, which, again):
        """The bank took nothing of a batch: what has no final answer is due again, once, and nothing is held."""
        released = [one for (one,) in rows(self.book, "SELECT batch_id FROM approval WHERE step = 'released'")]
        if not released:
            return
        batch_id = sorted(released)[which % len(released)]
        holds_before = rows(self.book, "SELECT hold_id FROM hold")
        for _ in range(1 + again):
            results.refuse_order(self.book, CODE, batch_id, "", "付款账户余额不足", Actor(CHECKER, "tester"))
        finals = "SELECT i.instruction_id FROM instruction i JOIN bank_event e ON e.instruction_id = i.instruction_id"
        of_batch = rows(self.book, f"SELECT instruction_id FROM instruction WHERE batch_id = '{batch_id}'")
        final = rows(self.book, f"{finals} WHERE e.event <> 'unknown'")
        assert set(of_batch) <= set(final)
        assert rows(self.book, "SELECT hold_id FROM hold") == holds_before

    @rule(person=PEOPLE, benefit=BENEFITS)
    def return_what_was_accepted(self, person, benefit):
        for event in ("accepted", "returned"):
            self.answer(event, person, benefit)

    @rule(person=PEOPLE, benefit=BENEFITS)
    def bounce(self, person, benefit):
        """The bank sends a person's money back, and then less is owed."""
        self.county.answer("returned", person, source=f"bank-{self.number()}")
        self.decisions[person, self.month, benefit] = None
        self.run_month()

    @rule(means=MEANS, part=st.integers(1, 3))
    def recover(self, means, part):
        with self.book.reading() as conn:
            owed_back = receivables.unrecovered(conn, CODE)
        for owed in owed_back.head(1).iter_rows(named=True):
            fen = max(owed["left_fen"] // part, 1)
            told = (
                self.book,
                CODE,
                owed["receivable_id"],
                means,
                fen,
                Actor(CHECKER, "tester"),
                f"凭据{self.number()}",
            )
            told = (*told, RELEASER) if means is RecoveryMeans.WAIVED else told
            refused_with("尚未追回", recovery.recover, *told)

    @rule()
    def close(self):
        month = parse_month(self.month)
        with self.book.reading() as conn:
            lists = [sealing.unanswered(conn, one.cycle_id) for one in sealing.open_cycles(conn, CODE, month)]
        signed = sealing.list_digest(pl.concat(lists)) if lists else ""
        refused_with("还不能结账", sealing.close, self.book, CODE, month, Actor(CHECKER, "tester"), "清单已核", signed)

    @rule(act=st.sampled_from(["run", "claim", "sign", "release", "answer", "hold"]), person=PEOPLE)
    def be_cut_off(self, act, person):
        """Before the commit: then it did not happen."""
        before = contents(self.book)
        self.county.book = DyingBook(self.book.engine)
        acts = {
            "run": lambda: self.county.run(self.month, self.told()),
            "claim": self.county.claim,
            "sign": lambda: self.county.sign(self.month),
            "release": lambda: self.county.release(self.month),
            "answer": lambda: self.county.answer("returned", person, source=f"bank-{self.number()}"),
            "hold": lambda: holds.place(self.county.book, CODE, person, "MANUAL", "待核", Actor(CHECKER, "tester")),
        }
        with pytest.raises((CutOffError, BookError)):
            acts[act]()
        self.county.book = self.book
        assert contents(self.book) == before

    @invariant()
    def the_laws_hold(self):
        """Row by row after every event; the book proves itself after every fourth: what was wrong stays wrong."""
        self.events += 1
        assert (unlawful if self.events % 4 else breaches)(self.book) == []

    @invariant()
    def what_is_unpaid_is_what_nobody_was_paid(self):
        """As told of each obligation by itself, whatever is kept beside the rows."""
        with self.book.reading() as conn:
            keys = read_frame(conn, select(obligation.c.person_no, obligation.c.benefit_month))
            one_by_one = fate.of_person_months(conn, CODE, keys).filter(pl.col("pays_fen") > 0)
        unpaid = self.county.unpaid().drop("posted_month")
        assert_frame_equal(unpaid, one_by_one.select(unpaid.columns))
        assert (unpaid["pays_fen"] == unpaid["amount_fen"] - unpaid["withdrawn_fen"] - unpaid["set_off_fen"]).all()


def test_the_laws_hold_after_every_event_of_any_story(template):
    Stories.template = template
    run_state_machine_as_test(
        Stories,
        settings=settings(
            max_examples=tries(6 if SERVER else 20),
            stateful_step_count=30,
            suppress_health_check=list(HealthCheck),
        ),
    )
