"""Lineage both ways, opened from what a run kept: a register row's payments, and a payment line's rows and clauses.

Read-only. Everything is told as the run concerned knew it; what became of the money, as the book has it now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from contracts.codes import BatchState
from contracts.errors import BookError, InputError
from contracts.files import write_whole
from contracts.months import month_text, parse_month
from contracts.registers import INBOX_FILES, label_of
from contracts.settings import Home
from ledger import batches, cycles, people
from ledger.book import Book, opened
from month.month import Month, opened_month, registers_of
from month.one_person import proof_of
from month.store import Store
from reports import tracing
from reports.left_out import decided_by_row
from reports.masking import masked
from reports.person import tell
from reports.person_told import AttemptTold, ByRun, CountyTold, MonthTold, ObligationTold
from reports.tracing import AcceptedRow, Item, LineTrace, RowTrace

FILES_NAMED = 20  # of the files that are named where none is meant
GONE = "这次运行的各表已不在存档,不能列出名册行;从备份恢复 store 后可再查"


def trace_row(
    home: Home, county: str, file_name: str, row_no: int, sheet: str | None = None, pay_month: date | None = None
) -> RowTrace:
    """What became of a row of a received file, by the county's run of `pay_month`, the newest where none is named.

    `row_no`: as the file counts, from 1. `sheet`: needed only where several have that row. InputError where the run
    took no such file, or neither took nor refused the row.
    """
    with opened_month(home, county, pay_month) as month:
        registers = {name: month.tables.scan(f"accepted_{name}") for name in INBOX_FILES if _took(month, name)}
        at = _place(file_name, row_no, sheet)
        taken = {name: rows.filter(at).collect() for name, rows in registers.items()}
        refused = tuple(tracing.refused_cells(month.tables.read("refused_rows").filter(at)))
        taken = {name: rows for name, rows in taken.items() if rows.height}
        if not taken and not refused:
            _not_there(month, registers, file_name)
        _require_one_sheet(taken, sheet)
        rows = [
            row
            for name, found in taken.items()
            for row in (_of_institution(month, found) if name == "institution" else _of_people(month, name, found))
        ]
        return RowTrace(
            county=f"{county} {month.rules.county_name}",
            pay_month=month_text(month.manifest.pay_month),
            known_on=month.manifest.known_on.isoformat(),
            file_name=file_name,
            row_no=row_no,
            refused=refused,
            rows=tuple(rows),
        )


def trace_line(home: Home, county: str, line_no: int, batch_id: str = "", file_name: str = "") -> LineTrace:
    """The register rows, clauses and values that a line of a payment file rests on, each person's as its own run knew.

    The batch is named by its number or by its file; InputError where there is no such batch or line.
    """
    with opened(home.database_url) as book:
        batch = _batch(book, county, batch_id, file_name)
        with book.reading() as conn:
            line = batches.lines(conn, batch["batch_id"]).filter(pl.col("line_no") == line_no)
            if line.is_empty():
                what = f"批次 {batch['batch_id']} 没有第 {line_no} 行"
                raise InputError(what, f"行号从 1 到 {batch['line_count']}", county)
            of_batch = batches.items(conn, batch["batch_id"])
        printed = line.row(0, named=True)
        paid = of_batch.filter(pl.col("instruction_id") == printed["instruction_id"])
        return LineTrace(
            county=county,
            pay_month=month_text(batch["pay_month"]),
            batch_id=batch["batch_id"],
            line_no=line_no,
            instruction_id=printed["instruction_id"],
            file_name=batch["file_name"] or "",
            file_digest=batch["file_digest"] or "",
            payee_name=printed["payee_name"],
            bank_name=printed["bank_name"],
            account_no=masked(printed["account_no"]),
            amount_fen=printed["amount_fen"],
            state=BatchState(batch["state"]),
            maker=batch["maker"] or "",
            checker=batch["checker"] or "",
            releaser=batch["releaser"] or "",
            items=tuple(_items(home, book, county, printed["instruction_id"], paid)),
        )


def write(trace: RowTrace | LineTrace, target: Path) -> None:
    """Write a trace to `target` (.html), whole or not at all."""
    write_whole(target, tracing.html(trace).encode())


def _took(month: Month, name: str) -> bool:
    return month.tables.has(f"accepted_{name}")


def _place(file_name: str, row_no: int, sheet: str | None) -> pl.Expr:
    at = (pl.col("source_file") == file_name) & (pl.col("source_row") == row_no)
    return at if sheet is None else at & (pl.col("source_sheet") == sheet)


def _not_there(month: Month, registers: Mapping[str, pl.LazyFrame], file_name: str) -> None:
    """Say which files there are, or that this one has no such row."""
    names = {
        name: rows.select(pl.col("source_file").unique()).collect()["source_file"].to_list()
        for name, rows in registers.items()
    }
    where = f"{month.manifest.county} {month_text(month.manifest.pay_month)}"
    if file_name in {name for found in names.values() for name in found}:
        advice = "标题、空行、合计行不算;与别的行完全相同的并作一行,请查那一行"
        raise InputError(f"{file_name} 的这一行既没有收下,也没有拒收", advice, where)
    known = [f"{label_of(name)} {one}" for name, found in names.items() for one in found][:FILES_NAMED]
    raise InputError("这次运行没有用这个文件", f"用了:{'、'.join(known)};别的月份请写 --month", where)


def _require_one_sheet(taken: Mapping[str, pl.DataFrame], sheet: str | None) -> None:
    sheets = sorted({name for rows in taken.values() for name in rows["source_sheet"]})
    if sheet is None and len(sheets) > 1:
        raise InputError("不止一个工作表有这一行", f"请写 --sheet:{'、'.join(sheets)}")


def _of_people(month: Month, register: str, found: pl.DataFrame) -> Iterator[AcceptedRow]:
    """The row as taken, of each person that it is about."""
    gaps = month.tables.read("register_gaps").filter(pl.col("register") == register)["person_no"]
    for number in found["person_no"].unique(maintain_order=True):
        rows = found.filter(pl.col("person_no") == number)
        told = _county_told(month, number)
        decided = tracing.decided_of(_own(month, number), month.rules, month.scope, register, rows)
        yield AcceptedRow(
            told=tracing.row_told(register, rows[:1]),
            person_no=number,
            name=told.registered.name if told and told.registered else "",
            person_id=_masked_id(month.book, number),
            is_from_before=number in gaps,
            touched=tuple(tracing.touched(told, decided)),
            paid_to=_paid_to(month, rows, told) if register == "account" else (),
            holds=told.holds if told else (),
        )


def _of_institution(month: Month, rows: pl.DataFrame) -> Iterator[AcceptedRow]:
    """An institution's row decides no amount: it is the account that others' money goes to."""
    yield AcceptedRow(
        told=tracing.row_told("institution", rows[:1]),
        person_no=None,
        name=rows["name"][0] or "",
        person_id="",
        is_from_before=False,
        touched=(),
        paid_to=tracing.lines_to(month.book, month.manifest.county, rows["account_no"][0] or ""),
        holds=(),
    )


def _own(month: Month, person_no: int) -> dict[str, pl.DataFrame]:
    """A person's rows as each file has them."""
    of_person = pl.col("person_no") == person_no
    listed = [name for name in INBOX_FILES if name != "institution" and _took(month, name)]
    return {name: month.tables.scan(f"accepted_{name}").filter(of_person).collect() for name in listed}


