"""An empty cell of a register row that decides a benefit is told, with what would be drawn; nothing else is."""

from datetime import date

import pytest

from calculators import missing_that_decide
from contracts.policy import AllOf, AnyOf, Compare, Fact, Not, OneOf
from tests.calculators.building import EVERYBODY, JANUARY, MONTHS, benefit, registers, rules, scope

UNABLE = AllOf((*EVERYBODY.conditions, Fact("dibao_person"), Fact("unable")))
LEVELS = AllOf((*EVERYBODY.conditions, Fact("dibao_person"), Compare("level", at_least=2)))
ALONE = {"level": None, "scale": None, "assessed_on": None, "is_unable": True, "unable_from_month": JANUARY}


def found(*benefits, months=(JANUARY,), **rows):
    rows.setdefault("population", [{}])
    told = missing_that_decide(registers(**rows), rules(*benefits), scope(months, MONTHS[-1]))
    return [
        (row["benefit"], row["benefit_month"], row["words"], row["is_met"], row["outcome"], row["would_be_fen"])
        for row in told.iter_rows(named=True)
    ]


def care(when=UNABLE, **figures):
    return benefit("elder_care_subsidy", when=when, **{"p_amount_fen": 6_000, **figures})


def test_an_empty_determination_is_told_with_what_would_be_drawn():
    rows = {"low_income": [{}], "ability": [{"level": 3, "is_unable": None}]}
    assert found(care(), **rows) == [("elder_care_subsidy", JANUARY, ["unable"], False, "ENTITLED", 6_000)]


@pytest.mark.parametrize(
    "ability",
    [
        [],  # in no register: nothing is missing
        [{"level": 3, "is_unable": False}],  # said to be able
        [{"level": 1, "is_unable": None}],  # found 轻度: read as able
        [{"level": 3, "is_unable": None, "valid_until": date(2024, 12, 31)}],  # no longer valid
        [{"level": 3, "is_unable": None}, {**ALONE}],  # determined on another row
    ],
)
def test_what_is_said_or_not_in_force_is_not_missing(ability):
    assert found(care(), low_income=[{}], ability=ability) == []


def test_who_fails_for_another_reason_is_not_told():
    assert found(care(), low_income=[], ability=[{"level": 3, "is_unable": None}]) == []
    assert found(care(), low_income=[{"is_recipient": False}], ability=[{"level": 3, "is_unable": None}]) == []


def test_a_determination_without_a_level_is_missing_where_the_level_decides():
    rows = {"low_income": [{}], "ability": [ALONE]}
    assert found(care(LEVELS), **rows) == [("elder_care_subsidy", JANUARY, ["level"], False, "ENTITLED", 6_000)]
    assert found(care(), **rows) == []
    either = AllOf((*LEVELS.conditions[:-1], AnyOf((LEVELS.conditions[-1], Fact("unable")))))
    assert found(care(either), **rows) == []  # met whatever the level is


def test_a_condition_that_asks_for_no_may_be_met_because_of_an_empty_cell():
    able = AllOf((*EVERYBODY.conditions, Fact("dibao_person"), Not(Fact("unable"))))
    rows = {"low_income": [{}], "ability": [{"level": 3, "is_unable": None}]}
    assert found(care(able), **rows) == [("elder_care_subsidy", JANUARY, ["unable"], True, "ENTITLED", 6_000)]


def test_a_code_that_is_empty_is_told_where_it_decides():
    half = AllOf((*EVERYBODY.conditions, Fact("dibao_person"), OneOf("self_care", ("half", "full"))))
    assert found(care(half), low_income=[{}]) == [
        ("elder_care_subsidy", JANUARY, ["self_care"], False, "ENTITLED", 6_000)
    ]
    assert found(care(half), low_income=[{"self_care": "able"}]) == []


def test_an_amount_that_differs_by_the_empty_cell_is_unknown():
    cells = [
        {"self_care_code": "half", "p_amount_fen": 6_000},
        {"self_care_code": None, "unset_code": "NOT_SET"},
    ]
    keyed = benefit("elder_care_subsidy", *cells, keys=["self_care_code"])
    assert found(keyed, low_income=[{}]) == [
        ("elder_care_subsidy", JANUARY, ["self_care"], True, "STANDARD_NOT_SET", None)
    ]


def test_what_would_become_of_it_counts_the_other_benefits_and_claims():
    rival = benefit("disability_care_subsidy", p_amount_fen=9_000, p_choose_group="care")
    rows = {"low_income": [{}], "ability": [{"level": 3, "is_unable": None}]}
    assert found(care(p_choose_group="care"), rival, **rows) == [
        ("elder_care_subsidy", JANUARY, ["unable"], False, "LOST_TO_HIGHER", 6_000)
    ]
    unclaimed = care(p_enrolment="claim", p_start_rule="claim_month")
    assert found(unclaimed, **rows)[0][4] == "NOT_CLAIMED"


