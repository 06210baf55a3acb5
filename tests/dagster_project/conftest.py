"""A home with one elder, and Dagster on it."""

import pytest

from tests import homes

ELDER = homes.resident_id("1940-03-05")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """One elder of 84 with an account, for July 2024."""
    made = homes.make_home(tmp_path / "home")
    homes.hand_in(made, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    monkeypatch.setenv("DISBURSE_HOME", str(made.path))
    return made
