"""What the book tells the rules, and which decisions of findings count in a month."""

import polars as pl
import pytest
from sqlalchemy import insert

from contracts.actor import Actor
from contracts.codes import AuditRule, FindingDecision
from contracts.errors import BookError
from contracts.months import parse_month
from ledger import findings, holds, receivables, returns, tables, versions
from ledger.findings import Subject
from ledger.identity import NOBODY
from tests.ledger.county import CHECKER, CODE, MAKER, row

JULY, AUGUST = parse_month("2024-07"), parse_month("2024-08")
BY = Actor(MAKER, "tester")
DOUBT = Subject("0123456789ab", AuditRule.R36, 1)


def decided(book, month=JULY):
    with book.reading() as conn:
        return findings.decided(conn, CODE, month)["decision"].to_list()


def decide(book, decision, until=None):
    return findings.decide(book, CODE, [DOUBT], decision, "已核", BY, until)


def test_what_is_accepted_counts_to_its_month_and_the_last_decision_counts(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    decide(book, FindingDecision.ACCEPT, JULY)
    assert (decided(book), decided(book, AUGUST)) == (["accept"], [])
    decide(book, FindingDecision.CORRECT)
    assert decided(book, AUGUST) == ["correct"]


def test_a_hold_counts_while_it_is_open(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    (hold_id,) = decide(book, FindingDecision.HOLD)
    assert decided(book) == ["hold"]
    holds.lift(book, CODE, hold_id, Actor(CHECKER, "tester"), "已入户")
    assert decided(book) == []


def test_a_decision_of_several_findings_is_whole_or_not_at_all(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    nobody = Subject("ba9876543210", AuditRule.R36, 99)
    with pytest.raises(BookError):
        findings.decide(book, CODE, [DOUBT, nobody], FindingDecision.CORRECT, "已核", BY)
    assert decided(book) == []


def test_what_is_owed_back_is_told_since_the_month_that_asked_for_it(county, book):
    county.pay("2024-07", [row(1, "2024-06"), row(1, "2024-07")])
    county.run("2024-08", [row(1, "2024-07"), row(1, "2024-08")])
    with book.reading() as conn:
        (told,) = receivables.outstanding(conn, CODE, NOBODY).to_dicts()
    assert (told["person_no"], told["left_fen"], told["since_month"]) == (1, 5000, AUGUST)


def test_what_came_back_is_told_until_it_goes_out_again(county, book):
    county.pay("2024-07", [row(1, "2024-07"), row(2, "2024-07")])

    def idle():
        with book.reading() as conn:
            return returns.not_sent_again(conn, CODE, NOBODY).select("person_no", "pays_fen").rows()

    assert idle() == []
    county.answer("returned", 1, return_reason="BANK_TECH")
    assert idle() == [(1, 5000)]
    county.run("2024-08", [row(1, "2024-07"), row(2, "2024-07")])
    county.claim()
    county.sign("2024-08")
    county.release("2024-08")
    assert idle() == []


def test_whoever_is_entitled_in_two_counties_of_a_book_is_told(county, book):
    county.pay("2024-07", [row(1, "2024-07"), row(2, "2024-07"), row(3, "2024-07")])
    with book.writing() as conn:
        cycle = conn.execute(tables.cycle.select()).mappings().first()
        conn.execute(insert(tables.cycle).values(**{**cycle, "cycle_id": 99, "county": "410902"}))
        run = conn.execute(tables.run.select()).mappings().first()
        conn.execute(insert(tables.run).values(**{**run, "run_id": 99, "cycle_id": 99}))
        v = tables.entitlement_version
        same = dict(conn.execute(v.select().where(v.c.person_no == 1)).mappings().first())
        for person_no, number, outcome, fen in (
            (1, 1, "ENTITLED", 5000),
            (2, 1, "ENTITLED", 5000),
            (2, 2, "NOT_MET", 0),
        ):
            there = {"county": "410902", "run_id": 99, "person_no": person_no, "version_no": number}
            conn.execute(insert(v).values(**{**same, **there, "outcome": outcome, "amount_fen": fen}))
    with book.reading() as conn:
        told = versions.entitled_elsewhere(conn, CODE, JULY)
    assert told.select("person_no", pl.col("benefit").cast(pl.String), "paid_by").rows() == [
        (1, "old_age_allowance", "410902")
    ]
