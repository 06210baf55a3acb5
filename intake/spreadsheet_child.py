"""Runs as a process of its own, never imported by the program: reads one spreadsheet, writes it column by column.

A damaged or hostile workbook can abort the process that reads it or ask for hundreds of gigabytes, so this process
gives up memory, time and output above a limit before it opens the file. Of each sheet: a line `{"sheet": name,
"is_1904": whether days are counted from 1904, "is_hidden": whether it is hidden, "hidden_rows": their numbers from 0,
"hidden_columns": the same, "columns": how many}`; then its columns, all equally long. A column that holds nothing but
texts, as most do, is a line with a number, and that many bytes of UTF-8: the texts with SEPARATOR between them. Any
other is a line with the list of its cells: each text, number, true/false, `{"error": true}`, or null where a row ends
before others. A workbook with a password ends it with the code LOCKED, one with more sheets or a longer text than any
honest one with TOO_LARGE.

    python -I spreadsheet_child.py SOURCE TARGET MEMORY_BYTES CPU_SECONDS OUTPUT_BYTES
"""

from __future__ import annotations

import codecs
import gc
import json
import re
import resource
import sys
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import chain, zip_longest
from pathlib import Path, PurePosixPath
from typing import IO, Any, Literal, NamedTuple, cast
from xml.etree import ElementTree  # XML bombs meet the limits below

ERROR = {"error": True}
SEPARATOR = "\x1e"
Cell = str | float | bool | dict[str, bool] | None


class Sheet(NamedTuple):
    """A sheet with content; hidden rows and columns by number from 0."""

    name: str
    is_hidden: bool
    hidden_rows: list[int]
    hidden_columns: list[int]
    rows: Sequence[Sequence[object]]


LOCKED, TOO_LARGE = 3, 4  # how it ends
LONGEST_TEXT = 32_767  # of a cell, by the programs that write workbooks
MOST_SHEETS = 1_024
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
CELL_REFERENCE = re.compile(r"^([A-Z]+)([0-9]+)$")
# Nothing of the kind is there without all parts of one of these. Few sheets hold an f or an h: that is soon told.
SIGNS = ((b"'",), (b'"e"',), (b"f", b"<f"), (b"f", b":f"), (b"h", b"hidden"))
ERROR_FORMULA_OR_HIDDEN = re.compile(rb"""\st\s*=\s*["']e["']|<(?:[\w.-]+:)?f[\s/>]|\shidden\s*=""")
CHUNK_BYTES, LONGEST_MARK = 1024**2, 64
TRUE = ("1", "true")
LAST_COLUMN = 16_384


def main() -> None:
    """Read the workbook named on the command line."""
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    memory, seconds, output = (int(text) for text in sys.argv[3:6])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.disable()  # a sheet is a great many lists, and none of them in a ring
    is_1904, sheets = xls_sheets(source) if source.read_bytes()[:4] == OLE_MAGIC else xlsx_sheets(source)
    with target.open("wb") as out:
        for sheet in sheets:
            columns = list(zip_longest(*sheet.rows))
            told = {
                "sheet": sheet.name,
                "is_1904": is_1904,
                "is_hidden": sheet.is_hidden,
                "hidden_rows": sheet.hidden_rows,
                "hidden_columns": sheet.hidden_columns,
                "columns": len(columns),
            }
            out.write(line_of(told))
            for cells in columns:
                out.writelines(column_of_sheet(cells))


def column_of_sheet(cells: Sequence[object]) -> Sequence[bytes]:
    """A column as it is written: texts alone as one text, so that neither side looks at each."""
    joined = joined_texts(cells)
    if joined is None:
        return [line_of([plain(cell) for cell in cells])]
    content = joined.encode()
    return [line_of(len(content)), content]


def joined_texts(cells: Sequence[object]) -> str | None:
    """The texts with SEPARATOR between them; None where a cell is none, holds it itself, or is too long."""
    texts = cast("Sequence[str]", cells)
    try:
        joined = SEPARATOR.join(texts)
    except TypeError:
        return None
    is_right = joined.count(SEPARATOR) == len(texts) - 1 and max(map(len, texts)) <= LONGEST_TEXT
    return joined if is_right else None


