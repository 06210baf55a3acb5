"""A pack's `when:` tree as polars expressions, by one fold with four kinds of leaf.

`compiled`    exactly the condition, over facts joined with the benefit's rates; what is unknown is not met
`relaxed`     true wherever the condition may be, over facts alone: thins rows before the rates are joined
`candidates`  true for every person who may have a row in some month, over one row per person: decides who has facts
`may_hold`    what the condition is if the empty cells of register rows are filled in for it, or against it

`relaxed` and `candidates` may say yes too often, never too seldom: a parameter counts with the value that lets the most
through.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import cast

import polars as pl

from contracts.policy import (
    AllOf,
    AnyOf,
    BenefitRules,
    Compare,
    Condition,
    Fact,
    Leaf,
    Not,
    OneOf,
    Parameter,
    Rules,
    Switch,
    leaves,
)
from contracts.vocabulary import WORDS

# Columns `candidates` reads beside in_<register>: one row per person.
GREATEST_AGE, LEAST_AGE = "greatest_age_years", "least_age_years"
EVER = {"is_alive": "is_ever_alive", "is_registered": "is_ever_registered"}


def compiled(tree: Condition) -> pl.Expr:
    """The condition itself, over facts and p_ columns; never null, and false where a fact or figure is unknown."""
    return _fold(tree, lambda leaf, _: _exact(leaf))


def relaxed(rules: BenefitRules) -> pl.Expr:
    """True in every person-month that meets the benefit's conditions under any of its rates; over facts alone."""

    def leaf_expr(leaf: Leaf, upper: bool) -> pl.Expr:
        if not _parameters(leaf):
            return _exact(leaf)
        return _widest(leaf, rules.rates) if upper else pl.lit(False)

    return _fold(rules.when, leaf_expr)


def may_hold(tree: Condition, unknown: Mapping[str, pl.Expr], *, certainly: bool = False) -> pl.Expr:
    """True where the condition may hold, whatever the empty cells say; `certainly`, where it holds whatever they say.

    `unknown`: word → where the register row that tells it leaves it empty. Over facts joined with the benefit's rates.
    """

    def leaf_expr(leaf: Leaf, upper: bool) -> pl.Expr:
        exact, is_open = _exact(leaf), unknown.get(word_of(leaf))
        if is_open is None:
            return exact
        return exact | is_open if upper else exact & ~is_open

    return _fold(tree, leaf_expr, upper=not certainly)


def candidates(rules: Rules) -> pl.Expr:
    """True for every person who meets some benefit's conditions in some month.

    Over one row per person: in_<register> (has a row there), greatest_age_years and least_age_years (in the computed
    months), is_ever_alive, is_ever_registered.
    """
    return reduce(operator.or_, (_candidates_of(benefit) for benefit in rules.benefits.values()), pl.lit(False))


def _candidates_of(rules: BenefitRules) -> pl.Expr:
    return _fold(rules.when, lambda leaf, upper: _person(leaf, rules.rates) if upper else pl.lit(False))


def words_in(tree: Condition) -> frozenset[str]:
    """The words of the vocabulary a condition looks at."""
    return frozenset(word for leaf in leaves(tree) if (word := word_of(leaf)))


def registers_of(rules: BenefitRules) -> frozenset[str]:
    """The registers beside the population that a benefit's conditions and figures look at."""
    return frozenset(WORDS[word].register for word in words_of(rules)) - {""}


def words_of(rules: BenefitRules) -> frozenset[str]:
    """The words that a benefit's conditions or the keys of its figures look at."""
    return words_in(rules.when) | words_of_keys(rules)


def words_of_keys(rules: BenefitRules) -> frozenset[str]:
    """The words that the figures of a benefit differ by."""
    return frozenset(word.name for word in WORDS.values() if word.column in rules.keys)


def in_register(register: str) -> str:
    """The column that says whether a person has a row in a register."""
    return f"in_{register}"


def _fold(tree: Condition, leaf_expr: Callable[[Leaf, bool], pl.Expr], upper: bool = True) -> pl.Expr:
    """Combine the leaves. `upper`: whether a leaf may say yes too often (or, under a `Not`, too seldom)."""
    match tree:
        case AllOf(conditions=conditions):
            return reduce(operator.and_, (_fold(part, leaf_expr, upper) for part in conditions), pl.lit(True))
        case AnyOf(conditions=conditions):
            return reduce(operator.or_, (_fold(part, leaf_expr, upper) for part in conditions), pl.lit(False))
        case Not(condition=condition):
            return ~_fold(condition, leaf_expr, not upper)
        case _:
            return leaf_expr(tree, upper)


