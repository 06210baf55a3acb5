"""Orders split between those who bear them, and what is left of their money: debits less credits are the money out."""

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Benefit, FundLevel, ValueStatus
from contracts.errors import StoppedError
from contracts.funding import FundingShares
from reports import funds

THIRDS = dict.fromkeys((FundLevel.CENTRAL, FundLevel.PROVINCE, FundLevel.COUNTY), Fraction(1, 3))
SHOWN = ["central_fen", "province_fen", "city_fen", "county_fen", "unsettled_fen"]


def shared(shares, status=ValueStatus.IN_FORCE):
    return FundingShares(Benefit.OLD_AGE_ALLOWANCE, shares, status, "")


def orders(*rows):
    """Orders of (amount, returned, whether it went out)."""
    told = [
        {"batch_id": f"B{place}", "benefit": "old_age_allowance", "amount_fen": fen, "returned_fen": back}
        | {"is_released": is_out, "is_waiting": not is_out}
        for place, (fen, back, is_out) in enumerate(rows)
    ]
    return pl.DataFrame(told)


def split(*rows, by=THIRDS):
    found = orders(*rows)
    return funds.of_orders(found, dict.fromkeys(found["batch_id"], shared(by) if by else None))


def test_each_order_is_split_as_a_whole_and_what_nobody_settled_is_printed_so():
    told = split((100, 0, True), (200, 0, True))
    assert told.select(SHOWN).rows() == [(34, 33, 0, 33, 0), (67, 67, 0, 66, 0)]
    assert funds.by_benefit(told).select(*SHOWN, "shares").rows() == [
        (101, 100, 0, 99, 0, "中央 1/3、省 1/3、县(区) 1/3")
    ]
    assert split((7, 0, True), by=None).select(*SHOWN, "shares").rows() == [
        (0, 0, 0, 0, 7, "未定:政策包没有写明由谁负担")
    ]


def test_shares_that_are_not_in_force_are_called_so():
    assert funds.told_of(shared({FundLevel.COUNTY: Fraction(1)}, ValueStatus.PLACEHOLDER)) == "县(区) 1(占位待核)"


SIZES = st.lists(st.integers(0, 999), min_size=len(FundLevel), max_size=len(FundLevel)).filter(any)
MONEY = st.lists(st.tuples(st.integers(1, 10**12), st.integers(0, 1000), st.booleans()), min_size=1, max_size=6)


@given(MONEY, SIZES)
def test_debits_less_credits_are_the_money_out(money, sizes):
    by = {level: Fraction(size, sum(sizes)) for level, size in zip(FundLevel, sizes, strict=True)}
    rows = [(fen, fen * per_mille // 1000 if is_out else 0, is_out) for fen, per_mille, is_out in money]
    found = funds.balances({}, split(*rows, by=by))
    out = sum(fen - back for fen, back, is_out in rows if is_out)
    assert sum(one.paid_fen - one.returned_fen for one in found) == out
    assert sum(one.waiting_fen for one in found) == sum(fen for fen, _, is_out in rows if not is_out)
    assert all(0 <= one.returned_fen <= one.paid_fen + len(rows) for one in found)


@given(st.integers(1, 10**12), SIZES)
def test_an_order_that_comes_back_whole_gives_every_level_what_it_paid(fen, sizes):
    by = {level: Fraction(size, sum(sizes)) for level, size in zip(FundLevel, sizes, strict=True)}
    told = split((fen, fen, True), by=by)
    assert [told[part].item() for part in funds.PARTS] == [told[back].item() for back in funds.BACK]


@pytest.mark.parametrize(("allocated", "lacking"), [(100, 0), (99, 1), (101, 0), (0, 100)])
def test_what_waits_is_held_against_what_is_left_to_the_fen(allocated, lacking):
    found = funds.balances({FundLevel.COUNTY: allocated}, split((100, 0, False), by={FundLevel.COUNTY: Fraction(1)}))
    county = next(one for one in found if one.level is FundLevel.COUNTY)
    assert county.short_fen == lacking
    if not lacking:
        funds.require_covered(found, "990101", "2024-08")
        return
    with pytest.raises(StoppedError, match=f"县\\(区\\)指标余额 .*,待发 1.00 元,差 {lacking / 100:.2f} 元"):
        funds.require_covered(found, "990101", "2024-08")
