"""A county whose rules use the same words needs YAML alone: bands by age and category, the month after the birthday."""

import shutil
from datetime import date

import polars as pl
import pytest

import calculators
import rulebook
from contracts.errors import PolicyError
from contracts.months import month_text
from contracts.registers import accepted_schema
from reports.pay_rhythm import rhythm_changes
from tests.rulebook.conftest import INVENTED

MONTHS = tuple(date(2024, month, 1) for month in (4, 5, 6))
MARGIN = {
    "person_no": 1,
    "household_id": "H1",
    "category": "margin",
    "is_recipient": True,
    "from_month": date(2020, 1, 1),
}
CLAIMED = {"claimed_on": date(2022, 1, 1), "approved_on": date(2022, 1, 1)}
HOME = {"source_file": "f", "source_sheet": "", "source_row": 1}


def register(name, rows):
    schema = accepted_schema(name)
    return pl.DataFrame([dict.fromkeys(schema) | HOME | row for row in rows], schema=schema).lazy()


def amounts(law, birth_date, category=None):
    """Month → yuan, for one elder of the invented county."""
    population = {"person_no": 1, "name": "样本", "birth_date": birth_date, "division_code": "990101",
                  "township": "示范镇", "village": "示范村"}  # fmt: skip
    registers = {"population": register("population", [population])}
    if category:
        row = {"person_no": 1, "household_id": "H1", "category": category, "area": "rural", "is_recipient": True,
               "from_month": date(2020, 1, 1)}  # fmt: skip
        registers["low_income"] = register("low_income", [row])
    rules = law.resolve("990101", list(MONTHS), date(2024, 6, 30))
    rows = calculators.entitlements(registers, rules, calculators.Scope("990101", MONTHS, MONTHS[-1])).collect()
    return {month_text(row["benefit_month"]): row["amount_fen"] // 100 for row in rows.iter_rows(named=True)}


@pytest.mark.parametrize(
    ("category", "at_80", "at_90"),
    [(None, 100, 200), ("dibao", 200, 400), ("tekun", 200, 400), ("margin", 150, 300), ("expense_hardship", 150, 300)],
)
def test_the_amount_goes_by_band_and_category(invented, category, at_80, at_90):
    assert amounts(invented, date(1941, 1, 15), category) == dict.fromkeys(("2024-04", "2024-05", "2024-06"), at_80)
    assert amounts(invented, date(1931, 1, 15), category) == dict.fromkeys(("2024-04", "2024-05", "2024-06"), at_90)


def test_who_turns_80_in_may_is_paid_from_june(invented):
    assert amounts(invented, date(1944, 5, 1)) == {"2024-06": 100}
    assert amounts(invented, date(1944, 5, 31)) == {"2024-06": 100}


def test_who_turns_90_in_may_steps_up_in_june(invented):
    assert amounts(invented, date(1934, 5, 20)) == {"2024-04": 100, "2024-05": 100, "2024-06": 200}


def test_what_is_posted_in_a_quarter_is_paid_at_its_end_until_a_notice_pays_every_month(invented):
    months = [date(2024, month, 1) for month in range(2, 9)]
    rules = invented.resolve("990101", months, date(2024, 8, 31))
    due = rules.pay_rhythm.select("posted_month", "due_month").rows()
    assert due == [(month, date(2024, 3, 1) if month.month < 4 else date(2024, 6, 1)) for month in months[:5]]
    assert set(rules.pay_rhythm["source"]) == {"《示范县高龄津贴发放办法》(示政办〔2020〕9号) 第五条"}
    earlier = invented.resolve("990101", months, date(2024, 5, 1)).pay_rhythm
    assert earlier["due_month"].to_list()[-2:] == [date(2024, 9, 1)] * 2, "the notice was not known yet"


def test_a_notice_that_pays_every_month_pays_at_once_what_was_waiting(invented, with_overlay, shipped):
    yearly = {"level": "410721", "parameter": "old_age_allowance.pay_months", "unit": "months"}
    law = with_overlay(
        yearly | {"value": "12", "effective_from": "2024-07-01"},
        yearly | {"value": None, "effective_from": "2024-09-01"},
    )
    months = [date(2024, month, 1) for month in (7, 8, 9)]
    rules = law.resolve("410721", months, date(2024, 9, 30))
    assert rules.pay_rhythm["due_month"].to_list() == [date(2024, 9, 1)] * 2
    assert shipped.resolve("410721", months, date(2024, 9, 30)).pay_rhythm.is_empty()
    before, after = (each.resolve("410721", months, date(2024, 9, 30)) for each in (shipped, law))
    (change,) = rhythm_changes(before, after)
    assert str(change).startswith("高龄津贴 自 2024-07:逐月发放 → 每年 12 月发放此前各月的(《用例假设的标准》")
    assert rhythm_changes(after, after) == ()


def test_pay_months_of_all_count_for_a_benefit_that_has_none_of_its_own(with_overlay):
    common = {"level": "410721", "unit": "months", "effective_from": "2024-07-01"}
    law = with_overlay(
        common | {"parameter": "all.pay_months", "value": "6、12"},
        common | {"parameter": "old_age_allowance.pay_months", "value": None},
    )
    rhythm = law.resolve("410721", [date(2024, 7, 1)], date(2024, 9, 30)).pay_rhythm
    assert set(rhythm["due_month"]) == {date(2024, 12, 1)}
    assert "old_age_allowance" not in rhythm["benefit"].to_list()
    assert "disability_living_subsidy" in rhythm["benefit"].to_list()


@pytest.mark.parametrize("text", ["3、6、6", "6、3", "0", "13", "3-6", "三月", "3,6"])
def test_pay_months_are_months_of_the_year_in_order(with_overlay, text):
    row = {"level": "410721", "parameter": "old_age_allowance.pay_months", "unit": "months", "value": text}
    with pytest.raises(PolicyError, match="应为"):
        with_overlay(row | {"effective_from": "2024-07-01"})


def test_the_shipped_counties_do_not_notice(shipped, invented):
    here, there = (law.resolve("410721", list(MONTHS), date(2024, 6, 30)) for law in (shipped, invented))
    for benefit, of_benefit in here.benefits.items():
        assert of_benefit.rates.equals(there.benefits[benefit].rates)


@pytest.mark.parametrize(("hukou", "yuan"), [("城镇", 260), ("农村", 200), ("居民户口", None)])
def test_an_amount_may_go_by_the_hukou_and_who_has_none_waits_for_a_standard(tmp_path, hukou, yuan):
    shutil.copytree(INVENTED, tmp_path, dirs_exist_ok=True)
    (care,) = tmp_path.rglob("990201_*/elder_care_subsidy.yaml")
    said, stays = care.read_text("utf-8"), "elder_care_subsidy.amount:\n    unit: yuan/month\n"
    by_hukou = said.replace(stays, f"{stays}    by: [hukou]\n").replace("value: 200", "values: {城镇: 260, 农村: 200}")
    unset = "    not_set:\n      - keys: [无]\n        source: {document: care, clause: 第四条, quote: 城镇、农村}\n"
    care.write_text(by_hukou.rstrip() + "\n" + unset, "utf-8")
    rules = rulebook.load(rulebook.POLICIES, tmp_path).resolve("990201", list(MONTHS), date(2024, 6, 30))
    person = {"person_no": 1, "name": "样本", "birth_date": date(1950, 1, 1), "division_code": "990201",
              "township": "示范镇", "village": "示范村", "hukou_type": hukou}  # fmt: skip
    registers = {
        "population": register("population", [person]),
        "low_income": register("low_income", [MARGIN]),
        "ability": register("ability", [{"person_no": 1, "is_unable": True, "unable_from_month": date(2020, 1, 1)}]),
        "claim": register("claim", [{"person_no": 1, "benefit": "elder_care_subsidy", **CLAIMED}]),
    }
    rows = calculators.entitlements(registers, rules, calculators.Scope("990201", MONTHS, MONTHS[-1])).collect()
    care_of = rows.filter(pl.col("benefit") == "elder_care_subsidy")
    assert set(care_of["amount_fen"]) == {yuan and yuan * 100}
    assert set(care_of["outcome"]) == {"ENTITLED" if yuan else "STANDARD_NOT_SET"}
