"""Received files: an officer takes one that a threshold stopped; what was refused, and what became of each file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from contracts.actor import Actor
from contracts.codes import OfficerRole
from contracts.columns import empty
from contracts.errors import InputError
from contracts.manifest import RegisterInput
from contracts.months import month_text
from contracts.registers import label_of
from contracts.settings import Home
from contracts.tables import RefusedRow
from ledger import cycles, receipts
from ledger.book import Book
from month.listing import return_refused
from month.month import Month, opened_month
from month.officers import require
from month.store import Store

LAST_MONTH = date(9999, 12, 1)


def accept_stopped(
    home: Home, county: str, pay_month: date, register: str | None, by: Actor, reason: str
) -> RegisterInput:
    """Take a register's file although a threshold stopped it: this very file only; the file.

    `register`: None for the only one that has not been taken. NotAllowedError; InputError where it is not clear which.
    """
    require(home, by, OfficerRole.MAKER, county, "accept file")
    with opened_month(home, county, pay_month) as month:
        given = stopped_file(month, register)
        receipts.accept_file(month.book, county, given, by, reason)
    return given


def return_refused_of(month: Month, register: str | None) -> list[Path]:
    """Write the workbooks to send back of a month, also where a threshold stopped it; those of a register alone."""
    written = return_refused(month, lambda name: refused_of(month, name))
    return [path for path in written if register is None or path.stem == f"returned_{register}"]


def stopped_file(month: Month, register: str | None) -> RegisterInput:
    """The file of a register, or of the only one that was received and has not been taken; InputError otherwise."""
    received = [given for given in month.manifest.registers if given.file_digest]
    if register is not None:
        received = [given for given in received if given.name == register]
    else:
        received = [given for given in received if not month.tables.has(f"accepted_{given.name}")]
    if len(received) == 1:
        return received[0]
    where = f"{month.manifest.county} {month_text(month.manifest.pay_month)}"
    if not received:
        what = f"本月没有收到“{label_of(register)}”名册" if register else "本月没有被叫停的名册"
        raise InputError(what, "请先运行 disburse run,或核对 --register", where)
    names = "、".join(given.name for given in received)
    raise InputError("有几个名册尚未采用", f"请写明 --register,如:{names}", where)


def refused_of(month: Month, register: str | None) -> pl.DataFrame:
    """Refused rows (RefusedRow) of the month, also of a register that a threshold stopped."""
    names = [given.name for given in month.manifest.registers if register in (None, given.name)]
    read = [month.tables.read(f"refused_{name}") for name in names if month.tables.has(f"refused_{name}")]
    return pl.concat([empty(RefusedRow), *read])


def received_files(home: Home, book: Book, county: str, register: str | None) -> list[dict[str, object]]:
    """Every file ever received (ledger.receipts.history), with its rows in the newest run that used it.

    rows_in, rows_accepted, rows_refused and pay_month are None where no run of the book used the file.
    """
    with book.reading() as conn:
        received = receipts.history(conn, county, register)
        runs = [
            run
            for cycle in cycles.cycles_until(conn, county, LAST_MONTH)
            for run in cycles.runs_of(conn, cycle.cycle_id)
        ]
    newest = {
        (given.name, given.file_digest): run.manifest
        for run in sorted(runs, key=lambda run: run.run_id)
        for given in run.manifest.registers
    }
    files = []
    for row in received.iter_rows(named=True):
        manifest = newest.get((row["register"], row["file_digest"]))
        table = f"counts_{row['register']}"
        tables = Store(home).of(manifest) if manifest else None
        counted = tables.read(table).row(0, named=True) if tables and tables.has(table) else {}
        rows = {name: counted.get(name) for name in ("rows_in", "rows_accepted", "rows_refused")}
        used = month_text(manifest.pay_month) if manifest else None
        files.append({**row, "inbox_month": month_text(row["inbox_month"]), **rows, "pay_month": used})
    return files
