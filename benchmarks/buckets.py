"""What deciding a month takes in one piece and in buckets: CPU seconds and peak memory, the same bytes or it fails.

    python benchmarks/buckets.py --people 100000 --times 1 10 100

A generated county of so many people is taken in once; for the larger ones its people are there so many times, under
other numbers, because taking ten million in is not what is measured. The first month, with 24 months computed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import polars as pl
from watch import Stopwatch, rewrite
from years import COUNTY, FIRST, MAKER, home_of

import calculators
from contracts.actor import Actor, system_user
from contracts.files import digest_of
from contracts.settings import Home
from month import gathering
from month.buckets import PERSON, InBuckets, in_this_process
from month.month import Choices, Month, settled_table
from month.running import do, work
from month.stages import BUCKETED, REPLAYED

IN_ONE_PIECE = 20_000_000  # the most people that are decided in one piece here


def taken_in(home: Home) -> Month:
    """The county with its registers accepted."""
    month = gathering.begin(home, COUNTY, FIRST, FIRST, Choices.of(Actor(MAKER, system_user())))
    for stage in REPLAYED[: REPLAYED.index(BUCKETED[0])]:
        work(month, stage)
    return month


def multiply(month: Month, once: Path, times: int) -> int:
    """Write the registers that decide with everybody in them so many times; how many people that makes."""
    for name in calculators.COLUMNS:
        table = settled_table(name)
        rows = pl.scan_parquet(once / f"{table}.parquet")
        numbers = (
            1
            + pl.scan_parquet(once / f"{settled_table('population')}.parquet")
            .select(pl.col(PERSON).max())
            .collect()
            .item()
        )
        copies = [rows.with_columns(pl.col(PERSON) + copy * numbers) for copy in range(times)]
        pl.concat(copies).sink_parquet(month.tables.path(table))
    population = month.tables.scan(settled_table("population"))
    return int(population.select(pl.col(PERSON).n_unique()).collect().item())


def digests(month: Month) -> dict[str, str]:
    """Of everything that was decided."""
    return {table: digest_of(month.tables.path(table)) for stage in BUCKETED for table in stage.writes}


def in_one_piece(month: Month) -> None:
    """Decide it stage by stage."""
    for stage in BUCKETED:
        do(month, stage)


def in_buckets(month: Month) -> None:
    """Decide it bucket by bucket, in this process."""
    doing = InBuckets()
    for stage in BUCKETED:
        doing.do(month, stage, in_this_process)


WAYS = {"in one piece 一次算完": in_one_piece, "in buckets 分片": in_buckets}


def measured(month: Month, people: int) -> list[str]:
    """A line of the table for each way of deciding."""
    lines, found = [], []
    for way, doing in WAYS.items():
        if doing is in_one_piece and people > IN_ONE_PIECE:
            continue
        watch = Stopwatch()
        watch.measured(way, doing, month)
        lines.append(line(way, people, watch))
        found.append(digests(month))
    if any(one != found[0] for one in found):
        raise SystemExit("not the same bytes")
    return lines


def line(way: str, people: int, watch: Stopwatch) -> str:
    """A row of the table."""
    seconds = watch.told[way]
    return f"| {people:,} | {way} | {seconds:.1f} | {1e6 * seconds / people:.1f} | {watch.peak_mib:,} |"


def main() -> None:
    """Measure each size and rewrite the table."""
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=100_000)
    options.add_argument("--times", type=int, nargs="+", default=[1, 10, 100])
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        month = taken_in(home_of(Path(folder) / "home", given.people, 1))
        once = Path(folder) / "once"
        once.mkdir()
        for name in calculators.COLUMNS:
            path = month.tables.path(settled_table(name))
            path.rename(once / path.name)
        rows = chain.from_iterable(measured(month, multiply(month, once, times)) for times in given.times)
        head = "| people | | CPU s | µs a person | peak MiB |\n| ---: | --- | ---: | ---: | ---: |"
        table = "\n".join([head, *rows])
    print(table)
    rewrite("buckets.py", table)


if __name__ == "__main__":
    main()
