"""Identity: which numbers are one person's, by officers' decisions, as they are now or as a run knew them.

Every number counts as one number, its head: itself, unless an officer joined it to another. Decisions are appended per
county and never rewritten; whoever reads the book by person reads it by heads, so that what was booked under any number
of a person is that person's. A run goes by the decisions its manifest names (`identity_digest`), whatever came later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import polars as pl
from sqlalchemy import ColumnElement, Connection, exists, func, select

from contracts.actor import Actor
from contracts.codes import SamePerson
from contracts.errors import BookError
from ledger import audit
from ledger.book import Book, insert_frame, next_id, now
from ledger.tables import identity

PERSON = "person_no"
HEADS = {PERSON: pl.Int64(), "head_no": pl.Int64()}
FAMILIES = {PERSON: pl.Int64(), "family_no": pl.Int64()}
PAIRS = {PERSON: pl.Int64(), "other_no": pl.Int64()}


class Row(NamedTuple):
    """What the book keeps of one number in a decision."""

    decision_id: int
    decision: str
    person_no: int
    head_no: int
    other_no: int


@dataclass(frozen=True)
class Identity:
    """Decisions of one county up to some moment, in order; with none, every number is a person of its own."""

    rows: tuple[Row, ...] = ()
    head_of: dict[int, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Of several rows of a number the last counts."""
        last = {row.person_no: row.head_no for row in self.rows}
        object.__setattr__(self, "head_of", {number: head for number, head in last.items() if head != number})

    @cached_property
    def heads(self) -> pl.DataFrame:
        """The numbers that count as another: person_no, head_no, in order."""
        return pl.DataFrame(sorted(self.head_of.items()), schema=HEADS, orient="row")

    @cached_property
    def families(self) -> pl.DataFrame:
        """Every number that was ever counted together with another, split ones too: person_no, family_no."""
        of: dict[int, int] = {}
        for row in self.rows:
            if row.decision == SamePerson.JOINED:
                one, other = (of.setdefault(number, number) for number in (row.person_no, row.head_no))
                of = {number: min(one, other) if family in (one, other) else family for number, family in of.items()}
        return pl.DataFrame(sorted(of.items()), schema=FAMILIES, orient="row")

    @cached_property
    def apart(self) -> pl.DataFrame:
        """Pairs last decided to be two people, as the numbers they count as, the smaller first: person_no, other_no."""
        last = {frozenset((row.person_no, row.other_no)): row.decision for row in self.rows}
        told = (pair for pair, decision in last.items() if decision == SamePerson.SPLIT)
        pairs = {tuple(sorted({self.head_of.get(number, number) for number in pair})) for pair in told}
        return pl.DataFrame(sorted(pair for pair in pairs if len(pair) > 1), schema=PAIRS, orient="row")

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with each person_no as the number it counts as."""
        return rows.with_columns(pl.col(PERSON).replace(self.head_of)) if self.head_of else rows

    def of_before(self, rows: pl.DataFrame, earlier: Identity) -> pl.DataFrame:
        """Rows of an earlier run, each person_no as the number it counts as now.

        A number that counted as another then (`earlier`) and is now a person of its own had that one's rows: they are
        there for it as well, where it has none.
        """
        counted = self.of(rows)
        parted = [
            (self.head_of.get(head, head), self.head_of.get(number, number)) for number, head in earlier.head_of.items()
        ]
        pairs = sorted({(head, own) for head, own in parted if own != head})
        theirs = pl.DataFrame(pairs, schema={PERSON: pl.Int64(), "own_no": pl.Int64()}, orient="row")
        theirs = theirs.join(counted, left_on="own_no", right_on=PERSON, how="anti")
        copied = counted.join(theirs, on=PERSON).with_columns(pl.col("own_no").alias(PERSON))
        return pl.concat([counted, copied.select(counted.columns)])

    def with_numbers(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows, and once more for every other number that counts as their person_no."""
        if not self.head_of:
            return rows
        others = rows.join(self.heads, left_on=PERSON, right_on="head_no", suffix="_joined")
        return pl.concat([rows, others.with_columns(pl.col(f"{PERSON}_joined").alias(PERSON)).select(rows.columns)])

    def numbers_of(self, person_no: int) -> list[int]:
        """Every number of the person that this is a number of, the one in use first."""
        head = self.head_of.get(person_no, person_no)
        return [head, *sorted(number for number, of in self.head_of.items() if of == head)]

    def digest(self) -> str:
        """SHA-256 over who counts as whom and who is told apart, in any order of decisions; empty where nobody is."""
        if self.heads.is_empty() and self.apart.is_empty():
            return ""
        return hashlib.sha256(f"{self.heads.write_csv()}\n{self.apart.write_csv()}".encode()).hexdigest()


NOBODY = Identity()


def of_county(conn: Connection, county: str) -> Identity:
    """By every decision of the county so far."""
    return Identity(tuple(_rows(conn, county)))


