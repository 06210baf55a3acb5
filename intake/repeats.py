"""Several rows that say the same, or contradict one another, within one register."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from contracts.codes import RefusalCode
from contracts.registers import ONE_ROW_PER_PERSON, PROVENANCE
from intake.refusals import ADVICE


class Settled(NamedTuple):
    """The rows that stay, the refused ones (RefusedRow), and how many equal rows were folded into one."""

    rows: pl.DataFrame
    refused: pl.DataFrame
    collapsed_count: int


def settle_repeats(register: str, rows: pl.DataFrame) -> Settled:
    """Of equal rows the first stays.

    Where a register has one row per person or institution, equal rows collapse and differing ones are all refused
    (AMBIGUOUS); elsewhere an equal row is refused (DUPLICATE_ROW).
    """
    key = "institution_id" if register == "institution" else "person_no"
    content = [name for name in rows.columns if name not in PROVENANCE]
    crowded = rows.filter(pl.col(key).is_duplicated())
    firsts = crowded.unique(subset=content, keep="first", maintain_order=True)
    repeated = crowded.join(firsts, on="source_row", how="anti", maintain_order="left")
    if register not in ONE_ROW_PER_PERSON:
        return Settled(_without(rows, repeated), _duplicates(register, repeated, firsts, content), 0)
    torn = firsts.filter(pl.col(key).is_duplicated())
    contradicting = crowded.join(torn, on=key, how="semi", maintain_order="left")
    collapsed = _without(repeated, contradicting)
    kept = _without(_without(rows, contradicting), collapsed)
    return Settled(kept, _contradictions(register, contradicting, key), collapsed.height)


def _without(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    return rows.join(others, on="source_row", how="anti", maintain_order="left") if others.height else rows


def _duplicates(register: str, repeated: pl.DataFrame, firsts: pl.DataFrame, content: list[str]) -> pl.DataFrame:
    first_rows = firsts.select(*content, first_row="source_row")
    said = repeated.join(first_rows, on=content, how="left", nulls_equal=True, maintain_order="left")
    reason = pl.format("与第 {} 行完全相同", "first_row")
    return _refused(register, said, RefusalCode.DUPLICATE_ROW, reason)


def _contradictions(register: str, rows: pl.DataFrame, key: str) -> pl.DataFrame:
    numbers = pl.col("source_row").cast(pl.String).str.join("、").over(key)
    whose = "同一机构" if register == "institution" else "同一人"
    return _refused(register, rows, RefusalCode.AMBIGUOUS, pl.format(whose + "有互相矛盾的多行(第 {} 行)", numbers))


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
