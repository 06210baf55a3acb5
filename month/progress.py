"""How far a month's last run came, from what lies in its stage and in the book; no graph is loaded for it."""

from __future__ import annotations

from datetime import date

from contracts.errors import BookError
from contracts.registers import REGISTER_LABELS, REGISTERS
from contracts.settings import Home
from ledger import cycles
from ledger.book import Book
from month.store import Stage, Store


def stage_of(home: Home, county: str, pay_month: date) -> Stage | None:
    """The stage last begun for the month; None where none was."""
    try:
        return Store(home).current(county, pay_month)
    except BookError:
        return None


def stopped_at(book: Book, stage: Stage) -> str:
    """The step at which the last run or preview ended before it was booked, in an officer's words; empty: booked."""
    manifest = stage.manifest
    with book.reading() as conn:
        booked = cycles.latest_run(conn, manifest.county, manifest.pay_month)
    if booked is not None and booked.manifest == manifest:
        return ""
    missing = [REGISTER_LABELS[register] for register in REGISTERS if not stage.has(f"accepted_{register}")]
    if missing:
        return f"收件({'、'.join(missing)}名册尚未收下)"
    return "入账" if stage.has("coordinated") else "计算"
