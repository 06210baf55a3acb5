"""Registers with everything wrong that a county has sent, by seed; and what an officer is told of them, as text.

After a change that is meant: `python -m tests.intake.messy_registers` writes the expected texts anew; read the diff.
"""

import csv
import random
import tempfile
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import xlsxwriter
from stdnum.iso7064 import mod_11_2

from contracts.columns import CellKind, columns_of
from contracts.registers import FILES, INBOX_FILES
from intake import accept, ids_in, receive

EXPECTED = Path(__file__).parent / "expected"
KNOWN_ON = date(2026, 6, 10)
REGISTERS = (*INBOX_FILES, "history")
WORKBOOKS = ("account", "disability", "low_income")  # their cells are typed, the others' are texts
SEED = 20260610
PEOPLE = 40
WRONG = 0.08  # of the cells
WIDE = {ord(char): ord(char) + 0xFEE0 for char in "0123456789X-/"}

FOR_ALL = (
    "",
    " ",
    "\u3000{}\t",
    '="{}"',
    '="',
    "#N/A",
    "######",
    "Err:502",
    "NULL",
    "\\N",
    "nan",
    "{}\u200b",
    "\x01{}",
)
FOR_ALL += ("见附件", "4.10721E+17", "{0}{0}{0}{0}{0}{0}{0}{0}", "{}\n{}")
FOR_NUMBERS = ("'{}", "{}.0", "{} 7", "4E+10", "999100000011000", "99910000001100000", "12", "九", "{}\ue816")
FOR_DAYS = ("2024年3月5日", "2024/3/5", "2024.3.5", "20240305", "16284", "2024-02-30", "9999-12-31", "2099-12-31")
FOR_DAYS += ("2958465", "2031-01-01", "1849-12-31", "2024-3-5 00:00:00", "2024-03-05T08:30", "2024年3月5号", "2024")
FOR_MONTHS = (
    "2024年3月",
    "2024/3",
    "202403",
    "2024.03",
    "2024.3",
    "2024-13",
    "2999-12",
    "2024-03-01",
    "45352",
    "2024-03-05",
)
SPOILT = {
    CellKind.TEXT: ("样 本", "样\u3000本  甲", "示范\ue816", "样本\u20087", "e\u0301", "{}\ufffd", "样本\r甲"),
    CellKind.RESIDENT_ID: FOR_NUMBERS,
    CellKind.ACCOUNT: FOR_NUMBERS,
    CellKind.KEY: FOR_NUMBERS,
    CellKind.DIVISION: FOR_NUMBERS,
    CellKind.DAY: FOR_DAYS,
    CellKind.MONTH: (*FOR_DAYS, *FOR_MONTHS),
    CellKind.YES_NO: ("\u221a", "\u00d7", "y", "TRUE", "0", "\uff11", "未填"),
    CellKind.WHOLE: ("一级", "2级", "3.0", "\uff12", "0", "99", "1,000"),
    CellKind.MONEY: ("\uffe51,060元", "1,060.5", "0", "-5", "3.333", "\uff15\uff10.5", "10元"),
    CellKind.CODE: ("1-{}", "{}(1)", "01", "9", " {} ", "别的", "{}\u3000类"),
}


def identity_number(chance, born):
    """An invented identity number of a region that no county has."""
    body = f"990721{born:%Y%m%d}{chance.randrange(1000):03d}"
    return body + mod_11_2.calc_check_digit(body)


def right_cell(chance, facts, number):
    """A cell as it should be; `number`: the identity number of the row's person."""
    day = date(2016, 1, 1) + timedelta(days=chance.randrange(3_000))
    if facts.code:
        return chance.choice([member.label for member in facts.code])
    if facts.name == "birth_date":
        return f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    right = {
        CellKind.TEXT: f"样本{chance.randrange(50)}",
        CellKind.RESIDENT_ID: number,
        CellKind.ACCOUNT: f"99000{chance.randrange(10**12):012d}",
        CellKind.KEY: f"H{chance.randrange(500):05d}",
        CellKind.DIVISION: "990721",
        CellKind.DAY: f"{day:%Y-%m-%d}",
        CellKind.MONTH: f"{day:%Y-%m}",
        CellKind.YES_NO: chance.choice("是否"),
        CellKind.WHOLE: str(chance.randint(facts.minimum or 0, facts.maximum or 9)),
        CellKind.MONEY: f"{chance.randrange(1, 900)}.{chance.randrange(100):02d}",
    }
    return right[facts.kind]


