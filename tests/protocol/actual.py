"""The events of the model done to a real book, and what the book then says."""

import shutil

from contracts.actor import Actor
from contracts.codes import RecoveryMeans
from contracts.months import parse_month
from ledger import batches, holds, receivables, recovery, results, signing, totals
from ledger.book import open_book
from tests.ledger.county import CODE, MAKER, County, row
from tests.protocol.model import PEOPLE

PAY_MONTH, FEN = "2024-07", 5000
JULY = parse_month(PAY_MONTH)


class Actual:
    """A book in a file, with the law of the model."""

    def __init__(self, path, owed=(True, True), count=0):
        self.path, self.owed, self.count = path, list(owed), count
        self.book = open_book(f"sqlite:///{path}")
        self.county = County(self.book)

    @classmethod
    def begun(cls, path):
        made = cls(path)
        made.run()
        return made

    def copied(self, path):
        """The same book in another file, and closed here: SQLite has written everything then."""
        shutil.copy(self.path, path)
        return Actual(path, self.owed, self.count)

    def close(self):
        self.book.close()

    def number(self):
        self.count += 1
        return f"{self.count}"

    def do(self, event):
        """An event of the model, by its name."""
        what, *told = event
        getattr(self, what)(*told)

    def run(self):
        self.county.run(PAY_MONTH, [row(n + 1, PAY_MONTH, FEN) for n in PEOPLE if self.owed[n]])

    def stop(self, who):
        self.owed[who] = False
        self.run()

    def claim(self):
        self.run()
        self.county.claim()

    def approve(self, officer):
        signing.approve(self.book, CODE, JULY, Actor(officer, "tester"))

    def reject(self, officer):
        signing.reject(self.book, CODE, JULY, Actor(officer, "tester"), "有误")

    def release(self, officer):
        signing.release(self.book, CODE, JULY, Actor(officer, "tester"))

    def answer(self, who, word):
        more = {"return_reason": "CLOSED"} if word == "returned" else {}
        self.county.answer(word, person_no=who + 1, source=f"bank {self.number()}", **more)

    def refuse_order(self, number):
        with self.book.reading() as conn:
            out = batches.batches_of(conn, CODE, None)
        released = sorted(out.filter(out["state"] == "released")["batch_id"])
        results.refuse_order(self.book, CODE, released[number - 1], "", "余额不足", Actor(MAKER, "tester"))

    def free(self, who):
        with self.book.reading() as conn:
            held = batches.unpaid(conn, CODE)
        (hold_id,) = held.filter(held["person_no"] == who + 1)["held_by"]
        holds.lift(self.book, CODE, hold_id, Actor(MAKER, "tester"), "账户已核实")

    def recover(self, who):
        owed = recovery.Key(who + 1, "old_age_allowance", JULY)
        recovery.recover(self.book, CODE, owed, RecoveryMeans.CASH, FEN, Actor(MAKER, "tester"), f"凭据{self.number()}")

    def says(self):
        """Due, held and owed back by person; the batch that waits; what was booked."""
        with self.book.reading() as conn:
            unpaid = batches.unpaid(conn, CODE)
            known = batches.batches_of(conn, CODE, None)
            owed_back = receivables.unrecovered(conn, CODE)
            booked = totals.booked(conn, CODE, JULY, JULY)
        live = known.filter(~known["state"].is_in(["voided", "released"]))
        return {
            "due": sorted(n - 1 for n in unpaid["person_no"]),
            "held": sorted(n - 1 for n in unpaid.drop_nulls("held_by")["person_no"]),
            "debt": sorted(n - 1 for n in owed_back["person_no"]),
            "batch": live["state"].to_list(),
            "owed": sorted(n - 1 for n in booked.filter(booked["booked_fen"] == FEN)["person_no"]),
        }


def said_of(state):
    """The same of a state of the model."""
    return {
        "due": [n for n in PEOPLE if state.people[n].is_due],
        "held": [n for n in PEOPLE if state.people[n].is_due and state.people[n].is_held],
        "debt": [n for n in PEOPLE if state.people[n].debt],
        "batch": [state.batch.replace("made", "rendered")] if state.batch else [],
        "owed": [n for n in PEOPLE if state.people[n].owed],
    }
