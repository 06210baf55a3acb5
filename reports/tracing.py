"""Lineage both ways: from one row of a received file to every payment it decided, and from one line of a payment file
to the register rows, clauses and values it rests on.

What a row decides is told by `left_out.py`; what became of it is the book's. Amounts in fen, accounts and identity
numbers in part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

import calculators
from contracts.codes import BankEvent, BatchState, Benefit, Kind, Outcome
from contracts.money import yuan_label
from contracts.months import month_text
from contracts.policy import Rules
from contracts.registers import PROVENANCE, label_of
from ledger import batches
from ledger.book import Book
from reports import person_course
from reports.explain import BenefitProof, Proof, RegisterRow, rows_told
from reports.html import as_html
from reports.left_out import decided_by_row
from reports.person_course import NO_FILE
from reports.person_told import AnswerTold, CountyTold, HoldTold, MonthTold, ObligationTold, ReceivableTold

Rows = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Touched:
    """One benefit month that is decided otherwise without the row (outcome None: nothing is owed), and its money."""

    benefit: Benefit
    benefit_month: str
    outcome: Outcome | None
    amount_fen: int | None
    without_outcome: Outcome | None
    without_fen: int | None
    obligations: tuple[ObligationTold, ...] = ()
    receivables: tuple[ReceivableTold, ...] = ()


@dataclass(frozen=True)
class LineTo:
    """A line of a payment file made out to the account that the row names."""

    benefit: Benefit
    pay_month: str
    batch_id: str
    line_no: int
    file_name: str
    people_count: int
    amount_fen: int
    state: BatchState
    answer: BankEvent | None


@dataclass(frozen=True)
class AcceptedRow:
    """The row as it was taken, of whom it is (nobody: an institution's), and everything it touched.

    `is_from_before`: the person's rows of the file are not taken this month; those of an earlier file stand.
    """

    told: RegisterRow
    person_no: int | None
    name: str
    person_id: str
    is_from_before: bool
    touched: tuple[Touched, ...]
    paid_to: tuple[LineTo, ...]
    holds: tuple[HoldTold, ...]


@dataclass(frozen=True)
class RefusedCell:
    """Why a row was refused: the column, the reason, what to do."""

    register: str
    label: str
    column: str
    reason: str
    advice: str


@dataclass(frozen=True)
class RowTrace:
    """What became of one row of a received file, as a county's run of `pay_month` knew it."""

    county: str
    pay_month: str
    known_on: str
    file_name: str
    row_no: int
    refused: tuple[RefusedCell, ...]
    rows: tuple[AcceptedRow, ...]


@dataclass(frozen=True)
class RowUsed:
    """A register row of the person, and whether the amount of the month is another without it."""

    told: RegisterRow
    is_deciding: bool

    @property
    def role(self) -> str:
        """What it is to the amount, in a word."""
        if self.is_deciding:
            return "决定金额"
        return "收款账户" if self.told.register == "account" else "不影响"


@dataclass(frozen=True)
class Item:
    """One person's benefit month that a line pays: the run that booked it, its proof, and the register rows.

    `proof` is None and `rows` are empty where the run's tables are kept no more (`note` says so).
    """

    person_no: int
    name: str
    person_id: str
    benefit: Benefit
    benefit_month: str
    kind: Kind
    amount_fen: int
    attempt: int
    booked_in: str
    booked_by: str
    known_on: str
    state: str
    answers: tuple[AnswerTold, ...]
    proof: BenefitProof | None
    facts: dict[str, str]
    rows: tuple[RowUsed, ...]
    note: str = ""


@dataclass(frozen=True)
class LineTrace:
    """One line of a payment file, to the rows and clauses."""

    county: str
    pay_month: str
    batch_id: str
    line_no: int
    instruction_id: str
    file_name: str
    file_digest: str
    payee_name: str
    bank_name: str
    account_no: str
    amount_fen: int
    state: BatchState
    maker: str
    checker: str
    releaser: str
    items: tuple[Item, ...]


def touched(county: CountyTold | None, decided: pl.DataFrame) -> Iterator[Touched]:
    """What a row decides (rows of left_out.DECIDED), with what the book has of each month."""
    known = {(one.benefit, one.benefit_month): one for one in (county.months if county else ())}
    for row in decided.iter_rows(named=True):
        benefit, month = Benefit(row["benefit"]), month_text(row["benefit_month"])
        booked: MonthTold | None = known.get((benefit, month))
        yield Touched(
            benefit,
            month,
            _outcome(row["outcome"]),
            row["amount_fen"],
            _outcome(row["without_outcome"]),
            row["without_fen"],
            booked.obligations if booked else (),
            booked.receivables if booked else (),
        )


def _outcome(code: str | None) -> Outcome | None:
    return Outcome(code) if code else None


def decided_told(outcome: Outcome | None, fen: int | None) -> str:
    """A decision in words."""
    if outcome is None:
        return "无此项"
    return f"{yuan_label(fen)} 元" if outcome is Outcome.ENTITLED and fen is not None else outcome.label


def money_told(one: Touched) -> Iterator[str]:
    """What became of a month, a line for each obligation, attempt and receivable."""
    for owed in one.obligations:
        yield f"入账{owed.kind.label} {yuan_label(owed.amount_fen)} 元({owed.state_label})"
        for attempt in owed.attempts:
            said = "、".join(answer.bank_event.label for answer in attempt.answers)
            void = f";作废({attempt.void_reason})" if attempt.void_reason else ""
            where = f"{attempt.batch_id} 第 {attempt.line_no} 笔,{attempt.file_name or NO_FILE}"
            yield f"  {where}{f';银行 {said}' if said else ''}{void}"
    for back in one.receivables:
        yield f"应追回 {yuan_label(back.amount_fen)} 元({back.cause.label}),尚欠 {yuan_label(back.open_fen)} 元"


def lines_to(book: Book, county: str, account_no: str, only: Iterable[str] | None = None) -> tuple[LineTo, ...]:
    """The lines made out to an account; `only`: of these instructions."""
    with book.reading() as conn:
        found = batches.lines_paid_to(conn, county, account_no)
        known = batches.batches_of(conn, county, None).select("batch_id", "file_name", "state")
    if only is not None:
        found = found.filter(pl.col("instruction_id").is_in(list(only)))
    return tuple(
        LineTo(
            Benefit(row["benefit"]),
            month_text(row["pay_month"]),
            row["batch_id"],
            row["line_no"],
            row["file_name"] or "",
            row["people_count"],
            row["amount_fen"],
            BatchState(row["state"]),
            BankEvent(row["answer"]) if row["answer"] else None,
        )
        for row in found.join(known, on="batch_id", how="left", maintain_order="left").iter_rows(named=True)
    )


def rows_used(own: Rows, proof: BenefitProof, decided: pl.DataFrame) -> Iterator[RowUsed]:
    """Every row of a person, the deciding ones first. `decided`: left_out.DECIDED of the person."""
    of_month = decided.filter(pl.col("benefit") == proof.benefit)
    deciding = set(of_month.select("register", *PROVENANCE).iter_rows())
    told = []
    for register, rows in own.items():
        for number in range(rows.height):
            row = rows[number : number + 1]
            place = (register, *row.select(*PROVENANCE).row(0))
            told += [RowUsed(one, place in deciding) for one in rows_told({register: row})]
    return iter(sorted(told, key=lambda one: not one.is_deciding))


def of_benefit(proof: Proof, benefit: Benefit) -> BenefitProof | None:
    """What a proof says of one benefit."""
    return next((one for one in proof.benefits if one.benefit == benefit.value), None)


def decided_of(own: Rows, rules: Rules, scope: calculators.Scope, register: str, place: pl.DataFrame) -> pl.DataFrame:
    """What one row of a person decides. `place`: PROVENANCE of the row."""
    decided = decided_by_row(own, rules, scope).filter(pl.col("register") == register)
    return decided.join(place.select(*PROVENANCE).unique(), on=list(PROVENANCE), how="semi", maintain_order="left")


def row_told(register: str, row: pl.DataFrame) -> RegisterRow:
    """One accepted row as an officer reads it."""
    return next(iter(rows_told({register: row})))


def refused_cells(rows: pl.DataFrame) -> Iterator[RefusedCell]:
    """Rows of contracts.tables.RefusedRow as told."""
    for row in rows.iter_rows(named=True):
        label = label_of(row["register"])
        yield RefusedCell(row["register"], label, row["source_column"] or "", row["reason"], row["advice"])


def html(trace: RowTrace | LineTrace) -> str:
    """A trace as one self-contained page."""
    if isinstance(trace, LineTrace):
        return as_html("trace_line.html.j2", trace=trace)
    return as_html(
        "trace_row.html.j2", trace=trace, decided_told=decided_told, money_told=money_told, course=person_course
    )
