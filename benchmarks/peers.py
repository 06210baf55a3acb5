"""The same benefit worked out by other means on the same files: DuckDB SQL, pandas, and a spreadsheet read row by row.

    make peers PEOPLE=100000

A county's population is generated and accepted; then each works out 高龄津贴 of 24 months for everybody, in a process
of its own: who is alive and registered in the county, of what age, and the amount of his band, as the law in the pack
has it. A bare scan reads the same file and works out nothing. Where rows or fen differ nothing is shown: the benchmark
fails. DuckDB and pandas are in `requirements-benchmarks.lock`, which nothing else installs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from watch import cpu_seconds, rewrite

from contracts.codes import Benefit
from contracts.months import add_months, months_between
from contracts.policy import Rules

COUNTY, PAY_MONTH, KNOWN_ON = "410721", date(2026, 6, 1), date(2026, 6, 10)
MONTHS = months_between(add_months(PAY_MONTH, -23), PAY_MONTH)
BENEFIT = Benefit.OLD_AGE_ALLOWANCE
BANDS = ((80, 90, 5_000), (90, 100, 10_000), (100, 999, 30_000))  # checked against the pack: the totals must be equal
SHEET = 200_000  # rows; an office would not open a longer one
Answer = tuple[int, int]  # rows, fen


def prepare(home: Path, people: int) -> Answer:
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
        if register.register == "population" and accepted.height <= SHEET:
            write_table(accepted, home / "population.xlsx")
    return 0, 0


def scan(home: Path) -> Answer:
    """Read the population, all columns, and no more."""
    import polars as pl

    pl.read_parquet(home / "population.parquet")
    return 0, 0


@cache
def _rules() -> Rules:
    """The county's law, loaded before the watch starts: the others have theirs given."""
    import rulebook

    return rulebook.load(rulebook.POLICIES).resolve(COUNTY, MONTHS, KNOWN_ON)


def disburse(home: Path) -> Answer:
    """Facts of every register, and this benefit alone."""
    return _entitled(home, replace(_rules(), benefits={BENEFIT: _rules().benefits[BENEFIT]}))


def disburse_all(home: Path) -> Answer:
    """Every benefit, coordinated."""
    return _entitled(home, _rules())


def _entitled(home: Path, rules: Rules) -> Answer:
    import polars as pl

    import calculators

    registers = {file.stem: pl.scan_parquet(file) for file in home.glob("*.parquet")}
    plan = calculators.entitlements(registers, rules, calculators.Scope(COUNTY, tuple(MONTHS), PAY_MONTH))
    rows = plan.collect().filter(pl.col("benefit") == BENEFIT)
    return rows.height, int(rows["would_be_fen"].sum())


def duckdb(home: Path) -> Answer:
    """SQL on the Parquet file."""
    import duckdb as engine

    months = ", ".join(f"(DATE '{month}')" for month in MONTHS)
    amount = " ".join(f"WHEN age >= {low} AND age < {high} THEN {fen}" for low, high, fen in BANDS)
    [(rows, fen)] = engine.sql(f"""
        WITH spells AS (
            SELECT person_no, birth_date, date_trunc('month', died_on) AS death_month,
                date_trunc('month', moved_in_on) + INTERVAL 1 MONTH AS first_month,
                date_trunc('month', moved_out_on) AS last_month
            FROM read_parquet('{home / "population.parquet"}') WHERE left(division_code, 6) = '{COUNTY}'),
        aged AS (
            SELECT DISTINCT person_no, month,
                year(month) - year(birth_date) - (month(month) < month(birth_date))::INT AS age
            FROM spells CROSS JOIN (VALUES {months}) AS months(month)
            WHERE year(birth_date) <= {MONTHS[-1].year - BANDS[0][0]} AND (death_month IS NULL OR month <= death_month)
                AND (first_month IS NULL OR month >= first_month) AND (last_month IS NULL OR month <= last_month))
        SELECT count(*), sum(CASE {amount} END) FROM aged WHERE age >= {BANDS[0][0]}""").fetchall()  # noqa: S608 - ours
    return int(rows), int(fen)


