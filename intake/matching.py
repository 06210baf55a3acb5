"""Other offices' lists meet the population: evidence by identity number, doubts by name and birth date.

A death or departure of the very person is evidence and counts from its day. Everything else is a doubt for an officer:
it is listed and held, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from contracts.codes import DeregistrationReason, Doubt, PensionStopReason
from contracts.columns import empty, polars_schema
from contracts.tables import Matched
from intake.names import canonical_name
from intake.resident_ids import birth_date

DEATH, DEPARTURE = "died_on", "moved_out_on"
FROM = "_from"  # suffix of the column that names the register or list a day is from
ALWAYS = pl.date(9999, 12, 1)
# The day of death each list gives, or null; what only stops or lists a person gives none.
DEATHS = {
    "cremation": pl.coalesce("died_on", "cremated_on"),
    "deregistration": pl.when(pl.col("reason_code") == DeregistrationReason.DEATH.value).then("deregistered_on"),
}
PENSION_STOPPED_BY_DEATH = pl.col("reason_code") == PensionStopReason.DEATH.value


def evidenced_population(population: pl.DataFrame, lists: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The population with the earliest evidenced day of death, and departures (contracts evidenced_population).

    `lists`: accepted match lists by name. A departure counts for the row that runs on its day.
    """
    deaths = [
        rows.select("person_no", day=DEATHS[name], whence=pl.lit(name))
        for name, rows in lists.items()
        if name in DEATHS
    ]
    told = population.with_columns(
        pl.when(pl.col(day).is_not_null()).then(pl.lit("population")).alias(day + FROM) for day in (DEATH, DEPARTURE)
    )
    departures = lists["deregistration"].filter(pl.col("reason_code") == DeregistrationReason.MOVED_OUT.value)
    return _departed(_brought_forward(told, DEATH, pl.concat(deaths)), departures)


def _brought_forward(rows: pl.DataFrame, column: str, evidence: pl.DataFrame) -> pl.DataFrame:
    """Rows whose `column` is the earliest of its own and the evidenced day. `evidence`: person_no, day, whence."""
    first = evidence.drop_nulls("day").sort("day", "whence").unique("person_no", keep="first", maintain_order=True)
    joined = rows.join(first, on="person_no", how="left", validate="m:1", maintain_order="left")
    is_earlier = pl.col("day").is_not_null() & (pl.col(column).is_null() | (pl.col("day") < pl.col(column)))
    return joined.with_columns(
        pl.when(is_earlier).then("day").otherwise(column).alias(column),
        pl.when(is_earlier).then("whence").otherwise(column + FROM).alias(column + FROM),
    ).drop("day", "whence")


def _departed(population: pl.DataFrame, departures: pl.DataFrame) -> pl.DataFrame:
    """Rows ended by the first departure after their beginning; one that left and came back may have left again."""
    left = departures.select("person_no", day="deregistered_on").unique()
    movers = population.join(left, on="person_no", how="semi", maintain_order="left")
    if movers.is_empty():
        return population
    came_back = (pl.col("moved_out_on") < pl.col("moved_in_on")).fill_null(False)
    first_stays = movers.filter(came_back).with_columns(moved_in_on=pl.lit(None, pl.Date))
    later_stays = movers.with_columns(
        pl.when(came_back).then(None).otherwise(column).alias(column) for column in (DEPARTURE, DEPARTURE + FROM)
    )
    ended = _ended(later_stays, left)
    unmoved = population.join(left, on="person_no", how="anti", maintain_order="left")
    return pl.concat([unmoved, first_stays, ended]).sort("person_no", maintain_order=True)


