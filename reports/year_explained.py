"""A calendar year explained to the fen: its pay months side by side, and what they add up to.

    owed in the month before the year  + movements of twelve months  = owed in its last month
    owed in twelve months  + flows (arrears, holds, set-offs, sent again …)  = in the files of twelve months

Both hold exactly, for each benefit and in all, because each month follows from the one before it as it was decided then
(month_explained.py). Who moved and whose money flowed is in the workbook of each month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import polars as pl

from contracts.codes import Benefit
from contracts.errors import BookError
from reports.month_explained import BenefitMonth, FlowLine, MonthExplained, MoveLine, place_of
from reports.tables import write_sheets

MONTHS = tuple(f"{number:02}" for number in range(1, 13))


@dataclass(frozen=True)
class YearLine:
    """One line of a year: a figure for each of its months, none for a month that never ran, and that of the year."""

    label: str
    of_months: tuple[int | None, ...]
    of_year: int


def total_of_lines(lines: Iterable[YearLine]) -> YearLine:
    """Lines of the same months added up."""
    listed = tuple(lines)
    of_months = tuple(sum(one or 0 for one in month) for month in zip(*(one.of_months for one in listed), strict=True))
    return YearLine("", of_months or (0,) * len(MONTHS), sum(one.of_year for one in listed))


@dataclass(frozen=True)
class BenefitYear:
    """One benefit, or all of them (`benefit` empty).

    People and fen before, their causes, and now: of the year, what it opened with, what came about in it, and what it
    closed with. What is owed, its flows, and what is in the files: of the year, the sum of its months.
    """

    benefit: str
    label: str
    people_before: YearLine
    new: tuple[YearLine, ...]
    gone: tuple[YearLine, ...]
    people_now: YearLine
    fen_before: YearLine
    moves: tuple[YearLine, ...]
    fen_now: YearLine
    owed: YearLine
    flows: tuple[YearLine, ...]
    in_files: YearLine

    @property
    def people(self) -> tuple[YearLine, ...]:
        """人数变动, line by line."""
        return (self.people_before, *self.new, *self.gone, self.people_now)

    @property
    def regular(self) -> tuple[YearLine, ...]:
        """应发变动, line by line."""
        return (self.fen_before, *self.moves, self.fen_now)

    @property
    def money(self) -> tuple[YearLine, ...]:
        """应发到文件, line by line."""
        return (self.owed, *self.flows, self.in_files)


@dataclass(frozen=True)
class YearExplained:
    """A county's calendar year of pay months; `silent`: the months of it that never ran."""

    county: str
    year: str
    benefits: tuple[BenefitYear, ...]
    total: BenefitYear
    silent: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def explain_year(county: str, year: str, months: Iterable[MonthExplained]) -> YearExplained:
    """Put the pay months of a year, each against the one before it, side by side; BookError where none ran.

    Reads one month after another and keeps none of its people.
    """
    ran: dict[str, dict[str, BenefitMonth]] = {}
    for month in months:
        ran[month.pay_month[-2:]] = {one.benefit: one for one in (month.total, *month.benefits)}
    if not ran:
        raise BookError("这一年没有运行过的月份", "请另选年度(disburse status 列出已运行的月份)", year)
    drawn = [one for one in Benefit if any(one.value in month for month in ran.values())]
    return YearExplained(
        county,
        year,
        tuple(_of_benefit(one.value, one.label, ran) for one in drawn),
        _of_benefit("", "合计", ran),
        tuple(f"{year}-{month}" for month in MONTHS if month not in ran),
    )


def _of_benefit(benefit: str, label: str, ran: dict[str, dict[str, BenefitMonth]]) -> BenefitYear:
    """Its months side by side; in a month that has nothing of it there is nothing."""
    nothing = BenefitMonth(benefit, label, 0, 0, (), 0, 0, (), 0)
    months = {month: of.get(benefit, nothing) for month, of in ran.items()}
    first, last = months[min(months)], months[max(months)]

    def line(label: str, of_month: Callable[[BenefitMonth], int]) -> YearLine:
        told = tuple(of_month(months[month]) if month in months else None for month in MONTHS)
        return YearLine(label, told, sum(one or 0 for one in told))

    def causes(what: str, figure: Callable[[MoveLine], int]) -> Iterator[YearLine]:
        for label in _labels(line for month in months.values() for line in month.moves):
            yield line(what + label, partial(_of_label, label, figure))

    def flows() -> Iterator[YearLine]:
        for label in _labels(line for month in months.values() for line in month.flows):
            yield line(label, partial(_of_flow, label))

    return BenefitYear(
        benefit,
        label,
        replace(line("上期人数", lambda month: month.people_before), of_year=first.people_before),
        tuple(one for one in causes("新增:", lambda move: move.people_new) if any(one.of_months)),
        tuple(one for one in causes("减少:", lambda move: move.people_gone) if any(one.of_months)),
        replace(line("本期人数", lambda month: month.people_now), of_year=last.people_now),
        replace(line("上期应发", lambda month: month.fen_before), of_year=first.fen_before),
        tuple(causes("", lambda move: move.fen)),
        replace(line("本期应发", lambda month: month.fen_now), of_year=last.fen_now),
        line("应发", lambda month: month.fen_now),
        tuple(flows()),
        line("文件合计", lambda month: month.fen_in_files),
    )


def _of_label(label: str, figure: Callable[[MoveLine], int], month: BenefitMonth) -> int:
    return sum(figure(one) for one in month.moves if one.label == label)


def _of_flow(label: str, month: BenefitMonth) -> int:
    return sum(one.fen for one in month.flows if one.label == label)


def _labels(lines: Iterable[MoveLine | FlowLine]) -> list[str]:
    """The labels of lines, each once, in the order in which a month tells them."""
    return [label for *_, label in sorted({place_of(line) for line in lines})]


_WHAT = {"benefit": "项目", "label": ""}
PEOPLE = _WHAT | {f"month_{month}": f"{int(month)}月" for month in MONTHS} | {"year": "全年"}
MONEY = _WHAT | {f"month_{month}_fen": f"{int(month)}月" for month in MONTHS} | {"year_fen": "全年"}


def write(told: YearExplained, target: Path) -> Path:
    """Write it to `target` (.xlsx), whole or not at all: a sheet for each part, all benefits first, money in yuan."""
    every = (told.total, *told.benefits)
    sheets = [
        ("应发到文件", _rows(((one.label, one.money) for one in every), MONEY), MONEY),
        ("应发变动", _rows(((one.label, one.regular) for one in every), MONEY), MONEY),
        ("人数变动", _rows(((one.label, one.people) for one in every), PEOPLE), PEOPLE),
    ]
    return write_sheets([(f"{told.year}年{name}", rows, headers) for name, rows, headers in sheets], target)


def _rows(parts: Iterable[tuple[str, tuple[YearLine, ...]]], headers: Mapping[str, str]) -> pl.DataFrame:
    schema = {name: pl.String() if name in _WHAT else pl.Int64() for name in headers}
    rows = [(label, line.label, *line.of_months, line.of_year) for label, lines in parts for line in lines]
    return pl.DataFrame(rows, schema=schema, orient="row")
