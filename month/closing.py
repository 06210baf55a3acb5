"""After the files have gone out: the bank's answers are read back, and a month that is done is sealed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from contracts.actor import Actor
from contracts.codes import AnswerState, OfficerRole
from contracts.columns import headers
from contracts.errors import BookError, InputError, OfficerError
from contracts.months import month_text
from contracts.settings import Home
from contracts.tables import RefusedRow
from ledger import proving, sealing
from ledger.book import Book, opened
from ledger.results import Refusal
from ledger.sealing import Seal
from month.officers import require, require_maker
from month.packaging import Sealed, write_packages
from month.witnessing import bear_witness, require_current
from payments.answering import NOTHING_MORE, Asked, Noted, note_answer, refuse_whole
from reports.lists import KIND, MISSING, answer_list
from reports.tables import write_sheets, write_table

SHOWN_DIGEST = 12  # places of a list's digest that an officer gives to sign it
UNANSWERED = {
    "batch_id": "批次",
    "line_no": "行号",
    "instruction_id": "指令号",
    "benefit": "项目",
    "amount_fen": "金额",
    "bank_event": "最近答复",
}
MISSED = ("batch_id", "line_no", "instruction_id", "amount_fen", "bank_event")


@dataclass(frozen=True)
class Answered:
    """What an answer did, and the list of what did not fit or was remarked on (None: nothing). `kinds`: how many."""

    noted: Noted
    kinds: Mapping[str, int]
    listed: Path | None


@dataclass(frozen=True)
class Closed:
    """What closing sealed (none: all was before), and the packages of the months concerned."""

    seals: tuple[Seal, ...]
    packages: tuple[Sealed, ...]


def read_results(home: Home, county: str, path: Path, by: Actor, asked: Asked = NOTHING_MORE) -> Answered:
    """Read a result file (contracts.registers.Results) row by row; the same file again changes nothing.

    NotAllowedError; InputError where the file cannot be used at all. Rows that fit nothing, and lines of its batches
    that are not answered, are listed, never lost.
    """
    require_maker(home, county, by, "results")
    with opened(home.database_url) as book:
        require_current(home, book)
        noted = note_answer(book, home, county, path, by, asked)
        bear_witness(home, book)
    target = home.of_county(home.reports, county) / "results" / f"refused_{path.stem}.xlsx"
    target.unlink(missing_ok=True)
    listed, kinds = answer_list(noted.refused, noted.missing)
    sheets = [
        ("未能记入的回盘", listed, {KIND: "类别", **headers(RefusedRow)}),
        (MISSING, noted.missing.select(MISSED), UNANSWERED),
        (AnswerState.WARNED.label, noted.remarked.select(*MISSED[:-1], "remark"), {**UNANSWERED, "remark": "银行的话"}),
    ]
    written = [sheet for sheet in sheets if sheet[1].height]
    return Answered(noted, kinds, write_sheets(written, target) if written else None)


def refuse_order(home: Home, county: str, batch_id: str, reason: str, by: Actor) -> Refusal:
    """Note on an officer's word that the bank took nothing of a batch; all of it is due again. NotAllowedError."""
    require(home, by, OfficerRole.MAKER, county, "results")
    if not reason.strip():
        raise InputError("整批退回须写明原因", "请加 --reason 银行所述原因", batch_id)
    with opened(home.database_url) as book:
        return refuse_whole(book, county, batch_id, reason, by)


def close_month(home: Home, county: str, pay_month: date, by: Actor, reason: str = "", signature: str = "") -> Closed:
    """Seal the month's open cycles, and those of earlier months, and write the package of each; none where all are.

    NotAllowedError; BookError where the book does not prove itself whole, and where something is unanswered (it is
    listed) until the officer gives the signature of the list he has seen, and a reason.
    """
    require(home, by, OfficerRole.CHECKER, county, "close")
    with opened(home.database_url) as book:
        require_current(home, book)
        with book.reading() as conn:
            rows = sealing.unanswered_until(conn, county, pay_month)
        digest = sealing.list_digest(rows)
        if rows.height and not (signature and reason):
            raise _still_unanswered(home, county, pay_month, rows, digest[:SHOWN_DIGEST])
        if rows.height and signature != digest[:SHOWN_DIGEST]:
            raise BookError(
                "待查清单与所签的不同:签后又有变化", f"请重新核对清单,现为 --sign-list {digest[:SHOWN_DIGEST]}", county
            )
        with book.reading() as conn:
            proving.prove(conn).require(county)
        seals = sealing.close(book, county, pay_month, by, reason, digest if signature else "")
        bear_witness(home, book)
        return Closed(tuple(seals), tuple(_packaged(home, book, county, pay_month, seals)))


def package_month(home: Home, county: str, pay_month: date, by: Actor) -> Closed:
    """Have the packages of the month's sealed cycles again, where they are lost; nothing is sealed. NotAllowedError."""
    require(home, by, OfficerRole.CHECKER, county, "close")
    with opened(home.database_url) as book:
        require_current(home, book)
        packages = write_packages(home, book, county, pay_month)
    if not packages:
        raise BookError("本月没有已结账的", "请先结账", f"{county} {month_text(pay_month)}")
    return Closed((), tuple(packages))


def _packaged(home: Home, book: Book, county: str, pay_month: date, seals: Iterable[Seal]) -> list[Sealed]:
    """The packages of what was sealed now, and of what was sealed of the month before."""
    months = sorted({pay_month, *(seal.cycle.pay_month for seal in seals)})
    try:
        return [one for month in months for one in write_packages(home, book, county, month)]
    except OfficerError as failed:
        what = f"已经结账,封存包没有写成:{failed.what}"
        raise BookError(what, failed.advice, failed.where, failed.found) from failed


def _still_unanswered(home: Home, county: str, pay_month: date, rows: pl.DataFrame, signature: str) -> BookError:
    """List what the bank has not finally answered, and say how it is signed."""
    target = write_table(rows, home.lists(county, pay_month) / "unanswered.xlsx", UNANSWERED, "待查")
    return BookError(
        f"有 {rows.height} 笔尚无最终回盘结果,清单见 {target}",
        f"请先读入回盘;确需结账的,核对清单后加 --sign-list {signature} --reason 理由",
        f"{county} {month_text(pay_month)}",
        {"unanswered": rows.height, "list": str(target), "signature": signature},
    )


def month_name(seal: Seal) -> str:
    """A sealed cycle as an officer calls it."""
    return f"{month_text(seal.cycle.pay_month)} 第 {seal.cycle.sequence} 期"
