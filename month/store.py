"""The Parquet between assets: `store/<county>/<month>/<manifest digest>/<table>.parquet`.

Every stage of a month reads and writes in the folder of one manifest, so inputs of two manifests cannot meet: a table
that this manifest has not produced yet is simply not there. A table is written under a temporary name and renamed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from contracts.errors import BookError
from contracts.files import whole_file, write_whole
from contracts.manifest import Manifest
from contracts.months import month_text
from contracts.settings import Home

ROWS_PER_GROUP = 262_144  # fixed, so that the same table gives the same bytes


@dataclass(frozen=True)
class Stage:
    """The folder of one manifest."""

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
        return pl.scan_parquet(self.path(table))

    def read(self, table: str) -> pl.DataFrame:
        """The table whole; BookError as `scan`."""
        return self.scan(table).collect()

    def write(self, table: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Write a table whole and give it back."""
        with whole_file(self.path(table)) as temporary:
            frame.rechunk().write_parquet(temporary, row_group_size=ROWS_PER_GROUP)
        return frame

    @property
    def manifest(self) -> Manifest:
        """What this stage was made from."""
        return Manifest.model_validate_json((self.folder / "manifest.json").read_bytes())


@dataclass(frozen=True)
class Store:
    """All stages of a home."""

    home: Home

    def month(self, county: str, pay_month: date) -> Path:
        """The folder of a county's month."""
        return self.home.store / county / month_text(pay_month)

    def stage(self, county: str, pay_month: date, digest: str) -> Stage:
        """The stage of one manifest."""
        return Stage(self.month(county, pay_month) / digest)

    def begin(self, manifest: Manifest) -> Stage:
        """Make a manifest the month's current one."""
        digest = manifest.digest()
        stage = self.stage(manifest.county, manifest.pay_month, digest)
        write_whole(stage.folder / "manifest.json", manifest.model_dump_json(indent=2).encode())
        write_whole(self.month(manifest.county, manifest.pay_month) / "current", digest.encode())
        return stage

    def current(self, county: str, pay_month: date) -> Stage:
        """The stage last begun for a county's month; BookError where none was."""
        pointer = self.month(county, pay_month) / "current"
        if not pointer.exists():
            raise BookError("本月还没有运行清单", "请先运行 disburse run", f"{county} {month_text(pay_month)}")
        return self.stage(county, pay_month, pointer.read_text())
