"""Why a person meets a benefit's conditions in a month, or which condition is the first that is not met, in words.

Each condition is told with the clause it rests on, what was found, and whether it holds; an empty cell of a register
row that would decide it is 登记缺项, never a silent no.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from calculators.conditions import column_of, compiled, may_hold, word_of
from calculators.entitled import attach
from contracts.codes import LeafOutcome
from contracts.policy import AllOf, AnyOf, BenefitRules, Compare, Condition, Fact, Leaf, Not, OneOf, Parameter, Switch
from contracts.vocabulary import WORDS, said

YES_NO = {True: "是", False: "否", None: "无"}
RANGE_ENDS = ("_from", "_to")


@dataclass(frozen=True)
class LeafTold:
    """One condition of a benefit: in words, within which named part, what was found, the clause, and how it stands."""

    condition: str
    within: str  # the labels of the parts it stands in
    found: str
    clause: str
    outcome: str  # LeafOutcome
    outcome_label: str
    note: str = ""  # what the pack says beside the value it compares with: whose business it is otherwise


def leaves_told(
    facts: pl.DataFrame, rules: BenefitRules, catalogue: pl.DataFrame, missing: Collection[str]
) -> tuple[LeafTold, ...]:
    """Every condition of a benefit, in the order it is written.

    `facts`: one row of contracts.tables.Facts. `catalogue`: RateCatalogue, for the clauses of parameters. `missing`:
    words whose register cell is empty. The clause is the condition's own, else that of the value it compares with, else
    that of the whole condition.
    """
    row = attach(facts.lazy(), rules).collect()
    known = catalogue.filter(pl.col("rate_id").is_in(row["rate_id"].to_list()))
    values = {
        value["parameter"].partition(".")[2]: value
        for told_values in known["values_json"]
        for value in json.loads(told_values)
    }
    telling = _Telling(row, rules.labels, values, {word: pl.lit(True) for word in missing}, rules.when_source)
    return tuple(telling.leaves(rules.when, "", True))


@dataclass(frozen=True)
class _Telling:
    row: pl.DataFrame  # facts and figures, one row
    labels: Mapping[str, str]  # of parameters
    values: Mapping[str, Mapping[str, Any]]  # parameter without its benefit → the value in force
    missing: Mapping[str, pl.Expr]
    whole: str  # the clause of the whole condition

    def leaves(self, tree: Condition, within: str, is_asked: bool) -> Iterator[LeafTold]:
        """`is_asked`: whether the leaf has to hold, or, under a `not`, to fail."""
        match tree:
            case AllOf(conditions=parts, label=label) | AnyOf(conditions=parts, label=label):
                inside = " › ".join(part for part in (within, label) if part)
                for part in parts:
                    yield from self.leaves(part, inside, is_asked)
            case Not(condition=part):
                yield from self.leaves(part, within, not is_asked)
            case _:
                outcome = self.outcome(tree, is_asked)
                condition = _worded(tree, self.row, self.labels)
                yield LeafTold(
                    condition=condition if is_asked else f"不是:{condition}",
                    within=within,
                    found="空" if outcome is LeafOutcome.MISSING else _found(tree, self.row),
                    clause=self.clause(tree),
                    outcome=outcome.value,
                    outcome_label=outcome.label,
                    note=";".join(note for value in self.values_of(tree) if (note := value.get("note") or "")),
                )

    def outcome(self, leaf: Leaf, is_asked: bool) -> LeafOutcome:
        may, must = (
            bool(self.row.select(may_hold(leaf, self.missing, certainly=certainly)).item())
            for certainly in (False, True)
        )
        if may != must:
            return LeafOutcome.MISSING
        return LeafOutcome.MET if may == is_asked else LeafOutcome.NOT_MET

    def clause(self, leaf: Leaf) -> str:
        if leaf.source:
            return leaf.source
        said = ["《{title}》({number}) {clause}".format_map(value) for value in self.values_of(leaf)]
        return ";".join(said) or self.whole

    def values_of(self, leaf: Leaf) -> list[Mapping[str, Any]]:
        """The values in force that a leaf compares with."""
        return [self.values[name] for name in _parameter_names(leaf) if name in self.values]


def first_unmet(facts: pl.DataFrame, rules: BenefitRules) -> str:
    """The first condition that does not hold, in words with what was found instead; empty where all hold.

    `facts`: one row of contracts.tables.Facts.
    """
    row = attach(facts.lazy(), rules).collect()
    if row.height and row["p_is_abolished"].fill_null(False).any():
        return "该待遇当月已废止"
    unmet = next(_unmet(rules.when, row), None)
    return told(unmet, row, rules.labels) if unmet is not None else ""


def _unmet(tree: Condition, row: pl.DataFrame) -> Iterator[Condition]:
    """The conditions that fail, deepest first to name: an `all` names its first failing part, an `any` itself."""
    if row.select(compiled(tree)).item():
        return
    if isinstance(tree, AllOf):
        for part in tree.conditions:
            yield from _unmet(part, row)
    else:
        yield tree


def told(tree: Condition, row: pl.DataFrame, labels: Mapping[str, str]) -> str:
    """A condition in words, with the person's own facts in brackets."""
    match tree:
        case AllOf(conditions=parts, label=label):
            return label or "且".join(told(part, row, labels) for part in parts)
        case AnyOf(conditions=parts, label=label):
            return (
                f"{label}(以下均不具备:{';'.join(told(part, row, labels) for part in parts)})"
                if label
                else "或".join(told(part, row, labels) for part in parts)
            )
        case Not(condition=part):
            return f"不是:{told(part, row, labels)}"
        case _:
            return f"{_worded(tree, row, labels)}(当月:{_found(tree, row)})"


