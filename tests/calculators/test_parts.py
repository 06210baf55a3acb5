"""Of every part of a condition: whether it would decide somewhere, and can hold and fail there."""

import pytest

from calculators.parts import parts
from contracts.policy import AllOf, AnyOf, Fact, Not
from tests.calculators.building import JANUARY, MONTHS, benefit, facts

DIBAO, UNABLE, TEKUN = Fact("dibao_person"), Fact("unable"), Fact("tekun")
BOTH, ONE, NEITHER = {"is_dibao_person": True, "is_unable": True}, {"is_dibao_person": True}, {}
YES = (True, True, True)
NOWHERE = (False, False, False)


def told(when, *rows, **figures):
    """Path → whether the part can decide, hold and fail there."""
    found = parts(facts(*rows).collect(), benefit("elder_care_subsidy", when=when, **figures))
    return {part.path: (part.can_decide, part.can_hold, part.can_fail) for part in found}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        # Nobody is unable without being in dibao: where unable holds, dibao never fails.
        (AllOf((DIBAO, UNABLE)), {(): YES, (0,): (True, True, False), (1,): YES}),
        # Where dibao does not hold, unable does not either.
        (AnyOf((DIBAO, UNABLE)), {(): YES, (0,): YES, (1,): (True, False, True)}),
        (AllOf((DIBAO, Not(UNABLE))), {(): YES, (0,): YES, (1,): YES, (1, 0): YES}),
        # Nobody is tekun: nothing beside it decides.
        (AllOf((TEKUN, UNABLE)), {(): (True, False, True), (0,): (True, False, True), (1,): NOWHERE}),
        # An `any` within an `all` decides where the rest of the `all` holds, its parts where the other does not too.
        (
            AllOf((DIBAO, AnyOf((UNABLE, TEKUN)))),
            {(): YES, (0,): (True, True, False), (1,): YES, (1, 0): YES, (1, 1): (True, False, True)},
        ),
        (
            AnyOf((UNABLE, AllOf((DIBAO, TEKUN)))),
            {(): YES, (0,): YES, (1,): (True, False, True), (1, 0): NOWHERE, (1, 1): (True, False, True)},
        ),
    ],
)
def test_a_part_is_judged_where_everything_beside_it_leaves_the_answer_to_it(when, expected):
    assert told(when, BOTH, ONE, NEITHER) == expected


def test_parts_are_told_with_their_conditions_from_the_top():
    when = AllOf((DIBAO, Not(UNABLE)))
    found = parts(facts(BOTH).collect(), benefit("elder_care_subsidy", when=when))
    assert [part.condition for part in found] == [when, DIBAO, Not(UNABLE), UNABLE]


def test_a_benefit_that_is_abolished_has_no_parts_and_only_its_living_months_count():
    assert told(DIBAO, BOTH, p_is_abolished=True) == {}
    assert told(DIBAO, BOTH, p_is_abolished=None) == {(): (True, True, False)}
    ended = benefit(
        "elder_care_subsidy", *({"benefit_month": m, "p_is_abolished": m > JANUARY} for m in MONTHS), when=DIBAO
    )
    (part,) = parts(facts(BOTH, {"benefit_month": MONTHS[1]}).collect(), ended)
    assert not part.can_fail
