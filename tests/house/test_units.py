"""A column says its unit with the end of its name, and keeps to it."""

import polars as pl
import pytest

from contracts import policy
from contracts.columns import columns_of, polars_schema
from contracts.registers import FILES, accepted_schema
from contracts.tables import TABLES

# Codes that others give out are texts, not members of a list of ours.
FOREIGN_CODES = {"division_code", "bank_code"}
# Numbers of the book, which it counts itself.
COUNTED_IDS = {"obligation_id"}
# A question the county's own form asks in these words.
QUESTIONS = {"back_pay"}

MODELS = {**FILES, **{model.__name__: model for model in TABLES}}
SCHEMAS = {
    **{name: polars_schema(model) for name, model in MODELS.items()},
    **{f"accepted {register}": accepted_schema(register) for register in FILES},
    "rates": {**policy.COMMON_RATES, **policy.RATE_TAIL},
    **{f"rates of {benefit}": dict(money) for benefit, money in policy.RATE_MONEY.items()},
}


@pytest.mark.parametrize("table", SCHEMAS)
def test_no_column_is_a_float_or_a_decimal(table):
    assert [name for name, dtype in SCHEMAS[table].items() if dtype.is_float() or dtype.is_decimal()] == []


@pytest.mark.parametrize("table", SCHEMAS)
def test_a_column_is_of_the_type_its_name_promises(table):
    wrong = [f"{name}: {dtype}" for name, dtype in SCHEMAS[table].items() if not keeps_its_promise(name, dtype)]
    assert wrong == []


def keeps_its_promise(name, dtype):
    if name.endswith(("_fen", "_num", "_den", "_count", "_years", "_no", "_row")) and name not in {
        "account_no",
        "certificate_no",
    }:
        return dtype == pl.Int64
    if name.endswith("_on"):
        return dtype == pl.Date
    if name.endswith("_month"):
        return dtype in (pl.Date, pl.String)
    if name == "fact_code":
        return dtype == pl.Int64
    if name.endswith("_code"):
        return dtype == pl.String if name in FOREIGN_CODES else isinstance(dtype, pl.Enum)
    if name.endswith("_id"):
        return dtype == (pl.Int64 if name in COUNTED_IDS else pl.String)
    if name.startswith(("is_", "has_", "needs_")):
        return dtype == pl.Boolean
    if dtype == pl.Boolean:
        return name.startswith("p_is_") or name in QUESTIONS
    return True


@pytest.mark.parametrize("table", MODELS)
def test_the_unit_declared_is_the_unit_in_the_name(table):
    types = polars_schema(MODELS[table])
    for facts in columns_of(MODELS[table]):
        assert (facts.unit == "fen") == facts.name.endswith("_fen"), facts.name
        assert (facts.unit == "years") == facts.name.endswith("_years"), facts.name
        if facts.name.endswith("_month"):
            assert facts.unit == ("month" if types[facts.name] == pl.Date else "YYYY-MM"), facts.name


# Cells of a register: one asked of 低保 rows alone, and one whose emptiness is told (calculators/missing.py).
MAY_BE_EMPTY = {"low_income": {"is_recipient"}, "ability": {"is_unable"}}


@pytest.mark.parametrize("table", MODELS)
def test_a_yes_or_no_that_a_calculation_reads_is_never_unknown(table):
    types = polars_schema(MODELS[table])
    unknown = {facts.name for facts in columns_of(MODELS[table]) if facts.nullable and types[facts.name] == pl.Boolean}
    assert unknown == MAY_BE_EMPTY.get(table, set())


@pytest.mark.parametrize("table", MODELS)
def test_money_is_bounded(table):
    for facts in columns_of(MODELS[table]):
        if facts.unit == "fen" and not MODELS[table].__name__.endswith("Export"):
            assert facts.minimum is not None, facts.name
            assert facts.maximum is not None, facts.name


@pytest.mark.parametrize("table", MODELS)
def test_every_column_has_a_chinese_header(table):
    for facts in columns_of(MODELS[table]):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in facts.header), facts.name
