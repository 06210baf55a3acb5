"""Parquet: typed columns become text cells; a number in an id column is marked as one."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from polars.exceptions import PanicException, PolarsError

from contracts.codes import RefusalCode
from intake.limits import LINES, require_cells, require_columns
from intake.raw import CENT_TOLERANCE, MARK_SCHEMA, RawTable, UnreadableError


def read_columnar(path: Path) -> list[RawTable]:
    """Read a Parquet file; UnreadableError where it is damaged or holds lists or structures."""
    try:
        lazy = pl.scan_parquet(path)
        require_columns(len(lazy.collect_schema()), 1)
        rows = lazy.select(pl.len()).collect().item()
        if rows > LINES:
            raise UnreadableError(f"多于 {LINES:,} 行", "请分成几份报送")
        frame = lazy.collect()
        cells = frame.select(_text(name, dtype) for name, dtype in frame.schema.items())
    except (PolarsError, PanicException, OSError):
        raise UnreadableError("不是完好的 Parquet 文件", "请重新导出后再报送") from None
    require_cells(cells)
    header = pl.DataFrame({name: [name] for name in cells.columns}, schema=cells.schema)
    table = pl.concat([header, cells])
    numbered = table.rename({name: str(place) for place, name in enumerate(table.columns)})
    return [RawTable.of_frame("", numbered, _numbers(frame))]


def _text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.Boolean:
        return pl.when(column).then(pl.lit("是")).when(~column).then(pl.lit("否")).alias(name)
    if dtype.is_float():
        # a column of whole numbers with gaps comes as floats: 1.0 is 1
        whole = pl.when(column == column.round(0)).then(column.cast(pl.Int64, strict=False))
        cents = pl.when((column * 100 - (column * 100).round(0)).abs() < CENT_TOLERANCE).then(column.round(2))
        return pl.coalesce(whole.cast(pl.String), cents.cast(pl.String), column.cast(pl.String)).alias(name)
    return column.cast(pl.String)


def _numbers(frame: pl.DataFrame) -> pl.DataFrame:
    rows = frame.select(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("source_row"))
    found = [
        rows.filter(frame[name].is_not_null()).select(
            "source_row", place=pl.lit(place, pl.Int64), code=pl.lit(RefusalCode.NUMERIC_ID.value)
        )
        for place, (name, dtype) in enumerate(frame.schema.items())
        if dtype.is_numeric()
    ]
    return pl.concat([pl.DataFrame(schema=MARK_SCHEMA), *found])
