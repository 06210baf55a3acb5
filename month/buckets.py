"""A month decided in buckets of its people: the same stages, each bucket wherever there is room for it.

From the facts to coordination a stage looks at the rows of one person only, so any division of the people gives the
same rows. A bucket is a folder of its own beside the month's tables: registers of its people, without their names, and
what was decided of them. To decide one is idempotent: the same bytes however often and wherever it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import NoReturn

import polars as pl
from pydantic import BaseModel, ConfigDict

import calculators
from contracts.errors import BookError
from contracts.files import own_folder, write_whole
from contracts.settings import Home
from ledger.book import Book
from month.findings import Found
from month.month import Counts, Month, settled_table
from month.running import Done, do
from month.stages import BUCKETED, Finding, Stage
from month.store import Tables

PERSON = "person_no"
BOOKED = "booked"
DONE = "done.json"
PEOPLE_PER_BUCKET = 100_000
ROWS_PER_GROUP = 8_192  # of each bucket while people are divided: what is held of all of them at once


Engine = Callable[[Home, Path, int], dict[str, str]]
"""Decides the buckets 0 … n-1 of a folder, each whole; what there is to tell of it, by Chinese label."""


class Told(BaseModel):
    """What one stage told of one bucket: what it did, counted, and what each of its findings found."""

    model_config = ConfigDict(frozen=True)

    counts: Counts
    found: dict[str, Counts]


class BucketDone(BaseModel):
    """What was told of a bucket, by stage. Written last: where it is, the tables are."""

    model_config = ConfigDict(frozen=True)

    stages: dict[str, Told]


class NoBook(Book):
    """A bucket's book: there is none where it is decided, and whoever asks it is refused."""

    def __init__(self) -> None:
        """Connect to nothing."""

    def reading(self) -> NoReturn:
        """Refuse."""
        raise BookError("分片计算不看总账", "请交给维护人员")

    def writing(self) -> NoReturn:
        """Refuse."""
        self.reading()

    def close(self) -> None:
        """Nothing is open."""


class Bucket(Month):
    """One bucket of a month's people at work, in whatever process."""

    @cached_property
    def booked(self) -> pl.DataFrame:
        """Those of its people whom the book knows, as they were divided."""
        return Tables(self.tables.folder).read(BOOKED)


@dataclass
class InBuckets:
    """Does the stages of one month: those that decide in buckets, all of them at once, any other as ever.

    `count`: how many buckets; one for each PEOPLE_PER_BUCKET unless said.
    """

    count: int | None = None
    told: dict[str, str] = field(default_factory=dict)
    _done: dict[str, Done] = field(default_factory=dict)

    def do(self, month: Month, stage: Stage, engine: Engine) -> Done:
        """As month.running.do, with the same tables to the byte."""
        if stage is BUCKETED[0]:
            self._decide(month, engine)
        return self._done.pop(stage.name, None) or do(month, stage)

    def _decide(self, month: Month, engine: Engine) -> None:
        people = month.tables.scan(settled_table("population")).select(pl.len()).collect().item()
        count = self.count or -(-people // PEOPLE_PER_BUCKET) or 1
        with own_folder(month.tables.folder) as folder:
            divide(month, folder, count)
            self.told = {"分片": str(count), **engine(month.home, folder, count)}
            self._done = gather(month, folder, count)


def in_this_process(home: Home, folder: Path, count: int) -> dict[str, str]:
    """The engine without a cluster: one bucket after the other."""
    for number in range(count):
        decide(home, folder, number)
    return {}


def divide(month: Month, folder: Path, count: int) -> None:
    """Write what each bucket is decided from: the columns that are read of its people, and whom the book knows."""
    plans = {settled_table(name): month.registers[name].select(read) for name, read in calculators.COLUMNS.items()}
    plans[BOOKED] = month.booked.lazy()
    manifest = month.manifest.model_dump_json().encode()
    buckets = list(_buckets(folder, count))
    for bucket in buckets:
        write_whole(bucket.folder / "manifest.json", manifest)
    for table, plan in plans.items():
        _divide(plan, table, folder, count)
        nothing = plan.collect_schema().to_frame()
        for bucket in buckets:
            if not bucket.has(table):
                bucket.write(table, nothing)


def _divide(plan: pl.LazyFrame, table: str, folder: Path, count: int) -> None:
    def place(given: pl.io.partition.FileProviderArgs) -> Path:
        return Tables(folder / str(given.partition_keys.item())).path(table)

    by_bucket = pl.PartitionBy(
        folder,
        file_path_provider=place,
        key={"bucket": pl.col(PERSON) % count},
        include_key=False,
        approximate_bytes_per_file=None,
    )
    plan.sink_parquet(by_bucket, row_group_size=ROWS_PER_GROUP)


def decide(home: Home, folder: Path, number: int) -> None:
    """Decide one bucket of a folder: every table whole, then that it is done. Idempotent; same inputs, same bytes."""
    tables = Tables(folder / str(number))
    bucket = Bucket(home, NoBook(), tables)
    done = {stage.name: do(bucket, stage) for stage in BUCKETED}
    told = BucketDone.model_validate(
        {
            "stages": {
                name: {"counts": one.counts, "found": {finding.name: found for finding, found in one.found.items()}}
                for name, one in done.items()
            }
        }
    )
    write_whole(tables.folder / DONE, told.model_dump_json().encode())


def gather(month: Month, folder: Path, count: int) -> dict[str, Done]:
    """Put together what the buckets decided, in the month's own tables; BookError where a bucket is not done."""
    buckets = list(_buckets(folder, count))
    lacking = sum(not (bucket.folder / DONE).exists() for bucket in buckets)
    if lacking:
        raise BookError(f"{count} 个分片中有 {lacking} 个没有算完", "请重新运行本月", month.manifest.county)
    told = [BucketDone.model_validate_json((bucket.folder / DONE).read_bytes()).stages for bucket in buckets]
    for stage in BUCKETED:
        tables = stage.tables(month.tables)
        for table, contract in stage.writes.items():
            if contract and PERSON in contract.columns:
                tables.write_merged(table, buckets, PERSON)
            else:
                tables.write(table, buckets[0].read(table))  # of the law, so the same in every bucket
    return {stage.name: _summed(stage, [one[stage.name] for one in told]) for stage in BUCKETED}


def _buckets(folder: Path, count: int) -> Iterator[Tables]:
    return (Tables(folder / str(number)) for number in range(count))


def _summed(stage: Stage, told: list[Told]) -> Done:
    """People of different buckets are different people, so counts and findings are sums."""
    found: dict[Finding, Found] = {
        finding: {**_sum([one.found[finding.name] for one in told])} for finding in stage.findings
    }
    return Done(stage, _sum([one.counts for one in told]), found)


def _sum(parts: list[Counts]) -> Counts:
    labels = dict.fromkeys(chain.from_iterable(parts))
    return {label: sum(part.get(label, 0) for part in parts) for label in labels}
