"""A whole county-month, delivered the way counties do, gives exactly the rows of its clean twin."""

import csv
import io
import re
from datetime import date
from itertools import cycle
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from contracts.codes import CellChange
from contracts.registers import REGISTERS
from intake import accept, ids_in, receive

FIXTURES = Path(__file__).parents[2] / "fixtures"
SAMPLE = FIXTURES / "sample" / "inbox" / "410721" / "2024-09"
AS_THEY_ARRIVE = FIXTURES / "as_they_arrive"
DAY = re.compile(r"^(\d{4})-(\d\d)-(\d\d)$")
DAY_FORMS = cycle((r"\1年\2月\3日", r"\1/\2/\3", r"\1.\2.\3", r"\1\2\3", r"\1-\2-\3"))
MONTH = re.compile(r"^(\d{4})-(\d\d)$")
MONTH_FORMS = cycle((r"\1年\2月", r"\1\2", r"\1/\2", r"\1-\2-01"))
NUMBER = re.compile(r"^99\d{15}[\dX]$")
NUMBER_FORMS = cycle(
    (str.lower, lambda text: f"'{text}", lambda text: f"\u3000{text} ", lambda text: text.translate(WIDE))
)
FORMS_OF_CHANGE = {
    CellChange.BLANKS,
    CellChange.WIDE,
    CellChange.SMALL_X,
    CellChange.APOSTROPHE,
    CellChange.DATE_FORM,
    CellChange.DATE_SERIAL,
    CellChange.NUMBER_FORM,
    CellChange.OTHER_WORD,
}
WIDE = {ord(char): ord(char) + 0xFEE0 for char in "0123456789X"}


def rows_of(path):
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_text("utf-8"))))
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def messy(text):
    text = DAY.sub(next(DAY_FORMS), text) if DAY.match(text) else text
    text = MONTH.sub(next(MONTH_FORMS), text) if MONTH.match(text) else text
    return next(NUMBER_FORMS)(text) if NUMBER.match(text) else text


def delivered(rows):
    """Cells in other forms, every row between a title and a total, the columns the other way round."""
    header, *people = [list(reversed(cells)) for cells in rows]
    width = len(header)
    said = [["新乡县花名册"], [f"{name}*" for name in header], *([messy(cell) for cell in cells] for cells in people)]
    return [[*cells, *[""] * (width - len(cells))] for cells in [*said, [], ["合计"], ["制表人:某"]]]


def as_workbook(path, rows):
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        book.add_worksheet("封面").write(0, 0, "请看第二张表")
        sheet = book.add_worksheet("名册")
        for number, cells in enumerate(rows, start=3):
            sheet.write_row(number, 2, cells)


def as_text(path, rows, delimiter, encoding):
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    path.write_bytes(written.getvalue().encode(encoding))


def taken(files, store):
    received = {register: receive(path, register, store) for register, path in files.items()}
    ids = ids_in(received.values())
    numbers = ids.select("person_id", person_no=pl.int_range(1, 1 + pl.len(), dtype=pl.Int64))
    found = {register: accept(one, numbers, date(2024, 9, 15)) for register, one in received.items()}
    for one in found.values():
        assert one.rows_in == one.rows.height + one.rows_refused + one.rows_collapsed + one.rows_listed
    return found


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The clean registers of the sample's third month, and the same as a county delivers them."""
    folder = tmp_path_factory.mktemp("messy")
    clean = {path.stem: path for path in SAMPLE.iterdir()}
    writers = cycle(
        (
            (".csv", lambda path, rows: as_text(path, rows, ",", "gb18030")),
            (".xlsx", as_workbook),
            (".tsv", lambda path, rows: as_text(path, rows, "\t", "utf-16")),
        )
    )
    given = {}
    for register, path in sorted(clean.items()):
        if (AS_THEY_ARRIVE / f"{register}.xls").exists():  # made by a program of another maker, which no test can do
            given[register] = AS_THEY_ARRIVE / f"{register}.xls"
            continue
        suffix, write = next(writers)
        given[register] = folder / f"{register}{suffix}"
        write(given[register], delivered(rows_of(path)))
    return taken(clean, folder / "clean"), taken(given, folder / "store")


@pytest.mark.parametrize("register", REGISTERS)
def test_the_messy_register_gives_the_rows_of_the_clean_one(register, both):
    clean, given = (found[register].rows.drop("source_file", "source_sheet", "source_row") for found in both)
    assert given.height > 0
    assert given.equals(clean)


@pytest.mark.parametrize("register", REGISTERS)
def test_the_messy_register_is_refused_the_same_rows_for_the_same_reasons(register, both):
    clean, given = (
        found[register].refused.filter(~pl.col("code").cast(pl.String).is_in(["NOT_DATA", "SHEET_IGNORED"]))
        for found in both
    )
    assert given.select("code", "source_column").equals(clean.select("code", "source_column"))
    assert both[1][register].rows_listed == 4


def test_what_was_made_regular_is_counted_by_kind(both):
    clean, given = both
    assert all(found.changes == {} for found in clean.values())
    counted = {change for found in given.values() for change in found.changes}
    assert counted == FORMS_OF_CHANGE
    assert given["certification"].changes[CellChange.DATE_FORM] == pytest.approx(
        given["certification"].rows.height * 4 / 5, abs=20
    )
