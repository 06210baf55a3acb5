"""An officer imports what was paid before the first run, so that from then on only differences are paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import intake
from contracts.actor import Actor
from contracts.codes import OfficerRole
from contracts.columns import headers
from contracts.errors import InputError, StoppedError
from contracts.settings import Home
from contracts.tables import RefusedRow
from intake import Accepted, Received
from ledger import history
from ledger.book import Book, opened
from ledger.people import number_people
from month.officers import require
from reports.history import by_benefit
from reports.lists import refused_rows
from reports.tables import write_table

HISTORY = "history"


@dataclass(frozen=True)
class Imported:
    """What a history file did. `counts`: what became of its rows, by name; `benefits`: reports.history.by_benefit.

    A file that was imported before did nothing: `is_new` is false and the rest is empty.
    """

    is_new: bool
    counts: Mapping[str, int] = field(default_factory=dict)
    benefits: tuple[Mapping[str, Any], ...] = ()
    lists: tuple[Path, ...] = ()


def import_history(
    home: Home, county: str, file: Path, by: Actor, known_on: date, *, without_refused: str = ""
) -> Imported:
    """Import a history file (contracts.registers.History), whole, once.

    `without_refused`: the reason to import the good rows although others are refused; without it nothing is imported
    then. NotAllowedError; InputError for a file that cannot be used; StoppedError where rows are refused.
    """
    require(home, by, OfficerRole.MAKER, county, "import history")
    go_live_month = _go_live_month(home, county)
    received = intake.receive(file, HISTORY, home.store, intake.find_layout(home.layouts_of(county), HISTORY))
    if problem := received.problem():
        raise problem
    source = history.Source(received.file_name, received.digest, known_on)
    with opened(home.database_url) as book:
        with book.reading() as conn:
            if history.is_imported(conn, source):
                return Imported(is_new=False)
        taken = _taken(book, county, received, known_on, go_live_month)
        lists = _write_refused(home, county, received, taken)
        if taken.rows.is_empty() or (taken.rows_refused and not without_refused):
            raise _stopped(taken, lists, home)
        rows = taken.rows.select("person_no", "benefit", "benefit_month", "amount_fen", "source_row")
        left_out = history.LeftOut(taken.rows_refused, without_refused) if taken.rows_refused else None
        history.import_history(book, county, rows, source, go_live_month, by, left_out)
    return Imported(True, _counts(taken), tuple(by_benefit(taken.rows)), tuple(lists))


def _go_live_month(home: Home, county: str) -> date:
    """The first month that is computed; InputError where the county's settings do not name it."""
    go_live_month = home.settings().of(county).go_live_month
    if go_live_month is None:
        raise InputError(
            f"没有设置 {county} 的 go_live_month(本系统起算月)",
            f'请在 [county.{county}] 下写明,如 go_live_month = "2024-01";导入的是该月起已发放的钱',
            "disburse.toml",
        )
    return go_live_month


def _taken(book: Book, county: str, received: Received, known_on: date, go_live_month: date) -> Accepted:
    """The file's rows, sorted into taken and refused; InputError where there is nothing to take."""
    taken = intake.accept(received, number_people(book, intake.ids_in([received])), known_on)
    if not taken.rows_in - taken.rows_listed:
        raise InputError("发放历史没有数据行", "请核对导出条件后重新导出", received.file_name)
    with book.reading() as conn:
        misfits = history.misfits(conn, county, taken.rows, go_live_month)
    return intake.refuse_rows(taken, "benefit_month", misfits)


def _write_refused(home: Home, county: str, received: Received, taken: Accepted) -> list[Path]:
    """The refused rows as a list, and as the county's own rows to send back; nothing where none was refused."""
    folder = home.of_county(home.reports, county) / "import_history"
    listed = folder / "refused.xlsx"
    returned = intake.write_returned(
        received.register, received.parts(home.store), taken.refused, home.store, folder / "returned_history.xlsx"
    )
    if taken.refused.is_empty():
        listed.unlink(missing_ok=True)
        return []
    write_table(refused_rows(taken.refused), listed, headers(RefusedRow), "拒收行")
    return [listed, *([returned] if returned else [])]


def _stopped(taken: Accepted, lists: list[Path], home: Home) -> StoppedError:
    where = "、".join(str(path.relative_to(home.path)) for path in lists)
    otherwise = "" if taken.rows.is_empty() else ",或加 --accept-refused --reason 理由 先导入其余各行"
    return StoppedError(
        f"发放历史有 {taken.rows_refused} 行拒收,其余 {taken.rows.height} 行也没有导入",
        f"原因见 {where};请更正后整份重新导入{otherwise}",
        found={**_counts(taken), "lists": [str(path) for path in lists]},
    )


def _counts(taken: Accepted) -> dict[str, int]:
    """What became of the file's rows; persons of a household's row beyond the first come on top of `rows_in`."""
    return {
        "rows_in": taken.rows_in,
        "rows_unfolded": taken.rows_unfolded,
        "rows": taken.rows.height,
        "rows_refused": taken.rows_refused,
        "rows_listed": taken.rows_listed,
    }
