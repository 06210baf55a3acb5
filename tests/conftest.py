"""What every room's tests share: where the project lies."""

from pathlib import Path

import pytest

from tests import effort  # noqa: F401 sets how hard the random tests try


@pytest.fixture(scope="session")
def root():
    return Path(__file__).parents[1]