def spoilt(chance, facts, cell):
    """The cell as it should not be."""
    if facts.kind is CellKind.RESIDENT_ID and chance.random() < 0.6:
        ways = (str.lower, lambda text: text.translate(WIDE), lambda text: text[:6] + text[8:17])
        ways += (lambda text: text[:17] + "0", lambda text: text[:15] + "000", lambda text: f"{text[:6]} {text[6:]}")
        ways += (lambda text: f"{text[:6]}20310101{text[14:]}", lambda text: f"{text[:10]}0230{text[14:]}")
        return chance.choice(ways)(cell)
    if facts.kind in (CellKind.DAY, CellKind.MONTH, CellKind.DIVISION) and chance.random() < 0.2:
        return cell.translate(WIDE)
    return chance.choice((*FOR_ALL, *SPOILT[facts.kind])).format(cell, cell)


def rows_of(register, people, seed=SEED):
    """A register as a county sends it: a header, then the rows, some of them twice, some no data."""
    chance = random.Random(f"{register} {seed}")
    columns = list(columns_of(FILES[register]))
    rows = []
    for _ in range(people):
        number = identity_number(chance, date(1930, 1, 1) + timedelta(days=chance.randrange(30_000)))
        cells = [
            "" if not facts.required and chance.random() < 0.3 else right_cell(chance, facts, number)
            for facts in columns
        ]
        rows.append(cells)
        while chance.random() < 0.1:  # the same again, or something else of the same person
            place = chance.randrange(len(cells))
            rows.append(
                [right_cell(chance, columns[place], number) if at == place else cell for at, cell in enumerate(cells)]
            )
    for cells in rows:
        for place, facts in enumerate(columns):
            if chance.random() < WRONG:
                cells[place] = spoilt(chance, facts, cells[place])
    header = [facts.header for facts in columns]
    for at in sorted(chance.sample(range(len(rows)), len(rows) // 20), reverse=True):
        rows.insert(at, chance.choice(([""] * len(header), header, ["合计", *[""] * (len(header) - 1)])))
    return [["花名册", *[""] * (len(header) - 1)], header, *rows, ["制表人:某", *[""] * (len(header) - 1)]]


def write(folder, register, people, seed=SEED):
    """The register's file."""
    rows = rows_of(register, people, seed)
    path = folder / f"{register}{'.xlsx' if register in WORKBOOKS else '.csv'}"
    if register in WORKBOOKS:
        _write_workbook(path, rows, random.Random(seed))
        return path
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows(rows)
    return path


def _write_workbook(path, rows, chance):
    """Some texts as numbers, days, yes or no, errors, formulas; two rows and a column hidden."""
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("名册")
        for row, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if row > 1 and chance.random() < 0.05:
                    _write_typed(sheet, row, place, cell, day, chance)
                elif cell:
                    sheet.write_string(row, place, cell)
        for row in (5, 9):
            sheet.set_row(row, options={"hidden": True})
        sheet.set_column(1, 1, options={"hidden": True})


def _write_typed(sheet, row, place, cell, day, chance):
    kind = chance.randrange(6)
    if cell.isdecimal() and kind < 3:
        sheet.write_number(row, place, int(cell))
    elif kind < 2:
        sheet.write_number(row, place, chance.choice((7, 0.1 + 0.2, 45352.5, 4.1e17)))
    elif kind == 2:
        sheet.write_datetime(row, place, date(2024, 1, 1) + timedelta(days=chance.randrange(900)), day)
    elif kind == 3:
        sheet.write_boolean(row, place, chance.random() < 0.5)
    elif kind == 4:
        sheet.write_formula(row, place, "=NA()", None, "#N/A")
    else:
        sheet.write_formula(row, place, '=A1&""', None, chance.choice(("", cell)))


def taken(path, register, store):
    """What was accepted of a file, everybody numbered."""
    received = receive(path, register, store)
    ids = ids_in([received])
    numbers = ids.select("person_id", person_no=pl.int_range(1, 1 + pl.len(), dtype=pl.Int64))
    return accept(received, numbers, KNOWN_ON)


def told(found):
    """Everything that is said of a register, as text that reads well in a diff."""
    counts = [f"{name} {getattr(found, name)}" for name in vars(type(found))["__dataclass_fields__"] if "rows_" in name]
    changes = [f"{change.value} {count}" for change, count in sorted(found.changes.items())]
    tables = [found.rows, found.refused, found.changed]
    parts = ["\n".join(lines) + "\n" for lines in (counts, changes)]
    return "\n".join([*parts, *(table.drop("source_file").write_csv(line_terminator="\n") for table in tables)])


if __name__ == "__main__":
    EXPECTED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        for register in REGISTERS:
            found = taken(write(Path(name), register, PEOPLE), register, Path(name) / "store")
            (EXPECTED / f"{register}.txt").write_text(told(found), "utf-8")
