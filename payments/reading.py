"""A payment file read back by its own means: bytes → cells. Shares no code with the writers, only the profile.

Used by `verify.py` only. Whatever cannot be read is a sentence among the `problems`, never an exception.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from payments.profiles import Delimited, Printed, Profile, Xlsx

LINE_ENDS = {"CRLF": b"\r\n", "LF": b"\n"}
NUMBERS = (Printed.AMOUNT, Printed.LINE_NO)


@dataclass
class FileRead:
    """The cells of every payee line as text, the totals the file states, and what could not be read."""

    rows: list[list[str]] = field(default_factory=list)
    totals: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_file(path: Path, profile: Profile) -> FileRead:
    """Read a file as its profile says it should be."""
    return _read_delimited(path, profile) if isinstance(profile, Delimited) else _read_xlsx(path, profile)


def _read_delimited(path: Path, profile: Delimited) -> FileRead:
    found = FileRead()
    pieces = path.read_bytes().split(LINE_ENDS[profile.newline])
    if pieces.pop() != b"":
        found.problems.append("文件末尾不完整")
    try:
        told = [piece.decode(profile.encoding) for piece in pieces]
    except UnicodeDecodeError:
        found.problems.append(f"文件不是 {profile.encoding} 编码")
        return found
    before, after = len(profile.header), len(profile.trailer)
    if len(told) < before + after:
        found.problems.append("汇总行不全")
        return found
    _read_totals(found, told[:before] + told[len(told) - after :], profile.header + profile.trailer)
    body = [line.split(profile.delimiter) for line in told[before : len(told) - after]]
    for number, cells in enumerate(body, start=1):
        if len(cells) != len(profile.columns):
            found.problems.append(f"第 {number} 笔有 {len(cells)} 栏,应为 {len(profile.columns)} 栏")
        else:
            found.rows.append(cells)
    return found


def _read_totals(found: FileRead, told: list[str], templates: tuple[str, ...]) -> None:
    for number, (line, template) in enumerate(zip(told, templates, strict=True), start=1):
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*)", re.escape(template))
        matched = re.fullmatch(pattern, line)
        if matched is None:
            found.problems.append(f"第 {number} 个汇总行的写法与格式不符")
        else:
            found.totals.update(matched.groupdict())


def _read_xlsx(path: Path, profile: Xlsx) -> FileRead:
    found = FileRead()
    try:
        with path.open("rb") as opened:
            sheets = CalamineWorkbook.from_filelike(opened)
            names = sheets.sheet_names
            table = sheets.get_sheet_by_index(0).to_python(skip_empty_area=False) if names else []
    except CalamineError:
        found.problems.append("文件不是可读的 xlsx")
        return found
    if names != [profile.sheet]:
        found.problems.append(f"应只有一张工作表“{profile.sheet}”")
    if not table or table[0] != [column.header for column in profile.columns]:
        found.problems.append("表头与格式不符")
        return found
    for number, cells in enumerate(table[1:], start=1):
        found.rows.append([])
        for column, cell in zip(profile.columns, cells, strict=True):
            if not isinstance(cell, float):
                found.rows[-1].append(str(cell))
                continue
            if column.field not in NUMBERS:
                found.problems.append(f"第 {number} 笔“{column.header}”是数字格式,尾数可能已丢失")
            found.rows[-1].append(_number_text(column.field, cell))
    return found


def _number_text(printed: Printed | None, number: float) -> str:
    """The digits of a number cell; one with a hidden third decimal keeps it, and so differs from the book."""
    if printed == Printed.AMOUNT and number == round(number * 100) / 100:
        return f"{number:.2f}"
    return str(int(number)) if number.is_integer() else repr(number)