def test_each_month_is_told_for_itself():
    rows = {"low_income": [{"from_month": MONTHS[1]}], "ability": [{"level": 3, "is_unable": None}]}
    assert [row[1] for row in found(care(), months=MONTHS[:3], **rows)] == list(MONTHS[1:3])


def test_one_empty_row_beside_a_full_one_is_enough():
    rows = {"low_income": [{}], "ability": [{"level": 3, "is_unable": None}, {"level": 3, "is_unable": False}]}
    assert [row[2] for row in found(care(), **rows)] == [["unable"]]


def test_one_empty_cell_of_several_that_decide_is_told():
    town = OneOf("area", ("urban",))
    both = AllOf((*EVERYBODY.conditions, Fact("dibao_person"), town, OneOf("self_care", ("half",))))
    assert [row[2] for row in found(care(both), low_income=[{"area": "urban"}])] == [["self_care"]]


def test_of_two_ways_in_the_empty_one_is_told_where_the_other_is_closed():
    town = AnyOf((OneOf("area", ("urban",)), OneOf("self_care", ("half",))))
    either = AllOf((*EVERYBODY.conditions, Fact("dibao_person"), town))
    assert [row[2] for row in found(care(either), low_income=[{"area": "rural"}])] == [["self_care"]]
    assert found(care(either), low_income=[{"area": "urban"}]) == []


@pytest.mark.parametrize("row", [{"level": 2}, {"level": None, "scale": None}])
def test_the_determination_is_open_from_moderate_on_and_where_nobody_assessed(row):
    rows = {"low_income": [{}], "ability": [{"is_unable": None, **row}]}
    assert [told[2] for told in found(care(), **rows)] == [["unable"]]


def test_a_score_without_its_scale_is_missing_while_it_is_valid():
    scored = AllOf((*EVERYBODY.conditions, Fact("dibao_person"), OneOf("scale", ("GB/T 42195-2022",))))
    over = {"level": 3, "scale": None, "valid_until": date(2024, 12, 31)}
    assert found(care(scored), low_income=[{}], ability=[over]) == []
    assert [told[2] for told in found(care(scored), low_income=[{}], ability=[{**over, "valid_until": None}])] == [
        ["scale"]
    ]


def test_a_benefit_that_is_abolished_asks_for_nothing():
    rows = {"low_income": [{}], "ability": [{"level": 3, "is_unable": None}]}
    assert found(care(p_is_abolished=True), **rows) == []
    assert len(found(care(p_is_abolished=None), **rows)) == 1


def test_people_come_in_their_order_with_their_benefits_in_that_of_the_codes():
    both = [care(), benefit("elder_service_subsidy", when=UNABLE, p_amount_fen=6_000)]
    people = [{"person_no": number} for number in (2, 1)]
    told = missing_that_decide(
        registers(
            population=people, low_income=people, ability=[{**one, "is_unable": None, "level": 3} for one in people]
        ),
        rules(*both),
        scope((JANUARY,), MONTHS[-1]),
    )
    care_of, service_of = "elder_care_subsidy", "elder_service_subsidy"
    assert told.select("person_no", "benefit").rows() == [(1, service_of), (1, care_of), (2, service_of), (2, care_of)]


def test_a_hukou_nobody_filled_in_is_missing_where_the_law_asks_for_it():
    rural = AllOf((*EVERYBODY.conditions, OneOf("hukou", ("rural",))))
    assert found(care(rural)) == [("elder_care_subsidy", JANUARY, ["hukou"], False, "ENTITLED", 6_000)]
    assert found(care(rural), population=[{"hukou_type": "城镇"}]) == []


@pytest.mark.parametrize(("word", "code"), [("area", "urban"), ("support_mode", "home"), ("self_care", "half")])
def test_who_is_in_no_register_now_lacks_no_cell_of_it(word, code):
    asked = AllOf((*EVERYBODY.conditions, OneOf(word, (code,))))
    over = {"from_month": date(2024, 1, 1), "to_month": date(2024, 12, 1), word: None}
    assert found(care(asked), low_income=[over]) == []
    assert [row[2] for row in found(care(asked), low_income=[{**over, "to_month": None}])] == [[word]]


def test_who_was_found_able_lacks_no_level():
    limited = AllOf((*EVERYBODY.conditions, Fact("limited")))
    over = {**ALONE, "unable_to_month": date(2024, 12, 1), "unable_from_month": date(2024, 1, 1)}
    assert found(care(limited), ability=[{"level": 1}, over]) == []
    assert found(care(limited), ability=[ALONE]) == []
