"""Every situation a law can tell apart, and what becomes of it: production code over people who may yet come.

In     what the law tells apart (contracts.situations.Distinction), the county's rules, the months
Out    members: one row per row that a register can hold, as facts; situations: one row per combination of members that
       are told apart; facts of situations by month (contracts.tables.Facts), which the calculators take as anybody's

Members are people with one register row each, read by the very function that reads the real registers, so that facts
which hang together (category and its flags, grade and severe, level and limited) never come apart. Each column of Facts
is decided by one axis, so members of several axes combine freely.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import product

import polars as pl

from calculators.benefits import CALCULATORS
from calculators.conditions import compiled, word_of
from calculators.coordination import coordinate
from calculators.facts import facts
from calculators.hands import LONG_BEFORE, all_claimed
from calculators.scope import MONTH, PERSON, Registers, Scope
from contracts.codes import (
    AbilityScale,
    Area,
    DisabilityCategory,
    FamilyPlanningKind,
    Hukou,
    LowIncomeCategory,
    SelfCare,
    SupportMode,
)
from contracts.columns import empty, polars_schema
from contracts.months import add_months
from contracts.policy import AllOf, AnyOf, Condition, Not, Rules, leaves
from contracts.registers import REGISTERS, accepted_schema
from contracts.row_rules import ROW_RULES
from contracts.situations import AXES, Distinction
from contracts.tables import Entitled, Facts
from contracts.vocabulary import WORDS

Rows = Mapping[str, Sequence[Mapping[str, object]]]  # register → the rows of one person, without person_no
GREATEST_AGE = 150
GRADES, LEVELS = (1, 2, 3, 4), (0, 1, 2, 3, 4)
USUAL_AGE = 70
ELSEWHERE, SOMEWHERE = "000000", "J"
WHENCE = {"source_file": "", "source_sheet": "", "source_row": 0}
CLASS = "class_"  # the column of an axis: which of its classes


# Members: what a register can say of a person.


def member_rows(county: str, month: date) -> dict[str, list[Rows]]:
    """Axis → the people who between them have every row its register can hold in the month, and one without a row."""
    since: dict[str, object] = {"from_month": add_months(month, -LONG_BEFORE)}
    issued: dict[str, object] = {"issued_on": since["from_month"]}

    def person(**population: object) -> Rows:
        row = {"birth_date": _born(month, USUAL_AGE, False), "division_code": county, **population}
        return {"population": [row]}

    def with_rows(register: str, rows: Iterable[Mapping[str, object]]) -> list[Rows]:
        return [person(), *({**person(), register: [row]} for row in _allowed(register, rows))]

    return {
        "age": [
            person(birth_date=_born(month, age, is_birthday_month))
            for age in range(GREATEST_AGE + 1)
            for is_birthday_month in (False, True)
        ],
        "alive": [person(), person(died_on=add_months(month, -1))],
        "registered": [person(), person(division_code=ELSEWHERE)],
        "hukou": [person(), *(person(hukou_type=kind.label) for kind in Hukou)],
        "low_income": with_rows("low_income", (row | since for row in _low_income())),
        "disability": with_rows(
            "disability",
            (
                {"grade": grade, "needs_long_term_care": needs_care, "category": category} | issued
                for grade, needs_care, category in product(GRADES, (False, True), DisabilityCategory.values())
            ),
        ),
        "ability": with_rows("ability", _ability(since["from_month"])),
        "family_planning": with_rows(
            "family_planning", ({"kind": kind} | since for kind in FamilyPlanningKind.values())
        ),
    }


def _born(month: date, age: int, is_birthday_month: bool) -> date:
    """A birth date that makes somebody so old in the month, with or without a birthday in it."""
    born = add_months(month, 0 if is_birthday_month else -1)
    return born.replace(year=born.year - age)


def _low_income() -> Iterator[dict[str, object]]:
    modes, cares = (None, *SupportMode.values()), (None, *SelfCare.values())
    for category, area, mode, care, is_recipient in product(
        LowIncomeCategory.values(), Area.values(), modes, cares, (None, False, True)
    ):
        institution = SOMEWHERE if mode == SupportMode.INSTITUTION else None
        yield {
            "category": category,
            "area": area,
            "support_mode": mode,
            "self_care": care,
            "is_recipient": is_recipient,
            "institution_id": institution,
        }


def _ability(since: object) -> Iterator[dict[str, object]]:
    """Every level, with and without a determination or a word of it; and a determination that stands alone."""
    for scale, level, is_unable in product(AbilityScale.values(), LEVELS, (None, False, True)):
        yield {"scale": scale, "level": level, "is_unable": is_unable, "assessed_on": since}
    for is_unable in (False, True):
        yield {"is_unable": is_unable, "unable_from_month": since}


def _allowed(register: str, rows: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """The rows that the register's contract accepts."""
    frame = pl.DataFrame([dict(row) for row in rows], schema=accepted_schema(register))
    broken = [rule.violated for rule in ROW_RULES[register]]
    kept = frame.filter(~pl.any_horizontal(pl.lit(False), *(rule.fill_null(False) for rule in broken)))
    names = [name for name in kept.columns if name != PERSON and name not in WHENCE]
    return kept.select(names).to_dicts()