def line_of(told: object) -> bytes:
    """A line of JSON."""
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def xlsx_sheets(source: Path) -> tuple[bool, list[Sheet]]:
    """Whether days are counted from 1904, and the sheets with content of an .xlsx file, by calamine."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    with source.open("rb") as opened:
        workbook = CalamineWorkbook.from_filelike(opened)
        found: list[Sheet] = []
        if len(workbook.sheets_metadata) > MOST_SHEETS:
            sys.exit(TOO_LARGE)
        for sheet in workbook.sheets_metadata:
            table = workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
            if any(cell != "" for cell in chain.from_iterable(table)):
                is_hidden = sheet.visible is not SheetVisibleEnum.Visible
                marks = marks_of(source, sheet.name)
                put_errors(table, marks.errors)
                found.append(Sheet(sheet.name, is_hidden, marks.hidden_rows, marks.hidden_columns, table))
    return counts_from_1904(source), found


def counts_from_1904(source: Path) -> bool:
    """An .xlsx file says that its days are counted from 1904."""
    with zipfile.ZipFile(source) as package:
        workbook = ElementTree.fromstring(package.read("xl/workbook.xml"))  # noqa: S314
    return any(part.tag.endswith("}workbookPr") and part.get("date1904") in TRUE for part in workbook)


def put_errors(table: Sequence[list[Any]], errors: dict[int, list[int]]) -> None:
    """Put the error cells into the rows of a sheet (row → columns): calamine shows them as empty."""
    for number, columns in errors.items():
        for column in columns if number < len(table) else ():
            table[number][column : column + 1] = [ERROR]


def plain(cell: object) -> Cell:
    """A cell as JSON can say it; days and instants as ISO text."""
    if cell is None:  # the row has ended before others
        return None
    if isinstance(cell, datetime):
        midnight = cell.time() == time(0, 0)
        return cell.date().isoformat() if midnight else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str) and len(cell) > LONGEST_TEXT:
        sys.exit(TOO_LARGE)
    if isinstance(cell, (str, bool, float)):
        return cell
    if isinstance(cell, int):
        return float(cell)
    return ERROR


class Marks(NamedTuple):
    """What calamine does not tell of a sheet, by number from 0: row → columns of the cells that hold an error or a
    formula without a stored value; the hidden rows and columns.
    """

    errors: dict[int, list[int]]
    hidden_rows: list[int]
    hidden_columns: list[int]


def marks_of(source: Path, name: str) -> Marks:
    """Look through the XML of a sheet."""
    marks = Marks({}, [], [])
    with zipfile.ZipFile(source) as package, package.open(sheet_part(package, name)) as part:
        if not may_hold_marks(part):
            return marks
        part.seek(0)
        row = column = -1
        for event, element in ElementTree.iterparse(part, events=("start", "end")):  # noqa: S314
            tag = element.tag.rpartition("}")[2]
            if event == "start" and tag == "row":
                row, column = int(element.get("r", row + 2)) - 1, -1
                if element.get("hidden") in TRUE:
                    marks.hidden_rows.append(row)
            elif event == "start" and tag == "col" and element.get("hidden") in TRUE:
                last = min(int(element.get("max", "0")), LAST_COLUMN)
                marks.hidden_columns.extend(range(int(element.get("min", "1")) - 1, last))
            elif event == "start" and tag == "c":
                column = column_of(element.get("r", ""), column + 1)
            elif event == "end" and tag == "c":
                if element.get("t") == "e" or is_formula_without_value(element):
                    marks.errors.setdefault(row, []).append(column)
            elif event == "end" and tag == "row":
                element.clear()
    return marks


def may_hold_marks(part: IO[bytes]) -> bool:
    """The sheet's XML has an error, a formula or something hidden. Most have none, and to look at each cell is slow."""
    before = part.read(2)
    if before in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return True
    while chunk := part.read(CHUNK_BYTES):
        looked_at = before + chunk
        if any(all(part in looked_at for part in sign) for sign in SIGNS) and ERROR_FORMULA_OR_HIDDEN.search(looked_at):
            return True
        before = chunk[-LONGEST_MARK:]
    return False


def is_formula_without_value(cell: ElementTree.Element) -> bool:
    """A formula that nobody has calculated."""
    parts = {child.tag.rpartition("}")[2]: child.text for child in cell}
    return "f" in parts and not parts.get("v") and cell.get("t") != "str"


def column_of(reference: str, otherwise: int) -> int:
    """B7 → 1; `otherwise` where a cell carries no reference."""
    found = CELL_REFERENCE.match(reference)
    if not found:
        return otherwise
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def sheet_part(package: zipfile.ZipFile, name: str) -> str:
    """The path of a sheet's XML inside the package."""
    workbook = ElementTree.fromstring(package.read("xl/workbook.xml"))  # noqa: S314
    relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for sheet in workbook.iter():
        if sheet.tag.endswith("}sheet") and sheet.get("name") == name:
            target = targets[relation_of(sheet)]
            return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl", target))
    raise KeyError("sheet")


def relation_of(sheet: ElementTree.Element) -> str:
    """The relation that leads to a sheet's XML; its namespace is another one in a strict workbook."""
    return next(value for name, value in sheet.attrib.items() if name.endswith("}id"))


def xls_sheets(source: Path) -> tuple[bool, list[Sheet]]:
    """Whether days are counted from 1904, and the sheets with content of an old .xls file, by xlrd."""
    import xlrd
    from xlrd.biffh import XLRDError

    try:
        book = xlrd.open_workbook(str(source))
    except XLRDError as refused:
        if "encrypted" in str(refused):
            sys.exit(LOCKED)
        raise
    found: list[Sheet] = []
    hidden = xls_hidden(source)
    for sheet in book.sheets():
        rows = [
            [xls_cell(cell.ctype, cell.value, book.datemode) for cell in sheet.row(number)]
            for number in range(sheet.nrows)
        ]
        if any(cell != "" for row in rows for cell in row):
            hidden_rows, hidden_columns = hidden.get(sheet.name, ([], []))
            found.append(Sheet(sheet.name, sheet.visibility != 0, hidden_rows, hidden_columns, rows))
    return book.datemode == 1, found


def xls_hidden(source: Path) -> dict[str, tuple[list[int], list[int]]]:
    """Sheet → its hidden rows and columns. They stand among the formats, read apart: a broken one harms no cell."""
    import xlrd

    try:
        book = xlrd.open_workbook(str(source), formatting_info=True)
    except Exception:  # whatever is wrong with a format, the cells were read
        return {}
    return {
        sheet.name: (
            sorted(row for row, facts in sheet.rowinfo_map.items() if facts.hidden),
            sorted(column for column, facts in sheet.colinfo_map.items() if facts.hidden),
        )
        for sheet in book.sheets()
    }


def xls_cell(kind: int, value: float | str, datemode: Literal[0, 1]) -> Cell:
    """A typed .xls cell as JSON can say it."""
    import xlrd

    if kind == xlrd.XL_CELL_ERROR:
        return ERROR
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_DATE and isinstance(value, float):
        return plain(xlrd.xldate_as_datetime(value, datemode)) if value >= 1 else ERROR
    return plain(value)


if __name__ == "__main__":
    main()
