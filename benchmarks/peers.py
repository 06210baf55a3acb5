"""The whole work of a county worked out by other means on the same files, with the same totals.

    make peers PEOPLE="100000 1000000"

A county's population is generated and accepted; then each works out all seven benefits of 24 months for everybody,
coordinated: from the accepted registers to a table of every person, benefit and month with its outcome. Each has a
process of its own and does it twice, the second time on the watch. A bare scan reads the same files and works out
nothing. Where rows or fen of any benefit and outcome differ nothing is shown: the benchmark fails. The spreadsheet does
高龄津贴 alone.

DuckDB 2.0.1, pandas 3.1.1 and OpenFisca-core 46.0.1 are in `requirements-benchmarks.lock`, PySpark 4.3.0 in
`requirements-spark.lock`; nothing else installs them. Without Spark (`make spark`) its row stays empty.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from picture import picture
from watch import cpu_of_children, cpu_seconds, rewrite

from contracts.codes import Benefit
from contracts.months import add_months, months_between
from contracts.policy import Rules

PICTURE = Path(__file__).resolve().parent / "peers.svg"
COUNTY, PAY_MONTH, KNOWN_ON = "410721", date(2026, 6, 1), date(2026, 6, 10)
MONTHS = months_between(add_months(PAY_MONTH, -23), PAY_MONTH)
NUMBERS = [month.year * 12 + month.month for month in MONTHS]
BANDS = ((80, 90, 5_000), (90, 100, 10_000), (100, 999, 30_000))  # checked against the pack: the totals must be equal
SMALL = 200_000  # people; an office would not open a longer sheet, and Spark would take minutes
Answer = dict[str, tuple[int, ...]]  # benefit and outcome → rows, fen before and after coordination


def prepare(home: Path, people: int) -> None:
    """Accepted registers of a county, and its population as a workbook where it is not too long for one."""
    import polars as pl

    import generator
    import intake
    from reports.tables import write_table

    generator.generate(home / "inbox", COUNTY, people, [PAY_MONTH], xlsx=False)
    folder = home / "inbox" / COUNTY / f"{PAY_MONTH:%Y-%m}"
    received = [intake.receive(file, file.stem, home / "store") for file in sorted(folder.iterdir())]
    numbers = intake.ids_in(received).with_row_index("person_no", offset=1).cast({"person_no": pl.Int64})
    for register in received:
        accepted = intake.accept(register, numbers, KNOWN_ON).rows
        accepted.write_parquet(home / f"{register.register}.parquet")
        if register.register == "population" and accepted.height <= SMALL:
            write_table(accepted, home / "population.xlsx")


def scan(home: Path) -> Answer:
    """Read every register, all columns, and no more."""
    import polars as pl

    for file in home.glob("*.parquet"):
        pl.read_parquet(file)
    return {}


@cache
def _rules() -> Rules:
    """The county's law, loaded before the watch starts: the others have theirs given."""
    import rulebook

    return rulebook.load(rulebook.POLICIES).resolve(COUNTY, MONTHS, KNOWN_ON)


def disburse(home: Path) -> Answer:
    """What a run works out, with all that every row rests on."""
    import polars as pl

    import calculators

    registers = {file.stem: pl.scan_parquet(file) for file in home.glob("*.parquet")}
    scope = calculators.Scope(COUNTY, tuple(MONTHS), PAY_MONTH)
    rows = calculators.entitlements(registers, _rules(), scope).collect()
    told = rows.group_by("benefit", "outcome").agg(pl.len(), pl.col("would_be_fen", "amount_fen").sum())
    return {f"{benefit} {outcome}": tuple(sums) for benefit, outcome, *sums in told.iter_rows()}


def duckdb(home: Path) -> Answer:
    """SQL on the Parquet files."""
    import by_sql
    import duckdb as engine

    with engine.connect() as connection:
        for file in home.glob("*.parquet"):
            connection.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM read_parquet('{file}')")
        for name, query in by_sql.steps(COUNTY, NUMBERS).items():
            connection.execute(f"CREATE TEMP TABLE {name} AS {query}")
        return {
            f"{benefit} {outcome}": tuple(sums) for benefit, outcome, *sums in connection.sql(by_sql.TOTALS).fetchall()
        }


