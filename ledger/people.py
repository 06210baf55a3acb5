"""People: the number that stands for each identity number everywhere inside, given once, in order of person_id."""

from __future__ import annotations

import polars as pl
from sqlalchemy import Connection, func, select, union

from contracts.codes import Kind
from contracts.columns import polars_schema
from contracts.tables import PersonNumbers
from ledger import identity
from ledger.book import Book, insert_frame, next_id, now, read_among, read_frame
from ledger.identity import Identity
from ledger.tables import entitlement_version, instruction_item, obligation, person

ASKING = 8  # asking for one person costs what reading so many does


def number_people(book: Book, ids: pl.DataFrame) -> pl.DataFrame:
    """PersonNumbers of exactly these identity numbers, in any order; who is new gets the next numbers, in order of
    person_id. `ids`: person_id, each once.
    """
    wanted = ids.select("person_id")
    with book.reading() as conn:
        known = _numbers_of(conn, wanted)
    if known.height == wanted.height:
        return known
    with book.writing() as conn:
        known = _numbers_of(conn, wanted)  # another process may have been here
        new = wanted.join(known, on="person_id", how="anti").sort("person_id")
        first = next_id(conn, person)
        numbered = new.with_columns(person_no=pl.int_range(first, first + pl.len()), numbered_at=pl.lit(now()))
        insert_frame(conn, person, numbered.select("person_no", "person_id", "numbered_at"))
    return pl.concat([known, numbered.select(known.columns)])


def earlier_numbers(conn: Connection, known: Identity) -> pl.DataFrame:
    """The identity numbers that count as another, and the one in use: person_id, used_id."""
    told = identities(conn, pl.concat([known.heads.select("person_no"), known.heads.select(person_no="head_no")]))
    used = told.rename({"person_no": "head_no", "person_id": "used_id"})
    return known.heads.join(told, on="person_no").join(used, on="head_no").select("person_id", "used_id")


def numbers_of(conn: Connection, ids: pl.Series) -> pl.DataFrame:
    """PersonNumbers of those of these identity numbers that the book knows; nobody is numbered."""
    return _numbers_of(conn, ids.rename("person_id").to_frame().drop_nulls().unique())


def with_versions(
    conn: Connection, county: str, until_run: int | None = None, known: Identity = identity.NOBODY
) -> pl.DataFrame:
    """Everybody the book decided or imported something for in the county, at all or by the end of a run: person_no.

    `known`: by which each is given as the number it counts as.
    """
    decided = select(entitlement_version.c.person_no).where(entitlement_version.c.county == county)
    imported = select(obligation.c.person_no).where(
        obligation.c.county == county, obligation.c.kind == Kind.HISTORY.value
    )
    if until_run is not None:
        decided = decided.where(entitlement_version.c.run_id <= until_run)
        imported = imported.where(obligation.c.run_id <= until_run)
    found = read_frame(conn, select(union(decided, imported).subquery().c.person_no))
    return known.of(found).unique().sort("person_no")


def identities(conn: Connection, people: pl.DataFrame | None = None) -> pl.DataFrame:
    """Identity numbers, of everybody or of the person_no of `people`: person_no, person_id, in order of person_no."""
    if people is None:
        return read_frame(conn, select(person.c.person_no, person.c.person_id)).sort("person_no")
    return _among(conn, people.select("person_no").unique(), "person_no").sort("person_no")


def person_no_of(conn: Connection, person_id: str) -> int | None:
    """The number of one identity number, or None where the book does not know it."""
    return conn.execute(select(person.c.person_no).where(person.c.person_id == person_id)).scalar()


def paid_by(conn: Connection, instruction_id: str) -> list[int]:
    """Whom an instruction paid for, as person_no in order; nobody where there is none of that number."""
    paid = instruction_item.join(obligation, obligation.c.obligation_id == instruction_item.c.obligation_id)
    of_line = (
        select(obligation.c.person_no).select_from(paid).where(instruction_item.c.instruction_id == instruction_id)
    )
    return sorted(set(conn.execute(of_line).scalars()))


def counted_no_of(conn: Connection, county: str, person_id: str) -> int | None:
    """The number that an identity number counts as in a county; None where the book does not know it."""
    known = person_no_of(conn, person_id)
    return None if known is None else identity.of_county(conn, county).numbers_of(known)[0]


def _numbers_of(conn: Connection, wanted: pl.DataFrame) -> pl.DataFrame:
    return _among(conn, wanted, "person_id").select(polars_schema(PersonNumbers).names())


def _among(conn: Connection, wanted: pl.DataFrame, key: str) -> pl.DataFrame:
    """person_no and person_id of those whose key is wanted."""
    everybody = select(person.c.person_no, person.c.person_id)
    in_book = conn.execute(select(func.max(person.c.person_no))).scalar() or 0
    if wanted.height * ASKING >= in_book:
        return read_frame(conn, everybody).join(wanted, on=key, how="semi", maintain_order="left")
    return read_among(conn, everybody, person.c[key], wanted[key])
