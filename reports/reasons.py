"""Why a person meets a benefit's conditions in a month, or which condition is the first that is not met, in words."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from calculators.conditions import column_of, compiled
from calculators.entitled import attach
from contracts.policy import AllOf, AnyOf, BenefitRules, Compare, Condition, Fact, Not, OneOf, Parameter, Switch
from contracts.vocabulary import WORDS

YES_NO = {True: "是", False: "否", None: "无"}


def first_unmet(facts: pl.DataFrame, rules: BenefitRules) -> str:
    """The first condition that does not hold, in words with what was found instead; empty where all hold.

    `facts`: one row of contracts.tables.Facts.
    """
    row = attach(facts.lazy(), rules).collect()
    if row.height and row["p_is_abolished"].fill_null(False).any():
        return "该待遇当月已废止"
    unmet = next(_unmet(rules.when, row), None)
    return told(unmet, row) if unmet is not None else ""


def _unmet(tree: Condition, row: pl.DataFrame) -> Iterator[Condition]:
    """The conditions that fail, deepest first to name: an `all` names its first failing part, an `any` itself."""
    if row.select(compiled(tree)).item():
        return
    if isinstance(tree, AllOf):
        for part in tree.conditions:
            yield from _unmet(part, row)
    else:
        yield tree


def told(tree: Condition, row: pl.DataFrame) -> str:
    """A condition in words, with the person's own facts in brackets."""
    match tree:
        case AllOf(conditions=parts, label=label):
            return label or "且".join(told(part, row) for part in parts)
        case AnyOf(conditions=parts, label=label):
            return (
                f"{label}(以下均不具备:{';'.join(told(part, row) for part in parts)})"
                if label
                else "或".join(told(part, row) for part in parts)
            )
        case Not(condition=part):
            return f"不是:{told(part, row)}"
        case Fact(word=word):
            return f"{WORDS[word].label}(当月:{YES_NO[row[WORDS[word].column].item()]})"
        case Switch(parameter=parameter):
            return f"本地已开通的选项({parameter.name}:{YES_NO[row[column_of(parameter)].item()]})"
        case Compare(word=word):
            return f"{WORDS[word].label}{_bounds(tree, row)}(当月:{_shown(row[WORDS[word].column].item())})"
        case OneOf(subject=Parameter() as parameter, codes=codes):
            return f"{parameter.name} 为 {'、'.join(codes)}"
        case OneOf(subject=word, codes=codes):
            known = WORDS[str(word)]
            labels = [known.code(code).label if known.code else code for code in codes]
            found = row[known.column].item()
            has = known.code(found).label if known.code and found is not None else "无"
            return f"{known.label}为{'、'.join(labels)}(当月:{has})"


def _bounds(leaf: Compare, row: pl.DataFrame) -> str:
    parts = []
    for bound, sign in ((leaf.at_least, "≥"), (leaf.at_most, "≤"), (leaf.below, "<")):
        if bound is not None:
            number = row[column_of(bound)].item() if isinstance(bound, Parameter) else bound
            parts.append(f"{sign}{_shown(number)}")
    return "且".join(parts)


def _shown(number: int | None) -> str:
    return "无" if number is None else str(number)
