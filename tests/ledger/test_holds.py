"""Holds: placed and lifted by rule, placed and lifted by officers, and register gaps decided."""

import polars as pl
import pytest

from contracts.actor import Actor
from contracts.codes import GapDecision
from contracts.columns import polars_schema
from contracts.errors import BookError
from contracts.tables import DesiredHold
from ledger import holds
from tests.ledger.county import CODE, MAKER, row

GAP = (1, None, "UNDER_REVIEW", "gap", "low_income", "VANISHED")
DEAD = (1, 1, "DECEASED_ARREARS", "died_on", "", "2024-06-02")
MISSING = (1, 1, "ACCOUNT_MISSING", "account", "", "")


@pytest.fixture
def held(county):
    county.run("2024-07", [row(1, "2024-07")])
    return county


def reconcile(county, *desired):
    return holds.reconcile(county.book, CODE, pl.DataFrame(desired, polars_schema(DesiredHold), orient="row"), "tester")


def still_open(county):
    with county.book.reading() as conn:
        return holds.open_holds(conn, CODE).select(holds.EVIDENCE).rows()


def lift(county, decision=None):
    with county.book.reading() as conn:
        hold_id = holds.open_holds(conn, CODE)["hold_id"][-1]
    holds.lift(county.book, CODE, hold_id, Actor(MAKER, "tester"), "已核实", decision)


def decisions(county, pay_month=None):
    with county.book.reading() as conn:
        month = county.manifest(pay_month).pay_month if pay_month else None
        return holds.gap_decisions(conn, CODE, month).rows()


def test_a_rule_places_once_and_lifts_what_it_no_longer_calls_for(held):
    assert reconcile(held, MISSING, GAP) == (2, 0)
    assert reconcile(held, MISSING, GAP) == (0, 0)
    assert reconcile(held, GAP) == (0, 1)
    assert still_open(held) == [GAP]


def test_what_an_officer_lifted_is_not_placed_again_on_the_same_ground(held):
    reconcile(held, MISSING)
    lift(held)
    assert reconcile(held, MISSING) == (0, 0)


def test_what_a_rule_lifted_is_placed_again(held):
    reconcile(held, MISSING)
    reconcile(held)
    assert reconcile(held, MISSING) == (1, 0)


def test_arrears_of_the_dead_once_lifted_stay_lifted_whatever_the_day_becomes(held):
    reconcile(held, DEAD)
    lift(held)
    assert reconcile(held, (*DEAD[:-1], "2024-06-09")) == (0, 0)


@pytest.mark.parametrize("code", ["MANUAL", "UNDER_REVIEW", "DUPLICATE_ELSEWHERE"])
def test_no_rule_lifts_what_an_officer_placed(held, code):
    holds.place(held.book, CODE, 1, code, "来访反映", Actor(MAKER, "tester"))
    assert reconcile(held) == (0, 0)
    assert [hold[2] for hold in still_open(held)] == [code]


def test_a_hold_is_lifted_once(held):
    hold_id = holds.place(held.book, CODE, 1, "MANUAL", "来访反映", Actor(MAKER, "tester"))
    lift(held)
    with pytest.raises(BookError, match="没有这条未解除的暂缓"):
        holds.lift(held.book, CODE, hold_id, Actor(MAKER, "tester"), "已核实")


def test_a_gap_needs_a_decision_and_nothing_else_may_have_one(held):
    reconcile(held, GAP)
    with pytest.raises(BookError, match="须写明如何处理") as told:
        lift(held)
    assert [one.value in told.value.advice for one in GapDecision] == [True, True]  # both ways out, as commands
    assert f"--county {CODE} --decision {GapDecision.KEEP.value} --reason" in told.value.advice
    lift(held, GapDecision.KEEP)
    reconcile(held, MISSING)
    with pytest.raises(BookError, match="只有名册缺口"):
        lift(held, GapDecision.KEEP)


def test_a_decided_gap_is_not_held_again_by_a_list_from_before(held):
    reconcile(held, GAP)
    lift(held, GapDecision.ACCEPT_GONE)
    assert decisions(held) == [("low_income", 1, "accept_gone")]
    assert reconcile(held, GAP) == (0, 0)


def test_a_decision_answers_its_pay_month_and_the_next_and_no_later_gap(held):
    reconcile(held, GAP)
    lift(held, GapDecision.KEEP)
    held.run("2024-08", [row(1, "2024-07")])
    assert decisions(held, "2024-08") == [("low_income", 1, "keep")]
    held.run("2024-09", [row(1, "2024-07")])
    assert decisions(held, "2024-09") == []
    assert reconcile(held, GAP) == (1, 0)


def test_of_two_decisions_on_one_gap_the_last_counts(held):
    for found, decision in (("VANISHED", GapDecision.ACCEPT_GONE), ("REFUSED", GapDecision.KEEP)):
        with held.book.writing() as conn:
            row_of = dict(zip(holds.EVIDENCE, (*GAP[:-1], found), strict=True))
            holds._place_by_rule(conn, CODE, pl.DataFrame([row_of], schema=polars_schema(DesiredHold)))
        lift(held, decision)
    assert decisions(held) == [("low_income", 1, "keep")]


def test_a_hold_on_a_refused_account_ends_when_no_rule_calls_for_it_any_more(county):
    county.pay("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    county.answer("returned", 1, return_reason="CLOSED")
    ((_, obligation_id, code, *ground),) = still_open(county)
    assert (obligation_id, code, ground[0]) == (1, "ACCOUNT_REJECTED", "rejected")
    assert reconcile(county) == (0, 1)
    assert still_open(county) == []


def test_what_was_held_since_its_batch_was_claimed_is_not_released(county):
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    county.claim()
    county.sign("2024-07")
    hold_id = holds.place(county.book, CODE, 1, "MANUAL", "电话反映", Actor(MAKER, "tester"))
    with pytest.raises(BookError, match="有 1 笔编批之后被暂缓"):
        county.release("2024-07")
    holds.lift(county.book, CODE, hold_id, Actor(MAKER, "tester"), "已核")
    county.release("2024-07")
