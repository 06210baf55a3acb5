"""Cancelling: an unpaid obligation and money owed back, of one key or one choose group, meet in the same month."""

import polars as pl
import pytest

from contracts.actor import Actor
from contracts.codes import RecoveryMeans
from contracts.errors import StoppedError
from contracts.months import parse_month
from ledger import figures, recovery
from ledger.posting import StopLimits
from tests.ledger.county import CARE, CODE, row
from tests.ledger.laws import breaches

ELDER, DISABLED = CARE
LOST = {"outcome": "LOST_TO_HIGHER"}


def set_offs(found):
    return found.set_offs.select("receivable_id", "obligation_id", "amount_fen").rows()


def waiting(county):
    return dict(county.unpaid().select("benefit", "pays_fen").iter_rows())


def recover(county, means, fen):
    key = recovery.Key(1, "old_age_allowance", county.manifest("2024-07").pay_month)
    approved_by = "发放丙" if means is RecoveryMeans.WAIVED else None
    recovery.recover(county.book, CODE, key, means, fen, Actor("复核乙", "tester"), "凭据1", approved_by)


def test_when_the_winner_changes_both_lines_are_posted_and_the_person_receives_the_net(county, book):
    county.pay("2024-07", [row(1, "2024-07", 7500, DISABLED), row(1, "2024-07", 6000, ELDER, **LOST)])
    flipped = [row(1, "2024-07", 7500, DISABLED, **LOST), row(1, "2024-07", 10000, ELDER)]
    found = county.run("2024-08", flipped).differences
    assert found.receivables.select("benefit", "amount_fen", "cause").rows() == [(DISABLED, 7500, "REPLACED")]
    assert set_offs(found) == [(1, 2, 7500)]
    assert waiting(county) == {ELDER: 2500}
    assert breaches(book) == []


def test_what_is_set_off_at_once_is_not_counted_as_taken_back(county):
    """Two people's winner turns and each draws more: nobody loses a fen, and the run does not stop."""
    county.pay("2024-07", [row(n, "2024-07", 7500, DISABLED) for n in (1, 2)])
    raised = [row(n, "2024-07", 10000, ELDER) for n in (1, 2)]
    found = county.run("2024-08", raised, StopLimits(per_mille=10, at_least=1)).differences
    assert found.receivables["amount_fen"].to_list() == [7500, 7500]
    assert found.left_to_recover.is_empty()


def test_what_is_left_after_setting_off_stops_a_run(county):
    county.pay("2024-07", [row(n, "2024-07", 7500, DISABLED) for n in (1, 2)])
    lower = [row(n, "2024-07", 6000, ELDER) for n in (1, 2)]
    with pytest.raises(StoppedError, match=r"2 人共 30\.00 元"):
        county.run("2024-08", lower, StopLimits(per_mille=10, at_least=2))
    found = county.run("2024-08", lower).differences
    assert found.left_to_recover["amount_fen"].to_list() == [1500, 1500]
    with county.book.reading() as conn:
        told = figures.taken_back(conn, CODE, parse_month("2024-08"))
    assert told.select("is_receivable", "people_count", "amount_fen").rows() == [(1, 2, 3000)]


def test_where_the_new_winner_is_lower_the_rest_stays_owed_back(county):
    county.pay("2024-07", [row(1, "2024-07", 7500, DISABLED)])
    found = county.run("2024-08", [row(1, "2024-07", 6000, ELDER)]).differences
    assert found.set_offs["amount_fen"].to_list() == [6000]
    assert waiting(county) == {}


def test_a_choice_flips_and_flips_back_before_release(county, book):
    county.run("2024-07", [row(1, "2024-07", 7500, DISABLED)])
    county.run("2024-07", [row(1, "2024-07", 10000, ELDER)])
    found = county.run("2024-07", [row(1, "2024-07", 7500, DISABLED)]).differences
    assert (found.receivables.height, found.set_offs.height) == (0, 0)
    assert waiting(county) == {DISABLED: 7500}
    assert breaches(book) == []


def test_a_choice_flips_and_flips_back_after_release(county, book):
    county.pay("2024-07", [row(1, "2024-07", 7500, DISABLED)])
    county.pay("2024-07", [row(1, "2024-07", 10000, ELDER)])
    county.pay("2024-07", [row(1, "2024-07", 7500, DISABLED)])
    assert waiting(county) == {}
    assert county.run("2024-07", [row(1, "2024-07", 7500, DISABLED)], note="again").differences.has_money is False
    assert breaches(book) == []


def test_the_same_benefit_is_served_before_the_other_of_the_group(county):
    county.pay("2024-07", [row(1, "2024-07", 6000, ELDER), row(1, "2024-07", 7500, DISABLED)])
    county.run("2024-08", [])
    found = county.run("2024-08", [row(1, "2024-07", 6000, ELDER)]).differences
    assert found.set_offs.select("benefit", "amount_fen").rows() == [(ELDER, 6000)]


