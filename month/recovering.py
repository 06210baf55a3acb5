"""Officers note money that came back, or write it off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contracts.actor import Actor
from contracts.codes import OfficerRole, RecoveryMeans
from contracts.errors import InputError
from contracts.settings import Home
from ledger import people, recovery
from ledger.book import Book, opened
from ledger.recovery import Key
from month.officers import require, two_officers


@dataclass(frozen=True)
class OwedBy:
    """A person's receivables for one benefit month."""

    person_id: str
    benefit: str
    benefit_month: date


@dataclass(frozen=True)
class CameBack:
    """What came back: how, how much, on which paper; a write-off names who approved it."""

    means: RecoveryMeans
    amount_fen: int
    document: str
    approved_by: Actor | None = None


def note(home: Home, county: str, owed: int | OwedBy, came_back: CameBack, by: Actor) -> int:
    """Note money that came back on a receivable (its number, or whose); how many receivables it met.

    The same document again meets none. NotAllowedError without the role; SameOfficerError where one officer writes off
    alone; InputError for an unknown person, or a write-off without an approver.
    """
    is_write_off = came_back.means is RecoveryMeans.WAIVED
    if is_write_off != bool(came_back.approved_by):
        raise InputError("核销(waived)须写明批准人,其他方式不写", "请加或去掉 --approved-by", county)
    require(home, by, OfficerRole.MAKER, county, "recover")
    approver = came_back.approved_by
    if approver:
        require(home, approver, OfficerRole.CHECKER, county, "write off")
    with two_officers(home, by, county, "write off"), opened(home.database_url) as book:
        return recovery.recover(
            book,
            county,
            _which(book, county, owed),
            came_back.means,
            came_back.amount_fen,
            by,
            came_back.document,
            approver.officer if approver else None,
        )


def _which(book: Book, county: str, owed: int | OwedBy) -> int | Key:
    if isinstance(owed, int):
        return owed
    with book.reading() as conn:
        person_no = people.person_no_of(conn, owed.person_id)
    if person_no is None:
        raise InputError("总账中没有这个身份证号", "请核对号码", county)
    return Key(person_no, owed.benefit, owed.benefit_month)