def pandas(home: Path) -> Answer:
    """Columns of pandas, month by month."""
    import pandas as pd

    people = pd.read_parquet(home / "population.parquet")
    people = people[people["division_code"].str[:6] == COUNTY]

    def number(column: str) -> Any:  # noqa: ANN401 - a pandas Series
        day = pd.to_datetime(people[column])
        return day.dt.year * 12 + day.dt.month

    born, died, came, left = (number(name) for name in ("birth_date", "died_on", "moved_in_on", "moved_out_on"))
    rows = fen = 0
    for month in MONTHS:
        now = month.year * 12 + month.month
        age = (now - born) // 12
        here = ~(died < now) & ~(came >= now) & ~(left < now) & (age >= BANDS[0][0])
        found = age[here].groupby(people["person_no"][here]).first()
        rows += len(found)
        fen += sum(int(((found >= low) & (found < high)).sum()) * amount for low, high, amount in BANDS)
    return rows, fen


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
    return len(seen), sum(seen.values())


def _number(day: str | None) -> int:
    return int(day[:4]) * 12 + int(day[5:7]) if day else 0


MEANS: dict[str, tuple[str, Callable[[Path], Answer]]] = {
    "scan": ("只读 bare scan", scan),
    "disburse": ("disburse", disburse),
    "disburse_all": ("disburse, all nine benefits 全部项目", disburse_all),
    "duckdb": ("DuckDB SQL", duckdb),
    "pandas": ("pandas", pandas),
    "spreadsheet": ("电子表格 openpyxl", spreadsheet),
}


def measured(means: str, home: Path) -> dict[str, float]:
    """Work it out once to warm up what is loaded once, and once on the watch."""
    work = MEANS[means][1]
    if means != "spreadsheet":
        work(home)
    before, started = cpu_seconds(), time.perf_counter()
    rows, fen = work(home)
    return {"cpu": cpu_seconds() - before, "seconds": time.perf_counter() - started, "rows": rows, "fen": fen}


def in_a_process(*given: str) -> dict[str, float]:
    """One step in a process of its own."""
    command = [sys.executable, __file__, *given]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return told


def compared(people: int) -> dict[str, dict[str, float]]:
    """What each took; ValueError where one comes to another sum."""
    with tempfile.TemporaryDirectory() as folder:
        where = ("--home", folder, "--people", str(people))
        in_a_process("--step", "prepare", *where)
        able = [means for means in MEANS if means != "spreadsheet" or (Path(folder) / "population.xlsx").exists()]
        told = {means: in_a_process("--step", means, *where) for means in able}
    answers = {(one["rows"], one["fen"]) for means, one in told.items() if means != "scan"}
    if len(answers) > 1:
        raise ValueError(f"they do not come to the same: {told}")
    return told


def table(told: dict[int, dict[str, dict[str, float]]]) -> str:
    """A row for each means: CPU seconds, and how many times a bare scan that is."""
    head = " | ".join(f"{people:,} people | ÷ scan" for people in told)
    lines = [f"| CPU seconds | {head} |", "| --- " + "| ---: | ---: " * len(told) + "|"]
    for means, (label, _) in MEANS.items():
        cells = [_cells(of_size.get(means), of_size["scan"]) for of_size in told.values()]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cells(one: dict[str, float] | None, bare: dict[str, float]) -> str:
    return f"{one['cpu']:.2f} | {one['cpu'] / bare['cpu']:.1f}" if one else "— | —"


def main() -> None:
    """Compare on counties of some sizes; with --write into the README."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, nargs="+", default=[100_000])
    asked.add_argument("--write", action="store_true", help="rewrite the table of the README")
    asked.add_argument("--step", help=argparse.SUPPRESS)
    asked.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.step == "prepare":
        print(json.dumps(dict(zip(("rows", "fen"), prepare(given.home, given.people[0]), strict=True))))
    elif given.step:
        print(json.dumps(measured(given.step, given.home)))
    else:
        text = table({people: compared(people) for people in given.people})
        print(text)
        if given.write:
            rewrite("peers.py", text)


if __name__ == "__main__":
    main()
