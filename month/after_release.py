"""What is looked for once files are out, in every county of the home: late answers, answers that do not tie, lost fen.

Looked at when asked, not by a month's run: it is about today and about every month that is not closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from contracts.codes import Act
from contracts.months import month_text
from contracts.settings import Home
from ledger import cycles, reconciled, sealing
from ledger.book import Book, opened
from ledger.story import counties_of
from payments.answering import differs_from_noted
from payments.overdue import aged

Found = dict[str, int]  # where → how many; a county and a month, never a person


@dataclass(frozen=True)
class Look:
    """A question that must find nothing, about what follows an act. One that does not block is a warning."""

    name: str
    act: Act
    text: str
    find: Callable[[Home, Book, str, date], Found]  # of one county, on a day
    is_blocking: bool = True


def found_by(look: Look, home: Home, on: date) -> Found:
    """What it finds in every county the book knows."""
    with opened(home.database_url) as book:
        with book.reading() as conn:
            counties = list(counties_of(conn))
        return {where: count for county in counties for where, count in look.find(home, book, county, on).items()}


def _late_answers(home: Home, book: Book, county: str, on: date) -> Found:
    with book.reading() as conn:
        late = sum(one.overdue_lines for one in aged(home, conn, county, on).kinds)
    return {county: late} if late else {}


def _untied(home: Home, book: Book, county: str, on: date) -> Found:
    """Answers of months not closed that say something else than the book noted of them."""
    return {
        f"{county} {month_text(month)}": count
        for month in _open_months(book, county)
        if (count := _of(home, book, county, month))
    }


def _of(home: Home, book: Book, county: str, month: date) -> int:
    with book.reading() as conn:
        digests = reconciled.sources(conn, county, month)
    return sum(differs_from_noted(book, home, county, digest) or 0 for digest in digests)


def _open_months(book: Book, county: str) -> Iterator[date]:
    with book.reading() as conn:
        newest = cycles.newest_cycle(conn, county)
        opened_ones = sealing.open_cycles(conn, county, newest.pay_month) if newest else []
    yield from sorted({one.pay_month for one in opened_ones})


def _lost(home: Home, book: Book, county: str, on: date) -> Found:
    """Benefits of which some fen that was owed is nowhere."""
    with book.reading() as conn:
        figures = reconciled.accounted(conn, county)
    wrong = int((figures["difference"] != 0).sum())
    return {county: wrong} if wrong else {}


LOOKS = (
    Look(
        "answers_in_time",
        Act.RELEASED,
        "已放行的在期限内答复,期限按工作日 Answers come within the profile's deadline, in working days",
        _late_answers,
        is_blocking=False,
    ),
    Look(
        "answers_tie",
        Act.ANSWERED,
        "回盘原件与账上所记相同,未结账各月 What was noted is what the kept answers say",
        _untied,
    ),
    Look(
        "every_fen_accounted",
        Act.CLOSED,
        "历月应付的每一分都有着落 Every fen that was owed is paid, held, withdrawn, set off or on its way",
        _lost,
    ),
)