def _county_told(month: Month, person_no: int) -> CountyTold | None:
    county = month.manifest.county
    told = tell(month.book, person_no, county, lambda name: registers_of(month.home, month.book, name))
    return told.counties[0] if told.counties else None


def _masked_id(book: Book, person_no: int) -> str:
    with book.reading() as conn:
        (person_id,) = people.identities(conn, pl.DataFrame({"person_no": [person_no]}))["person_id"]
    return masked(person_id)


def _paid_to(month: Month, rows: pl.DataFrame, told: CountyTold | None) -> tuple[tracing.LineTo, ...]:
    """The person's own lines to the account of his row: an account may be several people's."""
    owed = [one for of_month in (told.months if told else ()) for one in of_month.obligations]
    own = {attempt.instruction_id for one in owed for attempt in one.attempts}
    return tracing.lines_to(month.book, month.manifest.county, rows["account_no"][0] or "", own)


def _batch(book: Book, county: str, batch_id: str, file_name: str) -> dict[str, Any]:
    """The batch that is meant (row of ledger.batches.batches_of); of several of one name the newest that stands."""
    with book.reading() as conn:
        known = batches.batches_of(conn, county, None)
    is_meant = pl.col("batch_id") == batch_id if batch_id else pl.col("file_name") == file_name
    found = known.filter(is_meant).sort(pl.col("state") != BatchState.VOIDED.value, "claimed_at")
    if found.is_empty():
        named = f"批次 {batch_id}" if batch_id else f"发放文件 {file_name}"
        raise InputError(f"本县没有{named}", "批次号和文件名见 disburse status 或发放文件旁的清单", county)
    return found.row(-1, named=True)