def _ended(stays: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    numbered = stays.with_row_index("stay")
    begun = pl.col("day") >= pl.col("moved_in_on").fill_null(pl.date(1, 1, 1))
    days = numbered.join(left, on="person_no").filter(begun).group_by("stay").agg(pl.col("day").min())
    joined = numbered.join(days, on="stay", how="left", maintain_order="left")
    is_earlier = pl.col("day").is_not_null() & (
        pl.col("moved_out_on").is_null() | (pl.col("day") < pl.col("moved_out_on"))
    )
    return joined.with_columns(
        moved_out_on=pl.when(is_earlier).then("day").otherwise("moved_out_on"),
        moved_out_on_from=pl.when(is_earlier).then(pl.lit("deregistration")).otherwise("moved_out_on_from"),
    ).drop("day", "stay")


def matched(
    population: pl.DataFrame,
    lists: Mapping[str, pl.DataFrame],
    identities: pl.DataFrame,
    first_month: date,
    pay_month: date,
) -> pl.DataFrame:
    """What an officer has to look at (Matched), by list, file, row and person.

    `population`: evidenced. `identities`: person_no and person_id of everybody on the lists. `first_month`: the first
    month that can still be paid.
    """
    on_lists = pl.concat([rows.select("person_no") for rows in lists.values()])
    listed = population.join(on_lists, on="person_no", how="semi")
    found = [
        *_by_number(listed, lists, first_month, pay_month),
        *_by_name(population, listed, lists, identities, pay_month),
    ]
    told = pl.concat([empty(Matched), *found])
    return told.sort("register", "source_file", "source_row", "person_no")


def _by_number(
    listed: pl.DataFrame, lists: Mapping[str, pl.DataFrame], first_month: date, pay_month: date
) -> Iterator[pl.DataFrame]:
    """Rows that are no evidence of a death or departure, but ask for a look. `listed`: the population on some list."""
    known = {name: rows.join(listed, on="person_no", how="semi") for name, rows in lists.items()}
    dead = listed.drop_nulls(DEATH)
    stopped = known["pension_stop"].filter(PENSION_STOPPED_BY_DEATH).join(dead, on="person_no", how="anti")
    yield _told("pension_stop", stopped, Doubt.PENSION_STOPPED, _text("stopped_month"))
    in_custody = known["custody"].filter(_in_custody(pay_month))
    yield _told("custody", in_custody, Doubt.IN_CUSTODY, _text("taken_in_on"))
    elsewhere = known["elsewhere"].filter(_runs(first_month, pay_month))
    yield _told("elsewhere", elsewhere, Doubt.PAID_ELSEWHERE, _text("from_month"))


def _by_name(
    population: pl.DataFrame,
    listed: pl.DataFrame,
    lists: Mapping[str, pl.DataFrame],
    identities: pl.DataFrame,
    pay_month: date,
) -> Iterator[pl.DataFrame]:
    """Rows about strangers to the population, for everybody of it with the same name and birth date."""
    relevant = {
        "cremation": pl.lit(True),
        "deregistration": pl.lit(True),
        "pension_stop": PENSION_STOPPED_BY_DEATH,
        "custody": _in_custody(pay_month),
        "elsewhere": _runs(pay_month, pay_month),
    }
    living = population.filter(pl.col(DEATH).is_null() | (pl.col(DEATH) >= pay_month))
    for name, asks in relevant.items():
        strangers = lists[name].filter(asks).join(listed, on="person_no", how="anti", maintain_order="left")
        if strangers.is_empty():
            continue
        namesakes = _namesakes(strangers, living, identities)
        if name == "elsewhere":
            namesakes = namesakes.drop("benefit", "from_month", "to_month")  # the whole person is held
        yield _told(name, namesakes, Doubt.NAMESAKE, pl.col("stranger_no").cast(pl.String))


def _namesakes(strangers: pl.DataFrame, population: pl.DataFrame, identities: pl.DataFrame) -> pl.DataFrame:
    """Rows of strangers with a person of the population as person_no, and their own number as stranger_no."""
    numbered = strangers.join(identities, on="person_no", how="left", maintain_order="left").with_columns(
        called=canonical_name(pl.col("name")), born=pl.coalesce("birth_date", birth_date(pl.col("person_id")))
    )
    born_then = population.join(numbered, left_on="birth_date", right_on="born", how="semi")
    people = born_then.select("person_no", called=canonical_name(pl.col("name")), born="birth_date").unique()
    return numbered.rename({"person_no": "stranger_no"}).join(people, on=["called", "born"])


def _in_custody(pay_month: date) -> pl.Expr:
    """The pay month begins or passes in custody."""
    after = pl.lit(pay_month).dt.offset_by("1mo")
    return (pl.col("taken_in_on") < after) & (pl.col("released_on").fill_null(ALWAYS) >= pay_month)


def _runs(first: date, last: date) -> pl.Expr:
    """The row's months meet first … last."""
    return (pl.col("from_month") <= last) & (pl.col("to_month").fill_null(ALWAYS) >= first)


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String)


def _told(register: str, rows: pl.DataFrame, doubt: Doubt, evidence: pl.Expr) -> pl.DataFrame:
    said = rows.with_columns(register=pl.lit(register), doubt=pl.lit(doubt.value), evidence=evidence)
    absent = {name: pl.lit(None) for name in ("benefit", "from_month", "to_month") if name not in said.columns}
    return said.with_columns(**absent).select(
        pl.col(name).cast(dtype) for name, dtype in polars_schema(Matched).items()
    )
