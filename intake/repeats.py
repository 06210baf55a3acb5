"""Several rows that say the same, or contradict one another, within one register."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from contracts.codes import RefusalCode
from contracts.registers import ONE_ROW_OF, PROVENANCE, REGISTERS
from intake.numbering import row_in_file
from intake.refusals import ADVICE
from intake.resident_ids import birth_date

WHOSE = {"institution": "同一机构", "history": "同一人同一项目同一月"}


class Settled(NamedTuple):
    """The rows that stay, the refused ones (RefusedRow), and how many equal rows were folded into one."""

    rows: pl.DataFrame
    refused: pl.DataFrame
    collapsed_count: int


def settle_repeats(register: str, rows: pl.DataFrame) -> Settled:
    """Of equal rows the first stays.

    Where there may be one row only (ONE_ROW_OF), differing ones are all refused (AMBIGUOUS), and equal rows of a
    register collapse. Elsewhere an equal row is refused (DUPLICATE_ROW), in a list too: it may be a second payment.
    """
    content = [name for name in rows.columns if name not in PROVENANCE]
    key = list(ONE_ROW_OF.get(register, content[:1]))
    crowded = rows.filter(pl.struct(key).is_duplicated())
    firsts = crowded.unique(subset=content, keep="first", maintain_order=True)
    torn = firsts.filter(pl.struct(key).is_duplicated() & (register in ONE_ROW_OF))
    contradicting = crowded.join(torn, on=key, how="semi", maintain_order="left")
    repeated = _without(_without(crowded, firsts), contradicting)
    kept = _without(_without(rows, contradicting), repeated)
    refused = _contradictions(register, contradicting, key)
    if register in ONE_ROW_OF and register in REGISTERS:
        return Settled(kept, refused, repeated.height)
    return Settled(kept, pl.concat([refused, _duplicates(register, repeated, firsts, content, _place(crowded))]), 0)


def by_number_in_use(register: str, rows: pl.DataFrame, earlier: pl.DataFrame) -> Settled:
    """The rows of people whom an officer joined to another number, as that one's.

    `rows` have person_id beside person_no; `earlier`: person_id, used_id. Where a person has one row only, that of the
    number in use counts (OLD_NUMBER); a birth date is that of the number in use.
    """
    if earlier.is_empty() or "person_id" not in rows.columns:
        return Settled(rows, _refused(register, rows.clear(), RefusalCode.OLD_NUMBER, pl.lit("")), 0)
    told = rows.join(earlier, on="person_id", how="left", maintain_order="left")
    is_earlier = pl.col("used_id").is_not_null()
    if "birth_date" in rows.columns:
        told = told.with_columns(pl.coalesce(birth_date(pl.col("used_id")), "birth_date").alias("birth_date"))
    has_other = pl.lit(ONE_ROW_OF.get(register) == ("person_no",)) & (~is_earlier).any().over("person_no")
    over = told.filter(is_earlier & has_other)
    reason = pl.lit("此人已改用另一号码,该号码在本名册中另有一行")
    kept = told.filter(~(is_earlier & has_other)).select(rows.columns)
    return Settled(kept, _refused(register, over, RefusalCode.OLD_NUMBER, reason), 0)


def _without(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    return rows.join(others, on="source_row", how="anti", maintain_order="left") if others.height else rows


def _duplicates(
    register: str, repeated: pl.DataFrame, firsts: pl.DataFrame, content: list[str], place: pl.Expr
) -> pl.DataFrame:
    first_rows = firsts.select(*content, first_row=place)
    said = repeated.join(first_rows, on=content, how="left", nulls_equal=True, maintain_order="left")
    reason = pl.format("与{}完全相同", "first_row")
    return _refused(register, said, RefusalCode.DUPLICATE_ROW, reason)


def _contradictions(register: str, rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    places = _place(rows).str.join("、").over(key)
    reason = pl.format(WHOSE.get(register, "同一人") + "有互相矛盾的多行({})", places)
    return _refused(register, rows, RefusalCode.AMBIGUOUS, reason)


def _place(rows: pl.DataFrame) -> pl.Expr:
    """Where a row stands, for an officer: its number; where `rows` are of several tables, its file and sheet too."""
    row = pl.format("第 {} 行", row_in_file())
    if rows.select("source_file", "source_sheet").n_unique() < 2:
        return row
    sheet = pl.col("source_sheet").replace("", None)
    return pl.concat_str("source_file", sheet, row, separator=" ", ignore_nulls=True)


def _refused(register: str, rows: pl.DataFrame, code: RefusalCode, reason: pl.Expr) -> pl.DataFrame:
    person = pl.col("person_no") if "person_no" in rows.columns else pl.lit(None, pl.Int64)
    return rows.select(
        register=pl.lit(register),
        source_file="source_file",
        source_sheet="source_sheet",
        source_row="source_row",
        source_column=pl.lit(None, pl.String),
        code=pl.lit(code.value, RefusalCode.dtype()),
        reason=reason,
        advice=pl.lit(ADVICE[code]),
        value_masked=pl.lit(None, pl.String),
        person_no=person,
    )
