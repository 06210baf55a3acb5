"""A home with one elder, and Dagster on it."""

import subprocess
import sys

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


@pytest.fixture
def in_child(home):
    """Run Python in a process of its own: Dagster's definitions read the home once per process."""

    def run(code, *arguments, check=True):
        told = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, cwd=home.path
        )
        assert not check or told.returncode == 0, told.stdout + told.stderr
        return told.stdout

    return run
