"""A change from a month on leaves every month before it exactly as it was."""

from datetime import date

import polars as pl
import pytest

from contracts.months import months_between
from tests.rulebook.conftest import TODAY

MONTHS = months_between(date(2024, 1, 1), date(2024, 12, 1))
FROM = date(2024, 8, 1)
CHANGES = [
    ("old_age_allowance.amount", "[80,90)", 70, "yuan/month"),
    ("elder_service_subsidy.amount", None, 90, "yuan/month"),
    ("elder_care_subsidy.amount", None, None, "yuan/month"),
    ("disability_care_subsidy.amount", "1-2", 120, "yuan/month"),
    ("tekun_living.amount", "农村", 900, "yuan/month"),
    ("tekun_living.ratio", None, "3/2", "× dibao.standard"),
    ("tekun_care.ratio", "半护理", "1/5", "× minimum_wage.amount"),
    ("dibao.standard", "城市", 700, "yuan/month"),
    ("minimum_wage.tier", None, "1", "code"),
    ("elder_service_subsidy.dibao_needs_qualifier", None, "yes", "yes/no"),
    ("disability_living_subsidy.include_low_income", None, "yes", "yes/no"),
    ("old_age_allowance.min_age", None, "85", "years"),
    ("elder_care_subsidy.enrolment", None, "claim", "code"),
]


@pytest.mark.parametrize(("parameter", "key", "value", "unit"), CHANGES, ids=[change[0] for change in CHANGES])
def test_months_before_a_change_do_not_move(shipped, with_overlay, parameter, key, value, unit):
    row = {"level": "410721", "parameter": parameter, "value": value, "unit": unit, "effective_from": FROM.isoformat()}
    rows = [row | ({"key": key} if key else {})]
    if parameter.endswith(".enrolment"):
        rows.append(row | {"parameter": "elder_care_subsidy.start_rule", "value": "approval_month"})
    before, after = (law.resolve("410721", MONTHS, TODAY) for law in (shipped, with_overlay(*rows)))
    is_earlier = pl.col("benefit_month") < FROM
    moved = set()
    for benefit, was in before.benefits.items():
        now = after.benefits[benefit].rates
        order = ["benefit_month", *was.keys]
        assert was.rates.filter(is_earlier).sort(order).equals(now.filter(is_earlier).sort(order)), benefit
        if not was.rates.sort(order).equals(now.sort(order)):
            moved.add(benefit)
    assert moved
    owner = parameter.partition(".")[0]
    rests_on = {"disability_care_subsidy": {"tekun_care"}, "dibao": {"tekun_living"}, "minimum_wage": {"tekun_care"}}
    assert moved <= {owner} | rests_on.get(owner, set())
