"""What a county-month costs, stage by stage: registers in, payment files and lists out, signed and answered.

    python benchmarks/county_month.py --people 300 100000 1000000 --write

A county is generated with two pay months. The first pays 24 months of backlog; it is approved, released and answered,
so that the second is an ordinary month whose whole window was worked out and paid before. Every month runs in a process
of its own, without Dagster, on SQLite. CPU seconds of the process and its children, so that other work on the machine
does not show; peak memory of each stage. What was measured is kept in `measured.json`, by number of people; `--write`
rewrites the table of `README.md` from it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from watch import Stopwatch, Told, cpu_seconds, rewrite
from years import COUNTY, FIRST, MAKER, SETTINGS, answer, sign

from contracts.months import add_months
from contracts.settings import Home

MEASURED = Path(__file__).resolve().parent / "measured.json"
MONTHS = (FIRST, add_months(FIRST, 1))
CHECKS, OTHERS = "checks", "others"
ROWS = {
    "received": "收件 receive, number people",
    "accepted": "收下名册 accept",
    "facts": "情形 facts",
    "entitled": "各项应享 entitled",
    "coordinated": "核定 coordinated",
    "posted": "入账 posted",
    "payable": "可付 payable",
    "findings": "疑点 findings",
    "batch": "编批 batch and files",
    "listed": "清单与汇总 lists, papers, review",
    CHECKS: "核对 checks of every stage",
    "month": "**全月 the whole month**",
    "peak": "内存峰值 peak memory, MiB",
    "scan": "只读名册 the accepted registers merely read",
    "sign": "审批、放行 approve and release",
    "answer": "回盘 answers",
}
MONTHS_TOLD = {"first": "首月 first", "ordinary": "平常月 ordinary"}


def generate(home: Path, people: int) -> Told:
    """The home of a county with the register files of both months."""
    import generator

    home.mkdir(mode=0o700)
    (home / "disburse.toml").write_text(SETTINGS, "utf-8")
    watch = Stopwatch()
    watch.measured("generate", lambda: generator.generate(home / "inbox", COUNTY, people, MONTHS, xlsx=False))
    return {**watch.told, "peak": watch.peak_mib}


def run(home: Home, pay_month: date) -> Told:
    """One month as the plain runner does it, each stage on its watch."""
    started = time.perf_counter()
    from month.gathering import begin
    from month.month import Choices
    from month.running import holding, work
    from month.stages import STAGES

    watch = Stopwatch()
    with holding(home, COUNTY):
        choices = Choices(maker=MAKER, system_user="benchmark")
        with watch.measured("received", begin, home, COUNTY, pay_month, pay_month.replace(day=10), choices) as month:
            for stage in STAGES:
                watch.measured(str(stage.group), work, month, stage)
                at_work = month.opening(stage.tables(month.tables))
                for finding in stage.findings:
                    if watch.measured(CHECKS, finding.find, at_work) and finding.is_blocking:
                        raise ValueError(f"{stage.name}.{finding.name} does not hold: nothing was measured")
            scanned = Stopwatch()
            scanned.measured("scan", _scan, month.tables.folder)
    whole = {"month": cpu_seconds(), "seconds": time.perf_counter() - started, "peak": watch.peak_mib}
    return {**watch.told, **whole, **scanned.told}


def _scan(folder: Path) -> None:
    import polars as pl

    for file in sorted(folder.glob("accepted_*.parquet")):
        pl.read_parquet(file)


def settle(home: Home, pay_month: date) -> Told:
    """Approve, release, and read the bank's answers."""
    watch = Stopwatch()
    watch.measured("sign", sign, home, pay_month)
    watch.measured("answer", answer, home, pay_month)
    return watch.told


def size_of(home: Path) -> Told:
    """Bytes of the book, and of the store."""
    books = sum(file.stat().st_size for file in home.glob("book.sqlite*"))
    return {"book": books, "store": sum(file.stat().st_size for file in (home / "store").rglob("*") if file.is_file())}


STEPS: dict[str, Callable[[Path, int], Told]] = {
    "generate": generate,
    "first": lambda home, _: {**run(Home(home), MONTHS[0])},
    "first settled": lambda home, _: settle(Home(home), MONTHS[0]),
    "ordinary": lambda home, _: {**run(Home(home), MONTHS[1])},
    "ordinary settled": lambda home, _: settle(Home(home), MONTHS[1]),
    "size": lambda home, _: size_of(home),
}


def in_a_process(step: str, home: Path, people: int) -> Told:
    """Run one step in a process of its own."""
    command = [sys.executable, __file__, "--people", str(people), "--step", step, "--home", str(home)]
    told: Told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    print(people, step, {name: round(value, 2) for name, value in told.items()}, flush=True)
    return told


def measure(people: int) -> dict[str, Told]:
    """Every step of a county of so many people, in a new home."""
    with tempfile.TemporaryDirectory() as folder:
        return {step: in_a_process(step, Path(folder) / "home", people) for step in STEPS}


def table(measured: dict[str, dict[str, Told]]) -> str:
    """The figures as a table: a row for each group of stages, a column for each month of each number of people."""
    columns = [(size, month) for size in sorted(measured, key=int) for month in MONTHS_TOLD if month in measured[size]]
    head = [f"{int(size):,} · {MONTHS_TOLD[month]}" for size, month in columns]
    lines = ["| " + " | ".join(["CPU seconds", *head]) + " |", "| --- " + "| ---: " * len(head) + "|"]
    for row, label in ROWS.items():
        cells = [_cell({**measured[size][month], **measured[size][f"{month} settled"]}, row) for size, month in columns]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(told: Told, row: str) -> str:
    value = told.get(row, 0.0)
    return f"{value:,.0f}" if row == "peak" or value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def write(measured: dict[str, dict[str, Told]]) -> None:
    """Keep the figures, and rewrite the table of the README."""
    MEASURED.write_text(json.dumps(measured, indent=1, sort_keys=True) + "\n", "utf-8")
    rewrite("county_month.py", table(measured))


def main() -> None:
    """Measure counties of some sizes; with --write into the README."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, nargs="+", default=[100_000])
    asked.add_argument("--write", action="store_true", help="keep what was measured, and rewrite the table")
    asked.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    asked.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.step:
        print(json.dumps(STEPS[given.step](given.home, given.people[0])))
        return
    measured = {str(people): measure(people) for people in given.people}
    if given.write:
        write({**(json.loads(MEASURED.read_text("utf-8")) if MEASURED.exists() else {}), **measured})
    else:
        print(table(measured))


if __name__ == "__main__":
    main()
