"""What becomes of each entitlement: the first outcome that applies, and one winner where only one may be drawn."""

from datetime import date

import pytest

from calculators import entitlements
from contracts.policy import AllOf, Fact
from contracts.tables import Coordinated
from tests.calculators.building import (
    EVERYBODY,
    FEBRUARY,
    JANUARY,
    JUNE,
    MARCH,
    MONTHS,
    benefit,
    registers,
    rules,
    scope,
)

ELDER, DISABLED = "elder_care_subsidy", "disability_care_subsidy"


def coordinated(*benefits, pay_month=None, **given):
    plan = entitlements(registers(population=[{}], **given), rules(*benefits), scope(pay_month=pay_month))
    return Coordinated.validate(plan.collect().sort("benefit_month", "benefit"))


def outcomes(*benefits, name=None, **given):
    table = coordinated(*benefits, **given)
    return table.filter(benefit=name or benefits[0].benefit)["outcome"].to_list()


def allowance(**figures):
    return benefit("old_age_allowance", p_amount_fen=5_000, **figures)


def by_claim(start_rule, **figures):
    return allowance(p_enrolment="claim", p_start_rule=start_rule, **figures)


def care(elder_fen, disabled_fen, tie=DISABLED):
    return [
        benefit(name, p_amount_fen=fen, p_choose_group="care", p_tie_rank=int(name == tie))
        for name, fen in ((ELDER, elder_fen), (DISABLED, disabled_fen))
    ]


def test_an_automatic_benefit_is_owed_unasked():
    table = coordinated(allowance())
    assert table.select("outcome", "amount_fen", "would_be_fen").unique().rows() == [("ENTITLED", 5_000, 5_000)]
    assert table["benefit_month"].to_list() == list(MONTHS)


@pytest.mark.parametrize(
    ("start_rule", "first"),
    [
        ("claim_month", 2),
        ("approval_month", 3),
        ("month_after_approval", 4),
        ("january_of_claim_year", 1),
        ("first_qualifying_month", 1),
    ],
)
def test_a_claim_counts_from_the_month_its_rule_says(start_rule, first):
    told = outcomes(by_claim(start_rule), claim=[{"benefit": "old_age_allowance"}])
    assert told == ["NOT_CLAIMED"] * (first - 1) + ["ENTITLED"] * (7 - first)


def test_a_claim_never_makes_a_month_before_the_first_qualifying_one():
    law = by_claim("january_of_claim_year", when=AllOf((EVERYBODY, Fact("dibao_person"))))
    given = {"claim": [{"benefit": "old_age_allowance"}], "low_income": [{"from_month": MARCH}]}
    assert coordinated(law, **given)["benefit_month"].to_list() == list(MONTHS[2:])


def test_a_claim_that_is_not_approved_or_is_for_another_benefit_does_not_count():
    rows = [{"benefit": "old_age_allowance", "approved_on": None}, {"benefit": DISABLED}]
    for rule in ("claim_month", "first_qualifying_month"):
        assert set(outcomes(by_claim(rule), claim=rows)) == {"NOT_CLAIMED"}


def test_of_several_approved_claims_the_earliest_counts_and_a_refused_one_does_not():
    rows = [
        {"benefit": "old_age_allowance", "claimed_on": JANUARY, "approved_on": None},
        {"benefit": "old_age_allowance", "claimed_on": MARCH, "approved_on": MARCH},
        {"benefit": "old_age_allowance", "claimed_on": JUNE, "approved_on": JUNE},
    ]
    assert outcomes(by_claim("claim_month"), claim=rows) == ["NOT_CLAIMED"] * 2 + ["ENTITLED"] * 4


def test_a_suspension_covers_its_months_both_included():
    assert outcomes(allowance(), suspension=[{}]) == ["ENTITLED", "SUSPENDED", "SUSPENDED", *["ENTITLED"] * 3]
    twice = [{}, {"benefit": "old_age_allowance"}]
    assert outcomes(allowance(), suspension=twice) == ["ENTITLED", "SUSPENDED", "SUSPENDED", *["ENTITLED"] * 3]


def test_a_suspension_of_all_is_one_of_every_benefit_and_of_one_of_that_alone():
    two = [allowance(), benefit("family_planning_support", p_amount_fen=1)]
    everything, one = {"from_month": JANUARY, "to_month": None}, {"benefit": "old_age_allowance"}
    assert set(outcomes(*two, name="family_planning_support", suspension=[everything])) == {"SUSPENDED"}
    assert set(outcomes(*two, name="family_planning_support", suspension=[one])) == {"ENTITLED"}


@pytest.mark.parametrize(
    ("last", "pay_month", "is_owed_again"),
    [(MARCH, JUNE, True), (MARCH, MARCH, False), (None, JUNE, False), (MARCH, date(2025, 4, 1), True)],
)
def test_a_suspension_with_back_pay_is_owed_again_once_it_ended_before_the_pay_month(last, pay_month, is_owed_again):
    told = outcomes(allowance(), suspension=[{"to_month": last, "back_pay": True}], pay_month=pay_month)
    assert told[1] == ("ENTITLED" if is_owed_again else "SUSPENDED")


def test_months_suspended_without_back_pay_are_never_owed():
    assert outcomes(allowance(), suspension=[{}], pay_month=JUNE)[1] == "SUSPENDED"


def test_of_two_suspensions_one_that_still_counts_is_enough():
    rows = [{"back_pay": True}, {"to_month": FEBRUARY}]
    assert outcomes(allowance(), suspension=rows)[1:3] == ["SUSPENDED", "ENTITLED"]


