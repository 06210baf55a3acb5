"""Text cells become typed rows; every row that cannot be taken becomes refused rows, one for each reason.

Bad rows are flagged in one pass over all rows; what is wrong is worked out only for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from contracts.codes import CellChange, RefusalCode
from contracts.columns import CellKind, ColumnFacts, columns_of
from contracts.registers import FILES, accepted_schema
from contracts.row_rules import ROW_RULES
from intake.cells import where_wrong, why
from intake.changes import count_changes, list_changes
from intake.households import whose_column
from intake.numbering import in_order_of_file, row_of_register
from intake.readings import EMPTY, TEXT, UNREAD, read_columns
from intake.receiving import Received
from intake.refusals import SCHEMA, WHOLE_FILE, advice_for, masked
from intake.repeats import by_number_in_use, settle_repeats
from intake.resident_ids import birth_date, digits_of, out_of_time

IS_BAD = "is_bad"
BORN = "born:"  # prefix of the day of birth in an identity number
BEGINNING = "from_month"
MONTHS_ABSENT = RefusalCode.MONTHS_ABSENT.value
IS_LISTED = pl.col("code") == RefusalCode.NOT_DATA.value


@dataclass(frozen=True)
class Accepted:
    """One register's rows, sorted into taken and refused.

    `rows`: contracts.registers.accepted(register), in the order of the file. `refused` (RefusedRow): one per row and
    reason, the notes on the whole file (source_row 0) and the rows that are no data (NOT_DATA).
    rows_in + rows_unfolded = rows + rows_refused + rows_collapsed + rows_listed: `rows_unfolded` are the persons of
    households beyond the first of each row of the file. `changes`: how many cells of rows that could be read were made
    regular, by kind; `changed` names them.
    """

    register: str
    rows: pl.DataFrame = field(repr=False)
    refused: pl.DataFrame = field(repr=False)
    rows_in: int
    rows_unfolded: int
    rows_refused: int  # each row or person once
    rows_collapsed: int
    changes: dict[CellChange, int]
    by_layout: pl.DataFrame = field(repr=False)  # what the county's layout put into cells
    cells: pl.DataFrame = field(repr=False)  # as they came
    is_left: pl.Series = field(repr=False)  # which of their rows could not be read

    @cached_property
    def changed(self) -> pl.DataFrame:
        """The cells that were made regular (ChangedCell), one row for each kind of change; worked out when asked."""
        listed = list_changes(self.cells.filter(~self.is_left), list(columns_of(FILES[self.register])))
        return whose_column(pl.concat([listed, self.by_layout]))

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

    def asks_for(self, column: str) -> bool:
        """Whether the column must be filled in."""
        return self.column.name == column and self.code.meta.eq(_code(RefusalCode.VALUE_MISSING))


def ids_in(received: Iterable[Received]) -> pl.DataFrame:
    """The identity numbers of all registers' people: person_id, distinct, sorted, only those that can be right."""
    found = [texts[name] for register in received for name, texts in register.identities.items()]
    numbers = pl.concat([pl.Series(dtype=pl.String), *found]).drop_nulls()
    digits = pl.col("digits")  # the eighteenth follows from them
    ordered = pl.DataFrame({"person_id": numbers, "digits": digits_of(numbers)}).sort(digits)
    return ordered.filter(digits.ne_missing(digits.shift())).drop("digits")


NOBODY_JOINED = pl.DataFrame(schema={"person_id": pl.String, "used_id": pl.String})


def accept(
    received: Received,
    numbers: pl.DataFrame,
    known_on: date,
    *,
    earlier: pl.DataFrame = NOBODY_JOINED,
    is_current_list: bool = False,
) -> Accepted:
    """Sort a register's rows into accepted and refused.

    Rows of a current list need not say since when they run (intake/current_lists.py).

    `numbers` (PersonNumbers) must hold every person of `ids_in()`; ValueError where it does not. Of people whom an
    officer joined to another number they hold that one, and `earlier` (person_id, used_id) says which it is. Nobody may
    be born after `known_on`, the day the run knows of.
    """
    register = received.register
    columns = list(columns_of(FILES[register]))
    checks = [
        check for check in _checks(register, columns, known_on) if not (is_current_list and check.asks_for(BEGINNING))
    ]
    read = read_columns(received.cells, columns, received.identities)
    flagged = _flagged(read.rows.with_columns(_births(columns)), checks, received.refused)
    flagged = flagged.with_columns(_person_no(read.rows, numbers))
    texts = read.texts_of(received.cells, columns, flagged[IS_BAD])
    bad = pl.concat([flagged.filter(IS_BAD), texts], how="horizontal")
    names = accepted_schema(register).names()
    of_whom = [name for name in ("person_id",) if name in flagged.columns and name not in names]
    good = flagged.select(*names, *of_whom, IS_BAD).filter(~pl.col(IS_BAD)).drop(IS_BAD)
    _require_numbers(good)
    in_use = by_number_in_use(register, good, earlier)
    settled = settle_repeats(register, in_use.rows.select(names))
    refused = pl.concat(
        [
            _with_known_persons(
                received.refused.filter((pl.col("code") != MONTHS_ABSENT) | (not is_current_list)), bad
            ),
            *(_refusals(register, bad, check, received.refused) for check in checks if bad.height),
            in_use.refused,
            settled.refused,
        ]
    )
    by_layout = received.changed.join(good, on="source_row", how="semi")
    counted = dict(by_layout["change"].cast(pl.String).value_counts().iter_rows())
    changes = count_changes(received.cells, flagged[IS_BAD], columns, read.texts)
    file_rows = received.cells.select(row_of_register())["source_row"].n_unique()
    return Accepted(
        register=register,
        rows=in_order_of_file(settled.rows),
        refused=whose_column(refused),
        rows_in=file_rows + received.refused.filter(IS_LISTED).height,
        rows_unfolded=received.cells.height - file_rows,
        rows_refused=refused.filter((pl.col("source_row") != WHOLE_FILE) & ~IS_LISTED)["source_row"].n_unique(),
        rows_collapsed=settled.collapsed_count,
        changes=changes | {CellChange(change): count for change, count in counted.items()},
        by_layout=by_layout,
        cells=received.cells,
        is_left=flagged[IS_BAD],
    )


