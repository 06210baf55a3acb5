"""Small laws and registers built by hand, so that a test shows the one thing it is about."""

from datetime import date

import polars as pl

from calculators import Scope
from contracts.codes import Benefit
from contracts.columns import empty, polars_schema
from contracts.months import months_between
from contracts.policy import COMMON_RATES, RATE_MONEY, RATE_TAIL, AllOf, BenefitRules, Fact, Rules
from contracts.registers import REGISTERS, accepted_schema
from contracts.tables import Facts, RateCatalogue

COUNTY = "410721"
JANUARY, FEBRUARY, MARCH, JUNE = (date(2025, month, 1) for month in (1, 2, 3, 6))
MONTHS = tuple(months_between(JANUARY, JUNE))
EVERYBODY = AllOf((Fact("alive"), Fact("registered")))
FACTS = polars_schema(Facts)
LABELS = {"test": "失能的判断", "include_margin": "扩大到低保边缘", "levels": "评估等级"}
USUAL = {
    "p_round_up_to_fen": 100,
    "p_enrolment": "automatic",
    "p_payee": "person",
    "p_tie_rank": 0,
    "p_is_abolished": False,
    "p_amount_months": 1,
    "rate_id": "r1",
}


def scope(months=MONTHS, pay_month=None):
    return Scope(COUNTY, tuple(months), pay_month or months[-1])


def benefit(name, *cells, when=EVERYBODY, keys=(), months=MONTHS, **figures):
    """A benefit whose rates have these cells in every month; a cell with a benefit_month stands in that month alone."""
    name = Benefit(name)
    rows = [
        {**USUAL, **figures, **cell, "benefit_month": month}
        for cell in cells or ({},)
        for month in ([cell["benefit_month"]] if "benefit_month" in cell else months)
    ]
    declared = {**COMMON_RATES, **RATE_MONEY[name], **RATE_TAIL}
    figures_of_its_own = [(column, value) for row in rows for column, value in row.items() if column not in declared]
    own = {column: bool for column, _ in figures_of_its_own}
    own |= {column: type(value) for column, value in figures_of_its_own if value is not None}
    schema = {**own, **declared, **{key: FACTS[key] for key in keys}, "benefit_month": pl.Date}
    labels = {column.removeprefix("p_"): LABELS.get(column.removeprefix("p_"), "参数") for column in own}
    return BenefitRules(name, when, "依据", tuple(keys), pl.DataFrame(rows, schema=schema), labels)


def rules(*benefits, months=MONTHS, county=COUNTY):
    by_name = {of_benefit.benefit: of_benefit for of_benefit in benefits}
    return Rules(county, "新乡县", months[-1], tuple(months), by_name, (), empty(RateCatalogue))


USUAL_ROW = {
    "population": {
        "name": "样本",
        "birth_date": date(1940, 3, 5),
        "division_code": "410721001001",
        "township": "示范镇",
        "village": "示范村",
    },
    "low_income": {
        "household_id": "H1",
        "category": "dibao",
        "area": "rural",
        "is_recipient": True,
        "from_month": JANUARY,
    },
    "disability": {
        "certificate_no": "99",
        "category": "physical",
        "grade": 2,
        "needs_long_term_care": True,
        "issued_on": date(2020, 1, 10),
    },
    "ability": {"scale": "GB/T 42195-2022", "level": 0, "assessed_on": date(2024, 12, 10), "is_unable": False},
    "family_planning": {"kind": "death", "from_month": JANUARY},
    "claim": {"claimed_on": date(2025, 2, 10), "approved_on": date(2025, 3, 20)},
    "choice": {"group": "care", "from_month": JANUARY},
    "suspension": {"reason_code": "OTHER", "from_month": FEBRUARY, "to_month": MARCH, "back_pay": False},
}


def registers(**given):
    """Accepted registers with these rows, of person 1 unless a row says otherwise; an empty dict is the usual row."""
    return {name: register(name, *given.get(name, ())) for name in REGISTERS}


def register(name, *rows):
    provenance = {"source_file": f"{name}.csv", "source_sheet": "", "source_row": 2}
    full = [{"person_no": 1, **USUAL_ROW.get(name, {}), **provenance, **row} for row in rows]
    return pl.DataFrame(full, schema=accepted_schema(name)).lazy()


PLAIN_FACTS = {
    "person_no": 1,
    "benefit_month": JANUARY,
    "age_years": 85,
    "is_alive": True,
    "is_registered": True,
    **{
        name: False
        for name, dtype in FACTS.items()
        if dtype == pl.Boolean and name not in ("is_alive", "is_registered")
    },
}


def facts(*given):
    """Rows of facts: a living, registered person of 85 in January with nothing else, changed by each dict."""
    return pl.DataFrame([{**PLAIN_FACTS, **row} for row in given], schema=FACTS).lazy()
