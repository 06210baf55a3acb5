"""What a run leaves for the officers: lists, rows to send back, and the month's summary (the stage `listed`).

A run that posted leaves the lists of the month; one that only decided, what it would post. A replay of an older month
leaves what that month left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import TypeAdapter

import calculators
import intake
from contracts.columns import columns_of
from contracts.errors import BookError
from contracts.files import write_whole
from contracts.months import month_text
from contracts.registers import FILES, label_of
from contracts.settings import Home
from ledger import people, posting
from month.auditing import findings_lists
from month.booking import REPLAYED, decided, difference_counts
from month.made import Made
from month.month import Counts, Month
from month.papers import WRITTEN, worked_out, write_papers
from month.review_page import write_reviews
from reports import corrections, lists, preview
from reports.corrections import ActionLine, GroundLine
from reports.missing import LISTED as CELLS
from reports.missing import TITLE, MissingCells, by_benefit, missing_cells
from reports.not_drawn import LISTED, NobodyDraws, NotDrawn, nobody_draws, not_drawn, people_not_drawing
from reports.summary import MonthSummary, OldRegister, not_handed_in, summarise
from reports.summary_book import write_summary

DECIDING = ("low_income", "disability", "ability", "family_planning", "claim", "choice", "suspension")  # and population
SUMMARY, PREVIEW = "summary.json", "preview.json"


@dataclass(frozen=True)
class Silence:
    """What might pass unnoticed: who draws nothing though it could be otherwise, layouts' defaults, files not read."""

    not_drawn: tuple[NotDrawn, ...]
    nobody_draws: tuple[NobodyDraws, ...]
    defaults: tuple[str, ...]  # in an officer's words
    not_taken: tuple[str, ...] = ()  # files of the inbox that no register takes, and what to do
    missing_cells: tuple[MissingCells, ...] = ()  # empty cells that decide a benefit of the month

    @property
    def people_not_drawing(self) -> int:
        """People of all benefits and outcomes; one of two benefits counts twice."""
        return sum(line.people for line in self.not_drawn)


@dataclass(frozen=True)
class Left:
    """What a run that posted left. `lists`: paths below the home."""

    summary: MonthSummary
    corrections: tuple[GroundLine, ...]
    action_required: ActionLine
    not_handed_in: tuple[OldRegister, ...]
    silence: Silence
    lists: tuple[str, ...]


@dataclass(frozen=True)
class LeftByPreview:
    """What a run that only decided left: what would be posted (reports.preview), and the lists."""

    rows: tuple[dict[str, Any], ...]
    list_changes: tuple[dict[str, Any], ...]
    counts: dict[str, int]
    not_handed_in: tuple[OldRegister, ...]
    silence: Silence
    lists: tuple[str, ...]


def leave(month: Month) -> Counts:
    """Write what the run leaves; the number of files."""
    if month.is_replay:
        return {REPLAYED: 1}
    return {"清单与汇总": len(_leave_posted(month) if month.tables.has("payable") else _leave_preview(month))}


def left(home: Home, county: str, pay_month: date) -> Left:
    """What the month's last posting run left; BookError where it left nothing."""
    return TypeAdapter(Left).validate_json(_kept(home, county, pay_month, SUMMARY))


def left_by_preview(home: Home, county: str, pay_month: date) -> LeftByPreview:
    """What the month's last deciding run left; BookError where it left nothing."""
    return TypeAdapter(LeftByPreview).validate_json(_kept(home, county, pay_month, PREVIEW))


def _kept(home: Home, county: str, pay_month: date, name: str) -> bytes:
    try:
        return (home.lists(county, pay_month) / name).read_bytes()
    except FileNotFoundError:
        raise BookError("本月的汇总不在了", "请重新运行 disburse run", f"{county} {month_text(pay_month)}") from None


def _leave_posted(month: Month) -> list[Path]:
    county, pay_month, read = month.manifest.county, month.manifest.pay_month, month.tables.read
    folder = month.home.lists(county, pay_month)
    counts, refused = read("intake_counts"), read("refused_rows")
    missing = _missing(month)
    found, made = worked_out(month), Made(folder)
    month.at_hand[WRITTEN] = found
    written = [
        *lists.write_lists(month.book, folder, county, pay_month, read),
        *lists.write_register_lists(month.book, folder, read),
        *_list_not_drawn(month, folder),
        *_list_missing(month, folder, missing),
        *return_refused(month, _of_register(refused)),
        found.explained.write(folder / "explained.xlsx", made),
        *write_papers(month, made, found.rows),
        *write_reviews(month, folder, found),
        *(path for path in findings_lists(month) if path.exists()),
    ]
    made.keep()
    told = Left(
        summary=summarise(month.book, county, pay_month, counts),
        corrections=corrections.by_ground(month.book, county, pay_month),
        action_required=corrections.beyond(read("beyond_window")),
        not_handed_in=not_handed_in(counts, refused),
        silence=_silence(month, counts, missing),
        lists=_below_home(month.home, written),
    )
    written.append(write_summary(told.summary, folder / "summary.xlsx"))
    write_whole(folder / SUMMARY, TypeAdapter(Left).dump_json(told, indent=1))
    return written


