"""Conditions in Chinese, as nested lines: what an official reads in a benefit sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from contracts.policy import AllOf, AnyOf, Compare, Condition, Fact, Not, OneOf, Parameter, Switch, leaves
from contracts.vocabulary import WORDS, said
from rulebook.conditions import FROM, TO

Label = Callable[[str], str]  # a parameter's name without its benefit → its label
INDENT = "  "


def lines(condition: Condition, label: Label, depth: int = 0) -> Iterator[str]:
    """The condition as a Markdown list."""
    indent = INDENT * depth
    match condition:
        case AllOf(conditions=parts, label=named):
            yield f"{indent}- {_named(named)}以下各项都符合:"
            for part in parts:
                yield from lines(part, label, depth + 1)
        case AnyOf(conditions=parts, label=named):
            yield f"{indent}- {_named(named)}以下任何一项:"
            for part in parts:
                yield from lines(part, label, depth + 1)
        case Not(condition=AllOf() | AnyOf() as part):
            yield f"{indent}- 不符合:"
            yield from lines(part, label, depth + 1)
        case Not(condition=part):
            yield f"{indent}- 不:{phrase(part, label)}{_resting_on(part)}"
        case _:
            yield f"{indent}- {phrase(condition, label)}{_resting_on(condition)}"


def _resting_on(condition: Condition) -> str:
    found = next(leaves(condition), None)
    return f":{found.source}" if found and found.source else ""


def sentence(condition: Condition, label: Label) -> str:
    """The condition in one line, for a table cell."""
    match condition:
        case AllOf(conditions=parts):
            return ",".join(_bracketed(part, label) for part in parts)
        case AnyOf(conditions=parts):
            return " 或 ".join(_bracketed(part, label) for part in parts)
        case Not(condition=part):
            return f"不({sentence(part, label)})"
        case _:
            return phrase(condition, label)


def _bracketed(part: Condition, label: Label) -> str:
    said = sentence(part, label)
    return f"({said})" if isinstance(part, AllOf | AnyOf) else said


def phrase(condition: Condition, label: Label) -> str:
    """One condition that is not made of others."""
    match condition:
        case Fact(word=word):
            return WORDS[word].label
        case Switch(parameter=parameter):
            return f"已规定“{label(parameter.name)}”"
        case OneOf(subject=Parameter(name=name), codes=codes):
            return f"{label(name)}按“{'、'.join(map(said, codes))}”"
        case OneOf(subject=str() as word, codes=codes):
            return f"{WORDS[word].label}为 {'、'.join(said(code, WORDS[word]) for code in codes)}"
        case Compare(word=word, at_least=Parameter(name=first), at_most=Parameter(name=last)) if _is_range(first, last):
            return f"{WORDS[word].label}在“{label(first.removesuffix(FROM))}”之内"
        case Compare():
            return _compared(condition, label)
        case _:
            raise AssertionError(condition)


def _is_range(first: str, last: str) -> bool:
    return first.removesuffix(FROM) == last.removesuffix(TO) != first


def _compared(condition: Compare, label: Label) -> str:
    signs = (("≥", condition.at_least), ("≤", condition.at_most), ("<", condition.below))
    bounds = [
        f"{sign} {label(bound.name) if isinstance(bound, Parameter) else bound}"
        for sign, bound in signs
        if bound is not None
    ]
    return f"{WORDS[condition.word].label} {' 且 '.join(bounds)}"


def _named(label: str) -> str:
    return f"**{label}**:" if label else ""
