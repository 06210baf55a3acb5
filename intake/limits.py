"""What no register, list or answer has: beyond it a file is refused in seconds, before it takes the machine's memory.

A spreadsheet is also read in a process of its own with limits of its own (spreadsheets.py).
"""

from __future__ import annotations

import polars as pl

from intake.raw import UnreadableError

FILE_BYTES = 2 * 1024**3  # ten million people take three quarters of it
LINES = 12_000_000
LINE_BYTES = 1024**2
COLUMNS = 1_000
CELL_CHARACTERS = 32_767  # of a spreadsheet, which cannot hold more
CELL_BYTES = 4 * CELL_CHARACTERS
UNEVEN_CELLS = 50_000_000  # of a table whose rows are not equally wide, once they are

CHECK_EXPORT = "请核对导出是否正确:名册没有这么大的行、列或单元格"


def require_lines(content: bytes) -> None:
    """UnreadableError where bytes of text have too many lines, or one too long; told before they are decoded."""
    step = LINE_BYTES // 2
    for start in range(0, len(content) - step, step):
        if content.find(b"\n", start, start + step) < 0:
            before = content.count(b"\n", 0, start) + 1
            raise UnreadableError(f"第 {before} 行太长(超过 {step >> 10:,} KiB)", CHECK_EXPORT)
    if content.count(b"\n") > LINES:
        raise UnreadableError(f"多于 {LINES:,} 行", "请分成几份报送")


def require_columns(count: int, row: int) -> None:
    """UnreadableError where a row has too many columns."""
    if count > COLUMNS:
        raise UnreadableError(f"第 {row} 行有 {count:,} 列,至多 {COLUMNS:,} 列", CHECK_EXPORT)


def require_cells(frame: pl.DataFrame) -> None:
    """UnreadableError where a cell of a frame of texts is too long."""
    for place, name in enumerate(frame.columns, start=1):
        lengths = frame[name].str.len_bytes()
        longest = lengths.max()
        if isinstance(longest, int) and longest > CELL_BYTES:
            row = (lengths.arg_max() or 0) + 1
            raise UnreadableError(f"第 {row} 行第 {place} 列的内容太长(超过 {CELL_BYTES >> 10} KiB)", CHECK_EXPORT)
