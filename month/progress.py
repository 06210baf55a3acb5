"""How far a month's last run came, from what lies in its tables and in the book; no orchestrator is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from contracts.errors import BookError
from contracts.months import MONTH_TEXT, month_text, parse_month, today
from contracts.registers import REGISTER_LABELS, REGISTERS
from contracts.settings import Home
from ledger import cycles
from ledger.book import Book, opened
from ledger.cycles import Run
from ledger.story import counties_of
from month import answers, failures
from month.auditing import open_findings
from month.listing import not_taken
from month.stages import BY_NAME, DECIDING, StageGroup
from month.store import Store, Tables
from payments.overdue import aged
from reports.status import MonthStatus, Seen, newest_month, status_of
from reports.summary import not_handed_in


def counties(home: Home, book: Book) -> list[str]:
    """The counties that the book, the settings or the inbox know."""
    with book.reading() as conn:
        known = set(counties_of(conn))
    return sorted({*known, *home.settings().county, *home.counties_handed_in()})


def status(home: Home, book: Book, county: str, pay_month: date | None) -> MonthStatus | None:
    """The month asked for, or the newest; None where the county has neither run nor handed anything in."""
    month = pay_month or newest_month(book, county) or _handed_in(home, county)
    if month is None:
        return None
    tables = tables_of(home, county, month)
    unread, day = not_taken(home, county, month), today()
    with book.reading() as conn:
        open_now = aged(home, conn, county, day)
    files = answers.waiting(home, county)
    seen = Seen(
        home,
        not_taken=unread,
        day=day,
        ageing=open_now,
        unread_answers=len(files.ready) + len(files.copying),
        unusable_answers=files.unusable,
        failed=tuple(one.told for one in failures.noted(home, county)),
    )
    if tables is not None:
        beyond = tables.read("beyond_window") if tables.has("beyond_window") else None
        has_counts = BY_NAME["refused_rows"].is_done(tables)
        old = not_handed_in(tables.read("intake_counts"), tables.read("refused_rows")) if has_counts else ()
        seen = replace(
            seen,
            beyond_window=beyond,
            stopped_at=stopped_at(book, tables),
            old_registers=old,
            findings=open_findings(book, tables),
        )
    return status_of(book, home.settings(), county, month, seen)


def month_at_work(home: Home, county: str, *, is_to_run: bool) -> date | None:
    """The month a command is about that names none: the newest that was run. None where there is none.

    To be run: once money of that one has gone out, the earliest later month whose registers were handed in.
    """
    with opened(home.database_url) as book, book.reading() as conn:
        newest = cycles.newest_cycle(conn, county)
        has_gone_out = newest is not None and cycles.has_released(conn, newest.cycle_id)
    later = [month for month in _months_handed_in(home, county) if newest is None or month > newest.pay_month]
    if is_to_run and later and (newest is None or has_gone_out):
        return min(later)
    return newest.pay_month if newest else None


def tables_of(home: Home, county: str, pay_month: date) -> Tables | None:
    """The tables last begun for the month; None where none were."""
    try:
        return Store(home).current(county, pay_month)
    except BookError:
        return None


def stopped_at(book: Book, tables: Tables) -> str:
    """The stage at which the last run or preview ended before it was booked, in an officer's words; empty: booked."""
    manifest = tables.manifest
    with book.reading() as conn:
        booked = cycles.latest_run(conn, manifest.county, manifest.pay_month)
    if booked is not None and booked.manifest == manifest:
        return ""
    missing = [REGISTER_LABELS[name] for name in REGISTERS if not BY_NAME[f"accepted_{name}"].is_done(tables)]
    if missing:
        return f"收件({'、'.join(missing)}名册尚未收下)"
    undone = next((stage for stage in DECIDING if not stage.is_done(tables)), None)
    return undone.group.label if undone else StageGroup.POSTED.label


@dataclass(frozen=True)
class Posted:
    """The run of a month that is in the book, and the stage at which a later one stopped before that; empty: none."""

    run: Run
    stopped_at: str


def posted(home: Home, book: Book, county: str, pay_month: date) -> Posted:
    """What the exports of a month speak of; BookError where no run of it was booked: there is nothing to export."""
    with book.reading() as conn:
        run = cycles.latest_run(conn, county, pay_month)
    tables = tables_of(home, county, pay_month)
    stopped = stopped_at(book, tables) if tables is not None else ""
    if run is None:
        at = f",最近一次停在{stopped}" if stopped else ""
        raise BookError(f"{month_text(pay_month)} 还没有入账的运行{at}", "请先运行 disburse run,入账后再导出", county)
    return Posted(run, stopped)


def is_replay(home: Home, county: str, pay_month: date) -> bool:
    """Whether a later month of the county is in the book, so that this one is only compared any more."""
    with opened(home.database_url) as book, book.reading() as conn:
        newest = cycles.newest_cycle(conn, county)
    return newest is not None and newest.pay_month > pay_month


def _handed_in(home: Home, county: str) -> date | None:
    """The newest month whose registers lie in the inbox."""
    return max(_months_handed_in(home, county), default=None)


def _months_handed_in(home: Home, county: str) -> list[date]:
    folder = home.inbox_of(county)
    return [parse_month(one.name) for one in folder.iterdir() if MONTH_TEXT.match(one.name)] if folder.is_dir() else []
