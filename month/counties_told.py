"""A month of many counties told together: how each one ended, and what draws in two of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from audit.across import ONE_PERSON, in_two_counties
from contracts.codes import Outcome
from contracts.months import month_text
from contracts.settings import Home
from ledger import cycles, people
from ledger.book import Book, opened
from month import progress
from month.counties import Ended, summary_of
from month.month import EVIDENCED_POPULATION
from month.store import Store, Tables
from reports.counties import ACROSS, COUNTY_LINES, CountyLine, lines_table
from reports.tables import write_sheets


@dataclass(frozen=True)
class Together:
    """A month of many counties: a line for each, what stands in two of them, and the workbook that tells both."""

    lines: tuple[CountyLine, ...]
    in_two: int
    workbook: Path


def tell_together(home: Home, ended: Sequence[Ended], pay_month: date, names: Mapping[str, str]) -> Together:
    """Put the counties side by side and look for people, accounts and certificates that draw in two of them (R09)."""
    lines = [
        CountyLine.of(
            one.county,
            names.get(one.county, ""),
            summary_of(home, one.county, pay_month) if not one.exit_code else None,
            one.what,
            one.advice,
        )
        for one in sorted(ended, key=lambda one: one.county)
    ]
    with opened(home.database_url) as book:
        both = _in_two_counties(home, book, pay_month)
    sheets = [("各县", lines_table(lines), COUNTY_LINES), ("同时在两县", both, ACROSS)]
    target = home.reports_of_counties / month_text(pay_month) / "counties.xlsx"
    return Together(tuple(lines), both["value"].n_unique(), write_sheets(sheets, target))


def _in_two_counties(home: Home, book: Book, pay_month: date) -> pl.DataFrame:
    """What draws in two counties of the book in a month; with the person's own number, for whoever looks into it."""
    found = in_two_counties(dict(_booked(home, book, pay_month)))
    with book.reading() as conn:
        numbers = people.identities(conn, found.select("person_no").unique())
    is_person = pl.col("what") == ONE_PERSON
    named = found.join(numbers, on="person_no", how="left")
    return named.with_columns(value=pl.when(is_person).then("person_id").otherwise("value")).select(*ACROSS)


def _booked(home: Home, book: Book, pay_month: date) -> Iterator[tuple[str, Mapping[str, pl.LazyFrame]]]:
    """Of each county whose month is booked: who draws in it, and the registers that tell a person apart."""
    for county in progress.counties(home, book):
        with book.reading() as conn:
            run = cycles.latest_run(conn, county, pay_month)
        if run is not None and (tables := Store(home).of(run.manifest)).has("coordinated"):
            yield county, _drawing(tables, pay_month)


def _drawing(tables: Tables, pay_month: date) -> Mapping[str, pl.LazyFrame]:
    draws = tables.scan("coordinated").filter(
        pl.col("outcome") == Outcome.ENTITLED.value, pl.col("benefit_month") == pay_month, pl.col("amount_fen") > 0
    )
    return {
        "draws": draws.select("person_no", "benefit"),
        "population": tables.scan(EVIDENCED_POPULATION),
        "account": tables.scan("accepted_account"),
        "disability": tables.scan("accepted_disability"),
    }