def _exact(leaf: Leaf) -> pl.Expr:
    match leaf:
        case Fact(word=word):
            held = pl.col(WORDS[word].column)
        case Switch(parameter=parameter):
            held = _figure(parameter)
        case OneOf(subject=subject, codes=codes):
            named = _figure(subject) if isinstance(subject, Parameter) else pl.col(WORDS[subject].column)
            held = named.is_in(codes)
        case Compare(word=word):
            number = pl.col(WORDS[word].column)
            held = _within(leaf, number, number, lambda bound, _: _value(bound))
    return held.fill_null(False)


def _widest(leaf: Leaf, rates: pl.DataFrame) -> pl.Expr:
    """A leaf with parameters, with the values that let the most through."""
    match leaf:
        case Compare(word=word):
            number = pl.col(WORDS[word].column)
            return _within(leaf, number, number, lambda bound, least: _extreme(bound, rates, least)).fill_null(False)
        case Switch(parameter=parameter):
            return pl.lit(bool(rates[column_of(parameter)].any()))
        case OneOf(subject=Parameter() as parameter, codes=codes):
            return pl.lit(bool(rates[column_of(parameter)].is_in(codes).any()))
        case _:
            return _exact(leaf)


def _person(leaf: Leaf, rates: pl.DataFrame) -> pl.Expr:
    """Whether a leaf may hold for a person in some month, from one row per person."""
    name = word_of(leaf)
    if not name:
        return _widest(leaf, rates)
    word = WORDS[name]
    if word.register:
        return pl.col(in_register(word.register))
    if isinstance(leaf, Compare):  # age is the one number without a register of its own
        return _within(
            leaf, pl.col(GREATEST_AGE), pl.col(LEAST_AGE), lambda bound, least: _extreme(bound, rates, least)
        ).fill_null(False)
    return pl.col(EVER[word.column]) if word.column in EVER else pl.lit(True)  # everybody has a birthday month


def _within(
    leaf: Compare, greatest: pl.Expr, least: pl.Expr, value: Callable[[int | Parameter, bool], pl.Expr]
) -> pl.Expr:
    """The bounds of a comparison: the greatest number reaches the lower bound, the least stays within the upper.

    `value` gives a bound as an expression; its second argument says whether the least of a parameter's values lets the
    most through.
    """
    held = pl.lit(True)
    if leaf.at_least is not None:
        held &= greatest >= value(leaf.at_least, True)
    if leaf.at_most is not None:
        held &= least <= value(leaf.at_most, False)
    if leaf.below is not None:
        held &= least < value(leaf.below, False)
    return held


def _extreme(bound: int | Parameter, rates: pl.DataFrame, least: bool) -> pl.Expr:
    if not isinstance(bound, Parameter):
        return _value(bound)
    values = rates[column_of(bound)]
    return pl.lit(values.min() if least else values.max(), pl.Int64)


def _value(bound: int | Parameter) -> pl.Expr:
    return _figure(bound) if isinstance(bound, Parameter) else pl.lit(bound, pl.Int64)


def _figure(parameter: Parameter) -> pl.Expr:
    return pl.col(column_of(parameter))


def column_of(parameter: Parameter) -> str:
    """The rates column of a parameter."""
    return f"p_{parameter.name}"


def word_of(leaf: Leaf) -> str:
    """The word a leaf looks at; empty where it looks at a parameter alone."""
    match leaf:
        case Fact(word=word) | Compare(word=word):
            return word
        case OneOf(subject=str() as word):
            return word
        case _:
            return ""


def _parameters(leaf: Leaf) -> list[Parameter]:
    """The parameters a leaf refers to."""
    match leaf:
        case Switch(parameter=parameter):
            return [parameter]
        case Compare():
            return [bound for bound in (leaf.at_least, leaf.at_most, leaf.below) if isinstance(bound, Parameter)]
        case OneOf(subject=Parameter()):
            return [cast(Parameter, leaf.subject)]
        case _:
            return []