def _items(home: Home, book: Book, county: str, instruction_id: str, paid: pl.DataFrame) -> Iterator[Item]:
    """What a line pays, each benefit month with the proof of the run that booked it."""
    with book.reading() as conn:
        numbers = people.paid_by(conn, instruction_id)
    wanted = set(paid["obligation_id"])
    for number in numbers:
        told = tell(book, number, county, lambda name: registers_of(home, book, name)).counties[0]
        for of_month in told.months:
            for owed in of_month.obligations:
                if owed.obligation_id in wanted:
                    attempt = next(one for one in owed.attempts if one.instruction_id == instruction_id)
                    yield _item(home, book, county, number, told, of_month, owed, attempt)


def _item(
    home: Home,
    book: Book,
    county: str,
    number: int,
    told: CountyTold,
    of_month: MonthTold,
    owed: ObligationTold,
    attempt: AttemptTold,
) -> Item:
    name, month = told.registered.name if told.registered else "", parse_month(of_month.benefit_month)
    item = Item(
        number,
        name,
        _masked_id(book, number),
        of_month.benefit,
        of_month.benefit_month,
        owed.kind,
        attempt.amount_fen,
        attempt.attempt,
        owed.run.pay_month,
        owed.run.maker,
        owed.run.known_on,
        owed.state_label,
        attempt.answers,
        None,
        {},
        (),
        GONE,
    )
    run = _run(book, county, owed.run)
    tables = Store(home).of(run.manifest)
    if not (tables.is_whole() and tables.has("accepted_population")):
        return item
    at_work = Month(home, book, tables)
    proof = proof_of(at_work, number, month)
    of_benefit = tracing.of_benefit(proof, of_month.benefit)
    if of_benefit is None:
        return replace(item, note="人口名册中没有此人当月的行")
    own = _own(at_work, number)
    decided = decided_by_row(own, at_work.rules, at_work.scope).filter(pl.col("benefit_month") == month)
    used = tuple(tracing.rows_used(own, of_benefit, decided))
    return replace(item, proof=of_benefit, facts=proof.facts, rows=used, note="")


def _run(book: Book, county: str, by: ByRun) -> cycles.Run:
    """The run that booked something."""
    with book.reading() as conn:
        of_month = cycles.cycles_of(conn, county, parse_month(by.pay_month))
        runs = [run for cycle in of_month for run in cycles.runs_of(conn, cycle.cycle_id)]
    found = next((run for run in runs if run.run_id == by.run_id), None)
    if found is None:
        raise BookError("总账中没有入账的那次运行", "请用 disburse doctor 检查总账", county)
    return found
