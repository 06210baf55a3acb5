"""Text cells become typed rows; every row that cannot be taken becomes refused rows, one for each reason.

Bad rows are flagged in one pass over all rows; what is wrong is worked out only for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from contracts.codes import RefusalCode
from contracts.columns import CellKind, ColumnFacts, columns_of
from contracts.registers import FILES, accepted_schema
from contracts.row_rules import ROW_RULES
from intake.cells import is_null_word, trimmed, value, why
from intake.changes import Change, count_changes
from intake.receiving import Received
from intake.refusals import SCHEMA, WHOLE_FILE, advice_for, masked
from intake.repeats import settle_repeats
from intake.resident_ids import birth_date, born_out_of_time, legible

TEXT = "text:"  # prefix of a cell's trimmed text, beside its typed value
IS_BAD = "is_bad"
IS_LISTED = pl.col("code") == RefusalCode.NOT_DATA.value


@dataclass(frozen=True)
class Accepted:
    """One register's rows, sorted into taken and refused.

    `rows`: contracts.registers.accepted(register), in the order of the file. `refused` (RefusedRow): one per row and
    reason, the notes on the whole file (source_row 0) and the rows that are no data (NOT_DATA).
    rows_in = rows + rows_refused + rows_collapsed + rows_listed. `changes`: how many cells of rows that could be read
    were made regular, by kind.
    """

    register: str
    rows: pl.DataFrame = field(repr=False)
    refused: pl.DataFrame = field(repr=False)
    rows_in: int
    rows_collapsed: int
    changes: dict[Change, int]

    @property
    def rows_refused(self) -> int:
        """How many rows of the file were refused, each counted once."""
        return self.refused.filter((pl.col("source_row") != WHOLE_FILE) & ~IS_LISTED)["source_row"].n_unique()

    @property
    def rows_listed(self) -> int:
        """How many rows of the file are no data: titles, blank rows, totals, signatures."""
        return self.refused.filter(IS_LISTED).height


@dataclass(frozen=True)
class Check:
    """One way a row can be wrong: where `violated` is true, `code` is the refusal, about one column."""

    column: ColumnFacts
    violated: pl.Expr
    code: pl.Expr
    advice: str = ""  # empty: the usual advice for the code


def ids_in(received: Iterable[Received]) -> pl.DataFrame:
    """The identity numbers of all registers' people: person_id, distinct, sorted, only those that can be right."""
    found = [pl.DataFrame(schema={"person_id": pl.String})]
    for register in received:
        if "person_id" in register.cells.columns:
            found.append(register.cells.select(legible(trimmed("person_id")).alias("person_id")))
    return pl.concat(found).drop_nulls().unique().sort("person_id")


def accept(received: Received, numbers: pl.DataFrame, known_on: date) -> Accepted:
    """Sort a register's rows into accepted and refused.

    `numbers` (PersonNumbers) must hold every person of `ids_in()`; ValueError where it does not. Nobody may be born
    after `known_on`, the day the run knows of.
    """
    register = received.register
    columns = list(columns_of(FILES[register]))
    checks = list(_checks(register, columns, known_on))
    flagged = _flagged(_read(received.cells, columns), checks, received.refused)
    bad = flagged.filter(IS_BAD).pipe(_with_person_no, numbers)
    good = flagged.filter(~pl.col(IS_BAD)).pipe(_with_person_no, numbers)
    _require_numbers(good)
    settled = settle_repeats(register, good.select(accepted_schema(register).names()))
    refused = pl.concat(
        [
            _with_known_persons(received.refused, bad),
            *(_refusals(register, bad, check, received.refused) for check in checks),
            settled.refused,
        ]
    )
    return Accepted(
        register=register,
        rows=settled.rows,
        refused=refused.sort("source_row", maintain_order=True),
        rows_in=received.cells.height + received.refused.filter(IS_LISTED).height,
        rows_collapsed=settled.collapsed_count,
        changes=_changed(received.cells, flagged, columns),
    )


def _read(cells: pl.DataFrame, columns: list[ColumnFacts]) -> pl.DataFrame:
    """Typed values under the contract's names, the trimmed texts beside them."""
    texts = cells.with_columns(
        trimmed(facts.name).fill_null(pl.lit(facts.blank or None, pl.String)).alias(TEXT + facts.name)
        for facts in columns
    )
    return texts.with_columns(value(facts, TEXT + facts.name).alias(facts.name) for facts in columns)


