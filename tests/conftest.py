"""What every room's tests share: where the project lies."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def root():
    return Path(__file__).parents[1]
