"""Spreadsheets, read in a guarded process of its own: a damaged or hostile file is refused, never a crash."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import polars as pl

from contracts.codes import RefusalCode
from contracts.files import own_folder
from intake.raw import CENT_TOLERANCE, MARK_SCHEMA, RawTable, UnreadableError

CHILD = Path(__file__).with_name("spreadsheet_child.py")
MEMORY_BYTES = 3 * 1024**3
OUTPUT_BYTES = 1024**3
CPU_SECONDS = 180
WALL_SECONDS = 300

SEPARATOR = "\x1e"  # what the child puts between the texts of a column
LOCKED, TOO_LARGE = 3, 4  # how the child ends where there is a password, or more than any honest workbook has
MOST_PARTS = 8 * 1024  # of the package: sheets, and what belongs to them
# Of what a workbook holds once unpacked. Ordinary sheets shrink to a tenth or a fortieth.
UNPACKED_BYTES = 2 * 1024**3
SMALL_BYTES, TIMES_PACKED = 10 * 1024**2, 200
MACROS = "vbaproject.bin"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the one stream of an .xlsx with a password

LARGE = "表格太大:工作表太多、单元格太长,或内容一直排到最末的行和列"
ADVICE = "请用 Excel 或 WPS 打开确认没有损坏、没有密码,另存为 .xlsx 后重新报送"
UNLOCK = "请去掉打开密码,另存为 .xlsx 后重新报送"


def read_spreadsheet(path: Path) -> list[RawTable]:
    """Read the sheets with content of an .xlsx or .xls file, whatever its name ends in.

    UnreadableError where the file is damaged, hostile, locked or no workbook.
    """
    _require_harmless(path)
    with own_folder() as folder:
        target = folder / "rows"
        _run_child(path, target)
        with target.open("rb") as written:
            return list(_tables(written))


def _require_harmless(path: Path) -> None:
    """What can be told of a hostile or locked workbook before it is opened: its list of contents, not its contents."""
    content = path.read_bytes()
    if ENCRYPTED in content:
        raise UnreadableError("表格有打开密码", UNLOCK)
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return  # an old .xls, or damaged: the child will say
    if any(part.filename.lower().endswith(MACROS) for part in parts):
        raise UnreadableError("表格里有宏", "请另存为不含宏的 .xlsx 后重新报送")
    if len(parts) > MOST_PARTS:
        raise UnreadableError(LARGE, ADVICE)
    bloated = [part for part in parts if part.file_size > max(SMALL_BYTES, TIMES_PACKED * part.compress_size)]
    if bloated or sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise UnreadableError("表格展开后大得异常,可能是压缩炸弹", ADVICE)


def _run_child(path: Path, target: Path) -> None:
    limits = [str(limit) for limit in (MEMORY_BYTES, CPU_SECONDS, OUTPUT_BYTES)]
    command = [sys.executable, "-I", str(CHILD), str(path), str(target), *limits]
    try:
        done = subprocess.run(command, capture_output=True, timeout=WALL_SECONDS, check=False)  # noqa: S603 own script
    except subprocess.TimeoutExpired:
        raise UnreadableError("表格太大或结构异常,读取超时", ADVICE) from None
    if done.returncode == LOCKED:
        raise UnreadableError("表格有打开密码", UNLOCK)
    if done.returncode == TOO_LARGE or done.returncode < 0:  # it stopped itself, or a limit of the system did
        raise UnreadableError(LARGE, ADVICE)
    if done.returncode != 0:
        raise UnreadableError("表格文件已损坏、有密码或不是表格", ADVICE)


def _tables(written: IO[bytes]) -> Iterator[RawTable]:
    """The sheets as the child writes them: a line about each, then its columns."""
    for line in written:
        told = json.loads(line)
        columns = [_column(written, place) for place in range(told["columns"])]
        frame = pl.DataFrame([texts for texts, _ in columns])
        marks = pl.concat([pl.DataFrame(schema=MARK_SCHEMA), *(marked for _, marked in columns if marked is not None)])
        yield RawTable.of_frame(told["sheet"], frame, marks)._replace(
            is_1904=told["is_1904"],
            is_hidden=told["is_hidden"],
            hidden_rows=tuple(row + 1 for row in told["hidden_rows"]),
            hidden_places=tuple(told["hidden_columns"]),
        )


def _column(written: IO[bytes], place: int) -> tuple[pl.Series, pl.DataFrame | None]:
    """The texts of a column, and the marks of one that holds more than texts."""
    told = json.loads(written.readline())
    if isinstance(told, int):
        joined = pl.Series(str(place), [written.read(told).decode()], dtype=pl.String)
        return joined.str.split(SEPARATOR).explode(), None
    texts = pl.Series(str(place), [_text(cell) for cell in told], dtype=pl.String)
    codes = pl.Series("code", [_mark(cell) for cell in told], dtype=pl.String)
    rows = pl.int_range(1, len(told) + 1, dtype=pl.Int64)
    return texts, pl.select(source_row=rows, place=pl.lit(place, pl.Int64), code=codes).drop_nulls("code")


def _text(cell: object) -> str | None:
    """The cell as text."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return number_text(cell)
    return cell if cell is None or isinstance(cell, str) else ""


def _mark(cell: object) -> str | None:
    """Numbers and errors are marked, for the column's kind decides what they mean."""
    if isinstance(cell, float):
        return RefusalCode.NUMERIC_ID.value
    return RefusalCode.CELL_ERROR.value if isinstance(cell, dict) else None


def number_text(number: float) -> str:
    """A spreadsheet's number as it was typed: whole, or with the two decimals it differs from by arithmetic alone."""
    if number.is_integer():
        return str(int(number))
    hundredths = number * 100
    is_cents = math.isfinite(number) and abs(hundredths - round(hundredths)) < CENT_TOLERANCE
    return repr(round(number, 2) if is_cents else number)
