"""Set-off from later months: switched on by benefit, capped, never from the dead nor of what was waived."""

import polars as pl
import pytest

from contracts.actor import Actor
from contracts.codes import RecoveryMeans
from ledger import recovery
from ledger.posting import SetOffRule
from tests.ledger.county import CODE, row
from tests.ledger.laws import breaches
from tests.ledger.test_cancelling import set_offs, waiting

AGED = "old_age_allowance"


@pytest.fixture
def owing(county):
    """Person 1 was paid 50 yuan too much for June; August comes, and the switch is on for this benefit."""
    county.pay("2024-06", [row(1, "2024-06"), row(2, "2024-06")])
    county.run("2024-07", [row(2, "2024-06"), row(2, "2024-07")])
    county.set_off = SetOffRule((AGED,), per_mille=200)
    return county


def august(*rows):
    return [row(2, "2024-06"), row(2, "2024-07"), *rows]


def test_a_fifth_of_the_month_is_kept_back_until_what_is_owed_is_recovered(owing, book):
    found = owing.pay("2024-08", august(row(1, "2024-08", 10000))).differences
    assert [fen for _, _, fen in set_offs(found)] == [2000]
    found = owing.pay("2024-09", august(row(1, "2024-08", 10000), row(1, "2024-09", 10000))).differences
    assert [fen for _, _, fen in set_offs(found)] == [2000]
    rows = august(*(row(1, f"2024-{month:02d}", 10000) for month in (8, 9, 10)))
    assert [fen for _, _, fen in set_offs(owing.run("2024-10", rows).differences)] == [1000]
    assert breaches(book) == []


def test_it_is_off_unless_the_county_says_so(owing):
    owing.set_off = SetOffRule()
    assert set_offs(owing.run("2024-08", august(row(1, "2024-08"))).differences) == []


def test_another_benefit_pays_nothing_back(owing):
    assert set_offs(owing.run("2024-08", august(row(1, "2024-08", 9000, "elder_service_subsidy"))).differences) == []


def test_arrears_pay_nothing_back(owing):
    owing.run("2024-08", august())
    assert set_offs(owing.run("2024-09", august(row(1, "2024-08", 10000))).differences) == []


def test_nothing_is_taken_from_the_dead(owing):
    owing.set_off = SetOffRule((AGED,), 200, pl.DataFrame({"person_no": [1]}))
    assert set_offs(owing.run("2024-08", august(row(1, "2024-08"))).differences) == []


def test_what_was_waived_is_not_collected(owing):
    recovery.recover(owing.book, CODE, 1, RecoveryMeans.WAIVED, 4900, Actor("复核乙", "tester"), "批文1", "发放丙")
    found = owing.run("2024-08", august(row(1, "2024-08", 10000))).differences
    assert [fen for _, _, fen in set_offs(found)] == [100]


def test_money_first_owed_back_in_a_run_is_not_taken_by_the_same_run(county):
    county.set_off = SetOffRule((AGED,), per_mille=200)
    county.pay("2024-06", [row(1, "2024-06", 9000)])
    found = county.run("2024-07", [row(1, "2024-06", 4000), row(1, "2024-07", 10000)]).differences
    assert found.receivables["amount_fen"].to_list() == [5000]
    assert set_offs(found) == []


def test_the_same_run_again_takes_nothing_more(owing, book):
    rows = august(row(1, "2024-08", 10000))
    owing.run("2024-08", rows)
    assert owing.run("2024-08", rows).run is None
    assert waiting(owing)[AGED] > 0
    assert breaches(book) == []
