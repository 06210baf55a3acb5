"""The Parquet between stages: `store/<county>/<month>/<manifest digest>/<table>.parquet`.

Every stage of a month reads and writes in the folder of one manifest, so inputs of two manifests cannot meet: a table
that this manifest has not produced yet is simply not there. A table is written under a temporary name and renamed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path

import polars as pl

from contracts.columns import conformed
from contracts.errors import BookError
from contracts.files import digest_of, whole_file, write_whole
from contracts.manifest import Manifest
from contracts.months import month_text
from contracts.settings import Home

ROWS_PER_GROUP = 262_144  # fixed, so that the same table gives the same bytes
SMALL_BYTES = 32_768  # of a table that is kept in memory too
SMALL_TABLES = 256  # some months' worth


class UndeclaredError(LookupError):
    """A stage opened a table that it does not declare: its entry in the table of stages is not true."""


@dataclass(frozen=True)
class Tables:
    """The tables of one manifest."""

    folder: Path

    def path(self, table: str) -> Path:
        """Where a table lies."""
        return self.folder / f"{table}.parquet"

    def has(self, table: str) -> bool:
        """Whether this manifest has produced the table."""
        return self.path(table).exists()

    def scan(self, table: str) -> pl.LazyFrame:
        """The table, lazily; BookError where this manifest has not produced it."""
        if not self.has(table):
            raise BookError(
                f"{table} 不属于当前清单(上游尚未用同一份清单重算)", "请从运行清单开始重新运行本月", "store"
            )
        path = self.path(table)
        return _read(path.read_bytes()).lazy() if path.stat().st_size <= SMALL_BYTES else pl.scan_parquet(path)

    def read(self, table: str) -> pl.DataFrame:
        """The table whole; BookError as `scan`."""
        return self.scan(table).collect()

    def write(self, table: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Write a table whole and give it back."""
        if frame.is_empty():
            write_whole(self.path(table), _nothing(tuple(frame.schema.items())))
            return frame
        with whole_file(self.path(table)) as temporary:
            frame.rechunk().write_parquet(temporary, row_group_size=ROWS_PER_GROUP)
        return frame

    def write_merged(self, table: str, parts: Sequence[Tables], key: str) -> None:
        """Write a table whose rows lie in parts, each in order of `key`, no key in two; the bytes `write` would give.

        The parts are merged as streams: no part is held whole.
        """
        plan = _merged([part.scan(table) for part in parts], key)
        with whole_file(self.path(table)) as temporary:
            plan.sink_parquet(temporary, row_group_size=ROWS_PER_GROUP)

    def is_whole(self) -> bool:
        """Whether the folder is still there."""
        return (self.folder / "manifest.json").is_file()

    @property
    def registers(self) -> list[str]:
        """The registers and match lists that these tables are made from."""
        return [given.name for given in self.manifest.registers]

    @cached_property
    def manifest(self) -> Manifest:
        """What these tables are made from; it never changes, for the folder is called after it."""
        return Manifest.model_validate_json((self.folder / "manifest.json").read_bytes())

    def earlier(self, table: str) -> Tables | None:
        """The tables of the run before, of which this one is to be read; None where there was none."""
        manifest = self.manifest
        if manifest.previous_month is None:
            return None
        return Tables(self.folder.parents[1] / month_text(manifest.previous_month) / manifest.previous_digest)

    def before(self, table: str, schema: pl.Schema) -> pl.DataFrame | None:
        """A table of the run before as it lies there, whatever version of the program left it; None for none."""
        earlier = self.earlier(table)
        return conformed(earlier.read(table), schema) if earlier and earlier.has(table) else None

    def digests(self, tables: Iterable[str]) -> dict[str, str]:
        """SHA-256 by name of those of the tables that this manifest has produced."""
        return {table: digest_of(self.path(table)) for table in tables if self.path(table).exists()}


@dataclass(frozen=True)
class DeclaredTables(Tables):
    """The same for a stage at work: UndeclaredError for any table that it does not declare."""

    reads: Collection[str]
    reads_before: Collection[str]
    writes: Collection[str]

    def has(self, table: str) -> bool:
        """Whether this manifest has produced a table that is read or written here."""
        _require(table, {*self.reads, *self.writes})
        return super().has(table)

    def write(self, table: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Write a declared table."""
        _require(table, self.writes)
        return super().write(table, frame)

    def write_merged(self, table: str, parts: Sequence[Tables], key: str) -> None:
        """Write a declared table from its parts."""
        _require(table, self.writes)
        super().write_merged(table, parts, key)

    def earlier(self, table: str) -> Tables | None:
        """The tables of the run before, for a declared one."""
        _require(table, self.reads_before)
        return super().earlier(table)


def _merged(plans: Sequence[pl.LazyFrame], key: str) -> pl.LazyFrame:
    """Halves of halves, so that a hundred parts are seven merges deep."""
    if len(plans) == 1:
        return plans[0]
    half = len(plans) // 2
    return _merged(plans[:half], key).merge_sorted(_merged(plans[half:], key), key=key)


@lru_cache(SMALL_TABLES)
def _read(content: bytes) -> pl.DataFrame:
    """A small table: one stage writes it and several read it, and to parse it takes longer than to read its bytes."""
    return pl.read_parquet(content)


@lru_cache
def _nothing(schema: tuple[tuple[str, pl.DataType], ...]) -> bytes:
    """A table without rows: most tables of most months are, and they are soon written."""
    content = BytesIO()
    pl.DataFrame(schema=dict(schema)).write_parquet(content, row_group_size=ROWS_PER_GROUP)
    return content.getvalue()


def _require(table: str, declared: Collection[str]) -> None:
    if table not in declared:
        raise UndeclaredError(f"{table} is not declared in month/stages.py; declared: {', '.join(sorted(declared))}")


@dataclass(frozen=True)
class Store:
    """The tables of every manifest of a home."""

    home: Home

    def month(self, county: str, pay_month: date) -> Path:
        """The folder of a county's month."""
        return self.home.of_county(self.home.store, county) / month_text(pay_month)

    def tables(self, county: str, pay_month: date, digest: str) -> Tables:
        """The tables of one manifest."""
        return Tables(self.month(county, pay_month) / digest)

    def of(self, manifest: Manifest) -> Tables:
        """The tables of a manifest in hand."""
        return self.tables(manifest.county, manifest.pay_month, manifest.digest())

    def begin(self, manifest: Manifest) -> Tables:
        """Make a manifest the month's current one."""
        tables = self.of(manifest)
        write_whole(tables.folder / "manifest.json", manifest.model_dump_json(indent=2).encode())
        write_whole(self.month(manifest.county, manifest.pay_month) / "current", manifest.digest().encode())
        return tables

    def current(self, county: str, pay_month: date) -> Tables:
        """The tables last begun for a county's month; BookError where none were."""
        pointer = self.month(county, pay_month) / "current"
        if not pointer.exists():
            raise BookError("本月还没有运行清单", "请先运行 disburse run", f"{county} {month_text(pay_month)}")
        return self.tables(county, pay_month, pointer.read_text())
