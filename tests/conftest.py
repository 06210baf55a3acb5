"""What every room's tests share: where the project lies."""

import os
import tomllib
from pathlib import Path

import pytest

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before polars: tests share the cores, and their tables are small

from tests import effort  # noqa: F401 sets how hard the random tests try

os.fsync = lambda handle: None  # a month makes some 300 files, and no test takes the power away


@pytest.fixture(scope="session")
def root():
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def pyproject(root):
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
