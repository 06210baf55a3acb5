"""The worked cases of the law: every entitlement row, to the fen and the outcome; a row not listed must not exist."""

import polars as pl
import pytest

import calculators
from contracts.months import month_text
from tests.cases.reading import all_cases

KEY = ["person_id", "benefit", "benefit_month"]


def fen(yuan):
    return None if yuan is None else yuan * 100


def expected(case):
    return {
        tuple(str(row[name]) for name in KEY): {
            "outcome": row["outcome"],
            "amount_fen": fen(row["amount_yuan"]),
            **({"would_be_fen": fen(row["would_be_yuan"])} if "would_be_yuan" in row else {}),
        }
        for row in case.told["expect"]
    }


@pytest.fixture(scope="module", params=all_cases(), ids=lambda case: case.id)
def worked(request, tmp_path_factory):
    """A case, what the law gives in it, and that law."""
    case = request.param
    rules = case.law(tmp_path_factory.mktemp("law")).resolve(case.county, case.months, case.known_on)
    registers = {name: rows.lazy() for name, rows in case.registers().items()}
    scope = calculators.Scope(case.county, tuple(case.months), case.run)
    return case, calculators.entitlements(registers, rules, scope).collect().join(case.numbers, on="person_no"), rules


def test_the_case_comes_out_as_worked(worked):
    case, rows, _ = worked
    told = {
        (row["person_id"], row["benefit"], month_text(row["benefit_month"])): row for row in rows.iter_rows(named=True)
    }
    wanted = expected(case)
    got = {key: {name: told[key][name] for name in wanted.get(key, ["outcome"])} for key in told}
    assert got == wanted


def test_every_row_of_a_case_names_what_it_rests_on(worked):
    _, rows, rules = worked
    assert rows.join(rules.catalogue, on="rate_id", how="anti").is_empty()
    assert rows.filter(pl.col("rate_id").is_null()).is_empty()