def _checks(register: str, columns: list[ColumnFacts], known_on: date) -> Iterator[Check]:
    """Everything that can be wrong with one row on its own."""
    by_name = {facts.name: facts for facts in columns}
    for facts in columns:
        if facts.required:
            yield Check(facts, pl.col(EMPTY + facts.name), _code(RefusalCode.VALUE_MISSING))
        if facts.decides:
            yield Check(facts, pl.col(UNREAD + facts.name), why(facts, TEXT + facts.name))
        if facts.decides and facts.kind is CellKind.RESIDENT_ID:
            yield Check(facts, out_of_time(pl.col(BORN + facts.name), known_on), _code(RefusalCode.ID_DATE))
        if facts.happened:
            yield Check(facts, pl.col(facts.name) > known_on, _code(RefusalCode.DAY_TO_COME))
    if register == "population":
        conflict = pl.col("birth_date") != pl.col(BORN + "person_id")
        yield Check(by_name["birth_date"], conflict, _code(RefusalCode.BIRTH_DATE_CONFLICT))
    for rule in ROW_RULES.get(register, ()):
        # a cell that is there but cannot be read is refused for that alone
        unfilled = pl.col(EMPTY + rule.column) if rule.code is RefusalCode.VALUE_MISSING else pl.lit(True)
        yield Check(by_name[rule.column], rule.violated & unfilled, _code(rule.code), rule.advice)


def _births(columns: list[ColumnFacts]) -> Iterator[pl.Expr]:
    """The day of birth in each identity number that decides, asked for by more than one check."""
    for facts in columns:
        if facts.decides and facts.kind is CellKind.RESIDENT_ID:
            yield birth_date(pl.col(facts.name)).alias(BORN + facts.name)


def _code(code: RefusalCode) -> pl.Expr:
    return pl.lit(code.value)


def _flagged(rows: pl.DataFrame, checks: list[Check], refused_cells: pl.DataFrame) -> pl.DataFrame:
    damaged = refused_cells["source_row"].unique().to_list()
    violations = [check.violated.fill_null(False) for check in checks]
    return rows.with_columns(pl.any_horizontal(*violations, pl.col("source_row").is_in(damaged)).alias(IS_BAD))


def _person_no(rows: pl.DataFrame, numbers: pl.DataFrame) -> pl.Series:
    """The number of each row's person; null where the row names nobody legibly."""
    if "person_id" not in rows.columns:
        return pl.repeat(None, rows.height, dtype=pl.Int64, eager=True).alias("person_no")
    known = numbers.select("person_id", "person_no")
    joined = rows.select("person_id").join(known, on="person_id", how="left", validate="m:1", maintain_order="left")
    return joined["person_no"]


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
    in_words = pl.col("code").is_in([RefusalCode.PRIVATE_USE.value, RefusalCode.TEXT_INVALID.value])
    wrong = pl.when(in_words).then(where_wrong(pl.col(TEXT + check.column.name))).otherwise(pl.lit(""))
    advice = {code.value: check.advice or advice_for(code, check.column) for code in codes}
    return hits.select(
        register=pl.lit(register),
        source_file="source_file",
        source_sheet="source_sheet",
        source_row="source_row",
        source_column=pl.lit(check.column.header),
        code=pl.col("code").cast(RefusalCode.dtype()),
        reason=pl.col("code").replace_strict(reasons, return_dtype=pl.String) + wrong,
        advice=pl.col("code").replace_strict(advice, return_dtype=pl.String),
        value_masked=masked(check.column.kind, TEXT + check.column.name),
        person_no="person_no",
    )
