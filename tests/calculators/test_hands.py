"""Every different set of rows is dealt once, and tried in every way in which claims, suspensions and choices decide."""

from datetime import date

import polars as pl
import pytest

from calculators.coordination import coordinate
from calculators.hands import Way, all_claimed, hands
from calculators.scope import Scope
from contracts.codes import Benefit
from contracts.columns import polars_schema
from contracts.tables import Entitled
from tests.calculators.building import COUNTY, FEBRUARY, JANUARY

CARE, DISABLED, AGE = Benefit.ELDER_CARE_SUBSIDY, Benefit.DISABILITY_CARE_SUBSIDY, Benefit.OLD_AGE_ALLOWANCE
USUAL = {
    "benefit_month": JANUARY, "would_be_fen": 6000, "rate_id": "r", "is_excluded": False, "needs_claim": False,
    "start_rule": "", "tie_rank": 0, "is_to_institution": False, "fact_code": 0,
}  # fmt: skip


def row(person_no, benefit, **more):
    return {**USUAL, "person_no": person_no, "benefit": benefit, **more}


def dealt(*rows):
    return hands(pl.DataFrame(list(rows), schema=polars_schema(Entitled)), COUNTY)


def both(person_no, **more):
    """Care on a claim, and the other of its group without."""
    claimed = {"needs_claim": True, "start_rule": "claim_month", "choose_group": "care"}
    return [row(person_no, CARE, **claimed, **more), row(person_no, DISABLED, would_be_fen=7500, choose_group="care")]


def expected(way, benefit):
    """What becomes of a row of `both`, read off the way."""
    if benefit is CARE and CARE not in way.claimed:
        return "NOT_CLAIMED"
    if {None, benefit} & set(way.suspended):
        return "SUSPENDED"
    rival = DISABLED if benefit is CARE else CARE
    rival_runs = (rival is DISABLED or CARE in way.claimed) and not {None, rival} & set(way.suspended)
    chosen = dict(way.chosen).get("care")
    wins = chosen is benefit or (benefit is DISABLED and chosen is None) or not rival_runs
    return "ENTITLED" if wins else "LOST_TO_HIGHER"


def test_a_hand_is_tried_in_every_way_and_decided_as_the_way_says():
    found = dealt(*both(4))
    assert set(found.ways.values()) == {
        Way(claimed, suspended, chosen)
        for claimed in ((), (CARE,))
        for suspended in ((), (None,), (CARE,), (DISABLED,))
        for chosen in ((), (("care", CARE),), (("care", DISABLED),))
    }
    assert len(found.ways) == 24
    assert set(found.origin.values()) == {4}
    outcomes = found.decided.select("person_no", "benefit", "outcome").rows()
    assert len(outcomes) == 48
    assert [one for one in outcomes if one[2] != expected(found.ways[one[0]], Benefit(one[1]))] == []


def test_the_same_rows_are_dealt_once_and_anything_else_is_a_hand_of_its_own():
    found = dealt(
        *both(1), *both(2), *both(3, would_be_fen=6100), row(5, AGE), row(5, AGE, benefit_month=FEBRUARY),
        row(6, AGE, is_excluded=True), row(7, AGE, would_be_fen=None, unset_code="NOT_SET"), row(8, AGE, tie_rank=1),
    )  # fmt: skip
    assert set(found.origin.values()) == {1, 3, 5, 6, 7, 8}
    assert found.entitled.filter(pl.col("benefit") == AGE)["benefit_month"].unique().to_list() == [JANUARY]
    assert found.entitled.columns == list(polars_schema(Entitled))


def test_the_order_of_rows_makes_no_other_hand():
    assert set(dealt(*both(1), *reversed(both(2))).origin.values()) == {1}


def test_hands_are_numbered_in_the_order_in_which_they_were_seen():
    found = dealt(*(row(n, AGE, would_be_fen=100 * n) for n in (5, 3, 8, 1, 7, 2, 6, 4)))
    assert list(dict.fromkeys(found.origin.values())) == [5, 3, 8, 1, 7, 2, 6, 4]


def test_only_what_is_in_a_group_is_chosen_in_it():
    found = dealt(*both(4), row(4, AGE))
    assert {way.chosen for way in found.ways.values()} == {(), (("care", CARE),), (("care", DISABLED),)}
    assert {way.suspended for way in found.ways.values()} == {(), (None,), (AGE,), (CARE,), (DISABLED,)}


def test_nobody_holds_no_hand():
    found = dealt()
    assert (found.ways, found.decided.height) == ({}, 0)


@pytest.mark.parametrize("rule", ["claim_month", "approval_month", "month_after_approval", "january_of_claim_year"])
def test_everybody_claimed_long_before_his_first_month(rule):
    claimed = {"needs_claim": True, "start_rule": rule}
    rows = pl.DataFrame(
        [row(1, AGE, **claimed), row(1, AGE, benefit_month=FEBRUARY, **claimed), row(2, CARE)],
        schema=polars_schema(Entitled),
    )
    told = all_claimed(rows)
    assert told["claim"].select("person_no", "benefit", "claimed_on", "approved_on").collect().rows() == [
        (1, "old_age_allowance", date(2023, 1, 1), date(2023, 1, 1))
    ]
    scope = Scope(COUNTY, (JANUARY, FEBRUARY), FEBRUARY)
    assert coordinate(rows.lazy(), told, scope).collect()["outcome"].to_list() == ["ENTITLED"] * 3
