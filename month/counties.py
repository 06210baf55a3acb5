"""The month of many counties: each runs in a process of its own, so that what ends one ends no other.

What a county is told is told by its own run; here are the order, the room that a machine has, and how each one ended.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Protocol

from contracts.errors import BookError, OfficerError
from contracts.files import keep_private
from contracts.settings import Home
from contracts.wording import AGAIN
from ledger import cycles
from ledger.book import Book, opened
from month import progress
from month.listing import left
from month.month import Choices
from reports.summary import MonthSummary

# How much memory a county's run takes: measured at 300 and at 1,000,000 people (benchmarks/README.md).
BYTES_OF_A_RUN, BYTES_FOR_A_BYTE = 400 << 20, 16


class RunOne(Protocol):
    """Runs one county's month; OfficerError where something stops it."""

    def __call__(
        self,
        home: Home,
        county: str,
        pay_month: date,
        known_on: date | None,
        choices: Choices,
        /,
        *,
        on_stage: Callable[[str], None],
    ) -> object:
        """Run it, telling of each stage."""


Reached = Callable[[str, str], None]  # county, stage


@dataclass(frozen=True)
class Ended:
    """How a county's run ended. `exit_code`: 0 where it was booked; else what stopped it, in an officer's words."""

    county: str
    exit_code: int = 0
    what: str = ""
    advice: str = ""


@dataclass(frozen=True)
class Order:
    """What every county is to do: the same month, made by the same officer."""

    home: Home
    pay_month: date
    known_on: date | None
    choices: Choices


def run_counties(
    order: Order, counties: Sequence[str], run_one: RunOne, at_once: int, reached: Reached
) -> Iterator[Ended]:
    """Run the counties, `at_once` at a time; how each ended, as it ends.

    `run_one` is a function of a module: it is called in a new process. Whoever stops reading stops the counties at
    work; what they booked stays, and the same again goes on.
    """
    waiting, at_work = deque(counties), dict[Connection, _Child]()
    try:
        while waiting or at_work:
            while waiting and len(at_work) < at_once:
                child = _start(order, waiting.popleft(), run_one)
                at_work[child.told] = child
            for ready in wait(at_work):
                child = at_work[ready]  # type: ignore[index]  # only connections are waited for
                said = child.said()
                if isinstance(said, str):
                    reached(child.county, said)
                    continue
                del at_work[child.told]
                yield said
    finally:
        for child in at_work.values():
            child.process.terminate()


@dataclass(frozen=True)
class _Child:
    county: str
    process: SpawnProcess
    told: Connection

    def said(self) -> str | Ended:
        """The stage it reached, or how it ended; a process that is gone without a word was killed."""
        try:
            said: str | Ended = self.told.recv()
        except EOFError:
            self.process.join()
            said = Ended(
                self.county,
                BookError.exit_code,
                f"运行被中断(进程结束码 {self.process.exitcode})",
                f"请查明原因(如内存不足){AGAIN}",
            )
        if isinstance(said, Ended):
            self.process.join()
            self.told.close()
        return said


def _start(order: Order, county: str, run_one: RunOne) -> _Child:
    context = multiprocessing.get_context("spawn")  # a fork would share the locks of polars' threads
    told, telling = context.Pipe(duplex=False)
    process = context.Process(target=_run_in_process, args=(telling, order, county, run_one))
    process.start()
    telling.close()  # so that the child's end is the last one, and its death is heard
    return _Child(county, process, told)


def _run_in_process(telling: Connection, order: Order, county: str, run_one: RunOne) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who presses Ctrl-C stops the parent, and that ends this one
    keep_private()
    try:
        run_one(order.home, county, order.pay_month, order.known_on, order.choices, on_stage=telling.send)
    except OfficerError as stopped:
        telling.send(Ended(county, stopped.exit_code, stopped.what, stopped.advice))
    else:
        telling.send(Ended(county))


def together(home: Home, counties: Sequence[str], pay_month: date) -> int:
    """How many counties may run at once: one a core, as far as half of the machine's memory goes for the largest."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    largest = max((_bytes_in(home.inbox(county, pay_month)) for county in counties), default=0)
    return max(1, min(os.cpu_count() or 1, memory // (BYTES_OF_A_RUN + BYTES_FOR_A_BYTE * largest), len(counties)))


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*") if path.is_file())


def summary_of(home: Home, county: str, pay_month: date) -> MonthSummary | None:
    """The figures that a county's month left; None where it left none."""
    try:
        return left(home, county, pay_month).summary
    except BookError:
        return None


def known_counties(home: Home) -> list[str]:
    """The counties that the book, the settings or the inbox know, in order."""
    with opened(home.database_url) as book:
        return progress.counties(home, book)


def unfinished(home: Home, counties: Sequence[str], pay_month: date, known_on: date) -> list[str]:
    """Those of the counties whose month is not booked to its end as known on a day: what is left of a run of many."""
    with opened(home.database_url) as book:
        return [county for county in counties if not _is_finished(home, book, county, pay_month, known_on)]


def _is_finished(home: Home, book: Book, county: str, pay_month: date, known_on: date) -> bool:
    with book.reading() as conn:
        run = cycles.latest_run(conn, county, pay_month)
    tables = progress.tables_of(home, county, pay_month)
    if run is None or tables is None or run.known_on != known_on or progress.stopped_at(book, tables):
        return False
    return summary_of(home, county, pay_month) is not None