def as_of(conn: Connection, county: str, digest: str) -> Identity:
    """By the decisions that a manifest names; BookError where the book has them no more."""
    rows = tuple(_rows(conn, county))
    ends = {row.decision_id: number for number, row in enumerate(rows, 1)}
    for end in [*sorted(ends.values(), reverse=True), 0]:
        known = Identity(rows[:end])
        if known.digest() == digest:
            return known
    raise BookError("总账中没有当时的身份认定", "请核对总账是否完整", county)


def counted_as(conn: Connection, county: str, person_no: ColumnElement[int]) -> ColumnElement[int]:
    """In SQL: the number that a column's number counts as now."""
    i = identity.alias("counted")
    of_number = i.c.county == county
    if not conn.execute(select(exists().where(of_number))).scalar():
        return person_no
    newest = select(i.c.head_no).where(of_number, i.c.person_no == person_no).order_by(i.c.identity_row.desc())
    return func.coalesce(newest.limit(1).scalar_subquery(), person_no)


def join(book: Book, county: str, old_no: int, new_no: int, by: Actor, document: str) -> int:
    """Decide that two numbers are one person's, who goes by the new one; how many numbers count differently now.

    Nothing is written where they are one already. BookError where one of them counts as a third.
    """
    with book.writing() as conn:
        _require_document(document, county)
        rows = joining(of_county(conn, county), old_no, new_no)
        _append(conn, county, SamePerson.JOINED, rows, by, document)
    return len(rows)


def split(book: Book, county: str, one_no: int, other_no: int, by: Actor, document: str) -> int:
    """Decide that two numbers are two people's; how many numbers the decision is about, 0 where it stands already.

    Where one counts as the other, its join is undone, with whoever it had brought along. Of two that were never joined
    nothing changes but that they are proposed no more. BookError where both count as a third.
    """
    with book.writing() as conn:
        _require_document(document, county)
        rows = parting(of_county(conn, county), one_no, other_no)
        _append(conn, county, SamePerson.SPLIT, rows, by, document)
    return len(rows)


class Moved(NamedTuple):
    """As what a number counts after a decision, and about which other number it was."""

    person_no: int
    head_no: int
    other_no: int


def joining(known: Identity, old_no: int, new_no: int) -> list[Moved]:
    """What a join writes, the number told first: it and whoever counts as it. Pure."""
    if old_no == new_no:
        raise BookError("这是同一个号码", "请写出旧号码和现用号码")
    if known.head_of.get(old_no) == new_no:
        return []
    if old_no in known.head_of or new_no in known.head_of:
        raise BookError("号码已并入另一个号码", "请写现用的号码,或先用 disburse person split 分开")
    return [Moved(number, new_no, new_no) for number in known.numbers_of(old_no)]


def parting(known: Identity, one_no: int, other_no: int) -> list[Moved]:
    """What a split writes, the number told first: it and whoever its join had brought along. Pure."""
    if one_no == other_no:
        raise BookError("这是同一个号码", "请写出两个号码")
    one, other = (one_no, other_no) if known.head_of.get(one_no) == other_no else (other_no, one_no)
    if known.head_of.get(one) == other:
        along = (number for number in _brought_by(known, one) if number != one)
        return [Moved(number, one, other) for number in (one, *along)]
    if known.numbers_of(one)[0] == known.numbers_of(other)[0]:
        raise BookError("两个号码都并入了第三个号码", "请写明要从现用号码分开的是哪一个")
    if tuple(sorted((one, other))) in set(known.apart.iter_rows()):
        return []
    return [Moved(one_no, known.head_of.get(one_no, one_no), other_no)]


def _require_document(document: str, county: str) -> None:
    if not document.strip():
        raise BookError("认定须有凭据", "请写明证明材料的名称或文号", county)


def _brought_by(known: Identity, number: int) -> list[int]:
    """The number, and those that its own join moved and that no later decision moved again."""
    last = {row.person_no: row for row in known.rows}
    decision_id = last[number].decision_id
    told = next(row.person_no for row in known.rows if row.decision_id == decision_id)
    return [no for no, row in last.items() if row.decision_id == decision_id] if told == number else [number]


def _rows(conn: Connection, county: str) -> Iterator[Row]:
    columns = [identity.c[name] for name in Row._fields]
    found = conn.execute(select(*columns).where(identity.c.county == county).order_by(identity.c.identity_row))
    return (Row(*row) for row in found)


def _append(
    conn: Connection,
    county: str,
    decision: SamePerson,
    rows: Sequence[Moved],
    by: Actor,
    document: str,
) -> None:
    """Write one decision; nothing where it changes nothing."""
    if not rows:
        return
    first = next_id(conn, identity)
    told = pl.DataFrame(rows, schema=dict.fromkeys(Moved._fields, pl.Int64()), orient="row").with_columns(
        identity_row=pl.int_range(first, first + pl.len()),
        decision_id=pl.lit(first),
        decision=pl.lit(decision.value),
        county=pl.lit(county),
        officer=pl.lit(by.officer),
        system_user=pl.lit(by.system_user),
        document=pl.lit(document),
        recorded_at=pl.lit(now()),
    )
    insert_frame(conn, identity, told)
    detail = {"decision": decision.value, "numbers": len(rows), "document": document}
    audit.append(conn, county, by, "identity", f"decision {first}", detail)
