"""After the files have gone out: the bank's answers are read back, and a month that is done is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

import intake
from contracts.actor import Actor
from contracts.codes import OfficerRole, RefusalCode
from contracts.columns import headers
from contracts.errors import BookError
from contracts.months import month_text
from contracts.settings import Home
from contracts.tables import RefusedRow
from ledger import results, sealing
from ledger.book import opened
from ledger.sealing import Seal
from month.listing import folder_of
from month.officers import require
from reports.lists import refused_rows
from reports.tables import write_table

RESULTS = "results"
SHOWN_DIGEST = 12  # places of a list's digest that an officer gives to sign it
UNANSWERED = {
    "batch_id": "批次",
    "line_no": "行号",
    "instruction_id": "指令号",
    "benefit": "项目",
    "amount_fen": "金额",
    "bank_event": "最近答复",
}


@dataclass(frozen=True)
class Answered:
    """What a result file did: rows of the file, answers noted or known before, rows that could not be noted or are no
    data, and the list of those that could not be noted (None: there are none).
    """

    rows_in: int
    noted: int
    already: int
    refused: int
    others: int
    listed: Path | None


def read_results(home: Home, county: str, path: Path, by: Actor) -> Answered:
    """Read a result file (contracts.registers.Results) row by row; the same file again changes nothing.

    NotAllowedError; InputError where the file cannot be used at all. Rows that fit nothing are listed with their
    reason, never lost.
    """
    require(home, by, OfficerRole.MAKER, county, "results")
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
        told = results.record(book, county, received.digest, rows, by.system_user, by.officer)
    codes = rows.join(told.refused, on="source_row", how="left", maintain_order="left")["code"]
    refused = intake.refuse_rows(taken, "instruction_id", codes.cast(RefusalCode.dtype())).refused
    is_data = pl.col("code") != RefusalCode.NOT_DATA.value
    listed = refused_rows(refused.filter(is_data))
    target = home.reports / county / "results" / f"refused_{path.stem}.xlsx"
    target.unlink(missing_ok=True)
    return Answered(
        rows_in=taken.rows_in,
        noted=told.noted,
        already=told.already,
        refused=listed.height,
        others=refused.height - listed.height,
        listed=write_table(listed, target, headers(RefusedRow), "未能记入的回盘") if listed.height else None,
    )


def close_month(
    home: Home, county: str, pay_month: date, by: Actor, reason: str = "", signature: str = ""
) -> list[Seal]:
    """Seal the month's open cycles, and those of earlier months; nothing where all are sealed.

    NotAllowedError; BookError where something is unanswered (it is listed) until the officer gives the signature of the
    list he has seen, and a reason.
    """
    require(home, by, OfficerRole.CHECKER, county, "close")
    with opened(home.database_url) as book:
        with book.reading() as conn:
            rows = sealing.unanswered_until(conn, county, pay_month)
        digest = sealing.list_digest(rows)
        if rows.height and not (signature and reason):
            raise _still_unanswered(home, county, pay_month, rows, digest[:SHOWN_DIGEST])
        if rows.height and signature != digest[:SHOWN_DIGEST]:
            raise BookError(
                "待查清单与所签的不同:签后又有变化", f"请重新核对清单,现为 --sign-list {digest[:SHOWN_DIGEST]}", county
            )
        return sealing.close(book, county, pay_month, by.officer, by.system_user, reason, digest if signature else "")


def _still_unanswered(home: Home, county: str, pay_month: date, rows: pl.DataFrame, signature: str) -> BookError:
    """List what the bank has not finally answered, and say how it is signed."""
    target = write_table(rows, folder_of(home, county, pay_month) / "unanswered.xlsx", UNANSWERED, "待查")
    return BookError(
        f"有 {rows.height} 笔尚无最终回盘结果,清单见 {target}",
        f"请先读入回盘;确需结账的,核对清单后加 --sign-list {signature} --reason 理由",
        f"{county} {month_text(pay_month)}",
        {"unanswered": rows.height, "list": str(target), "signature": signature},
    )


def empty_numbers() -> pl.DataFrame:
    """People's numbers for a file that names nobody."""
    return pl.DataFrame(schema={"person_no": pl.Int64, "person_id": pl.String})


def month_name(seal: Seal) -> str:
    """A sealed cycle as an officer calls it."""
    return f"{month_text(seal.cycle.pay_month)} 第 {seal.cycle.sequence} 期"
