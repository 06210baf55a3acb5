"""How long a big register takes from file to accepted rows, beside merely reading the same file bare.

    python benchmarks/intake.py --rows 1000000 --sheet-rows 200000 [--write]

One file is CSV, one a workbook, both a population register. Each reader runs in a process of its own, so that its peak
memory is its own; CPU seconds, those of its children too. `disburse` checks every cell, numbers every row's place and
keeps the original; the bare readers do nothing of the kind, and guess types: an identity number is a text to us
whatever it looks like. Seconds count from before a library is loaded. With `--write` the table of the README is
made anew.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from watch import cpu_seconds, rewrite

KNOWN_ON = date(2026, 6, 10)
FIRST_DAY, DAYS = date(1930, 1, 1), 25_000
WEIGHTS = [2 ** (17 - place) for place in range(17)]
CSV, SHEET = "population.csv", "population.xlsx"


def write(folder: Path, rows: int, sheet_rows: int) -> None:
    """The two files, of invented people."""
    from contracts.workbooks import new_workbook

    people = _people(rows)
    people.write_csv(folder / CSV)
    with new_workbook(folder / SHEET) as book:
        sheet = book.add_worksheet("人口")
        sheet.write_row(0, 0, people.columns)
        for number, cells in enumerate(people.head(sheet_rows).iter_rows(), start=1):
            for place, cell in enumerate(cells):
                if cell:
                    sheet.write_string(number, place, cell)


def _people(rows: int):  # noqa: ANN202 - polars is loaded only where it is measured
    import polars as pl

    from contracts.registers import file_headers

    place = pl.int_range(rows, dtype=pl.Int64)
    born = pl.lit(FIRST_DAY) + pl.duration(days=place % DAYS)
    body = pl.format("990721{}{}", born.dt.strftime("%Y%m%d"), (place // DAYS).cast(pl.String).str.zfill(3))
    numbers = pl.select(born=born, body=body)
    total = sum(pl.col("body").str.slice(at, 1).cast(pl.Int64) * weight for at, weight in enumerate(WEIGHTS))
    last = pl.lit("10X98765432").str.slice(total % 11, 1)
    cells = {
        "身份证号": pl.col("body") + last,
        "姓名": pl.format("样本{}", pl.int_range(pl.len()) % 9973),
        "性别": pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("男")).otherwise(pl.lit("女")),
        "出生日期": pl.col("born").dt.strftime("%Y-%m-%d"),
        "户籍地区划": pl.lit("990721"),
        "乡镇": pl.format("示范{}镇", pl.int_range(pl.len()) % 17),
        "村社区": pl.format("示范{}村", pl.int_range(pl.len()) % 397),
        "户口性质": pl.lit("农村"),
    }
    return numbers.select(cells.get(header, pl.lit("")).alias(header) for header in file_headers("population"))


def disburse(path: Path) -> int:
    """File → accepted rows, as a run takes them in."""
    import polars as pl

    import intake

    received = intake.receive(path, "population", path.parent / "store")
    ids = intake.ids_in([received])
    numbers = ids.select("person_id", person_no=pl.int_range(1, 1 + pl.len(), dtype=pl.Int64))
    return intake.accept(received, numbers, KNOWN_ON).rows.height


def polars_csv(path: Path) -> int:
    """polars.read_csv."""
    import polars as pl

    return pl.read_csv(path).height


def pandas_csv(path: Path) -> int:
    """pandas.read_csv."""
    import pandas as pd

    return len(pd.read_csv(path))


def calamine(path: Path) -> int:
    """python-calamine: the cells of the sheet, nothing done with them."""
    from python_calamine import CalamineWorkbook

    return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()) - 1


def polars_sheet(path: Path) -> int:
    """polars.read_excel, by calamine."""
    import polars as pl

    return pl.read_excel(path, engine="calamine").height


def pandas_sheet(path: Path) -> int:
    """pandas.read_excel, by calamine."""
    import pandas as pd

    return len(pd.read_excel(path, engine="calamine"))


READERS: dict[str, tuple[str, str, Callable[[Path], int]]] = {
    "csv": ("disburse", CSV, disburse),
    "csv_polars": ("polars.read_csv", CSV, polars_csv),
    "csv_pandas": ("pandas.read_csv", CSV, pandas_csv),
    "sheet": ("disburse", SHEET, disburse),
    "sheet_calamine": ("python-calamine", SHEET, calamine),
    "sheet_polars": ("polars.read_excel", SHEET, polars_sheet),
    "sheet_pandas": ("pandas.read_excel", SHEET, pandas_sheet),
}


def measured(reader: str, folder: Path) -> dict[str, float]:
    """One reader in this process: seconds, rows, peak memory of this process and of those it started."""
    _, file, read = READERS[reader]
    started = cpu_seconds()
    rows = read(folder / file)
    seconds = cpu_seconds() - started
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {"rows": rows, "seconds": seconds, "peak_mib": max(peaks) // 1024}


def in_a_process(reader: str, folder: Path) -> dict[str, float] | None:
    """One reader in a process of its own; None where its library is not installed."""
    command = [sys.executable, __file__, "--reader", reader, "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "ModuleNotFoundError" in done.stderr:
        return None
    done.check_returncode()
    told: dict[str, float] = json.loads(done.stdout)
    return told


HEAD = """| file 文件 | reader 读法 | CPU seconds | ÷ bare 比只读 | MiB |
| --- | --- | ---: | ---: | ---: |"""


def line(reader: str, told: dict[str, float], bare: dict[str, float]) -> str:
    """A reader's line of the table; `bare` is what merely reads the same file."""
    label, file, _ = READERS[reader]
    times = told["seconds"] / bare["seconds"]
    return f"| {file}, {told['rows']:,.0f} | {label} | {told['seconds']:.2f} | {times:.1f} | {told['peak_mib']:,.0f} |"


BARE = {CSV: "csv_polars", SHEET: "sheet_calamine"}


def main() -> None:
    """Write the files, measure every reader, and say how many times a bare one each is."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--sheet-rows", type=int, default=200_000)
    asked.add_argument("--write", action="store_true", help="put the table into the README")
    asked.add_argument("--reader", choices=READERS, help=argparse.SUPPRESS)
    asked.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked_for = asked.parse_args()
    if asked_for.reader:
        print(json.dumps(measured(asked_for.reader, asked_for.folder)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, asked_for.rows, asked_for.sheet_rows)
        told = {reader: one for reader in READERS if (one := in_a_process(reader, folder))}
    table = "\n".join([HEAD, *(line(reader, one, told[BARE[READERS[reader][1]]]) for reader, one in told.items())])
    print(table)
    if asked_for.write:
        rewrite("intake.py", table)


if __name__ == "__main__":
    main()
