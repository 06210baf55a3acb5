"""Whether anybody in a cell of a benefit's figures can qualify at all: conditions in three values, yes, no, unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from contracts.codes import LowIncomeCategory
from contracts.policy import AllOf, AnyOf, Compare, Condition, Fact, Not, OneOf, Parameter, Switch
from contracts.vocabulary import WORDS

SEVERE_GRADES = (1, 2)
OF_LOW_INCOME = {
    "tekun": LowIncomeCategory.TEKUN,
    "dibao_person": LowIncomeCategory.DIBAO,
    "dibao_household": LowIncomeCategory.DIBAO,
    "margin": LowIncomeCategory.MARGIN,
    "expense_hardship": LowIncomeCategory.EXPENSE_HARDSHIP,
}
NO_MORE_THAN = {"dibao_person"}  # being 低保 is needed for these, but does not settle them


def may_qualify(condition: Condition, row: Mapping[str, object]) -> bool:
    """Whether the condition may hold for somebody in this row of rates.

    What the row does not tell, a fact that is no key of it or a parameter (p_<name>) that it lacks, is unknown.
    """
    return _holds(condition, row) is not False


def _holds(condition: Condition, row: Mapping[str, object]) -> bool | None:
    match condition:
        case AllOf(conditions=parts):
            return _all(_holds(part, row) for part in parts)
        case AnyOf(conditions=parts):
            found = _all(_opposite(_holds(part, row)) for part in parts)
            return _opposite(found)
        case Not(condition=part):
            return _opposite(_holds(part, row))
        case Fact(word=word):
            return _fact(word, row)
        case Switch(parameter=Parameter(name=name)):
            return bool(row[f"p_{name}"]) if f"p_{name}" in row else None
        case OneOf(subject=Parameter(name=name), codes=codes):
            return row[f"p_{name}"] in codes if f"p_{name}" in row else None
        case OneOf(subject=str() as word, codes=codes):
            column = WORDS[word].column
            return row[column] in codes if column in row else None
        case Compare():
            return _within(condition, row)
        case _:
            return None


def _all(held: Iterable[bool | None]) -> bool | None:
    known = list(held)
    return False if False in known else None if None in known else True


def _opposite(held: bool | None) -> bool | None:
    return None if held is None else not held


def _fact(word: str, row: Mapping[str, object]) -> bool | None:
    if WORDS[word].column in row:
        return bool(row[WORDS[word].column])
    if "disability_grade" in row and word in ("severe", "disabled"):
        grade = row["disability_grade"]
        return grade in SEVERE_GRADES if word == "severe" else grade is not None
    if "family_planning_code" in row and word == "special_family":
        return row["family_planning_code"] is not None
    if "low_income_code" in row and word in OF_LOW_INCOME:
        is_category = row["low_income_code"] == OF_LOW_INCOME[word]
        return None if is_category and word in NO_MORE_THAN else is_category
    return None


def _within(condition: Compare, row: Mapping[str, object]) -> bool | None:
    number = row.get(WORDS[condition.word].column)
    if not isinstance(number, int):
        return None
    bounds = [bound for bound in (condition.at_least, condition.at_most, condition.below) if bound is not None]
    if any(isinstance(bound, Parameter) and f"p_{bound.name}" not in row for bound in bounds):
        return None
    least, most, below = (_bound(bound, row) for bound in (condition.at_least, condition.at_most, condition.below))
    return (least is None or number >= least) and (most is None or number <= most) and (below is None or number < below)


def _bound(bound: int | Parameter | None, row: Mapping[str, object]) -> int | None:
    held = row[f"p_{bound.name}"] if isinstance(bound, Parameter) else bound
    return held if isinstance(held, int) else None
