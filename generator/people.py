"""The registered population: who is how old, lives where and with whom, comes, goes and dies.

Nobody is drawn from a stream. A *position* is a place in the population register: neighbours share households and
villages. A *rank* is a place in the order of birth, the eldest first; everything about a person follows from the rank
and the seed. A full-period step through the ranks leads from position to rank, so that every village and every
household has all ages, and a million people are made in chunks without memory of one another.

Months are Int32 numbers, year × 12 + month − 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate
from math import gcd

import polars as pl

from contracts.codes import Sex
from contracts.errors import InputError
from generator.draws import ALL, chance, draw, mixed, pick
from generator.names import FAMILY_WORDS, GIVEN_WORDS, TOWNSHIPS, VILLAGES, VILLAGES_AT_MOST
from generator.numbers import LATEST_ORDINAL, region_of, resident_ids

HOUSEHOLD = 3  # people
PEOPLE_OF_A_VILLAGE = 1_500
PAST, AHEAD = 12, 36  # months before and after the first one in which somebody may die or move

# Share of 100 000 people by age in years; a rural county of central China: a fifth is 60 or older, 3 % are 80 or older.
AGES = (
    ((100, 105), 6),
    ((95, 100), 85),
    ((90, 95), 390),
    ((85, 90), 950),
    ((80, 85), 1_600),
    ((75, 80), 2_500),
    ((70, 75), 4_200),
    ((65, 70), 5_500),
    ((60, 65), 5_500),
    ((55, 60), 7_900),
    ((50, 55), 8_000),
    ((45, 50), 6_300),
    ((40, 45), 6_000),
    ((35, 40), 7_300),
    ((30, 35), 7_400),
    ((25, 30), 5_200),
    ((20, 25), 5_300),
    ((15, 20), 6_600),
    ((10, 15), 7_869),
    ((5, 10), 7_200),
    ((0, 5), 4_200),
)
DYING = ((90, 60_000), (80, 30_000), (60, 8_000), (0, 600))  # from that age on, of 100 000, within PAST + AHEAD months
MOVING_OUT, MOVING_IN = 1_200, 1_000
RURAL = 82_000
LATENESS = ((0, 95_000), (1, 4_000), (2, 1_000))  # months by which an event is known later than the month after it


def month_number(day: date) -> int:
    """The number of the month a day lies in."""
    return day.year * 12 + day.month - 1


def month_of(column: str) -> pl.Expr:
    """The number of the month of a Date column, Int32."""
    return pl.col(column).dt.year() * 12 + pl.col(column).dt.month().cast(pl.Int32) - 1


def day_in(month: pl.Expr, word: str) -> pl.Expr:
    """A drawn day (1st to 28th) of a month given as a number; null where the month is."""
    return pl.date(month // 12, month % 12 + 1, draw(word, 28) + 1)


def month_drawn(word: str, first: int, past: int, ahead: int) -> pl.Expr:
    """A month between `past` months before and `ahead` months after the first one, Int32."""
    return (draw(word, past + ahead) - past + first).cast(pl.Int32)


@dataclass(frozen=True)
class Populace:
    """`size` people of a county as of its first month."""

    county: str
    size: int
    first_month: date
    seed: int

    def __post_init__(self) -> None:
        if any(band["people"] > (LATEST_ORDINAL - 1) * band["days"] for band in self._bands.to_dicts()):
            raise InputError(f"一个县容不下 {self.size} 人", "请减少人数,或分成几个县")

    @property
    def first(self) -> int:
        """The number of the first month."""
        return month_number(self.first_month)

    @cached_property
    def _bands(self) -> pl.DataFrame:
        """Per age band, the eldest first: first rank, people, first day of birth, days."""
        ends = [self.size * share // ALL for share in accumulate(share for _, share in AGES)]
        starts = [0, *ends[:-1]]
        born = [(self._years_before(high), self._years_before(low)) for (low, high), _ in AGES]
        return pl.DataFrame(
            {
                "start": starts,
                "people": [end - start for start, end in zip(starts, ends, strict=True)],
                "born_from": [first for first, _ in born],
                "days": [(last - first).days for first, last in born],
            },
            schema={"start": pl.Int64, "people": pl.Int64, "born_from": pl.Date, "days": pl.Int64},
        )

    def _years_before(self, years: int) -> date:
        return self.first_month.replace(year=self.first_month.year - years)

    @cached_property
    def _step(self) -> int:
        """A stride near the golden section of the size that meets every rank once."""
        return next(step for step in range(max(self.size * 618 // 1000, 1), 2 * self.size) if gcd(step, self.size) == 1)

    def _rank(self, position: pl.Expr) -> pl.Expr:
        return (position * self._step + self.seed) % self.size

    def identities(self, ranks: pl.Series) -> pl.DataFrame:
        """Who has these ranks: rank, key, birth_date, person_id, name, sex; one row per rank, in order."""
        # ranks are dense in a band, so a day's first rank, and with it the order number on that day, is arithmetic
        band = self._bands[self._bands["start"].search_sorted(ranks, side="right") - 1]
        place = pl.col("rank") - pl.col("start")
        day = place * pl.col("days") // pl.col("people")
        first_of_day = (day * pl.col("people") + pl.col("days") - 1) // pl.col("days")
        # order numbers are odd for men: where few are born on a day, each day's first must not be odd
        first_is_even = (mixed(day, self.seed) % 2).cast(pl.Int64)
        return (
            band.with_columns(ranks.alias("rank"))
            .with_columns(
                birth_date=pl.col("born_from") + pl.duration(days=day),
                ordinal=place - first_of_day + 1 + first_is_even,
                key=mixed(pl.col("rank"), self.seed),
            )
            .select(
                "rank",
                "key",
                "birth_date",
                person_id=resident_ids(region_of(self.county), pl.col("birth_date"), pl.col("ordinal")),
                name=pl.concat_str(_one_of("family", FAMILY_WORDS), _one_of("given", GIVEN_WORDS)),
                sex=pl.when(pl.col("ordinal") % 2 == 1)
                .then(pl.lit(Sex.MALE.label))
                .otherwise(pl.lit(Sex.FEMALE.label)),
            )
        )

    def people(self, start: int, stop: int) -> pl.DataFrame:
        """The people at positions [start, stop), a row each, in order.

        Columns: those of identities(); position, household, household_key; age_years in the first month;
        township_index, township, village, division_code, village_group, hukou_type; head_name, head_id; died_on,
        moved_out_on, moved_in_on.
        """
        position = pl.int_range(start, stop, dtype=pl.Int64, eager=True)
        places = pl.DataFrame({"position": position}).with_columns(
            rank=self._rank(pl.col("position")), household=pl.col("position") // HOUSEHOLD
        )
        return (
            pl.concat(
                [places.drop("rank"), self.identities(places["rank"]), self._heads(places["household"])],
                how="horizontal",
            )
            .with_columns(household_key=mixed(pl.col("household"), self.seed + 1))
            .with_columns(
                age_years=self.first // 12
                - pl.col("birth_date").dt.year()
                - (self.first_month.month < pl.col("birth_date").dt.month()).cast(pl.Int32),
                hukou_type=pl.when(chance("rural", RURAL, "household_key"))
                .then(pl.lit("农村"))
                .otherwise(pl.lit("城镇")),
                village_group=pl.format("{}组", draw("group", 8, "household_key") + 1),
            )
            .pipe(self._housed)
            .pipe(self._coming_and_going)
        )

    def _heads(self, households: pl.Series) -> pl.DataFrame:
        """head_name and head_id: the eldest of each household."""
        first = pl.col("household") * HOUSEHOLD
        ranks = households.to_frame().select(
            rank=pl.min_horizontal(
                self._rank(pl.min_horizontal(first + place, self.size - 1)) for place in range(HOUSEHOLD)
            )
        )
        return self.identities(ranks["rank"]).select(head_name="name", head_id="person_id")

    @cached_property
    def _villages_of_township(self) -> int:
        wanted = self.size // (PEOPLE_OF_A_VILLAGE * len(TOWNSHIPS))
        return min(max(wanted, 2), VILLAGES_AT_MOST)

    def _housed(self, people: pl.DataFrame) -> pl.DataFrame:
        each = self._villages_of_township
        township, village = pl.col("village_index") // each, pl.col("village_index") % each
        household_count = self.size // HOUSEHOLD + 1
        return people.with_columns(
            village_index=pl.col("household") * (each * len(TOWNSHIPS)) // household_count
        ).with_columns(
            township_index=township,
            township=pl.lit(pl.Series(TOWNSHIPS)).gather(township),
            village=pl.lit(pl.Series(VILLAGES)).gather(village),
            division_code=pl.concat_str(
                pl.lit(self.county), (901 + township).cast(pl.String), (201 + village).cast(pl.String)
            ),
        )

    def _coming_and_going(self, people: pl.DataFrame) -> pl.DataFrame:
        """Draw one event at most for each person: a death, a move away, or a move here."""
        share = pl.lit(0)
        for age, dying in reversed(DYING):
            share = pl.when(pl.col("age_years") >= age).then(dying).otherwise(share)
        dies = chance("dies", share)
        leaves = ~dies & chance("leaves", MOVING_OUT)
        comes = ~dies & ~leaves & chance("comes", MOVING_IN)
        month = month_drawn("event month", self.first, PAST, AHEAD)
        event_on = pl.when(month > month_of("birth_date")).then(day_in(month, "event day"))
        return people.with_columns(
            died_on=pl.when(dies).then(event_on),
            moved_out_on=pl.when(leaves).then(event_on),
            moved_in_on=pl.when(comes).then(event_on),
        )


def lateness() -> pl.Expr:
    """By how many months a person's event is known late, Int32."""
    return pick("lateness", LATENESS).cast(pl.Int32)


def _one_of(word: str, values: tuple[str, ...]) -> pl.Expr:
    return pl.lit(pl.Series(values)).gather(draw(word, len(values)))
