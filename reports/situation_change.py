"""What another law would mean for every situation, also of people who are in no register yet.

In     the rules before and after, for the same months
Out    situations that gain, lose, begin or end to draw, by how much, in the fewest rows; how many of today's people
       stand in each. Everything claimed, nothing suspended, nothing chosen
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import polars as pl

import calculators
from contracts.codes import Benefit, Outcome
from contracts.policy import Rules
from contracts.situations import AXES
from reports.merging import Point, fewest
from reports.situations import PLACES, USUAL, Situations, tabulate
from rulebook.lawbook import LawBook
from rulebook.places import months_of_change

WHICH_INSTITUTION = "institution_id"  # a fact that decides nothing but where the money goes
PERSON, MONTH = "person_no", "benefit_month"
ROW = [PERSON, "benefit", MONTH]
SCHEMA = {
    **dict.fromkeys(("benefit", "from_month", "who", "turn", "before", "after"), pl.String()),
    **dict.fromkeys(("before_fen", "after_fen", "people_count"), pl.Int64()),
}


class Turn(StrEnum):
    """Which way a situation turns."""

    BEGINS = "开始领取"
    ENDS = "不再领取"
    GAINS = "增加"
    LOSES = "减少"
    OTHERWISE = "不领而理由不同"


@dataclass(frozen=True)
class Outcomes:
    """What one situation comes to under both laws: outcome and fen, None where there is no row."""

    before: tuple[str | None, int | None]
    after: tuple[str | None, int | None]

    @property
    def turn(self) -> Turn:
        """Which way it turns."""
        (was, before), (comes, after) = self.before, self.after
        if was != Outcome.ENTITLED and comes != Outcome.ENTITLED:
            return Turn.OTHERWISE
        if was != Outcome.ENTITLED:
            return Turn.BEGINS
        if comes != Outcome.ENTITLED:
            return Turn.ENDS
        return Turn.GAINS if (after or 0) > (before or 0) else Turn.LOSES


def situation_change(before: Rules, after: Rules, registers: calculators.Registers | None = None) -> pl.DataFrame:
    """Every situation that fares otherwise, merged, benefit by benefit (SCHEMA; money in fen).

    One group of rows for each month from which situations fare otherwise than in the month before. `registers` are
    today's: people_count counts who stands there in the last of the months; null without them. ValueError where the
    rules are not of the same county and months.
    """
    if (before.county, before.months) != (after.county, after.months):
        raise ValueError("the rules compared are not of one county and the same months")
    old = tabulate(before, after)
    new = tabulate(after, before)
    people = _people(new, registers) if registers is not None else None
    told: list[dict[str, object]] = []
    for benefit in (benefit for benefit in Benefit if benefit in before.benefits or benefit in after.benefits):
        last: Mapping[Point, Outcomes] = {}
        for month in after.months:
            differing = _differing(old, new, benefit, month)
            if differing != last:
                told += _merged(new, people, benefit, month, differing)
            last = differing
    return pl.DataFrame(told, schema=SCHEMA)


def changes_of_situations(
    before: tuple[LawBook, date],
    after: tuple[LawBook, date],
    county: str,
    months: Sequence[date],
    registers: calculators.Registers | None = None,
) -> pl.DataFrame:
    """`situation_change` of two laws, each as known on its day, in those of the months in which either changes."""
    turns = {month for law, _ in (before, after) for month in months_of_change(law.chain_of(county))}
    looked_at = [months[0], *(month for month in months[1:] if month in turns)]
    rules = [law.resolve(county, looked_at, day) for law, day in (before, after)]
    return situation_change(rules[0], rules[1], registers)


def _differing(old: Situations, new: Situations, benefit: Benefit, month: date) -> dict[Point, Outcomes]:
    """Points whose outcome or amount differs; both tables have the same situations by number."""
    sides = [_of_month(side, benefit, month) for side in (old, new)]
    usual = new.table.situations.filter(*USUAL.values())
    return {
        row[1:]: Outcomes(sides[0].get(row[0], (None, None)), sides[1].get(row[0], (None, None)))
        for row in usual.select(PERSON, *PLACES).iter_rows()
        if sides[0].get(row[0]) != sides[1].get(row[0])
    }


def _of_month(side: Situations, benefit: Benefit, month: date) -> dict[int, tuple[str | None, int | None]]:
    rows = side.table.decided.filter(pl.col("benefit") == benefit, pl.col(MONTH) == month)
    return {number: (outcome, fen) for number, outcome, fen in rows.select(PERSON, "outcome", "amount_fen").iter_rows()}


def _merged(
    new: Situations, people: pl.DataFrame | None, benefit: Benefit, month: date, differing: Mapping[Point, Outcomes]
) -> list[dict[str, object]]:
    usual = new.table.situations.filter(*USUAL.values()).select(PLACES).unique(maintain_order=True)
    points = {point: differing.get(point) for point in usual.iter_rows()}
    edges = tuple(frozenset(values) for values in zip(*points, strict=True))
    return [
        {
            "benefit": benefit.label,
            "from_month": f"{month:%Y-%m}",
            "who": new.box(box, edges),
            "turn": answer.turn.value,
            "before": Outcome.label_of(answer.before[0]) if answer.before[0] else "",
            "after": Outcome.label_of(answer.after[0]) if answer.after[0] else "",
            "before_fen": answer.before[1],
            "after_fen": answer.after[1],
            "people_count": None if people is None else _count(people, box),
        }
        for box, answer in fewest(points)
        if isinstance(answer, Outcomes)
    ]


def _count(people: pl.DataFrame, box: tuple[frozenset[int], ...]) -> int:
    return people.filter(*(pl.col(place).is_in(list(chosen)) for place, chosen in zip(PLACES, box, strict=True))).height


def _people(new: Situations, registers: calculators.Registers) -> pl.DataFrame:
    """Today's people in the last month of the rules: class_<axis> of each."""
    month = new.rules.months[-1]
    scope = calculators.Scope(new.rules.county, (month,), month)
    everybody = registers["population"].select(PERSON)
    facts = calculators.facts(registers, new.rules, scope, everybody)
    for axis, members in new.table.members.items():
        columns = [column for column in AXES[axis].columns if column != WHICH_INSTITUTION]
        classes = members.select(*columns, pl.col("class").alias(f"class_{axis}"))
        facts = facts.join(classes.lazy(), on=columns, how="left", nulls_equal=True)
    return facts.select(PERSON, *PLACES).collect()