def registers_of_people(people: Sequence[Rows]) -> Registers:
    """Accepted registers of these people, numbered from 0."""
    told: dict[str, list[dict[str, object]]] = {name: [] for name in REGISTERS}
    for number, person in enumerate(people):
        for register, rows in person.items():
            told[register] += [{**WHENCE, **row, PERSON: number} for row in rows]
    return {name: pl.DataFrame(rows, schema=accepted_schema(name)).lazy() for name, rows in told.items()}


def members(rules: Rules) -> dict[str, pl.DataFrame]:
    """Axis → the facts its register can give rise to, each once, in the order of the register's codes; none first."""
    month = rules.months[0]
    rows = member_rows(rules.county, month)
    people = [person for of_axis in rows.values() for person in of_axis]
    registers = registers_of_people(people)
    read = facts(registers, rules, Scope(rules.county, (month,), month), registers["population"]).sort(PERSON).collect()
    told, start = {}, 0
    for axis, of_axis in rows.items():
        columns = list(AXES[axis].columns)
        told[axis] = read.slice(start, len(of_axis)).select(columns).unique(maintain_order=True)
        start += len(of_axis)
    return told


# Classes: members that no condition and no figure tells apart.


def classes(known: Mapping[str, pl.DataFrame], told_apart: Sequence[Distinction]) -> dict[str, pl.DataFrame]:
    """Members with the class they are in (`class`, Int64) and whether they stand for it in the table (`is_member`).

    One member stands for its class; of ages the first of every run and the last before the next, so that each bound is
    looked at from both sides.
    """
    return {axis: _with_members(axis, _with_class(axis, frame, told_apart)) for axis, frame in known.items()}


def _with_class(axis: str, frame: pl.DataFrame, told_apart: Sequence[Distinction]) -> pl.DataFrame:
    marks = [_marks(axis, frame, distinction) for distinction in told_apart]
    signatures = list(zip(*(mark for of_one in marks for mark in of_one), strict=True)) or [()] * frame.height
    numbers: dict[tuple[object, ...], int] = {}
    return frame.with_columns(
        pl.Series("class", [numbers.setdefault(signature, len(numbers)) for signature in signatures], pl.Int64)
    )


def _marks(axis: str, frame: pl.DataFrame, distinction: Distinction) -> list[list[object]]:
    """What a distinction says of each member: nothing where the member alone rules its condition out."""
    columns = set(AXES[axis].columns)
    rules_out = frame.with_columns(held=_as_far_as_known(distinction.when, columns))["held"]
    looked_at = (distinction.when, *distinction.leaves)
    seen = [leaf for tree in looked_at for leaf in leaves(tree) if WORDS[word_of(leaf)].column in columns]
    told: list[list[object]] = [
        frame.with_columns(held=compiled(leaf))["held"].to_list() for leaf in dict.fromkeys(seen)
    ]
    for cells in distinction.cells:
        keys = [name for name in cells.columns if name != "cell"]
        if set(keys) <= columns:
            told.append(
                frame.join(cells, on=keys, how="left", nulls_equal=True, maintain_order="left")["cell"].to_list()
            )
    return [[None if out is False else mark for out, mark in zip(rules_out, marks, strict=True)] for marks in told]