def test_what_was_paid_before_the_first_run_meets_its_group_though_nobody_draws_that_benefit_any_more(county, book):
    county.import_history((1, "2024-07", ELDER, 6000))
    county.run("2024-08", [])
    found = county.run("2024-08", [row(1, "2024-07", 5000, DISABLED)]).differences
    assert set_offs(found) == [(1, 2, 5000)]
    assert waiting(county) == {}
    assert breaches(book) == []


def test_benefits_outside_a_group_never_meet(county):
    county.pay("2024-07", [row(1, "2024-07")])
    found = county.run("2024-08", [row(1, "2024-07", 6000, "elder_service_subsidy")]).differences
    assert found.set_offs.is_empty()


def test_nor_do_they_in_a_month_whose_law_had_no_group(county):
    county.grouped_since = parse_month("2024-08")
    free = {"choose_group": None}
    county.pay("2024-07", [row(1, "2024-07", 6000, ELDER, **free)])
    found = county.run("2024-08", [row(1, "2024-07", 5000, DISABLED, **free)]).differences
    assert (found.receivables["amount_fen"].to_list(), found.set_offs.height) == ([6000], 0)
    assert waiting(county) == {DISABLED: 5000}


def test_months_and_people_never_meet(county):
    county.pay("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    found = county.run("2024-08", [row(2, "2024-07"), row(1, "2024-08"), row(3, "2024-07")]).differences
    assert (found.receivables.height, found.set_offs.height) == (1, 0)


def test_owed_again_after_it_was_owed_back_needs_no_payment(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.run("2024-08", [])
    found = county.run("2024-08", [row(1, "2024-07")]).differences
    assert set_offs(found) == [(1, 2, 5000)]
    assert waiting(county) == {}
    assert breaches(book) == []


def test_what_was_repaid_in_cash_is_paid_again(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.run("2024-08", [])
    recover(county, RecoveryMeans.CASH, 2000)
    found = county.run("2024-08", [row(1, "2024-07")]).differences
    assert found.set_offs["amount_fen"].to_list() == [3000]
    assert waiting(county) == {"old_age_allowance": 2000}
    assert breaches(book) == []


def test_a_waiver_only_ends_collection(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.run("2024-08", [])
    recover(county, RecoveryMeans.WAIVED, 5000)
    found = county.run("2024-08", [row(1, "2024-07")]).differences
    assert found.set_offs["amount_fen"].to_list() == [5000]
    assert waiting(county) == {}
    assert breaches(book) == []


def test_a_payment_that_comes_back_meets_what_is_owed_back_at_the_next_run(county, book):
    county.pay("2024-07", [row(1, "2024-07", 5000)])
    county.run("2024-08", [])
    county.answer("returned")
    posted = county.run("2024-08", [], note="after the bank's answer")
    assert set_offs(posted.differences) == [(1, 1, 5000)]
    assert posted.cycle.sequence == 1
    assert waiting(county) == {}
    assert breaches(book) == []


def test_it_happens_after_a_death_too(county):
    county.pay("2024-07", [row(1, "2024-07", 7500, DISABLED)])
    county.dies(1, "2024-07")
    found = county.run("2024-08", [row(1, "2024-07", 6000, ELDER)]).differences
    assert found.set_offs["amount_fen"].to_list() == [6000]


def test_a_waiting_batch_is_voided_before_something_of_it_is_set_off(county, book):
    county.pay("2024-07", [row(1, "2024-07", 7500, DISABLED)])
    county.run("2024-08", [row(1, "2024-07", 7500, DISABLED), row(1, "2024-07", 1000, ELDER)])
    county.claim()
    found = county.run("2024-08", [row(1, "2024-07", 1000, ELDER)]).differences
    assert found.voided == (f"{CODE}-2024-08-01-01",)
    assert waiting(county) == {}
    assert breaches(book) == []


def test_what_was_set_off_counts_as_gone_out(county, book):
    county.pay("2024-07", [row(1, "2024-07", 5000)])
    county.run("2024-08", [])
    county.run("2024-08", [row(1, "2024-07", 5000)])
    found = county.run("2024-08", [], note="down again").differences
    assert (found.withdrawals.height, found.receivables["amount_fen"].to_list()) == (0, [5000])
    assert breaches(book) == []


def test_several_of_each_are_laid_end_to_end(county, book):
    for fen in (3000, 5000):
        county.pay("2024-07", [row(1, "2024-07", fen)])
    for fen in (4000, 1000):
        county.run("2024-08", [row(1, "2024-07", fen)])
    found = county.run("2024-08", [row(1, "2024-07", 3500)], note="up").differences
    assert found.set_offs.select("receivable_id", "amount_fen").rows() == [(1, 1000), (2, 1500)]
    assert pl.Series(found.set_offs["obligation_id"]).n_unique() == 1
    assert breaches(book) == []