def _leave_preview(month: Month) -> list[Path]:
    read = month.tables.read
    folder = month.home.lists(month.manifest.county, month.manifest.pay_month)
    counts, refused = read("intake_counts"), read("refused_rows")
    missing = _missing(month)
    with month.book.reading() as conn:
        meant = decided(month)
        differences = posting.work_out(conn, meant)
        rows = preview.by_benefit(conn, meant, differences)
    written = [
        *lists.write_register_lists(month.book, folder, read),
        *_list_not_drawn(month, folder),
        *_list_missing(month, folder, missing),
        *return_refused(month, _of_register(refused)),
    ]
    told = LeftByPreview(
        rows=tuple(rows),
        list_changes=tuple(preview.by_change(read("list_changes"))),
        counts=difference_counts(differences),
        not_handed_in=not_handed_in(counts, refused),
        silence=_silence(month, counts, missing),
        lists=_below_home(month.home, written),
    )
    write_whole(folder / PREVIEW, TypeAdapter(LeftByPreview).dump_json(told, indent=1))
    return written


def _list_not_drawn(month: Month, folder: Path) -> list[Path]:
    coordinated = month.tables.read("coordinated")
    with month.book.reading() as conn:
        identities = people.identities(conn, coordinated.select("person_no").unique())
    lives = lists.where_they_live(month.tables.read("accepted_population"))
    rows = people_not_drawing(coordinated, month.manifest.pay_month, identities, lives)
    return lists.written(folder, ("not_drawn", rows, "条件具备而未发", LISTED))


def _missing(month: Month) -> pl.DataFrame:
    """Whose benefit of the pay month hangs on an empty cell, as calculators.missing_that_decide."""
    pay_month = month.manifest.pay_month
    of_month = calculators.Scope(month.manifest.county, (pay_month,), pay_month)
    registers = {name: month.registers[name] for name in ("population", *DECIDING)}
    return calculators.missing_that_decide(registers, month.rules, of_month)


def _list_missing(month: Month, folder: Path, missing: pl.DataFrame) -> list[Path]:
    with month.book.reading() as conn:
        identities = people.identities(conn, missing.select("person_no").unique())
    rows = missing_cells(missing, identities, lists.where_they_live(month.tables.read("accepted_population")))
    return lists.written(folder, ("missing_cells", rows, TITLE, CELLS))


def _silence(month: Month, counts: pl.DataFrame, missing: pl.DataFrame) -> Silence:
    """`counts`: IntakeCount of the run. `missing`: whose benefit hangs on an empty cell."""
    coordinated, pay_month = month.tables.read("coordinated"), month.manifest.pay_month
    looked_at = {benefit.value: calculators.registers_of(rules) for benefit, rules in month.rules.benefits.items()}
    rows_of = dict(counts.select("register", "rows_accepted").iter_rows())
    never = set(counts.filter(pl.col("used_month").is_null())["register"])
    return Silence(
        not_drawn(coordinated, month.rules.catalogue, pay_month),
        nobody_draws(coordinated, pay_month, looked_at, never, rows_of),
        tuple(_defaults(month)),
        not_taken(month.home, month.manifest.county, pay_month),
        by_benefit(missing),
    )


def not_taken(home: Home, county: str, pay_month: date) -> tuple[str, ...]:
    """Files of a month's inbox that no register takes, and what to do, in an officer's words."""
    found = intake.not_taken(home.inbox_of(county), pay_month)
    return tuple(f"收件目录里的 {one.path.name} 没有读取:{one.reason};{one.advice}" for one in found)


def _defaults(month: Month) -> Iterator[str]:
    """What layouts say of every row of a file that lacks a column: it decides money as if the county had said so."""
    store = month.home.store
    for given in month.manifest.registers:
        for part in intake.files_of(store, given.file_name, given.file_digest, given.layout_digest):
            layout = intake.kept_layout(store, given.name, part.layout_digest)
            headers = {facts.name: facts.header for facts in columns_of(FILES[given.name])}
            for name, text in (layout.defaults if layout else {}).items():
                if text is not None:
                    yield f"{label_of(given.name)}名册没有“{headers[name]}”一列,按版式一律为“{text}”"


def _below_home(home: Home, written: list[Path]) -> tuple[str, ...]:
    return tuple(path.relative_to(home.path).as_posix() for path in written)


def _of_register(refused: pl.DataFrame) -> Callable[[str], pl.DataFrame]:
    return lambda register: refused.filter(pl.col("register") == register)


def return_refused(month: Month, refused_of: Callable[[str], pl.DataFrame]) -> list[Path]:
    """Write each register's refused rows as a workbook to send back; a register without any has none.

    `refused_of`: the refused rows (RefusedRow) of a register.
    """
    return [path for path in _returned(month, refused_of) if path]


def _returned(month: Month, refused_of: Callable[[str], pl.DataFrame]) -> Iterator[Path | None]:
    folder = month.home.lists(month.manifest.county, month.manifest.pay_month)
    for given in month.manifest.registers:
        if given.file_digest:
            target = folder / f"returned_{given.name}.xlsx"
            store = month.home.store
            parts = intake.files_of(store, given.file_name, given.file_digest, given.layout_digest)
            yield intake.write_returned(given.name, parts, refused_of(given.name), store, target)
