"""The month explained, from the book and the facts its run kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from contracts.codes import Benefit, Movement
from contracts.columns import polars_schema
from contracts.errors import BookError
from contracts.settings import Home
from contracts.tables import Facts
from ledger import cycles, people
from ledger.book import Book, opened
from month.made import Made
from month.store import Store, Tables
from reports import explained_book, tables
from reports.lists import where_they_live
from reports.month_explained import Change, MonthExplained, cause_labels, explain_month
from reports.review import PEOPLE_SHOWN
from reports.year_explained import YearExplained, explain_year

TOP = 10
_LIVES = pl.Schema({"person_no": pl.Int64(), **dict.fromkeys(("name", "township", "village", "phone"), pl.String())})


@dataclass(frozen=True)
class Opened:
    """A month explained, and who its people are: person_no, person_id, name, township, village."""

    told: MonthExplained
    who: pl.DataFrame

    def write(self, target: Path, made: Made | None = None) -> Path:
        """The causes and the people of each as a workbook; one that `made` has already is left as it lies."""
        sheets = explained_book.sheets(self.told, self.who)
        if made is None:
            return tables.write_sheets(sheets, target)
        content = tables.content_of_sheets(sheets)
        if not made.has(target, content):
            made.note(tables.write_sheets(sheets, target), content)
        return target

    @property
    def largest(self) -> tuple[Change, ...]:
        """The largest changes of any benefit, the largest first."""
        return self._changes(_by_size(self.told.people).head(TOP))

    @property
    def of_causes(self) -> Mapping[str, tuple[Change, ...]]:
        """Each cause (MoveLine.label) opened to its people, the largest changes first, at most PEOPLE_SHOWN of each."""
        told = _by_size(self.told.people).with_columns(label=cause_labels())
        return {
            label: self._changes(rows.head(PEOPLE_SHOWN))
            for (label,), rows in told.partition_by("label", as_dict=True, include_key=False).items()
        }

    def _changes(self, rows: pl.DataFrame) -> tuple[Change, ...]:
        return tuple(
            Change(
                Benefit.label_of(row["benefit"]),
                row["name"] or "",
                f"{row['township'] or ''}{row['village'] or ''}",
                Movement.label_of(row["cause"]),
                row["before_fen"],
                row["after_fen"],
            )
            for row in rows.join(self.who, on="person_no", how="left", maintain_order="left").iter_rows(named=True)
        )


def _by_size(people: pl.DataFrame) -> pl.DataFrame:
    size = (pl.col("after_fen") - pl.col("before_fen")).abs()
    return people.sort(size, "person_no", "benefit", descending=[True, False, False])


def explained_year(home: Home, county: str, year: int) -> YearExplained:
    """Explain a calendar year of pay months; BookError where none of them ran. Read-only."""
    with opened(home.database_url) as book:
        return year_from(book, county, year, lambda month: _tables(home, county, month))


def year_from(book: Book, county: str, year: int, tables: Callable[[date], Tables | None]) -> YearExplained:
    """The same from a book and the tables of each month's run."""
    with book.reading() as conn:
        ran = cycles.pay_months_run(conn, county, date(year, 1, 1), date(year, 12, 1))
        months = (explain_month(conn, county, month, _facts(tables(month))) for month in ran)
        return explain_year(county, f"{year:04}", months)


def explained(home: Home, county: str, pay_month: date, since: date | None = None) -> Opened:
    """Explain a pay month against the one before it, or `since`; BookError where one of them never ran. Read-only.

    Causes go by the facts that the month's newest run kept; where they are kept no more, by the decisions alone.
    """
    tables = _tables(home, county, pay_month)
    with opened(home.database_url) as book:
        return explained_from(book, county, pay_month, tables, since)


def explained_from(
    book: Book, county: str, pay_month: date, tables: Tables | None, since: date | None = None
) -> Opened:
    """The same from a run's own tables."""
    population = _kept(tables, "accepted_population", _LIVES)
    with book.reading() as conn:
        told = explain_month(conn, county, pay_month, _facts(tables), since)
        concerned = pl.concat([rows.select("person_no").unique() for rows in (told.people, told.money)])
        numbers = people.identities(conn, concerned)
    return Opened(told, numbers.join(where_they_live(population).drop("phone"), on="person_no", how="left"))


def _tables(home: Home, county: str, pay_month: date) -> Tables | None:
    """The tables of the month's newest run, where they are kept."""
    try:
        return Store(home).current(county, pay_month)
    except BookError:
        return None


def _facts(tables: Tables | None) -> pl.DataFrame:
    return _kept(tables, "facts", polars_schema(Facts))


def _kept(tables: Tables | None, name: str, schema: pl.Schema) -> pl.DataFrame:
    """A table of the run; empty where it is kept no more, or was written before its contract had these columns."""
    empty = pl.DataFrame(schema=schema)
    rows = tables.read(name) if tables and tables.has(name) else empty
    return rows if set(schema) <= set(rows.columns) else empty
