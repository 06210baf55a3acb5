"""Two numbers that may be one person's: proposed for an officer, never decided here.

Name and birth date are equal, and either one number left the population while the other is in it, or something else is
equal too: village, account, household or disability certificate. A register of number changes proposes by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from contracts.codes import GapGround, SameGround
from contracts.columns import polars_schema
from contracts.tables import GonePerson, SamePeople
from intake.names import canonical_name

PERSON = "person_no"
PAIR = [PERSON, "other_no"]
LIFE = ["called", "birth_date"]


def gone_people(
    population: pl.DataFrame, gaps: pl.DataFrame, before: pl.DataFrame | None, gone_before: pl.DataFrame | None
) -> pl.DataFrame:
    """Who was in the population once and is not in its file any more (GonePerson), whether or not old rows stand.

    `population`: as it stands. `gaps` (RegisterGap): of it. `before`: the population that stood before. `gone_before`:
    who was gone then; None where there was no run before.
    """
    known = [rows.select(_GONE) for rows in (before, gone_before) if rows is not None]
    here = _here(population, gaps)
    return pl.concat([population.select(_GONE).clear(), *known]).join(here, on=PERSON, how="anti").unique().sort(_GONE)


def same_people(
    registers: Mapping[str, pl.DataFrame],
    gaps: pl.DataFrame,
    gone: pl.DataFrame,
    changes: pl.DataFrame,
    apart: pl.DataFrame,
) -> pl.DataFrame:
    """Every pair of numbers that may be one person's (SamePeople), by number.

    `registers`: population, account, low_income and disability as they stand. `gaps`, `gone`: as `gone_people`.
    `changes` (person_no, other_no): of the register of number changes. `apart`: the pairs that an officer decided to
    be two people.
    """
    population = registers["population"]
    here = _named(population.join(_here(population, gaps), on=PERSON, how="semi"))
    left = _named(gone)
    namesakes = _pairs(here, here).filter(pl.col(PERSON) < pl.col("other_no"))
    found = [_told(_in_order(changes.filter(pl.col(PERSON) != pl.col("other_no"))), SameGround.NUMBER_CHANGED)]
    found.append(_told(_in_order(_pairs(left, here)), SameGround.GONE))
    found += [_told(_sharing(namesakes, of), ground) for ground, of in _shared_things(registers)]
    order = pl.Enum(SameGround.values())
    evidence = pl.col("ground").cast(order).unique().sort().cast(pl.String).str.join("+")
    pairs = pl.concat(found).join(apart, on=PAIR, how="anti").group_by(PAIR).agg(evidence=evidence)
    absent = gone.select(PERSON).unique().with_columns(is_gone=True)
    told = pairs.join(absent, on=PERSON, how="left").join(
        absent.rename({PERSON: "other_no", "is_gone": "is_other_gone"}), on="other_no", how="left"
    )
    told = told.with_columns(pl.col("is_gone", "is_other_gone").fill_null(value=False))
    return told.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(SamePeople).items()).sort(PAIR)


_GONE = list(polars_schema(GonePerson).names())


def _here(population: pl.DataFrame, gaps: pl.DataFrame) -> pl.DataFrame:
    """Who is in the population's file, refused or not: person_no."""
    vanished = gaps.filter(pl.col("ground").cast(pl.String) == GapGround.VANISHED.value)
    return population.select(PERSON).unique().join(vanished, on=PERSON, how="anti")


def _named(people: pl.DataFrame) -> pl.DataFrame:
    return people.select(PERSON, "birth_date", called=canonical_name(pl.col("name")))


def _pairs(some: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Those of equal name and birth date, of two numbers: person_no, other_no."""
    if some is others:  # of a whole county only who has a namesake
        some = others = some.filter(pl.struct(LIFE).is_duplicated())
    pairs = some.join(others.rename({PERSON: "other_no"}), on=LIFE)
    return pairs.filter(pl.col(PERSON) != pl.col("other_no")).select(PAIR).unique()


def _shared_things(registers: Mapping[str, pl.DataFrame]) -> Iterator[tuple[SameGround, pl.DataFrame]]:
    """What two people can have in common, with the thing of each: person_no, thing."""
    population = registers["population"]
    place = pl.concat_str("township", "village", separator="\n")
    yield SameGround.VILLAGE, population.select(PERSON, thing=place)
    yield SameGround.ACCOUNT, registers["account"].select(PERSON, thing="account_no")
    yield SameGround.HOUSEHOLD, registers["low_income"].select(PERSON, thing="household_id")
    yield SameGround.HOUSEHOLD, population.select(PERSON, thing="head_id")
    yield SameGround.CERTIFICATE, registers["disability"].select(PERSON, thing="certificate_no")


def _sharing(pairs: pl.DataFrame, things: pl.DataFrame) -> pl.DataFrame:
    asked = pl.concat([pairs.select(PERSON), pairs.select(pl.col("other_no").alias(PERSON))])
    known = things.join(asked, on=PERSON, how="semi").drop_nulls("thing").unique()
    one = pairs.join(known, on=PERSON)
    return one.join(known.rename({PERSON: "other_no"}), on=["other_no", "thing"], how="semi").select(PAIR)


def _in_order(pairs: pl.DataFrame) -> pl.DataFrame:
    """The smaller number first."""
    smaller, greater = pl.min_horizontal(PAIR), pl.max_horizontal(PAIR)
    return pairs.select(smaller.alias(PERSON), greater.alias("other_no"))


def _told(pairs: pl.DataFrame, ground: SameGround) -> pl.DataFrame:
    return pairs.select(*PAIR, ground=pl.lit(ground.value))
