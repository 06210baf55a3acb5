"""One row a household: each person of it becomes a row of his own, which keeps the number of the household's row."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from intake.cells import trimmed
from intake.headers import Header
from intake.numbering import NUMBER, PERSON, in_order_of_file, person_in_row, row_in_file


class Part(NamedTuple):
    """The columns of one person of a row: column of ours → place in the file; `own`: places that are his alone.

    `apart`: places that belong to others of the row.
    """

    person: int
    places: dict[str, int]
    own: frozenset[int]
    apart: frozenset[int]


def parts_of(header: Header) -> list[Part]:
    """The applicant, or the one person of an ordinary row, and each place where a member may stand."""
    places, members = header.matched.places, header.matched.members
    of_members = frozenset(place for member in members for place in member.values())
    first = Part(0, places, frozenset(), of_members)
    carried = {name: places[name] for name in header.matched.carried if name in places}
    return [first, *(_member(number, carried, member) for number, member in enumerate(members, start=1))]


def _member(number: int, carried: dict[str, int], member: dict[str, int]) -> Part:
    return Part(number, {**carried, **member}, frozenset(member.values()), frozenset())


def rows_of(part: Part, rows: pl.DataFrame, marks: pl.DataFrame, applicant: int | None) -> pl.DataFrame:
    """The rows in which a part's person stands, numbered as his. The applicant named again is not a second person."""
    if part.person == 0:
        return rows
    damaged = marks.filter(pl.col("place").is_in(sorted(part.own)))["source_row"].unique().to_list()
    stands = pl.any_horizontal(trimmed(str(place)).is_not_null() for place in sorted(part.own))
    rows = rows.filter(stands | NUMBER.is_in(damaged))
    number = part.places.get("person_id")
    if number is not None and applicant is not None:
        rows = rows.filter(trimmed(str(number)).ne_missing(trimmed(str(applicant))) | trimmed(str(number)).is_null())
    return rows.with_columns(numbered(part))


def numbered(part: Part) -> pl.Expr:
    """The number of a row of the file as that of a part's person."""
    return (NUMBER + part.person * PERSON).alias("source_row")


def in_number_order(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells of all parts: row by row, the applicant before his household."""
    return cells.sort(row_in_file(), NUMBER)


def whose_column(rows: pl.DataFrame) -> pl.DataFrame:
    """The same for rows about cells; of a member each column is called by his place: 成员2·身份证号."""
    who = pl.format("成员{}", person_in_row())
    called = pl.concat_str([who, pl.col("source_column")], separator="·", ignore_nulls=True)
    named = rows.with_columns(source_column=pl.when(person_in_row() > 0).then(called).otherwise("source_column"))
    return in_order_of_file(named.sort("source_row", maintain_order=True))


def member_column(person: int, column: str) -> str:
    """What whose_column() calls a column of a person."""
    return f"成员{person}·{column}" if person else column
