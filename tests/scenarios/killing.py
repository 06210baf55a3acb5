"""Acts that move the book or the outbox, and processes that do one of them and are killed at a point of it.

The points are every commit to the book that changes it (just before it, and just after), every file put in its place,
and every statement that writes to a database, Dagster's own among them.
"""

import multiprocessing
import os
import signal
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from sqlalchemy import Engine, event

from contracts.actor import Actor
from contracts.codes import RecoveryMeans
from contracts.months import parse_month
from dagster_project.running import run_month
from ledger import batches, recovery
from ledger.book import Book, open_book
from month import closing, signing
from month.month import Choices
from tests import homes

PROCESSES = multiprocessing.get_context("forkserver")  # so that what is imported here is imported once
PROCESSES.set_forkserver_preload([__name__])
SECONDS = 120
MONTH = parse_month("2024-08")


def run(home):
    homes.run(home, "2024-08")


def run_graph(home):
    run_month(home, homes.COUNTY, MONTH, MONTH.replace(day=15), Choices(maker=homes.MAKER, system_user="test"))


def approve(home):
    signing.approve(home, homes.COUNTY, MONTH, homes.actor(homes.CHECKER))


def release(home):
    signing.release(home, homes.COUNTY, MONTH, homes.actor(homes.RELEASER))


def read_results(home, month=MONTH, returned=1):
    """The bank's file: so many lines came back, everything else was paid."""
    with opened(home) as book, book.reading() as conn:
        sent = batches.batches_of(conn, homes.COUNTY, month).filter(pl.col("state") == "released")
        lines = pl.concat([batches.lines(conn, one) for one in sent["batch_id"]]).sort("instruction_id")
    event = pl.when(pl.int_range(pl.len()) < returned).then(pl.lit("退票")).otherwise(pl.lit("成功"))
    answers = home.path / f"answers_{month}.csv"
    said = {"指令号": pl.col("instruction_id"), "状态": event, "原因": pl.lit("已销户")}
    lines.select(**said).write_csv(answers)
    closing.read_results(home, homes.COUNTY, answers, homes.actor(homes.MAKER))


def read_july(home):
    read_results(home, parse_month("2024-07"), returned=0)


def recover(home):
    """Part of what is owed back comes in cash."""
    with opened(home) as book:
        recovery.recover(book, homes.COUNTY, 1, RecoveryMeans.CASH, 1000, Actor(homes.CHECKER, "test"), "收据1")


def close(home):
    closing.close_month(home, homes.COUNTY, MONTH, homes.actor(homes.CHECKER))


ACTS = (run, approve, release, read_results, recover, close)  # in the order of a month's life


@contextmanager
def opened(home):
    book = open_book(home.database_url)
    try:
        yield book
    finally:
        book.close()


def done(act, home, last=0):
    """Do an act in a process of its own; the names of its points. It is killed at its point `last` (0: never)."""
    here, there = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_do, args=(act, home, last, there))
    process.start()
    there.close()
    points = here.recv() if last == 0 else []
    process.join(SECONDS)
    assert process.exitcode == (-signal.SIGKILL if last else 0)
    return points


def _do(act, home, last, line):
    points = []

    def point(name):
        points.append(name)
        if len(points) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    _count(point)
    act(home)
    line.send(points)


def _count(point):
    writing, replace, wrote = Book.writing, Path.replace, []

    @contextmanager
    def counted_writing(self):
        wrote.clear()
        with writing(self) as conn:
            yield conn
            if wrote:
                point("before commit")
        if wrote:
            point("after commit")

    def counted_replace(self, target):
        point(f"before {Path(target).name}")
        return replace(self, target)

    def counted_statement(_conn, _cursor, statement, *_):
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            wrote.append(statement)
            point(f"before {' '.join(statement.split()[:3])}")

    Book.writing, Path.replace = counted_writing, counted_replace
    event.listen(Engine, "before_cursor_execute", counted_statement)
