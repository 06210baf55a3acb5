"""Whom an officer means: by name and place, by the number of an instruction, by the last digits of an account."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from ledger import people
from ledger.book import Book
from ledger.story import counties_of
from reports.masking import masked

LEAST_DIGITS = 4  # of an account's end
Registers = Mapping[str, pl.LazyFrame]  # population and account, as accepted


@dataclass(frozen=True)
class Found:
    """One person who may be meant; enough to tell him from the others, and no full number."""

    person_no: int
    county: str
    name: str
    person_id: str  # masked
    birth_date: str
    township: str
    village: str
    account: str  # masked


def find(
    book: Book, asked: str, place: str, county: str | None, registers_of: Callable[[str], Registers | None]
) -> list[Found]:
    """Everybody who may be meant by `asked`, by county, township, village and name; nobody: an empty list.

    `asked`: an identity number, the number of an instruction, the last digits of an account (at least four), or a name,
    with a part of the township's or village's name in `place`, or without. `registers_of` as in `reports.person.tell`.
    """
    with book.reading() as conn:
        counties = counties_of(conn) if county is None else [county]
        known = people.person_no_of(conn, asked.upper())
        paid = people.paid_by(conn, asked) if known is None and asked.isdigit() else []
    numbers = [known] if known is not None else paid
    taken = {name: registers for name in counties if (registers := registers_of(name))}
    found = [one for name, registers in taken.items() for one in _in(name, registers, asked, place, numbers)]
    told = {one.person_no for one in found}
    found += [Found(number, "", "", "", "", "", "", "") for number in numbers if number not in told]
    return _with_ids(book, found)


def _in(county: str, registers: Registers, asked: str, place: str, numbers: list[int]) -> list[Found]:
    """The people of one county's registers."""
    accounts = registers["account"].select("person_no", "account_no").unique("person_no", keep="last")
    home = pl.col("township").fill_null("") + pl.col("village").fill_null("")
    named = pl.col("name").str.replace_all(r"\s", "") == re.sub(r"\s", "", asked)
    if numbers:
        is_meant = pl.col("person_no").is_in(numbers)
    elif asked.isdigit():
        is_meant = pl.col("account_no").str.ends_with(asked) if len(asked) >= LEAST_DIGITS else pl.lit(value=False)
    else:
        is_meant = named & home.str.contains(place, literal=True)
    rows = (
        registers["population"]
        .unique("person_no", keep="last")
        .join(accounts, on="person_no", how="left")
        .filter(is_meant)
        .select("person_no", "name", "birth_date", "township", "village", "account_no")
        .sort("township", "village", "name", "person_no", nulls_last=True)
        .collect()
    )
    return [
        Found(
            row["person_no"],
            county,
            row["name"],
            "",
            str(row["birth_date"]),
            row["township"] or "",
            row["village"] or "",
            masked(row["account_no"] or ""),
        )
        for row in rows.iter_rows(named=True)
    ]


def _with_ids(book: Book, found: list[Found]) -> list[Found]:
    numbers = pl.DataFrame({"person_no": [one.person_no for one in found]}, schema={"person_no": pl.Int64})
    with book.reading() as conn:
        ids = dict(people.identities(conn, numbers).iter_rows())
    return [replace(one, person_id=masked(ids[one.person_no])) for one in found]
