"""What one benefit's figures are in one cell and month: the columns of the rates, and the values they rest on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from contracts.codes import Benefit, Role, UnsetReason
from rulebook.chain import Chosen, measure
from rulebook.keys import Cell
from rulebook.law import Value
from rulebook.parameters import BENCHMARK_GRADE, DIBAO, TIER, UNITS, WAGE

Look = Callable[[str, Mapping[str, Cell]], Chosen]  # a parameter's value for some cells, in the month at hand
Column = int | bool | str | None
NOTHING = Chosen()


@dataclass
class Figures:
    """Columns without their p_, why the standard is not set, and the values used."""

    columns: dict[str, Column] = field(default_factory=dict)
    why_unset: UnsetReason | None = None
    is_abolished: bool = False
    used: list[Value] = field(default_factory=list)

    def rest_on(self, *chosen: Chosen) -> None:
        """Use these values; the first that may not be used says why."""
        for each in chosen:
            self.used += [value for value in (each.value, each.against) if value is not None]
            self.is_abolished |= each.is_abolished
            if self.why_unset is None and each.usable is None:
                self.why_unset = each.why_unset or UnsetReason.NOT_SET

    def publish(self, amount: Chosen, standard: Chosen = NOTHING) -> None:
        """Pay an amount the law prints; where it is below its floor, name the standard the floor is worked out from."""
        self.rest_on(amount)
        self.columns |= {"amount_fen": _fen(amount), "amount_months": _months(amount)}
        if amount.why_unset is not None and standard.value is not None:
            self.used.append(standard.value)


def money_of(benefit: Benefit, look: Look, cells: Mapping[str, Cell]) -> Figures:
    """The money columns of a benefit for one cell (contracts.policy.RATE_MONEY)."""
    match benefit:
        case Benefit.TEKUN_LIVING:
            return _tekun_living(look, cells)
        case Benefit.TEKUN_CARE:
            return _tekun_care(look, cells)
        case _:
            figures = Figures()
            figures.publish(look(f"{benefit}.amount", cells))
            return figures


def _tekun_living(look: Look, cells: Mapping[str, Cell]) -> Figures:
    amount, ratio, dibao = look("tekun_living.amount", cells), look("tekun_living.ratio", cells), look(DIBAO, cells)
    figures = Figures()
    if _is_published(amount, _times(dibao, ratio)):
        figures.publish(_checked(amount, _times(dibao, ratio), ratio), dibao)
        return figures
    figures.rest_on(ratio, dibao)
    figures.columns |= {"dibao_fen": _fen(dibao), "dibao_months": _months(dibao), **_fraction(ratio)}
    return figures


def _tekun_care(look: Look, cells: Mapping[str, Cell]) -> Figures:
    amount, ratio = look("tekun_care.amount", cells), look("tekun_care.ratio", cells)
    benchmark = look("tekun_care.benchmark", cells)
    tier = look(TIER, {})
    wage = look(WAGE, {"tier": tier.usable.text}) if tier.usable else NOTHING
    grade = look(BENCHMARK_GRADE, {})
    borrowed = _borrowed(look, benchmark, grade)
    by_wage, floor = _times(wage, ratio), None
    if ratio.value is not None:
        floor, above = by_wage, ratio
    else:
        floor, above = (measure(borrowed.usable) if borrowed.usable else None), borrowed
    figures = Figures()
    if _is_published(amount, floor):
        figures.publish(_checked(amount, floor, above), wage)
    elif ratio.value is not None:
        figures.rest_on(ratio, tier, *([wage] if tier.usable else []))
        figures.columns |= {"wage_fen": _fen(wage), **_fraction(ratio)}
    else:
        graded = [grade] if borrowed.value and "grade" in borrowed.value.by else []
        figures.rest_on(benchmark, *graded, *([borrowed] if benchmark.usable else []))
        figures.columns |= {"benchmark_fen": _fen(borrowed), "benchmark_months": _months(borrowed)}
    return figures


def _borrowed(look: Look, benchmark: Chosen, grade: Chosen) -> Chosen:
    """The amount a benchmark names; where that differs by disability grade, the amount of the grade the law means."""
    if benchmark.usable is None or benchmark.usable.text is None:
        return NOTHING
    meant = grade.usable.figure if grade.usable else None
    return look(benchmark.usable.text, {"grade": meant if isinstance(meant, int) else None})


def _is_published(amount: Chosen, floor: Fraction | None) -> bool:
    """Whether an amount is what counts; one that is itself only a floor gives way to a higher one."""
    value = amount.value
    if value is None or value.text is None or value.role is not Role.FLOOR or floor is None:
        return value is not None
    size = measure(value)
    return size is not None and size >= floor


def _checked(amount: Chosen, floor: Fraction | None, above: Chosen) -> Chosen:
    """A published amount, against the ratio or benchmark under it."""
    size = measure(amount.usable) if amount.usable else None
    if size is None or floor is None or size >= floor:
        return amount
    return Chosen(amount.value, UnsetReason.BELOW_FLOOR, above.value)


def _times(standard: Chosen, ratio: Chosen) -> Fraction | None:
    if standard.usable is None or ratio.usable is None:
        return None
    size, share = measure(standard.usable), measure(ratio.usable)
    return None if size is None or share is None else size * share


def _fen(chosen: Chosen) -> int | None:
    figure = chosen.usable.figure if chosen.usable else None
    return figure if isinstance(figure, int) else None


def _months(chosen: Chosen) -> int | None:
    return UNITS[chosen.usable.unit][1] if chosen.usable else None


def _fraction(chosen: Chosen) -> dict[str, Column]:
    figure = chosen.usable.figure if chosen.usable else None
    if not isinstance(figure, Fraction):
        return {}
    return {"ratio_num": figure.numerator, "ratio_den": figure.denominator}
