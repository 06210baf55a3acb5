"""The money lines of every worked case, through the book: run, approve, release, the bank's answers, run again.

The entitlement rows of the same cases are compared in tests/cases. What a case calls settled is either what its earlier
runs give, or history that is imported.
"""

import hashlib

import polars as pl
import pytest
from sqlalchemy import select

from contracts.actor import Actor
from contracts.codes import Benefit
from contracts.months import month_text, parse_month
from ledger import exports, history, people, results
from ledger.book import open_book, read_frame
from ledger.tables import instruction
from payments.reasons import with_reasons
from tests import homes
from tests.cases.reading import all_cases, write_overlay

CASES = all_cases()


def fen(yuan):
    return round(yuan * 100)


class Told:
    """One case on a home of its own."""

    def __init__(self, case, path):
        self.case = case
        stops = {"recovery_stop_at_least": 1_000_000, "shrink_stop_at_least": 1_000_000}
        go_live = f'"{month_text(case.go_live_month)}"'
        self.home = homes.make_home(path, case.county, go_live_month=go_live, pay_backlog="true", **stops)
        if case.told.get("overlay"):
            write_overlay(case.told["overlay"], self.home.overlay)
        self.book = open_book(self.home.database_url)

    def tell(self):
        """Everything before the run, then the run; nothing is signed."""
        for earlier in self.case.earlier_runs:
            self.run(earlier["run"], earlier["known_on"], earlier)
            homes.sign(self.home, earlier["run"], self.case.county)
            self.answer(earlier)
        if not self.case.earlier_runs and self.case.told.get("settled"):
            self.import_history()
        self.run(self.case.told["run"], self.case.told["known_on"], {})

    def run(self, month, known_on, earlier):
        registers = {**self.case.told["registers"], **earlier.get("registers", {})}
        homes.hand_in(self.home, month, self.case.county, **registers)
        homes.run(self.home, month, county=self.case.county, known_on=known_on)

    def answer(self, earlier):
        """Everything of the earlier run is accepted, but for what the case says."""
        told = {(row["person_id"], row["benefit"]): row for row in earlier.get("results", [])}
        columns = (instruction.c.instruction_id, instruction.c.person_id, instruction.c.benefit)
        with self.book.reading() as conn:
            sent = read_frame(conn, select(*columns).where(instruction.c.pay_month == earlier["run"]))
        rows = [
            {
                "instruction_id": row["instruction_id"],
                "event": told.get((row["person_id"], row["benefit"]), {}).get("result", "accepted"),
                "reason_code": "NAME_MISMATCH" if (row["person_id"], row["benefit"]) in told else "",
                "reason": told.get((row["person_id"], row["benefit"]), {}).get("reason", ""),
            }
            for row in sent.iter_rows(named=True)
        ]
        if rows:
            digest = hashlib.sha256(earlier["run"].encode()).hexdigest()
            results.record(
                self.book, self.case.county, digest, with_reasons(pl.DataFrame(rows)), Actor(homes.MAKER, "test")
            )

    def import_history(self):
        settled = self.case.told["settled"]
        ids = pl.DataFrame({"person_id": sorted({row["person_id"] for row in settled})})
        numbers = dict(people.number_people(self.book, ids).select("person_id", "person_no").iter_rows())
        rows = pl.DataFrame(
            [
                {
                    "person_no": numbers[row["person_id"]],
                    "benefit": row["benefit"],
                    "benefit_month": parse_month(row["benefit_month"]),
                    "amount_fen": fen(row["amount_yuan"]),
                    "source_row": place,
                }
                for place, row in enumerate(settled, start=2)
            ],
            schema_overrides={"benefit": Benefit.dtype()},
        )
        source = history.Source("history.csv", "0" * 64, self.case.go_live_month)
        history.import_history(
            self.book, self.case.county, rows, source, self.case.go_live_month, Actor(homes.MAKER, "test")
        )

    def exported(self, table):
        with self.book.reading() as conn:
            return table(conn, self.case.county, self.case.run)


@pytest.fixture(scope="module", params=CASES, ids=[case.id for case in CASES])
def told(request, tmp_path_factory):
    made = Told(request.param, tmp_path_factory.mktemp("case") / request.param.id)
    made.tell()
    yield made
    made.book.close()


def keys(rows, *more):
    """Rows as comparable tuples: person, benefit, month, fen, and what else is named."""
    return sorted(
        (row["person_id"], row["benefit"], row["benefit_month"], fen(row["amount_yuan"]), *(row[name] for name in more))
        for row in rows
    )


def test_arrears_are_those_of_the_case(told):
    paid = told.exported(exports.payments).filter(
        pl.col("kind") == "arrears", pl.col("benefit_month") < told.case.told["run"]
    )
    found = sorted(paid.select("person_id", "benefit", "benefit_month", "amount_fen").iter_rows())
    held_before = {
        (row["person_id"], row["benefit"], row["benefit_month"]) for row in told.case.told.get("released", [])
    }
    assert [row for row in found if row[:3] not in held_before] == keys(told.case.told.get("arrears", []))


def test_receivables_are_those_of_the_case_with_their_causes(told):
    found = sorted(told.exported(exports.receivables).iter_rows())
    assert found == keys(told.case.told.get("receivables", []), "cause")


def test_what_leaves_the_county_is_what_the_case_pays(told):
    paid = told.exported(exports.payments).filter(pl.col("state") == "batched")
    assert paid["pays_fen"].sum() == fen(told.case.told["pays_yuan"])


def test_an_institution_gets_what_the_case_sends_there(told):
    if "paid_to" not in told.case.told:
        return
    with told.book.reading() as conn:
        lines = read_frame(conn, select(instruction.c.person_id, instruction.c.amount_fen))
    to_institution = lines.filter(pl.col("person_id").is_null())["amount_fen"].sum()
    assert to_institution == fen(told.case.told["paid_to"]["institution"])
