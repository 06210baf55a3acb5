"""What the tests of payments share; rows are made in rows.py."""

import polars as pl
import pytest

from contracts.codes import Benefit
from contracts.columns import polars_schema
from contracts.registers import empty_register
from contracts.tables import RegisterGap
from payments import profiles
from tests.payments.rows import UNSET


@pytest.fixture
def no_registers():
    return {name: empty_register(name) for name in ("population", "account", "institution", "certification")}


@pytest.fixture
def no_gaps():
    return pl.DataFrame(schema=polars_schema(RegisterGap))


@pytest.fixture
def no_unset():
    return pl.DataFrame(schema=UNSET)


@pytest.fixture(scope="session")
def shipped():
    return profiles.load()


@pytest.fixture
def pipe(shipped):
    return shipped["generic_pipe"]


@pytest.fixture
def sheet(shipped):
    return shipped["yikatong_list"]


@pytest.fixture
def profile_of(pipe, sheet):
    """The sample home: the old-age allowance as a list, everything else as text."""
    return {benefit.value: pipe for benefit in Benefit} | {"old_age_allowance": sheet}
