"""Text with a separator between the cells, every cell as text: no type is guessed, so that 010010 stays 010010."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import polars as pl
from polars.exceptions import NoDataError, PolarsError

from contracts.codes import RefusalCode
from intake.encodings import as_utf8
from intake.limits import CHECK_EXPORT, UNEVEN_CELLS, require_cells, require_columns, require_lines
from intake.raw import MARK_SCHEMA, RawTable, UnreadableError

LINE_BREAK = r"[\r\n]"
LOOKED_AT = 20  # lines, to tell what separates the cells
SEPARATORS = {",": "逗号", "\t": "制表符", "|": "竖线 |", ";": "分号 ;"}
# What else is put between cells; none of these is read.
UNREAD = {
    "\uff0c": "全角逗号",
    "\uff5c": "全角竖线",
    "\uff1b": "全角分号",
    "\u3001": "顿号",
    "^": "^ 号",
    "~": "~ 号",
    "#": "# 号",
    "$": "$ 号",
    "\x01": "代码 01 的控制字符",
    "\x1f": "代码 1F 的控制字符",
    "\u3000": "全角空格",
    " ": "空格",
}
LEAST_CELLS = 4  # a register's line has more


def read_delimited(path: Path) -> list[RawTable]:
    """Read a file of separated text in UTF-8, UTF-16 or GB18030; UnreadableError where it is none."""
    content = path.read_bytes()
    require_lines(content)
    content = as_utf8(content)
    separator = _separator(content)
    _require_whole(content, separator.encode())
    try:
        frame = pl.read_csv(content, has_header=False, infer_schema=False, separator=separator)
    except NoDataError:
        return []
    except PolarsError:
        return [_uneven(content.decode(), separator)]
    require_cells(frame)
    marks = _line_breaks(frame) if _may_break(content, frame.height) else _no_marks()
    return [RawTable.of_frame("", _numbered(frame), marks)]


def _separator(content: bytes) -> str:
    """The separator that comes most often; UnreadableError where none comes, and another one does."""
    lines = [line.decode() for line in islice(io.BytesIO(content), LOOKED_AT)]
    counts = {separator: sum(line.count(separator) for line in lines) for separator in SEPARATORS}
    for row, line in enumerate(lines, start=1):
        require_columns(max(line.count(separator) for separator in SEPARATORS), row)
    if not any(counts.values()):
        _require_no_other(lines)
    return max(counts, key=lambda separator: counts[separator])


def _require_no_other(lines: list[str]) -> None:
    for separator, called in UNREAD.items():
        if any(len([cell for cell in line.split(separator) if cell.strip()]) >= LEAST_CELLS for line in lines):
            known = "、".join(SEPARATORS.values())
            raise UnreadableError(f"各列之间是{called},这种分隔不读取", f"可读取:{known};请另存为 .xlsx 或 .csv")


def _require_whole(content: bytes, separator: bytes) -> None:
    """A last line without an end and with fewer cells than the one before was cut off; rows after it are lost."""
    end = content.rfind(b"\n")
    before, last = content[content.rfind(b"\n", 0, max(end, 0)) + 1 : max(end, 0)], content[end + 1 :]
    if last and last.count(separator) < before.count(separator):
        raise UnreadableError("文件不完整,最后一行没有写完", "请重新导出或重新传送该文件")


def _uneven(text: str, separator: str) -> RawTable:
    """Rows of different widths: a title above the table, or a row with a separator too many."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    try:
        rows = _as_long_as_bounded(lines)
    except csv.Error:
        raise UnreadableError(f"第 {lines.line_num} 行附近的引号不配对", "请核对该行的引号") from None
    table = RawTable.of_rows("", rows, tuple(len(cells) for cells in rows))
    return table._replace(marks=_line_breaks(table.cells.drop("source_row")))


def _as_long_as_bounded(lines: Iterable[list[str]]) -> list[list[str]]:
    """The rows; UnreadableError at the first that is too wide, or where made equally wide they are too many cells."""
    rows: list[list[str]] = []
    width = 0
    for row, cells in enumerate(lines, start=1):
        width = max(width, len(cells))
        require_columns(width, row)
        if row * width > UNEVEN_CELLS:
            raise UnreadableError(f"各行的列数不一,前 {row:,} 行最宽 {width} 列", CHECK_EXPORT)
        rows.append(cells)
    return rows


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename({name: str(place) for place, name in enumerate(frame.columns)})


def _no_marks() -> pl.DataFrame:
    return pl.DataFrame(schema=MARK_SCHEMA)


def _may_break(content: bytes, rows: int) -> bool:
    """A cell may hold a line break: there are quotes, and more lines than rows or a return that ends no line."""
    if b'"' not in content:
        return False
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    return lines > rows or (b"\r" in content and content.count(b"\r") > content.count(b"\r\n"))


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