def _checks(register: str, columns: list[ColumnFacts], known_on: date) -> Iterator[Check]:
    """Everything that can be wrong with one row on its own."""
    by_name = {facts.name: facts for facts in columns}
    for facts in columns:
        text, read = pl.col(TEXT + facts.name), pl.col(facts.name)
        if facts.required:
            yield Check(facts, text.is_null(), _code(RefusalCode.VALUE_MISSING))
        unread = text.is_not_null() & read.is_null() & ~is_null_word(facts, TEXT + facts.name)
        yield Check(facts, unread, why(facts, TEXT + facts.name))
        if facts.kind is CellKind.RESIDENT_ID:
            yield Check(facts, born_out_of_time(read, known_on), _code(RefusalCode.ID_DATE))
    if register == "population":
        conflict = pl.col("birth_date") != birth_date(pl.col("person_id"))
        yield Check(by_name["birth_date"], conflict, _code(RefusalCode.BIRTH_DATE_CONFLICT))
    for rule in ROW_RULES.get(register, ()):
        # a cell that is there but cannot be read is refused for that alone
        unfilled = pl.col(TEXT + rule.column).is_null() if rule.code is RefusalCode.VALUE_MISSING else pl.lit(True)
        yield Check(by_name[rule.column], rule.violated & unfilled, _code(rule.code), rule.advice)


def _changed(cells: pl.DataFrame, flagged: pl.DataFrame, columns: list[ColumnFacts]) -> dict[Change, int]:
    texts = flagged.select(pl.col(TEXT + facts.name).alias(facts.name) for facts in columns)
    return count_changes(cells.filter(~flagged[IS_BAD]), texts.filter(~flagged[IS_BAD]), columns)


def _code(code: RefusalCode) -> pl.Expr:
    return pl.lit(code.value)


def _flagged(rows: pl.DataFrame, checks: list[Check], refused_cells: pl.DataFrame) -> pl.DataFrame:
    damaged = refused_cells["source_row"].unique().to_list()
    violations = [check.violated.fill_null(False) for check in checks]
    return rows.with_columns(pl.any_horizontal(*violations, pl.col("source_row").is_in(damaged)).alias(IS_BAD))


def _with_person_no(rows: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    if "person_id" not in rows.columns:
        return rows.with_columns(person_no=pl.lit(None, pl.Int64))
    return rows.join(
        numbers.select("person_id", "person_no"), on="person_id", how="left", validate="m:1", maintain_order="left"
    )


def _require_numbers(rows: pl.DataFrame) -> None:
    if "person_id" in rows.columns and (lacking := rows["person_no"].null_count()):
        raise ValueError(f"{lacking} accepted rows have a person without a number: number ids_in() first")


def _with_known_persons(refused: pl.DataFrame, bad: pl.DataFrame) -> pl.DataFrame:
    """Cells refused at reading, with the person where the row's identity number is legible."""
    known = bad.select("source_row", "person_no")
    return refused.drop("person_no").join(known, on="source_row", how="left", validate="m:1").select(SCHEMA.names())


def _refusals(register: str, bad: pl.DataFrame, check: Check, refused_cells: pl.DataFrame) -> pl.DataFrame:
    """The rows that fail one check, worded; a cell already refused at reading is not refused twice."""
    already = refused_cells.filter(pl.col("source_column") == check.column.header)["source_row"].to_list()
    hits = bad.filter(check.violated.fill_null(False) & ~pl.col("source_row").is_in(already)).with_columns(
        code=check.code
    )
    codes = [RefusalCode(code) for code in hits["code"].unique()]
    reasons = {code.value: code.label for code in codes}
    advice = {code.value: check.advice or advice_for(code, check.column) for code in codes}
    return hits.select(
        register=pl.lit(register),
        source_file="source_file",
        source_sheet="source_sheet",
        source_row="source_row",
        source_column=pl.lit(check.column.header),
        code=pl.col("code").cast(RefusalCode.dtype()),
        reason=pl.col("code").replace_strict(reasons, return_dtype=pl.String),
        advice=pl.col("code").replace_strict(advice, return_dtype=pl.String),
        value_masked=masked(check.column.kind, TEXT + check.column.name),
        person_no="person_no",
    )
