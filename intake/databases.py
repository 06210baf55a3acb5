"""A register from a county's database: a query's rows become a Parquet file, received like any other.

The file is made of the rows alone, so the same rows are the same file, and a later database changes no stored month.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from contracts.errors import InputError
from contracts.files import write_whole
from contracts.registers import label_of
from contracts.settings import DatabaseSource

ROWS_AT_ONCE = 50_000
EXACT = 2**53  # whole numbers up to here are kept exactly by every type
TYPES: dict[type, pl.DataType] = {
    str: pl.String(),
    bool: pl.Boolean(),
    int: pl.Int64(),
    float: pl.Float64(),
    Decimal: pl.Decimal(38, 6),
    date: pl.Date(),
}


def fetch(register: str, source: DatabaseSource, folder: Path) -> Path:
    """Run a register's query and write its rows to `folder` as `<register>.parquet`; nothing in the database changes.

    InputError, without any secret, where the database cannot be asked or a column cannot be taken.
    """
    from sqlalchemy.exc import SQLAlchemyError  # loaded where a county has such a source

    url = os.environ.get(source.url_env)
    where = f"sources.{register}"
    if not url:
        raise InputError(f"环境变量 {source.url_env} 没有设置", "请写入该名册数据库的地址后重试", where)
    try:
        names, rows = _ask(url, source.query)
    except (SQLAlchemyError, ImportError, OSError, ValueError) as failed:
        raise InputError(
            f"“{label_of(register)}”名册的数据库无法读取({type(failed).__name__})",
            f"请核对 {source.url_env} 和查询语句,确认数据库可以连接",
            where,
        ) from None
    if len(set(names)) < len(names):
        raise InputError("查询结果有同名的列", "请在查询中用 AS 另起列名", where)
    frame = pl.DataFrame([_column(name, cells, where) for name, cells in zip(names, rows, strict=True)])
    written = io.BytesIO()
    frame.sort(frame.columns, nulls_last=True).write_parquet(written)
    target = folder / f"{register}.parquet"
    write_whole(target, written.getvalue())
    return target


def _ask(url: str, query: str) -> tuple[list[str], list[list[Any]]]:
    """Column names, and the cells of each column."""
    from sqlalchemy import create_engine, text

    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect().execution_options(yield_per=ROWS_AT_ONCE) as conn:
            result = conn.execute(text(query))
            names = list(result.keys())
            columns: list[list[Any]] = [[] for _ in names]
            for part in result.partitions():
                for column, cells in zip(columns, zip(*part, strict=True), strict=True):
                    column.extend(cells)
            conn.rollback()
    finally:
        engine.dispose()
    return names, columns


def _column(name: str, cells: Sequence[Any], where: str) -> pl.Series:
    """Cells of one type; an empty column is text, whole numbers are whole and days without a time are days."""
    cells = [_plain(cell) for cell in cells]
    kinds = {type(cell) for cell in cells if cell is not None}
    if len(kinds) > 1 or not kinds <= TYPES.keys():
        told = "各行类型不一" if len(kinds) > 1 else "不是文字、数字或日期"
        raise InputError(f"查询结果的列“{name}”{told}", "请在查询中用 CAST(… AS …) 统一为文字", where)
    return pl.Series(name, cells, TYPES[kinds.pop()] if kinds else pl.String())


def _plain(cell: object) -> object:
    if isinstance(cell, Decimal | float) and math.isfinite(cell) and int(cell) == cell and abs(int(cell)) < EXACT:
        return int(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    return cell
