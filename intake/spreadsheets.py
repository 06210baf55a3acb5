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


def read_spreadsheet(path: Path) -> list[RawTable]:
    """Read the visible sheets with content of an .xlsx or .xls file, whatever its name ends in.

    UnreadableError where the file is damaged, hostile, locked or no workbook.
    """
    with tempfile.TemporaryDirectory(prefix="intake-") as folder:
        target = Path(folder) / "rows"
        _run_child(path, target)
        with target.open(encoding="utf-8") as lines:
            return list(_tables(lines))


def _run_child(path: Path, target: Path) -> None:
    limits = [str(limit) for limit in (MEMORY_BYTES, CPU_SECONDS, OUTPUT_BYTES)]
    command = [sys.executable, "-I", str(CHILD), str(path), str(target), *limits]
    try:
        done = subprocess.run(command, capture_output=True, timeout=WALL_SECONDS, check=False)  # noqa: S603 own script
    except subprocess.TimeoutExpired:
        raise UnreadableError("表格太大或结构异常,读取超时", ADVICE) from None
    if done.returncode != 0:
        raise UnreadableError("表格文件已损坏、有密码或不是表格", ADVICE)


def _tables(lines: Iterator[str]) -> Iterator[RawTable]:
    """A sheet begins with a line that is an object with its name; the lists after it are its rows."""
    name: str | None = None
    rows: list[list[str]] = []
    marks: list[Mark] = []
    for line in lines:
        told = json.loads(line)
        if isinstance(told, dict):
            if name is not None:
                yield RawTable.of_rows(name, rows, marks)
            name, rows, marks = told["sheet"], [], []
        else:
            number = len(rows) + 1
            rows.append([_text(cell, number, place, marks) for place, cell in enumerate(told)])
    if name is not None:
        yield RawTable.of_rows(name, rows, marks)


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