def _as_far_as_known(tree: Condition, columns: set[str]) -> pl.Expr:
    """A condition over these columns alone; null where it hangs on others."""
    match tree:
        case AllOf(conditions=parts):
            return reduce(pl.Expr.and_, (_as_far_as_known(part, columns) for part in parts), pl.lit(True))
        case AnyOf(conditions=parts):
            return reduce(pl.Expr.or_, (_as_far_as_known(part, columns) for part in parts), pl.lit(False))
        case Not(condition=part):
            return ~_as_far_as_known(part, columns)
        case _:
            return compiled(tree) if WORDS[word_of(tree)].column in columns else pl.lit(None, pl.Boolean)


def _with_members(axis: str, frame: pl.DataFrame) -> pl.DataFrame:
    if axis != "age":
        return frame.with_columns(is_member=pl.col("class").is_first_distinct())
    runs = frame.sort("age_years", "has_birthday").with_columns(
        begins=pl.col("class").ne_missing(pl.col("class").shift().over("has_birthday")) & (pl.col("age_years") > 0),
        ends=pl.col("class").ne_missing(pl.col("class").shift(-1).over("has_birthday"))
        & (pl.col("age_years") < GREATEST_AGE),
    )
    bound = pl.col("begins") | pl.col("ends") | pl.col("class").is_first_distinct()
    is_first_of_age = pl.struct("age_years", "class").is_first_distinct()
    return runs.with_columns(is_member=bound & is_first_of_age).drop("begins", "ends")


# The table.


@dataclass(frozen=True)
class Table:
    """Every situation of a county's law in some months, decided as anybody's.

    members     axis → members with `class` and `is_member`
    situations  one row per situation: person_no (its number), class_<axis>, the facts that do not hang on the month
    facts       contracts.tables.Facts, one row per situation and month
    entitled    contracts.tables.Entitled
    decided     contracts.tables.Coordinated: everything claimed, nothing suspended, nothing chosen
    """

    members: Mapping[str, pl.DataFrame]
    situations: pl.DataFrame
    facts: pl.DataFrame
    entitled: pl.DataFrame
    decided: pl.DataFrame


def situations(grouped: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per combination of members: person_no, class_<axis>, the axes' columns."""
    table = pl.LazyFrame({"one": [1]})
    for axis, frame in grouped.items():
        members = frame.filter("is_member").drop("is_member").rename({"class": f"{CLASS}{axis}"})
        table = table.join(members.lazy(), how="cross")
    return table.drop("one").with_row_index(PERSON).with_columns(pl.col(PERSON).cast(pl.Int64)).collect()


def facts_of(table: pl.DataFrame, months: Sequence[date]) -> pl.DataFrame:
    """The facts of situations in every month (contracts.tables.Facts)."""
    each = table.lazy().join(pl.LazyFrame({MONTH: list(months)}, schema={MONTH: pl.Date}), how="cross")
    return each.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(Facts).items()).collect()


def decide(table: pl.DataFrame, grouped: Mapping[str, pl.DataFrame], rules: Rules) -> Table:
    """Work out what becomes of every situation in every month of the rules."""
    known = facts_of(table, rules.months)
    rows = [CALCULATORS[benefit](known.lazy(), of_benefit) for benefit, of_benefit in rules.benefits.items()]
    entitled = pl.concat([empty(Entitled).lazy(), *rows]).collect()
    scope = Scope(rules.county, rules.months, rules.months[-1])
    decided = coordinate(entitled.lazy(), all_claimed(entitled), scope).collect()
    return Table(grouped, table, known, entitled, decided)
