"""What a law tells apart: its conditions with the figures written out, and the cells in which figures differ.

Read from the resolved law alone (contracts.policy.Rules), for all its months at once, so that situations of several
months, or of two laws, can be laid side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from contracts.codes import LowIncomeCategory, PayeeRule, SupportMode
from contracts.policy import (
    AllOf,
    AnyOf,
    BenefitRules,
    Compare,
    Condition,
    Fact,
    Not,
    OneOf,
    Parameter,
    Rules,
    Switch,
    leaves,
)
from contracts.situations import AXIS_OF, Distinction
from contracts.vocabulary import WORDS

EXCLUDED_BY = "p_excluded_by_"
ALWAYS, NEVER = AllOf(()), AnyOf(())
# Everybody is told apart by the hardship register he is in, whether or not a benefit looks: who draws nothing is asked.
STANDING = Distinction(
    ALWAYS, (*(OneOf("low_income", (category,)) for category in LowIncomeCategory.values()), Fact("dibao_person"))
)


def told_apart(*laws: Rules) -> tuple[Distinction, ...]:
    """Every distinction these laws make, in any of their months."""
    return (STANDING, *(found for law in laws for rules in law.benefits.values() for found in _of_benefit(rules)))


def _of_benefit(rules: BenefitRules) -> Iterator[Distinction]:
    leaves = tuple(_leaves_of_figures(rules.rates))
    cells = tuple(_cells(rules))
    for tree in dict.fromkeys(grounded(rules.when, row) for row in _figures(rules)):
        yield Distinction(tree, leaves, cells, rules.benefit)


def _figures(rules: BenefitRules) -> list[dict[str, object]]:
    """The combinations in which the parameters of the conditions stand in the rates."""
    columns = [f"p_{name}" for name in parameters_in(rules.when)]
    live = rules.rates.filter(~pl.col("p_is_abolished").fill_null(False))
    return live.select(columns).unique(maintain_order=True).to_dicts() if columns else [{}]


def _leaves_of_figures(rates: pl.DataFrame) -> Iterator[Condition]:
    """What decides beside the conditions: statuses that exclude, and whether an institution is paid."""
    yield from (Fact(name.removeprefix(EXCLUDED_BY)) for name in rates.columns if name.startswith(EXCLUDED_BY))
    if (rates["p_payee"] == PayeeRule.INSTITUTION).any():
        yield OneOf("support_mode", (SupportMode.INSTITUTION,))


def _cells(rules: BenefitRules) -> Iterator[pl.DataFrame]:
    """For each axis that figures are keyed by: its cells, with one number for those whose figures are all the same."""
    for axis in dict.fromkeys(AXIS_OF[key] for key in rules.keys):
        keys = [key for key in rules.keys if AXIS_OF[key] == axis]
        rest = [name for name in rules.rates.columns if name not in keys]
        figures: dict[tuple[object, ...], set[tuple[object, ...]]] = {}
        for key, row in zip(rules.rates.select(keys).iter_rows(), rules.rates.select(rest).iter_rows(), strict=True):
            figures.setdefault(key, set()).add(row)
        numbers: dict[frozenset[tuple[object, ...]], int] = {}
        rows = [(*key, numbers.setdefault(frozenset(held), len(numbers))) for key, held in figures.items()]
        schema = {**{key: rules.rates.schema[key] for key in keys}, "cell": pl.Int64()}
        yield pl.DataFrame(rows, schema=schema, orient="row")


# Conditions with their figures.


def parameters_in(tree: Condition) -> tuple[str, ...]:
    """The parameters a condition refers to, each once."""
    return tuple(dict.fromkeys(_parameters(tree)))


def _parameters(tree: Condition) -> Iterator[str]:
    for leaf in leaves(tree):
        match leaf:
            case Switch(parameter=parameter) | OneOf(subject=Parameter() as parameter):
                yield parameter.name
            case Compare():
                yield from (bound.name for bound in _said(leaf) if isinstance(bound, Parameter))


def grounded(tree: Condition, figures: Mapping[str, object]) -> Condition:
    """A condition with the figures of one row of rates (p_<name>) written out, and what they settle left out.

    What always holds is `AllOf(())`, what never does `AnyOf(())`; a figure that is not known settles nothing in favour.
    """
    match tree:
        case AllOf(conditions=parts, label=label):
            return _joined([grounded(part, figures) for part in parts], label, AllOf, ALWAYS, NEVER)
        case AnyOf(conditions=parts, label=label):
            return _joined([grounded(part, figures) for part in parts], label, AnyOf, NEVER, ALWAYS)
        case Not(condition=part):
            told = grounded(part, figures)
            return NEVER if told == ALWAYS else ALWAYS if told == NEVER else Not(told)
        case Switch(parameter=parameter):
            return ALWAYS if figures[f"p_{parameter.name}"] else NEVER
        case OneOf(subject=Parameter(name=name), codes=codes):
            return ALWAYS if figures[f"p_{name}"] in codes else NEVER
        case Compare(word=word, at_least=at_least, at_most=at_most, below=below):
            bounds = [_bound(bound, figures) for bound in (at_least, at_most, below)]
            known = all((bound is None) == (said is None) for bound, said in zip(bounds, _said(tree), strict=True))
            at_least, at_most, below = bounds
            return Compare(word, at_least, at_most, below, tree.source) if known else NEVER
        case _:
            return tree


def _said(tree: Compare) -> tuple[int | Parameter | None, ...]:
    return tree.at_least, tree.at_most, tree.below


def _bound(bound: int | Parameter | None, figures: Mapping[str, object]) -> int | None:
    held = figures[f"p_{bound.name}"] if isinstance(bound, Parameter) else bound
    return held if isinstance(held, int) else None


def _joined(
    parts: Sequence[Condition], label: str, join: type[AllOf] | type[AnyOf], idle: Condition, decisive: Condition
) -> Condition:
    """Parts joined, without those that make no difference; one part alone stands for itself."""
    if decisive in parts:
        return decisive
    kept = tuple(part for part in parts if part != idle)
    return kept[0] if len(kept) == 1 else join(kept, label) if kept else idle


def words_seen(told_apart: Iterable[Distinction]) -> frozenset[str]:
    """The words of the vocabulary that distinctions look at, in conditions or as keys."""
    found = list(told_apart)
    columns = {column for distinction in found for cells in distinction.cells for column in cells.columns}
    leaves = [leaf for distinction in found for leaf in (distinction.when, *distinction.leaves)]
    return frozenset(
        [*(word for leaf in leaves for word in _words(leaf)), *(w.name for w in WORDS.values() if w.column in columns)]
    )


def _words(tree: Condition) -> Iterator[str]:
    for leaf in leaves(tree):
        match leaf:
            case Fact(word=word) | Compare(word=word) | OneOf(subject=str() as word):
                yield word


def leaf_by_leaf(rules: BenefitRules) -> tuple[Distinction, ...]:
    """A benefit's distinctions with no leaf left out because another settles the matter: for looking at its parts."""
    return tuple(
        Distinction(ALWAYS, (*leaves(found.when), *found.leaves), found.cells, found.benefit)
        for found in _of_benefit(rules)
    )


def is_settled(part: Condition, rules: BenefitRules) -> bool:
    """Whether a part of the benefit's condition is settled by the pack's figures, whoever is asked about."""
    return all(grounded(part, row) in (ALWAYS, NEVER) for row in _figures(rules))