def _worded(leaf: Leaf, row: pl.DataFrame, labels: Mapping[str, str]) -> str:
    """A condition that is not made of others, in words."""
    match leaf:
        case Fact(word=word):
            return WORDS[word].label
        case Switch(parameter=parameter):
            return f"本地已开通的选项“{labels[parameter.name]}”"
        case Compare(word=word):
            return f"{WORDS[word].label}{_bounds(leaf, row)}"
        case OneOf(subject=Parameter() as parameter, codes=codes):
            return f"{labels[parameter.name]}为“{'、'.join(map(said, codes))}”"
        case OneOf(subject=word, codes=codes):
            known = WORDS[str(word)]
            return f"{known.label}为{'、'.join(said(code, known) for code in codes)}"


def _found(leaf: Leaf, row: pl.DataFrame) -> str:
    """What the person's facts, or the county's parameter, are in the month."""
    name = word_of(leaf)
    held = row[WORDS[name].column].item() if name else row[column_of(_parameter(leaf))].item()
    if held is None or isinstance(held, bool):
        return YES_NO[held]
    return said(held, WORDS[name] if name else None) if isinstance(held, str) else str(held)


def _parameter(leaf: Leaf) -> Parameter:
    match leaf:
        case Switch(parameter=parameter) | OneOf(subject=Parameter() as parameter):
            return parameter
        case _:
            raise AssertionError(leaf)


def _parameter_names(leaf: Leaf) -> list[str]:
    """The parameters a leaf refers to, as the pack names them."""
    match leaf:
        case Compare():
            bounds = (leaf.at_least, leaf.at_most, leaf.below)
            names = [bound.name for bound in bounds if isinstance(bound, Parameter)]
            return list(dict.fromkeys(_whole_range(name) for name in names))
        case Switch() | OneOf(subject=Parameter()):
            return [_parameter(leaf).name]
        case _:
            return []


def _whole_range(name: str) -> str:
    return next((name.removesuffix(end) for end in RANGE_ENDS if name.endswith(end)), name)


def _bounds(leaf: Compare, row: pl.DataFrame) -> str:
    parts = []
    for bound, sign in ((leaf.at_least, "≥"), (leaf.at_most, "≤"), (leaf.below, "<")):
        if bound is not None:
            number = row[column_of(bound)].item() if isinstance(bound, Parameter) else bound
            parts.append(f"{sign}{_shown(number)}")
    return "且".join(parts)


def _shown(number: int | None) -> str:
    return "无" if number is None else str(number)