def spark(home: Path) -> Answer:
    """The same SQL over Spark's DataFrames, in one process with as many threads as there are cores."""
    import by_sql
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_SUBMIT_ARGS"] = "--driver-memory 6g pyspark-shell"  # read where the Java machine is started
    settings = {
        "spark.sql.ansi.doubleQuotedIdentifiers": "true",
        "spark.sql.shuffle.partitions": "4",
        "spark.buffer.pageSize": "2m",
        "spark.log.level": "ERROR",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    session = SparkSession.builder.master("local[*]").config(map=settings).getOrCreate()
    for file in home.glob("*.parquet"):
        session.read.parquet(str(file)).createOrReplaceTempView(file.stem)
    session.catalog.clearCache()
    for name, query in by_sql.steps(COUNTY, NUMBERS).items():
        rows = session.sql(query).cache()
        rows.count()
        rows.createOrReplaceTempView(name)
    return {f"{benefit} {outcome}": tuple(sums) for benefit, outcome, *sums in session.sql(by_sql.TOTALS).collect()}


def pandas(home: Path) -> Answer:
    """Columns of pandas, month by month."""
    import by_pandas

    return by_pandas.worked_out(home, COUNTY, NUMBERS)


def openfisca(home: Path) -> Answer:
    """The law as OpenFisca's variables; pandas reads the registers for it."""
    import by_openfisca

    return by_openfisca.worked_out(home, COUNTY, NUMBERS)


def spreadsheet(home: Path) -> Answer:
    """openpyxl, row by row, as a script beside a spreadsheet does it."""
    import openpyxl

    lines = openpyxl.load_workbook(home / "population.xlsx", read_only=True).active.iter_rows(values_only=True)
    place = {name: at for at, name in enumerate(next(lines))}
    seen: dict[tuple[int, int], int] = {}
    for line in lines:
        if str(line[place["division_code"]])[:6] != COUNTY:
            continue
        born, died, came, left = (
            _number(line[place[name]]) for name in ("birth_date", "died_on", "moved_in_on", "moved_out_on")
        )
        for month in MONTHS:
            now = month.year * 12 + month.month
            age = (now - born) // 12
            gone = (died and died < now) or (came and came >= now) or (left and left < now)
            if age >= BANDS[0][0] and not gone:
                seen[line[place["person_no"]], now] = next(fen for low, high, fen in BANDS if low <= age < high)
    return {Benefit.OLD_AGE_ALLOWANCE: (len(seen), sum(seen.values()))}


def _number(day: str | None) -> int:
    return int(day[:4]) * 12 + int(day[5:7]) if day else 0


MEANS: dict[str, tuple[str, Callable[[Path], Answer]]] = {
    "scan": ("只读 bare scan", scan),
    "disburse": ("disburse", disburse),
    "duckdb": ("DuckDB SQL", duckdb),
    "pandas": ("pandas, NumPy", pandas),
    "openfisca": ("OpenFisca-core", openfisca),
    "spark": ("PySpark DataFrames", spark),
    "spreadsheet": ("电子表格 openpyxl,高龄津贴", spreadsheet),
}


@dataclass(frozen=True)
class Told:
    """What one took, and what it came to."""

    cpu: float
    seconds: float
    answer: Answer


def measured(means: str, home: Path) -> Told:
    """Work it out once to warm up what is loaded once, and once on the watch."""
    work = MEANS[means][1]
    if means != "spreadsheet":
        work(home)
    before, started = cpu_seconds() + cpu_of_children(), time.perf_counter()
    answer = work(home)
    return Told(cpu_seconds() + cpu_of_children() - before, time.perf_counter() - started, answer)


def in_a_process(means: str, home: Path) -> Told:
    """One of them in a process of its own."""
    command = [sys.executable, __file__, "--step", means, "--home", str(home)]
    told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    answer = {name: tuple(sums) for name, sums in told.pop("answer").items()}
    return Told(**told, answer=answer)


def compared(people: int) -> dict[str, Told]:
    """What each took; ValueError where one comes to another sum."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        prepare(home, people)
        able = set(MEANS) if (home / "population.xlsx").exists() else set(MEANS) - {"spreadsheet", "spark"}
        if find_spec("pyspark") is None:
            able.discard("spark")
        told = {means: in_a_process(means, home) for means in MEANS if means in able}
    differing = disagreeing({means: one.answer for means, one in told.items() if means != "scan"})
    if differing:
        raise ValueError(f"{differing} do not come to the same as disburse")
    return told


def disagreeing(answers: Mapping[str, Answer]) -> list[str]:
    """Those whose rows or fen are not those of disburse, of any benefit and outcome; a sheet by its one benefit."""
    ours = answers["disburse"]
    benefit = Benefit.OLD_AGE_ALLOWANCE
    of_sheet = [sums[:2] for name, sums in ours.items() if name.startswith(benefit)]
    alone: Answer = {benefit: tuple(map(sum, zip(*of_sheet, strict=True)))}
    return [means for means, answer in answers.items() if answer != (alone if means == "spreadsheet" else ours)]


def table(told: Mapping[int, Mapping[str, Told]]) -> str:
    """A row for each means: CPU seconds, and how many times a bare scan that is."""
    head = " | ".join(f"{people:,} people | ÷ scan" for people in told)
    lines = [f"| CPU seconds | {head} |", "| --- " + "| ---: | ---: " * len(told) + "|"]
    for means, (label, _) in MEANS.items():
        cells = [_cells(of_size.get(means), of_size["scan"]) for of_size in told.values()]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cells(one: Told | None, bare: Told) -> str:
    return f"{one.cpu:.2f} | {one.cpu / bare.cpu:.1f}" if one else "— | —"


def main() -> None:
    """Compare on counties of some sizes; with --write into the README and the picture."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, nargs="+", default=[100_000])
    asked.add_argument("--write", action="store_true", help="rewrite the table of the README and the picture")
    asked.add_argument("--step", help=argparse.SUPPRESS)
    asked.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.step:
        print(json.dumps(asdict(measured(given.step, given.home))))
        return
    told = {people: compared(people) for people in given.people}
    print(table(told))
    if given.write:
        rewrite("peers.py", table(told))
        per_person = {
            label: {people: of_size[means].cpu / people for people, of_size in told.items() if means in of_size}
            for means, (label, _) in MEANS.items()
        }
        PICTURE.write_text(picture(per_person), "utf-8")


if __name__ == "__main__":
    main()
