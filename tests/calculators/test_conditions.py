"""A `when:` tree as expressions: exact, and never too narrow where it only thins out."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators import facts as facts_of
from calculators.conditions import compiled, relaxed, words_in
from calculators.entitled import attach
from contracts.policy import AllOf, AnyOf, Compare, Fact, Not, OneOf, Parameter, Switch
from tests.calculators.building import FEBRUARY, MONTHS, benefit, facts, registers, rules, scope
from tests.effort import tries
from tests.oracle.person import facts_of as plain_facts
from tests.oracle.resolved import RulesLaw

PARAMETERS = {"p_min_age": [60, 80, None], "p_include_margin": [True, False, None], "p_test": ["unable", "level", None]}


def holds(tree, *rows, **figures):
    held = attach(facts(*rows), benefit("old_age_allowance", when=tree, **figures)).select(compiled(tree).alias("held"))
    return held.collect()["held"].to_list()


def test_all_any_and_not():
    yes, no = Fact("alive"), Fact("tekun")
    assert holds(AllOf((yes, no)), {}) == [False]
    assert holds(AnyOf((yes, no)), {}) == [True]
    assert holds(Not(no), {}) == [True]
    assert holds(AllOf(()), {}) == [True]
    assert holds(AnyOf(()), {}) == [False]


@pytest.mark.parametrize(("age", "expected"), [(79, False), (80, True), (99, True), (100, False)])
def test_at_least_includes_and_below_excludes(age, expected):
    assert holds(Compare("age", at_least=80, below=100), {"age_years": age}) == [expected]


@pytest.mark.parametrize(("age", "expected"), [(99, True), (100, False)])
def test_at_most_includes(age, expected):
    assert holds(Compare("age", at_most=99), {"age_years": age}) == [expected]


def test_a_bound_may_be_a_figure_of_the_law():
    assert holds(Compare("age", at_least=Parameter("min_age")), {"age_years": 80}, p_min_age=80) == [True]
    assert holds(Compare("age", at_least=Parameter("min_age")), {"age_years": 80}, p_min_age=81) == [False]


def test_a_number_a_person_does_not_have_meets_no_bound():
    assert holds(Compare("level", at_most=4), {}) == [False]
    assert holds(Not(Compare("level", at_most=4)), {}) == [True]


def test_a_figure_nobody_has_set_is_met_by_nobody():
    assert holds(Compare("age", at_least=Parameter("min_age")), {}, p_min_age=None) == [False]


def test_a_switch_of_the_law():
    assert holds(Switch(Parameter("is_wide")), {}, p_is_wide=True) == [True]
    assert holds(Switch(Parameter("is_wide")), {}, p_is_wide=False) == [False]


def test_one_of_some_codes():
    assert holds(OneOf("self_care", ("half", "full")), {"self_care_code": "full"}, {"self_care_code": "able"}, {}) == [
        True, False, False,
    ]  # fmt: skip
    assert holds(OneOf(Parameter("test"), ("unable",)), {}, p_test="unable") == [True]
    assert holds(OneOf(Parameter("test"), ("unable",)), {}, p_test="level") == [False]


@pytest.mark.parametrize(
    ("leaf", "column", "lets_through", "lets_nothing"),
    [
        (Switch(Parameter("include")), "p_include", (False, True), (False, False)),
        (OneOf(Parameter("test"), ("unable",)), "p_test", ("level", "unable"), ("level", "level")),
        (Compare("age", at_least=Parameter("min_age")), "p_min_age", (90, 80), (90, 81)),
        (Compare("age", at_most=Parameter("max_age")), "p_max_age", (70, 80), (70, 79)),
        (Compare("age", below=Parameter("end_age")), "p_end_age", (70, 81), (70, 80)),
    ],
)
def test_thinning_goes_by_the_figure_that_lets_the_most_through(leaf, column, lets_through, lets_nothing):
    for figures, expected in ((lets_through, True), (lets_through[::-1], True), (lets_nothing, False)):
        cells = [{"benefit_month": month, column: figure} for month, figure in zip(MONTHS, figures, strict=False)]
        law = benefit("old_age_allowance", *cells, when=leaf)
        assert facts({"age_years": 80}).select(held=relaxed(law)).collect()["held"].to_list() == [expected]


def test_who_meets_no_bound_because_nobody_has_set_it_has_no_facts():
    unset = benefit("old_age_allowance", when=Compare("age", at_least=Parameter("min_age")), p_min_age=None)
    assert facts_of(registers(population=[{}]), rules(unset), scope()).collect().is_empty()


def test_the_words_of_a_tree():
    tree = AllOf((Fact("alive"), Not(AnyOf((OneOf("scale", ()), Compare("age", at_least=1)))), Switch(Parameter("x"))))
    assert words_in(tree) == {"alive", "scale", "age"}


# Thinning: what is left out before figures are joined, or before there are facts at all, could never have met.

leaf = st.one_of(
    st.sampled_from([Fact(word) for word in ("alive", "registered", "dibao_person", "margin", "severe", "limited")]),
    st.builds(Compare, st.just("age"), at_least=st.sampled_from([None, 60, 80, 84, 85, 86, Parameter("min_age")])),
    st.builds(Compare, st.just("age"), below=st.sampled_from([84, 85, 86, Parameter("min_age")])),
    st.builds(Compare, st.sampled_from(["grade", "level"]), at_most=st.sampled_from([1, 2, Parameter("min_age")])),
    st.just(Switch(Parameter("include_margin"))),
    st.builds(OneOf, st.sampled_from([Parameter("test"), "area"]), st.sampled_from([("unable",), ("rural",), ()])),
    st.sampled_from([Fact("birthday_month"), OneOf("low_income", ("tekun", "margin"))]),
)
trees = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)
figures = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in PARAMETERS.items()})
PERSON = {
    "population": [{"birth_date": date(1940, 3, 5), "died_on": date(2025, 5, 1)}],
    "low_income": [{"category": "margin", "to_month": FEBRUARY}],
    "disability": [{"issued_on": date(2025, 3, 1)}],
    "ability": [{"level": 2, "valid_until": date(2025, 4, 1)}],
}


def law_of(tree, of_months):
    cells = [{"benefit_month": month, **figures} for month, figures in zip(MONTHS, of_months, strict=True)]
    told = benefit("old_age_allowance", *cells, when=tree)
    return replace(
        told, rates=told.rates.with_columns(pl.col("p_include_margin").cast(bool), pl.col("p_test").cast(str))
    )


@settings(max_examples=tries(120))
@given(trees, st.lists(figures, min_size=len(MONTHS), max_size=len(MONTHS)))
def test_thinning_never_loses_a_month_in_which_somebody_meets(tree, of_months):
    law = law_of(tree, of_months)
    known = facts_of(registers(**PERSON), rules(law), scope()).collect()
    kept = known.filter(relaxed(law)) if known.height else known
    met = attach(kept.lazy(), law).filter(compiled(tree)).collect()["benefit_month"].sort().to_list()
    plain = RulesLaw(rules(law))
    person = {name: registers(**PERSON)[name].collect().rows(named=True) for name in PERSON} | {"family_planning": []}
    assert met == [
        month for month in MONTHS if plain.meets("old_age_allowance", plain_facts(person, "410721", month), month)
    ]
