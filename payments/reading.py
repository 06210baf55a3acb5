"""A payment file read back by its own means: bytes → cells. Shares no code with the writers, only the profile.

Used by `verify.py` only. Whatever cannot be read is a sentence among the `problems`, never an exception.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from payments.file_forms import NUMBERS, Delimited, Fitted, FixedWidth, Printed, Profile, Xlsx

LINE_ENDS = {"CRLF": b"\r\n", "LF": b"\n"}


@dataclass
class FileRead:
    """The cells of every payee line as text, the totals the file states, and what could not be read."""

    rows: list[list[str]] = field(default_factory=list)
    totals: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_file(path: Path, profile: Profile) -> FileRead:
    """Read a file as its profile says it should be."""
    if isinstance(profile, Xlsx):
        return _read_xlsx(path, profile)
    found = FileRead()
    pieces = path.read_bytes().split(LINE_ENDS[profile.newline])
    if profile.final_newline and pieces.pop() != b"":
        found.problems.append("文件末尾不完整")
    before, after = len(profile.header), len(profile.trailer)
    if len(pieces) < before + after:
        found.problems.append("汇总行不全")
        return found
    head, body, foot = pieces[:before], pieces[before : len(pieces) - after], pieces[len(pieces) - after :]
    try:
        if isinstance(profile, Delimited):
            _read_delimited(found, head + foot, body, profile)
        else:
            _read_fixed(found, head + foot, body, profile)
    except UnicodeDecodeError:
        found.problems.append(f"文件不是 {profile.encoding} 编码")
    return found


def _read_delimited(found: FileRead, totals: list[bytes], body: list[bytes], profile: Delimited) -> None:
    for number, (line, template) in enumerate(zip(totals, profile.header + profile.trailer, strict=True), start=1):
        _read_total(found, number, line.decode(profile.encoding), template)
    for number, line in enumerate(body, start=1):
        cells = line.decode(profile.encoding).split(profile.delimiter)
        if profile.trailing_delimiter and cells.pop() != "":
            found.problems.append(f"第 {number} 笔末尾没有分隔符")
        elif len(cells) != len(profile.columns):
            found.problems.append(f"第 {number} 笔有 {len(cells)} 栏,应为 {len(profile.columns)} 栏")
        else:
            found.rows.append(cells)


def _read_fixed(found: FileRead, totals: list[bytes], body: list[bytes], profile: FixedWidth) -> None:
    for number, (line, pieces) in enumerate(zip(totals, profile.header + profile.trailer, strict=True), start=1):
        cells = _cut(line, pieces, profile)
        for cell, piece in zip(cells or [], pieces, strict=cells is not None):
            _read_total(found, number, cell, piece.text)
        if cells is None:
            found.problems.append(f"第 {number} 个汇总行的长度与格式不符")
    for number, line in enumerate(body, start=1):
        cells = _cut(line, profile.columns, profile)
        if cells is None:
            found.problems.append(f"第 {number} 笔的长度与格式不符")
        else:
            found.rows.append(cells)


def _cut(line: bytes, places: Sequence[Fitted], profile: FixedWidth) -> list[str] | None:
    """The cells of a line without what fills them up; None where the line has another length."""
    text = line if profile.width_unit == "bytes" else line.decode(profile.encoding)
    if len(text) != sum(place.width for place in places):
        return None
    cells = []
    for place in places:
        cell, text = text[: place.width], text[place.width :]
        cells.append(_bare(cell if isinstance(cell, str) else cell.decode(profile.encoding), place))
    return cells


def _bare(cell: str, place: Fitted) -> str:
    """A cell without its filling; noughts before a number go, the one before a point stays."""
    if place.pad == "0":
        return re.sub(r"^0+(?=\d)", "", cell)
    return cell.rstrip(place.pad) if place.side == "left" else cell.lstrip(place.pad)


def _read_total(found: FileRead, number: int, told: str, template: str) -> None:
    seen: set[str] = set()

    def group(word: re.Match[str]) -> str:
        is_again = word[1] in seen
        seen.add(word[1])
        return f"(?P={word[1]})" if is_again else f"(?P<{word[1]}>.*)"

    matched = re.fullmatch(re.sub(r"\\\{(\w+)\\\}", group, re.escape(template)), told)
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
