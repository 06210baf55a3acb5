"""Every county, month and person-kind has exactly one answer, or STANDARD_NOT_SET; never two, never none."""

from datetime import date

import polars as pl
import pytest

from contracts.codes import Benefit
from contracts.months import months_between
from tests.rulebook.conftest import TODAY
from tests.rulebook.test_resolving import COUNTIES

FIRST, LAST = date(2016, 1, 1), TODAY.replace(day=1)
MONTHS = months_between(FIRST, LAST)

# What an amount can be worked out from, per benefit; any one of them is an answer.
ANSWERS = {
    Benefit.TEKUN_LIVING: [["p_amount_fen"], ["p_dibao_fen", "p_dibao_months", "p_ratio_num", "p_ratio_den"]],
    Benefit.TEKUN_CARE: [["p_amount_fen"], ["p_wage_fen", "p_ratio_num", "p_ratio_den"], ["p_benchmark_fen"]],
}


def has(columns):
    return pl.all_horizontal(pl.col(column).is_not_null() for column in columns)


@pytest.mark.parametrize("county", [*COUNTIES, "990101"])
def test_every_month_has_one_answer_for_every_cell(invented, county):
    rules = invented.resolve(county, [month for month in MONTHS if month >= first_month(county)], TODAY)
    for benefit, of_benefit in rules.benefits.items():
        ways = [has(columns).cast(pl.Int8) for columns in ANSWERS.get(benefit, [["p_amount_fen"]])]
        counted = of_benefit.rates.with_columns(answers=pl.sum_horizontal(ways))
        is_answered = (pl.col("answers") == 1) & pl.col("unset_code").is_null()
        is_unset = pl.col("unset_code").is_not_null() & ~pl.col("p_is_abolished")
        wrong = counted.filter(~(is_answered ^ is_unset ^ pl.col("p_is_abolished")))
        assert wrong.is_empty(), (benefit, wrong.head(3))
        assert of_benefit.rates.height == len(rules.months) * cells_of(of_benefit)


def first_month(county):
    return date(2020, 1, 1) if county == "990101" else FIRST


def cells_of(of_benefit):
    return of_benefit.rates.filter(pl.col("benefit_month") == pl.col("benefit_month").max()).height


@pytest.mark.parametrize("county", COUNTIES)
def test_every_month_of_every_day_known_resolves(shipped, county):
    """The law as it was known: each day a document was issued, and the day before."""
    days = sorted(
        {
            value.issued_on
            for level in shipped.chain_of(county).levels
            for value in level.values
            if value.issued_on > FIRST
        }
    )
    for known_on in days:
        rules = shipped.resolve(county, months_between(date(2023, 1, 1), date(2024, 12, 1)), known_on)
        assert rules.catalogue["rate_id"].is_unique().all()
        for of_benefit in rules.benefits.values():
            assert of_benefit.rates["rate_id"].null_count() == 0


@pytest.mark.parametrize(
    ("county", "unset"),
    [
        ("410721", set()),
        ("410902", set()),
        ("411102", set()),
        ("370828", {"old_age_allowance", "tekun_living", "tekun_care", "disability_living_subsidy",
                    "disability_care_subsidy"}),
        ("130581", {"old_age_allowance", "elder_service_subsidy", "elder_care_subsidy", "tekun_living", "tekun_care",
                    "disability_living_subsidy", "disability_care_subsidy"}),
    ],
)  # fmt: skip
def test_what_nobody_has_set_today(shipped, county, unset):
    """Of those who can qualify: without the cells that no one who qualifies is in."""
    rules = shipped.resolve(county, [LAST], TODAY)
    found = set()
    for benefit, of_benefit in rules.benefits.items():
        rows = of_benefit.rates.filter(
            pl.all_horizontal(pl.lit(True), *(pl.col(key).is_not_null() for key in of_benefit.keys))
        )
        if "age_years" in of_benefit.keys:
            top = 100 if benefit is Benefit.HARDSHIP_ELDER_SUBSIDY else 151
            rows = rows.filter(pl.col("age_years") >= pl.col("p_min_age"), pl.col("age_years") < top)
        if benefit is Benefit.DISABILITY_CARE_SUBSIDY:
            rows = rows.filter(pl.col("disability_grade") <= 2)
        if rows["unset_code"].is_not_null().any():
            found.add(benefit.value)
    assert found == unset
