"""Spreadsheets, read in a guarded process of its own: a damaged or hostile file is refused, never a crash."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from contracts.codes import RefusalCode
from intake.raw import Mark, RawTable, UnreadableError

CHILD = Path(__file__).with_name("spreadsheet_child.py")
MEMORY_BYTES = 3 * 1024**3
OUTPUT_BYTES = 1024**3
CPU_SECONDS = 180
WALL_SECONDS = 300

ADVICE = "请用 Excel 或 WPS 打开确认没有损坏、没有密码,另存为 .xlsx 后重新报送"


def read_spreadsheet(path: Path) -> RawTable:
    """Read the first sheet with content of an .xlsx or .xls file, whatever its name ends in.

    UnreadableError where the file is damaged, hostile, locked or no workbook.
    """
    with tempfile.TemporaryDirectory(prefix="intake-") as folder:
        target = Path(folder) / "rows"
        _run_child(path, target)
        with target.open(encoding="utf-8") as lines:
            return _table(lines)


def _run_child(path: Path, target: Path) -> None:
    limits = [str(limit) for limit in (MEMORY_BYTES, CPU_SECONDS, OUTPUT_BYTES)]
    command = [sys.executable, "-I", str(CHILD), str(path), str(target), *limits]
    try:
        done = subprocess.run(command, capture_output=True, timeout=WALL_SECONDS, check=False)  # noqa: S603 own script
    except subprocess.TimeoutExpired:
        raise UnreadableError("表格太大或结构异常,读取超时", ADVICE) from None
    if done.returncode != 0:
        raise UnreadableError("表格文件已损坏、有密码或不是表格", ADVICE)


def _table(lines: Iterator[str]) -> RawTable:
    first = next(lines, None)
    if first is None:
        return RawTable.of_rows("", [], [])
    about = json.loads(first)
    marks: list[Mark] = []
    rows = [
        [_text(cell, number, place, marks) for place, cell in enumerate(json.loads(line))]
        for number, line in enumerate(lines, start=1)
    ]
    return RawTable.of_rows(about["sheet"], rows, marks, ignored=tuple(about["ignored"]))


def _text(cell: object, row: int, place: int, marks: list[Mark]) -> str:
    """The cell as text; numbers and errors are marked, for the column's kind decides what they mean."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        marks.append(Mark(row, place, RefusalCode.NUMERIC_ID))
        return str(int(cell)) if cell.is_integer() else repr(cell)
    marks.append(Mark(row, place, RefusalCode.CELL_ERROR))
    return ""
