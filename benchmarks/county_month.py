"""How long a county-month takes: registers in, every entitlement of 36 months out (24 posted, 12 listed).

    python benchmarks/county_month.py --people 1000000

Files are generated, then each step runs in a process of its own, so that its peak memory is its own: taking in the
files, merely reading the accepted registers back, working out every benefit from them in one plan. The last figure is
how many times longer the calculation takes than the reading. Booking and payment files are not here: `disburse run`
shows its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

COUNTY, PAY_MONTH, KNOWN_ON = "410721", date(2026, 6, 1), date(2026, 6, 10)
COMPUTED_MONTHS = 36
IN_A_ROW = 3  # how often a file is read to tell the time of reading it
Told = dict[str, int | float]


def generate(home: Path, people: int) -> Told:
    """Write a month's register files."""
    import generator

    made = generator.generate(home / "inbox", COUNTY, people, [PAY_MONTH], xlsx=False)
    return {"rows": sum(sum(counts.values()) for counts in made.rows.values())}


def take_in(home: Path, people: int) -> Told:
    """Files → accepted registers."""
    import intake

    folder = home / "inbox" / COUNTY / f"{PAY_MONTH:%Y-%m}"
    received = [intake.receive(file, file.stem, home / "store") for file in sorted(folder.iterdir())]
    ids = intake.ids_in(received)
    numbers = ids.with_row_index("person_no", offset=1).cast({"person_no": int})
    rows = 0
    for register in received:
        accepted = intake.accept(register, numbers, KNOWN_ON)
        accepted.rows.write_parquet(home / f"{register.register}.parquet")
        rows += accepted.rows.height
    return {"rows": rows}


def read(home: Path, people: int) -> Told:
    """Read every accepted register, all columns, and no more; the mean of a few readings."""
    import polars as pl

    started = time.perf_counter()
    for _ in range(IN_A_ROW):
        rows = sum(pl.read_parquet(file).height for file in home.glob("*.parquet"))
    return {"rows": rows, "seconds": (time.perf_counter() - started) / IN_A_ROW}


def work_out(home: Path, people: int) -> Told:
    """Accepted registers → what became of every entitlement."""
    import polars as pl

    import calculators
    import rulebook
    from contracts.months import add_months, months_between

    months = months_between(add_months(PAY_MONTH, 1 - COMPUTED_MONTHS), PAY_MONTH)
    rules = rulebook.load(rulebook.POLICIES).resolve(COUNTY, months, KNOWN_ON)
    registers = {file.stem: pl.scan_parquet(file) for file in home.glob("*.parquet")}
    started = time.perf_counter()
    plan = calculators.entitlements(registers, rules, calculators.Scope(COUNTY, tuple(months), PAY_MONTH))
    table = plan.collect()
    seconds = time.perf_counter() - started
    return {"rows": table.height, "people": table["person_no"].n_unique(), "seconds": seconds}


STEPS: dict[str, tuple[str, Callable[[Path, int], Told]]] = {
    "generate": ("生成名册 generate", generate),
    "take_in": ("收件 take in", take_in),
    "read": ("只读不算 read only", read),
    "work_out": ("核算 work out", work_out),
}


def measured(step: str, home: Path, people: int) -> Told:
    """Run one step here; seconds, unless the step tells its own, and this process's peak memory."""
    started = time.perf_counter()
    told = STEPS[step][1](home, people)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"seconds": time.perf_counter() - started, "peak_mib": peak_mib, **told}


def in_a_process(step: str, home: Path, people: int) -> Told:
    """Run one step in a process of its own and say what it took."""
    command = [sys.executable, __file__, "--people", str(people), "--step", step, "--home", str(home)]
    told: Told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(
        f"{STEPS[step][0]:<24}{told['seconds']:>8.2f} s {told['peak_mib']:>7,} MiB {told['rows']:>12,} 行 rows",
        flush=True,
    )
    return told


def main() -> None:
    """Measure every step and compare the calculation with merely reading."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, default=100_000)
    asked.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    asked.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.step:
        print(json.dumps(measured(given.step, given.home, given.people)))
        return
    print(f"{given.people:,} 人 people, {COMPUTED_MONTHS} 个月 months")
    with tempfile.TemporaryDirectory() as folder:
        told = {step: in_a_process(step, Path(folder), given.people) for step in STEPS}
    times = told["work_out"]["seconds"] / told["read"]["seconds"]
    print(f"核算为只读的 {times:.1f} 倍:the calculation takes {times:.1f} times as long as reading the same files")


if __name__ == "__main__":
    main()