def test_a_standard_that_is_not_set_is_unknown_and_stops_that_benefit_alone():
    table = coordinated(allowance(), benefit("family_planning_support", unset_code="NOT_SET"))
    told = set(table.select("benefit", "outcome", "amount_fen", "would_be_fen").rows())
    assert told == {
        ("old_age_allowance", "ENTITLED", 5_000, 5_000),
        ("family_planning_support", "STANDARD_NOT_SET", None, None),
    }


ALL_AT_ONCE = {
    "p_excluded_by_tekun": True,
    "p_enrolment": "claim",
    "p_start_rule": "claim_month",
    "unset_code": "NOT_SET",
}
TEKUN = {"category": "tekun", "self_care": "able", "support_mode": "home"}


def test_the_first_outcome_that_applies_is_the_one():
    law = allowance(**ALL_AT_ONCE)
    given = {"low_income": [TEKUN], "suspension": [{"from_month": JANUARY, "to_month": None}]}
    claimed = {"benefit": "old_age_allowance", "claimed_on": JANUARY, "approved_on": JANUARY}
    assert set(outcomes(law, **given)) == {"EXCLUDED"}
    assert set(outcomes(law, **{**given, "low_income": []})) == {"NOT_CLAIMED"}
    assert set(outcomes(law, **{**given, "low_income": [], "claim": [claimed]})) == {"SUSPENDED"}
    assert set(outcomes(law, claim=[claimed])) == {"STANDARD_NOT_SET"}


def test_who_is_excluded_still_sees_what_it_would_have_been():
    table = coordinated(allowance(p_excluded_by_tekun=True), low_income=[TEKUN])
    assert table.select("outcome", "amount_fen", "would_be_fen").unique().rows() == [("EXCLUDED", 0, 5_000)]


@pytest.mark.parametrize(("elder", "disabled", "winner"), [(9_000, 7_500, ELDER), (6_000, 7_500, DISABLED)])
def test_the_higher_amount_of_the_month_wins_and_the_loser_names_it(elder, disabled, winner):
    rows = coordinated(*care(elder, disabled)).filter(benefit_month=JANUARY)
    won, lost = rows.filter(outcome="ENTITLED"), rows.filter(outcome="LOST_TO_HIGHER")
    assert won.select("benefit", "amount_fen", "winner").rows() == [(winner, max(elder, disabled), None)]
    assert lost.select("amount_fen", "would_be_fen", "winner").rows() == [(0, min(elder, disabled), winner)]


def test_a_tie_goes_where_the_law_sends_it():
    assert set(outcomes(*care(7_500, 7_500), name=DISABLED)) == {"ENTITLED"}
    assert set(outcomes(*care(7_500, 7_500, tie=ELDER), name=ELDER)) == {"ENTITLED"}


def test_no_winner_depends_on_another_month():
    raised = benefit(
        ELDER,
        *({"benefit_month": month, "p_amount_fen": 9_000 if month == MARCH else 6_000} for month in MONTHS),
        p_choose_group="care",
    )
    assert outcomes(raised, care(1, 7_500)[1], name=DISABLED) == [
        *["ENTITLED"] * 2,
        "LOST_TO_HIGHER",
        *["ENTITLED"] * 3,
    ]


def test_a_recorded_choice_goes_before_the_amount_from_its_month_on():
    told = outcomes(*care(6_000, 7_500), name=ELDER, choice=[{"benefit": ELDER, "from_month": MARCH}])
    assert told == ["LOST_TO_HIGHER"] * 2 + ["ENTITLED"] * 4


def test_the_choice_begun_last_counts():
    rows = [{"benefit": ELDER}, {"benefit": DISABLED, "from_month": MARCH}]
    assert outcomes(*care(6_000, 7_500), name=ELDER, choice=rows) == ["ENTITLED"] * 2 + ["LOST_TO_HIGHER"] * 4


def test_a_choice_in_another_group_changes_nothing():
    rows = [{"benefit": ELDER, "group": "living"}]
    assert set(outcomes(*care(6_000, 7_500), name=ELDER, choice=rows)) == {"LOST_TO_HIGHER"}


@pytest.mark.parametrize(
    "out_of_the_running",
    [
        {"suspension": [{"benefit": ELDER, "from_month": JANUARY, "to_month": None}]},
        {"elder": {"unset_code": "NOT_SET"}},
        {"elder": {"p_enrolment": "claim", "p_start_rule": "claim_month"}},
        {"elder": {"p_excluded_by_dibao_person": True}, "low_income": [{}]},
    ],
)
def test_a_choice_waits_while_the_chosen_benefit_is_not_in_the_running_and_so_does_the_higher(out_of_the_running):
    given = dict(out_of_the_running)
    elder = benefit(ELDER, **{"p_amount_fen": 9_000, "p_choose_group": "care", **given.pop("elder", {})})
    table = coordinated(elder, care(1, 7_500)[1], choice=[{"benefit": ELDER}], **given)
    assert set(table.filter(benefit=DISABLED)["outcome"]) == {"ENTITLED"}
    assert not set(table.filter(benefit=ELDER)["outcome"]) & {"ENTITLED", "LOST_TO_HIGHER"}


def test_other_benefits_stack():
    three = [*care(6_000, 7_500), allowance()]
    assert set(outcomes(*three, name="old_age_allowance")) == {"ENTITLED"}


def test_two_people_do_not_compete():
    people = [{}, {"person_no": 2}]
    law = rules(*care(6_000, 7_500))
    table = entitlements(registers(population=people, choice=[{"benefit": ELDER}]), law, scope()).collect()
    won = table.filter(outcome="ENTITLED", benefit_month=JANUARY).sort("person_no")
    assert won.select("person_no", "benefit").rows() == [(1, ELDER), (2, DISABLED)]


def test_nothing_entitled_is_nothing_coordinated():
    table = coordinated(allowance(when=Fact("tekun")))
    assert table.is_empty()
