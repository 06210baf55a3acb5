"""Members that a law cannot tell apart are one class; situations are one member of each axis, in every combination."""

from datetime import date
from itertools import product

import polars as pl
import pytest

from calculators.situations import classes, decide, facts_of, member_rows, members, situations
from contracts.columns import polars_schema
from contracts.policy import AllOf, AnyOf, Compare, Fact, Not
from contracts.situations import Distinction
from contracts.tables import Facts
from tests.calculators.building import EVERYBODY, JANUARY, JUNE, benefit, rules

AGES = pl.DataFrame([(age, day) for age in range(151) for day in (False, True)], schema=["age_years", "has_birthday"],
                    orient="row")  # fmt: skip
POOR = pl.DataFrame(
    {"is_dibao_person": [False, True, False], "is_tekun": [False, False, True], "area_code": [None, "urban", "rural"]}
)
OLD = Compare("age", at_least=80)


def grouped(frame, axis, *told_apart):
    return classes({axis: frame}, told_apart)[axis]


def standing(frame):
    """The ages that stand for a class, with a birthday in the month or not."""
    return [row[:2] for row in frame.filter("is_member").sort("age_years").iter_rows()]


def test_ages_are_looked_at_on_either_side_of_every_bound_and_at_the_ends_of_none():
    assert standing(grouped(AGES, "age", Distinction(OLD))) == [(0, False), (79, False), (80, False)]
    band = Distinction(AllOf((OLD, Compare("age", below=90))))
    assert [age for age, _ in standing(grouped(AGES, "age", band))] == [0, 79, 80, 89, 90]


def test_the_order_in_which_ages_come_does_not_matter():
    assert standing(grouped(AGES.reverse(), "age", Distinction(OLD))) == [(0, False), (79, False), (80, False)]


def test_figures_may_be_keyed_by_age_and_birthday_together():
    cells = AGES.with_columns(cell=((pl.col("age_years") > 80) | ~pl.col("has_birthday")).cast(pl.Int64))
    found = grouped(AGES, "age", Distinction(AllOf(()), cells=(cells.filter(pl.col("age_years") < 100),)))
    apart = {(age, day): number for age, day, number, _ in found.iter_rows()}
    assert apart[80, True] == apart[0, True] != apart[80, False] == apart[99, True]
    assert apart[100, True] == apart[150, False] not in (apart[0, True], apart[0, False])


def test_a_class_that_comes_back_at_the_age_of_one_is_looked_at_there_too():
    is_first = (pl.col("age_years") == 0) & ~pl.col("has_birthday")
    found = grouped(AGES, "age", Distinction(AllOf(()), cells=(AGES.with_columns(cell=is_first.cast(pl.Int64)),)))
    assert standing(found) == [(0, False), (0, True), (1, False)]


def test_an_empty_cell_is_a_cell_like_others():
    cells = pl.DataFrame({"area_code": ["urban", "rural", None], "cell": [1, 2, 1]})
    assert grouped(POOR, "low_income", Distinction(AllOf(()), cells=(cells,)))["class"].to_list() == [0, 0, 1]


def test_the_month_of_a_birthday_is_a_class_where_the_law_looks_at_it():
    after = Distinction(AllOf((OLD, AnyOf((Not(Fact("birthday_month")), Compare("age", at_least=81))))))
    found = grouped(AGES, "age", after)
    assert found["class"].n_unique() == 4  # below 80; 80 and not its month; 80 in its month; above
    assert {(80, False), (80, True), (81, False)} <= set(standing(found))


def test_without_a_distinction_all_are_one_class_and_the_first_stands_for_it():
    found = grouped(POOR, "low_income")
    assert (found["class"].to_list(), found["is_member"].to_list()) == ([0, 0, 0], [True, False, False])


@pytest.mark.parametrize(
    ("when", "apart"),
    [
        (Fact("dibao_person"), [0, 1, 0]),
        (AnyOf((Fact("dibao_person"), Fact("tekun"))), [0, 1, 2]),  # either holds: each is looked at
        (AllOf((Fact("dibao_person"), Fact("tekun"))), [0, 0, 0]),  # ruled out whatever else is so
        (AllOf((Not(Fact("tekun")), Fact("unable"))), [0, 0, 1]),
        (Fact("unable"), [0, 0, 0]),  # another axis
        (AnyOf((Fact("unable"), Fact("tekun"))), [0, 0, 1]),
    ],
)
def test_members_are_told_apart_by_what_the_condition_asks_of_their_own_axis(when, apart):
    assert grouped(POOR, "low_income", Distinction(when))["class"].to_list() == apart


