"""After the files have gone out: the bank's answers are read back, the month is closed, and Dagster is told of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

import intake
from contracts.codes import RefusalCode
from contracts.errors import BookError
from contracts.months import month_text, parse_month
from contracts.settings import Home
from ledger import batches, results, sealing
from ledger.book import Book, opened
from ledger.sealing import Seal
from month.month import system_user
from month.signing import report

RESULTS = "results"
SHOWN_DIGEST = 12  # places of a list's digest that an officer gives to sign it


@dataclass(frozen=True)
class Answered:
    """What a result file did: rows of the file, answers noted or known before, and what was refused (RefusedRow)."""

    rows_in: int
    noted: int
    already: int
    refused: pl.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Unanswered:
    """The released instructions of a month's open cycles that have no final answer, and what is signed of the list."""

    rows: pl.DataFrame = field(repr=False)
    signature: str


def read_results(home: Home, county: str, path: Path, officer: str) -> Answered:
    """Read a result file (contracts.registers.Results) row by row; the same file again changes nothing.

    InputError where the file cannot be used at all. Rows that fit nothing are refused with their reason, never lost.
    """
    received = intake.receive(path, RESULTS, home.store)
    if problem := received.problem():
        raise problem
    taken = intake.accept(received, empty_numbers(), date.max)
    rows = taken.rows.select(
        "instruction_id",
        "event",
        "source_row",
        reason_code=pl.col("bank_reason").fill_null(""),
        reason=pl.col("reason").fill_null(""),
    )
    with opened(home.database_url) as book:
        told = results.record(book, county, received.digest, rows, system_user(), officer)
        months = _pay_months(book, county, rows) if told.noted else []
    for month in months:
        report(home, "answered", county, month, {"新增回盘": told.noted})
    codes = rows.join(told.refused, on="source_row", how="left", maintain_order="left")["code"]
    refused = intake.refuse_rows(taken, "instruction_id", codes.cast(RefusalCode.dtype())).refused
    return Answered(taken.rows_in, told.noted, told.already, refused)


def unanswered(home: Home, county: str, pay_month: date) -> Unanswered:
    """What the bank has not finally answered, of every cycle that closing the month would seal."""
    with opened(home.database_url) as book, book.reading() as conn:
        return _unanswered(sealing.unanswered_until(conn, county, pay_month))


def close_month(
    home: Home, county: str, pay_month: date, officer: str, reason: str = "", signature: str = ""
) -> list[Seal]:
    """Seal the month's open cycles, and those of earlier months; nothing where all are sealed.

    Unanswered instructions need the officer's reason and the signature of the list he has seen (`unanswered`).
    """
    with opened(home.database_url) as book:
        with book.reading() as conn:
            rows = sealing.unanswered_until(conn, county, pay_month)
        now = _unanswered(rows)
        if rows.height and reason and signature and signature != now.signature:
            raise BookError(
                "待查清单与所签的不同:签后又有变化", f"请重新核对清单,现为 --sign-list {now.signature}", county
            )
        signed = sealing.list_digest(rows) if signature else ""
        seals = sealing.close(book, county, pay_month, officer, system_user(), reason, signed)
    for seal in seals:
        told: dict[str, int | str] = {"封存摘要": seal.digest, "待查笔数": seal.unanswered_count}
        report(home, "closed", county, seal.cycle.pay_month, told)
    return seals


def empty_numbers() -> pl.DataFrame:
    """People's numbers for a file that names nobody."""
    return pl.DataFrame(schema={"person_no": pl.Int64, "person_id": pl.String})


def _unanswered(rows: pl.DataFrame) -> Unanswered:
    return Unanswered(rows, sealing.list_digest(rows)[:SHOWN_DIGEST])


def _pay_months(book: Book, county: str, rows: pl.DataFrame) -> list[date]:
    with book.reading() as conn:
        months = batches.pay_months_of(conn, county, rows["instruction_id"])
    return sorted(parse_month(month) for month in months)


def month_name(seal: Seal) -> str:
    """A sealed cycle as an officer calls it."""
    return f"{month_text(seal.cycle.pay_month)} 第 {seal.cycle.sequence} 期"
