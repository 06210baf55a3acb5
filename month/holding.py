"""Officers place and lift holds."""

from __future__ import annotations

from contracts.actor import Actor
from contracts.codes import GapDecision, HoldCode, OfficerRole
from contracts.errors import InputError
from contracts.settings import Home
from ledger import holds, people
from ledger.book import opened
from month.officers import require


def place(home: Home, county: str, person_id: str, code: HoldCode, reason: str, by: Actor) -> int:
    """Hold everything of a person until lifted; the hold's number. NotAllowedError; InputError for somebody unknown."""
    require(home, by, OfficerRole.MAKER, county, "hold")
    with opened(home.database_url) as book:
        with book.reading() as conn:
            person_no = people.person_no_of(conn, person_id)
        if person_no is None:
            raise InputError("总账中没有这个身份证号", "请核对号码;此人须先出现在名册中", county)
        return holds.place(book, county, person_no, code, reason, by)


def lift(home: Home, county: str, hold_id: int, reason: str, decision: GapDecision | None, by: Actor) -> None:
    """Lift a hold; the next run pays. `decision`: of a register gap, how it is to be treated. NotAllowedError."""
    require(home, by, OfficerRole.MAKER, county, "hold")
    with opened(home.database_url) as book:
        holds.lift(book, county, hold_id, by, reason, decision)
