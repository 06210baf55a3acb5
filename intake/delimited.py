"""CSV in UTF-8, every cell as text: no type is guessed, so that 010010 stays 010010."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
from polars.exceptions import NoDataError, PolarsError

from contracts.codes import RefusalCode
from intake.raw import MARK_SCHEMA, RawTable, UnreadableError

LINE_BREAK = r"[\r\n]"


def read_delimited(path: Path) -> RawTable:
    """Read a comma-separated UTF-8 file (with or without BOM); UnreadableError where it is none."""
    content = path.read_bytes()
    _require_utf8(content)
    try:
        frame = pl.read_csv(content, has_header=False, infer_schema=False)
    except NoDataError:
        frame = pl.DataFrame()
    except PolarsError:
        raise UnreadableError(*_what_is_wrong(content)) from None
    return RawTable.of_frame("", _numbered(frame), _line_breaks(frame) if b'"' in content else _no_marks())


def _require_utf8(content: bytes) -> None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableError("文件编码不是 UTF-8", "请另存为“CSV UTF-8(逗号分隔)”或 .xlsx 后重新报送") from None


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename({name: str(place) for place, name in enumerate(frame.columns)})


def _no_marks() -> pl.DataFrame:
    return pl.DataFrame(schema=MARK_SCHEMA)


def _line_breaks(frame: pl.DataFrame) -> pl.DataFrame:
    """Cells with a line break inside: most often a stray quotation mark that has swallowed the rows after it."""
    rows = frame.with_columns(source_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    found = [
        rows.filter(pl.col(name).str.contains(LINE_BREAK)).select(
            "source_row", place=pl.lit(place, pl.Int64), code=pl.lit(RefusalCode.TEXT_INVALID.value)
        )
        for place, name in enumerate(frame.columns)
    ]
    return pl.concat([_no_marks(), *found])


def _what_is_wrong(content: bytes) -> tuple[str, str]:
    """Find the first line that breaks the table; asked only of files that cannot be read."""
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    try:
        width = len(next(lines))
        for number, cells in enumerate(lines, start=2):
            if len(cells) > width:
                return f"第 {number} 行有 {len(cells)} 列,多于表头的 {width} 列", "请核对该行是否多了逗号"
    except (csv.Error, StopIteration):
        return f"第 {lines.line_num} 行附近的引号不配对", "请核对该行的引号"
    return "不是逗号分隔的表格", "请另存为“CSV UTF-8(逗号分隔)”或 .xlsx 后重新报送"
