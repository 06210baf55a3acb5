"""The documents that amounts rest on, as the book and the law keep them beside each amount (RateCatalogue)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from contracts.codes import Benefit


def of_amounts(values_jsons: Iterable[str]) -> tuple[str, ...]:
    """The amounts of some rows of rates, each once: who set it, what it is, the document and clause."""
    values = (value for text in values_jsons for value in json.loads(text) if value["is_amount"])
    return tuple(dict.fromkeys("{level_name} {text}《{title}》({number}) {clause}".format_map(each) for each in values))


def no_longer_set(benefit: str, people: int, why: str, before: Sequence[str], after: Sequence[str]) -> str:
    """Whose benefit waits for a standard, in an officer's words: what it was paid by, and what may not be paid."""
    return f"{Benefit.label_of(benefit)} {people} 人{why}({turned(before, after)}):已发的不追回,设定之前不发"


def turned(before: Sequence[str], after: Sequence[str]) -> str:
    """What money was paid by, and what it is measured by now."""
    return f"原按 {_named(before)};现按 {_named(after)}"


def _named(documents: Sequence[str]) -> str:
    return " 与 ".join(documents) or "(没有)"