def test_figures_tell_members_apart_unless_the_condition_rules_them_out():
    cells = pl.DataFrame({"area_code": ["urban", "rural", None], "cell": [1, 2, 3]})
    everybody = grouped(POOR, "low_income", Distinction(AllOf(()), cells=(cells,)))
    assert everybody["class"].to_list() == [0, 1, 2]
    some = grouped(POOR, "low_income", Distinction(Not(Fact("tekun")), cells=(cells,)))
    assert some["class"].to_list() == [0, 1, 2]
    only = grouped(POOR, "low_income", Distinction(Fact("tekun"), cells=(cells,)))
    assert only["class"].to_list() == [0, 0, 1]
    of_ages = Distinction(AllOf(()), cells=(pl.DataFrame({"age_years": [1], "cell": [1]}),))
    assert grouped(POOR, "low_income", of_ages)["class"].to_list() == [0, 0, 0]


def test_what_stands_beside_a_condition_is_looked_at_too():
    beside = Distinction(AllOf(()), leaves=(Fact("tekun"),))
    assert grouped(POOR, "low_income", beside)["class"].to_list() == [0, 0, 1]


def test_situations_are_every_combination_of_those_who_stand_for_a_class():
    known = {"age": AGES.head(4), "low_income": POOR}
    found = classes(known, [Distinction(AllOf((Compare("age", at_least=1), Fact("tekun"))))])
    table = situations(found)
    assert table["person_no"].to_list() == [0, 1, 2, 3]
    assert sorted(table.select("class_age", "class_low_income").rows()) == [(0, 0), (0, 1), (1, 0), (1, 1)]


@pytest.fixture(scope="module")
def known():
    return members(rules(benefit("old_age_allowance", when=EVERYBODY)))


def test_a_law_of_one_month_is_read_and_decided_like_one_of_many(known):
    law = rules(benefit("old_age_allowance", when=EVERYBODY, months=[JANUARY], p_amount_fen=5000), months=[JANUARY])
    assert {axis: frame.height for axis, frame in members(law).items()} == {
        axis: frame.height for axis, frame in known.items()
    }
    whole = classes({axis: known[axis] for axis in ("age", "alive", "registered")}, [Distinction(EVERYBODY)])
    others = {
        axis: frame.with_columns(is_member=pl.int_range(pl.len()) == 0) for axis, frame in classes(known, []).items()
    }
    grouped = {axis: whole.get(axis, others[axis]) for axis in known}
    decided = decide(situations(grouped), grouped, law).decided
    assert decided.select("benefit_month", "outcome", "amount_fen").unique().rows() == [(JANUARY, "ENTITLED", 5000)]


def test_every_age_is_there_with_a_birthday_in_the_month_and_without(known):
    assert sorted(known["age"].rows()) == sorted(AGES.rows())
    rows = member_rows("410721", JANUARY)["age"]
    born = [person["population"][0]["birth_date"] for person in rows[160:162]]
    assert born == [date(1944, 12, 1), date(1945, 1, 1)]


def test_who_is_in_no_register_comes_first_and_nobody_twice(known):
    for axis, frame in known.items():
        assert frame.is_unique().all(), axis
    first = {axis: frame.row(0, named=True) for axis, frame in known.items()}
    assert not any(first["low_income"][name] for name in ("is_dibao_person", "is_tekun", "low_income_code"))
    assert (first["disability"]["is_disabled"], first["ability"]["ability_level"]) == (False, None)
    assert known["alive"]["is_alive"].to_list() == known["registered"]["is_registered"].to_list() == [True, False]


def test_members_hang_together_as_a_register_has_them(known):
    graded = known["disability"].filter("is_disabled")
    assert set(graded.select("disability_grade", "is_severe").rows()) == {(1, True), (2, True), (3, False), (4, False)}
    assert set(graded["needs_long_term_care"]) == {False, True}
    homes = known["low_income"].filter(pl.col("institution_id").is_not_null())
    assert set(homes["support_mode_code"]) == {"institution"}
    assert known["low_income"].select("is_dibao_person", "is_dibao_household").unique().sort(pl.all()).rows() == [
        (False, False), (False, True), (True, True),
    ]  # fmt: skip
    assert known["low_income"].filter("is_tekun").null_count().select("self_care_code", "support_mode_code").row(0) == (
        0,
        0,
    )
    assert {(2, True), (2, False)} <= set(known["ability"].select("ability_level", "is_unable").rows())
    levels = known["ability"].filter(pl.col("ability_level").is_not_null())
    assert set(levels["ability_level"]) == {0, 1, 2, 3, 4}
    alone = known["ability"].filter(pl.col("ability_level").is_null(), "is_unable")
    assert alone["is_limited"].to_list() == [True]


def test_facts_of_a_situation_stand_in_every_month(known):
    whole = classes(known, [Distinction(EVERYBODY)])
    table = situations(whole)
    assert set(table.select("is_alive", "is_registered").rows()) == set(product((True, False), repeat=2))
    told = facts_of(table, (JANUARY, JUNE))
    assert told.schema == polars_schema(Facts)
    assert told.select("person_no", "benefit_month").sort("person_no", "benefit_month").rows() == [
        (number, month) for number in range(4) for month in (JANUARY, JUNE)
    ]
