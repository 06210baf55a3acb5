"""The month in figures: what each benefit costs, what it rests on, what waits, which files it gave. No person in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

import polars as pl

from contracts.codes import BatchState, Benefit, Cause, HoldCode, Kind, ValueStatus
from contracts.months import add_months, month_text
from contracts.registers import label_of
from ledger import batches, fate, figures, holds
from ledger.book import Book


@dataclass(frozen=True)
class BenefitLine:
    """One benefit: people and fen owed for the month and for the month before, and what was posted beside it.

    The month before is told twice: as now known (`before`), and as officers released it then (`issued_before`).
    """

    benefit: str
    label: str
    people: int
    fen: int
    people_before: int
    fen_before: int
    people_issued_before: int
    fen_issued_before: int
    arrears_fen: int
    withdrawn_fen: int
    receivable_fen: int
    people_without_standard: int


@dataclass(frozen=True)
class Labelled:
    """A count, and a sum where money is meant, under a Chinese label."""

    code: str
    label: str
    count: int
    fen: int | None = None


@dataclass(frozen=True)
class OldRegister:
    """A register without a usable file of this month; `inbox_month` of the file that stands, empty where there is none.

    `unusable`: why the file of this month cannot be used; empty where none came. `lacking`: of a register in parts,
    those that did not come.
    """

    register: str
    label: str
    inbox_month: str
    carried_months: int
    unusable: str
    lacking: str

    @property
    def is_received(self) -> bool:
        """Whether any file ever came."""
        return bool(self.inbox_month or self.unusable)

    def told(self, pay_month: str) -> str:
        """What the month does without, in an officer's words."""
        if self.unusable:
            instead = f"沿用 {self.inbox_month} 的" if self.inbox_month else "也没有以前的可沿用,按没有人员计算"
            return f"{self.label}报送的文件不能使用({self.unusable}),{instead}"
        if self.inbox_month == pay_month:
            before = f"沿用以前的(最早 {self.carried_months} 个月前)" if self.carried_months else "也从未收到"
            return f"{self.label}本月没有报齐,缺 {self.lacking},{before}"
        return f"{self.label}本月没有报送,沿用 {self.inbox_month} 的({self.carried_months} 个月前)"


@dataclass(frozen=True)
class FileLine:
    """One batch and its file."""

    batch_id: str
    benefit: str
    label: str
    state: str
    file_name: str
    file_digest: str
    lines: int
    fen: int


@dataclass(frozen=True)
class MonthSummary:
    """A county's pay month."""

    county: str
    pay_month: str
    benefits: tuple[BenefitLine, ...]
    receivables: tuple[Labelled, ...]
    withdrawals: tuple[Labelled, ...]
    holds: tuple[Labelled, ...]
    uncertain: tuple[Labelled, ...]
    refused: tuple[Labelled, ...]
    files: tuple[FileLine, ...]

    @property
    def total(self) -> BenefitLine:
        """All benefits together; people of several benefits are counted for each."""
        counted = [one.name for one in fields(BenefitLine) if one.name not in ("benefit", "label")]
        sums = {name: sum(getattr(line, name) for line in self.benefits) for name in counted}
        return BenefitLine(benefit="", label="合计", **sums)

    @property
    def in_files(self) -> Labelled:
        """Lines and fen of all payment files together."""
        return total_of(self.files)

    @property
    def rows_refused(self) -> int:
        """Register rows refused, of all registers."""
        return sum(line.count for line in self.refused)

    @property
    def uncertain_fen(self) -> int:
        """Money that rests on a draft or a placeholder."""
        return sum(line.fen or 0 for line in self.uncertain)

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def total_of(files: Sequence[FileLine]) -> Labelled:
    """Lines and fen of payment files together."""
    return Labelled("", "合计", sum(file.lines for file in files), sum(file.fen for file in files))


def summarise(book: Book, county: str, pay_month: date, intake_counts: pl.DataFrame) -> MonthSummary:
    """The figures of a month from the book. `intake_counts`: IntakeCount of the run."""
    with book.reading() as conn:
        taken = figures.taken_back(conn, county, pay_month)
        uncertain = figures.uncertain(conn, county, pay_month)
        waiting, held = holds.open_holds(conn, county), fate.held(conn, county)
        files = batches.batches_of(conn, county, pay_month)
        of_month = {
            "now": figures.owed(conn, county, pay_month),
            "before": figures.owed(conn, county, add_months(pay_month, -1)),
            "issued": figures.issued_regular(conn, county, add_months(pay_month, -1)),
            "posted": figures.posted(conn, county, pay_month),
            "taken": taken,
            "unset": figures.unset(conn, county, pay_month),
        }
    return MonthSummary(
        county=county,
        pay_month=month_text(pay_month),
        benefits=tuple(_benefits(of_month)),
        receivables=_by_cause(taken.filter("is_receivable")),
        withdrawals=_by_cause(taken.filter(~pl.col("is_receivable"))),
        holds=_holds(waiting, held),
        uncertain=not_in_force(uncertain),
        refused=_refused(intake_counts),
        files=tuple(file_lines(files)),
    )


