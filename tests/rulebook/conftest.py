"""The shipped law, and a law with a county's overlay on top."""

from datetime import date
from pathlib import Path

import pytest

import rulebook
from tests.cases.reading import write_overlay

ROOT = Path(__file__).parents[2]
INVENTED = ROOT / "fixtures" / "policies"
TODAY = date(2026, 9, 30)


@pytest.fixture(scope="session")
def shipped():
    return rulebook.load(rulebook.POLICIES)


@pytest.fixture(scope="session")
def invented():
    return rulebook.load(rulebook.POLICIES, INVENTED)


@pytest.fixture
def with_overlay(tmp_path):
    """A law with some values on top, written as in the worked cases."""

    def load(*rows):
        common = {"unit": "yuan/month", "role": "fixed", "status": "in_force", "issued_on": "2024-01-01"}
        write_overlay([common | row for row in rows], tmp_path)
        return rulebook.load(rulebook.POLICIES, tmp_path)

    return load
