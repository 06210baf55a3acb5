"""Officers decide which numbers are one person's."""

from __future__ import annotations

import polars as pl

from contracts.actor import Actor
from contracts.codes import OfficerRole
from contracts.errors import InputError
from contracts.settings import Home
from ledger import identity, people
from ledger.book import Book, opened
from month.officers import require


def join(home: Home, county: str, old_id: str, new_id: str, document: str, by: Actor) -> int:
    """Two identity numbers are one person's, who goes by the new one; how many numbers count differently from now on.

    The next run posts what follows. NotAllowedError; InputError for a number nobody has seen; BookError where one of
    them counts as a third.
    """
    require(home, by, OfficerRole.MAKER, county, "join")
    with opened(home.database_url) as book:
        old_no, new_no = (_number(book, county, person_id) for person_id in (old_id, new_id))
        return identity.join(book, county, old_no, new_no, by, document)


def split(home: Home, county: str, one_id: str, other_id: str, document: str, by: Actor) -> int:
    """Two identity numbers are two people's, also where they were joined; how many numbers the decision is about.

    0 where it stands already. Errors as `join`.
    """
    require(home, by, OfficerRole.MAKER, county, "split")
    with opened(home.database_url) as book:
        one_no, other_no = (_number(book, county, person_id) for person_id in (one_id, other_id))
        return identity.split(book, county, one_no, other_no, by, document)


def number_of(home: Home, person_no: int) -> str | None:
    """The identity number of the person of that row number; None where the book knows nobody by it. Read-only."""
    with opened(home.database_url) as book, book.reading() as conn:
        found = people.identities(conn, pl.DataFrame({"person_no": [person_no]}, {"person_no": pl.Int64}))
    return None if found.is_empty() else str(found["person_id"].item())


def _number(book: Book, county: str, person_id: str) -> int:
    with book.reading() as conn:
        person_no = people.person_no_of(conn, person_id)
    if person_no is None:
        raise InputError("总账中没有这个身份证号", "请核对号码;号码须先出现在名册或号码更正名单中", county)
    return person_no
