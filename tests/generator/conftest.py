"""Shared by the tests of the generator: the sample county once, and files read back as texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from generator import generate

MONTHS = (date(2024, 7, 1), date(2024, 8, 1), date(2024, 9, 1))


def _read(folder: Path, register: str) -> pl.DataFrame:
    """A register's file as texts under its Chinese headers."""
    path = folder / f"{register}.csv"
    if path.exists():
        return pl.read_csv(path, infer_schema=False)
    header, *rows = CalamineWorkbook.from_path(str(folder / f"{register}.xlsx")).get_sheet_by_index(0).to_python()
    return pl.DataFrame(rows, schema=dict.fromkeys(map(str, header), pl.String), orient="row")


@pytest.fixture(scope="session")
def read() -> Callable[[Path, str], pl.DataFrame]:
    return _read


@pytest.fixture(scope="session")
def months() -> tuple[date, ...]:
    return MONTHS


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample county, generated: a folder of months."""
    target = tmp_path_factory.mktemp("county")
    generate(target, months=MONTHS)
    return target / "410721"


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty thousand people in one month, to see shares: the folder of the month."""
    target = tmp_path_factory.mktemp("town")
    generate(target, people=60_000, months=MONTHS[:1], xlsx=False)
    return target / "410721" / "2024-07"


@pytest.fixture(scope="session")
def root_sample() -> Path:
    return Path(__file__).parents[2] / "fixtures" / "sample"