def _benefits(of_month: Mapping[str, pl.DataFrame]) -> Iterator[BenefitLine]:
    for benefit in Benefit:
        told = {name: _of(frame, benefit) for name, frame in of_month.items()}
        if all(frame.is_empty() for frame in told.values()):
            continue
        yield BenefitLine(
            benefit=benefit.value,
            label=benefit.label,
            people=_sum(told["now"], "people_count"),
            fen=_sum(told["now"], "amount_fen"),
            people_before=_sum(told["before"], "people_count"),
            fen_before=_sum(told["before"], "amount_fen"),
            people_issued_before=_sum(told["issued"], "people_count"),
            fen_issued_before=_sum(told["issued"], "amount_fen"),
            arrears_fen=_sum(told["posted"].filter(pl.col("kind") == Kind.ARREARS.value), "amount_fen"),
            withdrawn_fen=_sum(told["taken"].filter(~pl.col("is_receivable")), "amount_fen"),
            receivable_fen=_sum(told["taken"].filter("is_receivable"), "amount_fen"),
            people_without_standard=_sum(told["unset"], "people_count"),
        )


def _of(frame: pl.DataFrame, benefit: Benefit) -> pl.DataFrame:
    return frame.filter(pl.col("benefit") == benefit.value)


def _sum(frame: pl.DataFrame, column: str) -> int:
    return int(frame[column].sum() or 0)


def _by_cause(taken: pl.DataFrame) -> tuple[Labelled, ...]:
    sums = taken.group_by("cause").agg(pl.col("line_count", "amount_fen").sum()).sort("cause")
    return tuple(Labelled(cause, Cause.label_of(cause), count, fen) for cause, count, fen in sums.iter_rows())


def _holds(waiting: pl.DataFrame, held: pl.DataFrame) -> tuple[Labelled, ...]:
    """Open holds by code: people, and the money they keep back; money under two codes is counted under each."""
    kept = (
        holds.covered(held, waiting)
        .join(waiting.select("hold_id", "code"), on="hold_id")
        .join(held.select("obligation_id", "person_no", "pays_fen"), on="obligation_id")
        .unique(["code", "obligation_id"])
    )
    sums = (
        kept.group_by("code").agg(pl.col("person_no").n_unique().cast(pl.Int64), pl.col("pays_fen").sum()).sort("code")
    )
    return tuple(Labelled(code, HoldCode.label_of(code), people, fen) for code, people, fen in sums.iter_rows())


def not_in_force(rows: pl.DataFrame) -> tuple[Labelled, ...]:
    """Money by benefit and status of the standard it rests on, of ledger.figures.uncertain."""
    return tuple(
        Labelled(
            f"{row['benefit']}:{row['amount_status']}",
            f"{Benefit.label_of(row['benefit'])}({ValueStatus.label_of(row['amount_status'])})",
            row["people_count"],
            row["amount_fen"],
        )
        for row in rows.sort("benefit", "amount_status").iter_rows(named=True)
    )


def _refused(counts: pl.DataFrame) -> tuple[Labelled, ...]:
    refused = counts.filter(pl.col("rows_refused") > 0)
    return tuple(
        Labelled(register, label_of(register), count)
        for register, count in refused.select("register", "rows_refused").iter_rows()
    )


def not_handed_in(counts: pl.DataFrame, refused: pl.DataFrame) -> tuple[OldRegister, ...]:
    """Registers without a usable file of this month (IntakeCount; RefusedRow says why), those never received last."""
    whole = refused.filter(pl.col("source_row") == 0).group_by("register", maintain_order=True)
    why = whole.agg(unusable=pl.col("reason").unique(maintain_order=True).str.join(";"))
    old = counts.filter(
        pl.col("file_name").is_null()
        | (pl.col("carried_months") > 0)
        | pl.col("lacking_parts").is_not_null()
        | pl.col("is_refused_whole")
    )
    lines = [
        OldRegister(
            row["register"],
            label_of(row["register"]),
            row["used_month"] or "",
            row["carried_months"],
            row["unusable"] if row["is_refused_whole"] else "",
            row["lacking_parts"] or "",
        )
        for row in old.join(why, on="register", how="left", maintain_order="left").iter_rows(named=True)
    ]
    return tuple(sorted(lines, key=lambda line: not line.inbox_month))


def part_label(batch: Mapping[str, Any]) -> str:
    """What a batch (a row of ledger.batches.batches_of) pays: its benefit, and what of it."""
    return f"{Benefit.label_of(batch['part'])} {batch['share']}".strip()


def file_lines(rows: pl.DataFrame) -> Iterator[FileLine]:
    """Batches that are not voided (ledger.batches.batches_of), in order, each with its file."""
    for row in rows.filter(pl.col("state") != BatchState.VOIDED.value).sort("batch_id").iter_rows(named=True):
        yield FileLine(
            batch_id=row["batch_id"],
            benefit=row["part"],
            label=part_label(row),
            state=row["state"],
            file_name=row["file_name"] or "",
            file_digest=row["file_digest"] or "",
            lines=row["line_count"],
            fen=row["total_fen"],
        )
