"""From the law to the rules the calculators read."""

import json
import shutil
import time
from contextlib import nullcontext
from datetime import date

import polars as pl
import pytest

import calculators
import rulebook
from contracts.codes import Benefit, UnsetReason
from contracts.errors import PolicyError
from contracts.months import months_between
from contracts.policy import COMMON_RATES, RATE_MONEY, RATE_TAIL, AllOf, Fact
from contracts.tables import RateCatalogue
from tests.rulebook.conftest import INVENTED, TODAY

COUNTIES = ["130581", "370828", "410721", "410902", "411102"]
JULY = date(2024, 7, 1)


def rates(law, county, benefit, month=JULY, known_on=TODAY, **cells):
    """The one row of a benefit's rates for a month and cells."""
    rules = law.resolve(county, [month], known_on).benefits[Benefit(benefit)]
    asked = [pl.col(name).eq_missing(pl.lit(cell)) for name, cell in cells.items()]
    return rules.rates.filter(*asked).row(0, named=True)


def values_of(law, county, benefit, month=JULY, **cells):
    """The values that row rests on, as the catalogue tells them."""
    row = rates(law, county, benefit, month, **cells)
    catalogue = law.resolve(county, [month], TODAY).catalogue
    told = catalogue.filter(pl.col("rate_id") == row["rate_id"]).row(0, named=True)
    return told["amount_status"], json.loads(told["values_json"])


def test_the_five_counties_pay(shipped):
    assert shipped.counties() == COUNTIES
    assert shipped.name_of("410721") == "新乡县"


def test_a_county_without_law_is_told_which_have_one(shipped):
    with pytest.raises(PolicyError, match="410721"):
        shipped.resolve("440100", [JULY], TODAY)
    with pytest.raises(PolicyError, match="没有 410700 的政策"):
        shipped.resolve("410700", [JULY], TODAY)  # a city does not pay


@pytest.mark.parametrize("county", COUNTIES)
def test_rates_are_what_the_calculators_read(shipped, county):
    rules = shipped.resolve(county, months_between(date(2022, 1, 1), date(2024, 12, 1)), TODAY)
    for benefit, of_benefit in rules.benefits.items():
        schema = of_benefit.rates.schema
        wanted = {**COMMON_RATES, **RATE_MONEY[benefit], **RATE_TAIL}
        assert {name: schema[name] for name in wanted} == wanted
        assert of_benefit.rates.select("benefit_month", *of_benefit.keys).is_unique().all()
        assert set(of_benefit.rates["rate_id"]) <= set(rules.catalogue["rate_id"])
    RateCatalogue.validate(rules.catalogue)


def test_three_years_resolve_in_well_under_a_second(shipped):
    started = time.perf_counter()
    shipped.chain_of("410721")
    shipped.resolve("410721", months_between(date(2023, 10, 1), date(2026, 9, 1)), date(2026, 9, 17))
    assert time.perf_counter() - started < 0.8


def test_the_same_question_is_answered_once(shipped):
    first = shipped.resolve("410721", [JULY], TODAY)
    assert shipped.resolve("410721", [JULY], TODAY) is first


def test_the_countys_own_text_is_named_and_the_tree_above_it_kept(shipped):
    rules = shipped.resolve("410721", [JULY], TODAY).benefits[Benefit.OLD_AGE_ALLOWANCE]
    assert "新政办〔2024〕13号" in rules.when_source
    assert isinstance(rules.when, AllOf)
    assert Fact("registered") in rules.when.conditions


def test_money_is_in_fen_and_fractions_are_exact(shipped):
    care = rates(shipped, "410721", "tekun_care", self_care_code="full")
    assert (care["p_wage_fen"], care["p_ratio_num"], care["p_ratio_den"]) == (200000, 1, 3)
    living = rates(shipped, "410721", "tekun_living", area_code="rural")
    assert (living["p_dibao_fen"], living["p_dibao_months"]) == (42000, 1)
    assert (living["p_ratio_num"], living["p_ratio_den"]) == (13, 10)


def test_the_benchmark_is_the_amount_it_names(shipped, with_overlay):
    assert rates(shipped, "410721", "tekun_care", self_care_code="able")["p_benchmark_fen"] == 7500
    raised = with_overlay(
        {"level": "410721", "parameter": "disability_care_subsidy.amount", "key": "1-2", "value": 90,
         "effective_from": "2024-07-01"}
    )  # fmt: skip
    assert rates(raised, "410721", "tekun_care", self_care_code="able")["p_benchmark_fen"] == 9000
    assert rates(raised, "410721", "tekun_care", date(2024, 6, 1), self_care_code="able")["p_benchmark_fen"] == 7500


@pytest.mark.parametrize(("said", "fen"), [(None, 12000), (2, 9000)])
def test_a_benchmark_that_differs_by_grade_is_of_the_grade_the_pack_says(with_overlay, said, fen):
    from_july = {"level": "410721", "effective_from": "2024-07-01"}
    amounts = [
        from_july | {"parameter": "disability_care_subsidy.amount", "key": grade, "value": yuan}
        for grade, yuan in (("1", 120), ("2", 90))
    ]
    grade = [from_july | {"parameter": "tekun_care.benchmark_grade", "value": said, "unit": "grade"}] if said else []
    law = with_overlay(*amounts, *grade)
    assert rates(law, "410721", "tekun_care", self_care_code="able")["p_benchmark_fen"] == fen
    used = {value["parameter"] for value in values_of(law, "410721", "tekun_care", self_care_code="able")[1]}
    assert "tekun_care.benchmark_grade" in used


@pytest.mark.parametrize(("yuan", "fen", "ground"), [(1000, 100000, None), (719, None, UnsetReason.BELOW_FLOOR)])
def test_an_amount_of_a_year_keeps_its_twelve_months_and_meets_the_monthly_floor(with_overlay, yuan, fen, ground):
    law = with_overlay(
        {"level": "410721", "parameter": "elder_care_subsidy.amount", "value": yuan, "unit": "yuan/year",
         "effective_from": "2024-07-01"}
    )  # fmt: skip
    row = rates(law, "410721", "elder_care_subsidy")
    assert (row["p_amount_fen"], row["unset_code"]) == (fen, ground)  # the floor is 60 a month, 720 a year
    assert row["p_amount_months"] == (12 if fen else None)


def test_a_yearly_standard_keeps_its_twelve_months(with_overlay):
    law = with_overlay(
        {"level": "410721", "parameter": "dibao.standard", "key": "农村", "value": 5400, "unit": "yuan/year",
         "effective_from": "2024-07-01"}
    )  # fmt: skip
    living = rates(law, "410721", "tekun_living", area_code="rural")
    assert (living["p_dibao_fen"], living["p_dibao_months"]) == (540000, 12)


def test_an_age_nobody_has_a_number_for_is_not_set_and_has_no_amount(shipped):
    row = rates(shipped, "370828", "old_age_allowance", age_years=85)
    assert (row["unset_code"], row["p_amount_fen"]) == (UnsetReason.NOT_SET, None)
    assert rates(shipped, "370828", "old_age_allowance", age_years=100)["p_amount_fen"] == 30000


def test_someone_without_the_key_has_no_amount(shipped):
    assert rates(shipped, "410721", "tekun_care", self_care_code=None)["unset_code"] == UnsetReason.NOT_SET


def test_a_month_before_the_first_value_is_not_set(shipped):
    row = rates(shipped, "410721", "old_age_allowance", date(2021, 12, 1), age_years=85)
    assert row["unset_code"] == UnsetReason.NOT_SET
    assert not row["p_is_abolished"]


def test_before_the_benefit_exists_there_is_nothing(shipped):
    row = rates(shipped, "410721", "old_age_allowance", date(2015, 12, 1), age_years=85)
    assert row["p_is_abolished"]
    assert row["unset_code"] is None


@pytest.mark.parametrize(("month", "is_asked"), [(date(2015, 12, 1), False), (date(2016, 1, 1), True)])
def test_from_its_first_month_on_a_benefit_must_have_its_conditions(shipped, month, is_asked):
    with pytest.raises(PolicyError, match="410721 新乡县") if is_asked else nullcontext():
        shipped.resolve("410721", [month], date(2010, 1, 1))


def test_null_abolishes_a_benefit_from_its_month(with_overlay):
    law = with_overlay(
        {"level": "410721", "parameter": "elder_care_subsidy.amount", "value": None, "effective_from": "2024-07-01"}
    )
    assert not rates(law, "410721", "elder_care_subsidy", date(2024, 6, 1))["p_is_abolished"]
    assert rates(law, "410721", "elder_care_subsidy")["p_is_abolished"]


def test_a_number_below_a_later_floor_names_both_documents(with_overlay):
    law = with_overlay(
        {"level": "410721", "parameter": "elder_care_subsidy.amount", "value": 70, "effective_from": "2024-01-01"},
        {"level": "410000", "parameter": "elder_care_subsidy.amount", "value": 80, "role": "floor",
         "effective_from": "2024-07-01"},
    )  # fmt: skip
    assert rates(law, "410721", "elder_care_subsidy", date(2024, 6, 1))["p_amount_fen"] == 7000
    row = rates(law, "410721", "elder_care_subsidy")
    assert (row["unset_code"], row["p_amount_fen"]) == (UnsetReason.BELOW_FLOOR, None)
    _, values = values_of(law, "410721", "elder_care_subsidy")
    assert {(told["level_code"], told["value"]) for told in values if told["is_amount"]} == {
        ("410721", "70"),
        ("410000", "80"),
    }


def test_a_raise_of_the_provinces_floor_is_paid_where_the_county_only_says_not_below(with_overlay):
    law = with_overlay(
        {"level": "410000", "parameter": "elder_care_subsidy.amount", "value": 80, "role": "floor",
         "effective_from": "2024-07-01"}
    )  # fmt: skip
    assert rates(law, "410721", "elder_care_subsidy")["p_amount_fen"] == 8000
    assert rates(law, "410902", "elder_care_subsidy")["unset_code"] == UnsetReason.BELOW_FLOOR  # 濮阳's number is 60


@pytest.mark.parametrize(("published", "ground"), [(545, UnsetReason.BELOW_FLOOR), (546, None), (600, None)])
def test_a_published_living_amount_is_paid_and_the_ratio_is_the_floor_under_it(with_overlay, published, ground):
    law = with_overlay(
        {"level": "410721", "parameter": "tekun_living.amount", "key": "农村", "value": published,
         "effective_from": "2024-07-01"}
    )  # fmt: skip
    row = rates(law, "410721", "tekun_living", area_code="rural")
    assert row["unset_code"] == ground
    assert row["p_amount_fen"] == (published * 100 if ground is None else None)
    assert rates(law, "410721", "tekun_living", area_code="urban")["p_amount_fen"] is None


@pytest.mark.parametrize(
    ("tier", "published", "ground"),
    [
        ("full", 666, UnsetReason.BELOW_FLOOR),
        ("full", 667, None),
        ("able", 74, UnsetReason.BELOW_FLOOR),
        ("able", 75, None),
    ],
)
def test_a_published_care_amount_is_checked_against_ratio_or_benchmark(with_overlay, tier, published, ground):
    key = {"full": "全护理", "able": "全自理"}[tier]
    law = with_overlay(
        {"level": "410721", "parameter": "tekun_care.amount", "key": key, "value": published,
         "effective_from": "2024-07-01"}
    )  # fmt: skip
    assert rates(law, "410721", "tekun_care", self_care_code=tier)["unset_code"] == ground


def test_a_local_standard_below_the_provinces_stops_what_rests_on_it(with_overlay):
    law = with_overlay(
        {"level": "410721", "parameter": "dibao.standard", "key": "农村", "value": 400, "effective_from": "2024-07-01"}
    )
    assert rates(law, "410721", "tekun_living", area_code="rural")["unset_code"] == UnsetReason.BELOW_FLOOR


def test_a_value_counts_from_the_day_it_was_issued(shipped):
    january = date(2022, 1, 1)
    before = rates(shipped, "410721", "tekun_living", january, date(2022, 2, 17), area_code="rural")
    after = rates(shipped, "410721", "tekun_living", january, date(2022, 2, 18), area_code="rural")
    assert (before["p_dibao_fen"], after["p_dibao_fen"]) == (37700, 42000)


def test_a_condition_nobody_knew_of_yet_is_an_error_and_not_a_silence(shipped):
    with pytest.raises(PolicyError, match=r"minimum_wage|min_age|没有规定"):
        shipped.resolve("410721", [JULY], date(2015, 1, 1))


def test_the_status_is_the_worst_of_what_the_amount_rests_on(shipped):
    assert values_of(shipped, "410721", "old_age_allowance", age_years=85)[0] == "in_force"
    assert values_of(shipped, "410902", "old_age_allowance", age_years=85)[0] == "draft"
    assert values_of(shipped, "411102", "old_age_allowance", age_years=85)[0] == "placeholder"
    status, values = values_of(shipped, "410721", "tekun_living", area_code="rural")
    assert status == "placeholder"  # 低保 of 2023 is carried forward
    assert {told["parameter"] for told in values if told["is_amount"]} == {"tekun_living.ratio", "dibao.standard"}


def test_a_value_tells_everything_about_itself(shipped):
    _, values = values_of(shipped, "410721", "old_age_allowance", age_years=85)
    told = values[0]
    assert told == {
        "parameter": "old_age_allowance.amount",
        "key": "[80,90)",
        "value": "50",
        "unit": "yuan/month",
        "effective_from": "2024-06-01",
        "issued_on": "2024-06-01",
        "role": "floor",
        "status": "in_force",
        "level_code": "410721",
        "level_name": "新乡县",
        "title": "新乡县基本养老服务清单",
        "number": "新政办〔2024〕13号",
        "clause": "第5项",
        "quote": "80-90岁、90-99岁和百岁以上老年人每人每月分别不低于50元、100元和300元",
        "note": "",
        "label": "高龄津贴标准",
        "text": "50 元/月",
        "is_amount": True,
    }


def test_a_rate_is_named_by_its_values_alone(shipped, with_overlay):
    unrelated = with_overlay(
        {"level": "410902", "parameter": "elder_care_subsidy.amount", "value": 100, "effective_from": "2024-07-01"}
    )
    assert unrelated.digest != shipped.digest
    here = rates(shipped, "410721", "elder_care_subsidy")["rate_id"]
    assert rates(unrelated, "410721", "elder_care_subsidy")["rate_id"] == here
    assert rates(unrelated, "410902", "elder_care_subsidy")["rate_id"] != here


def test_ages_of_one_band_share_their_rate(shipped):
    ids = {rates(shipped, "410721", "old_age_allowance", age_years=age)["rate_id"] for age in range(80, 90)}
    assert len(ids) == 1


def test_a_rate_is_named_by_16_letters_in_every_book_there_is(shipped):
    assert len(rates(shipped, "410721", "old_age_allowance", age_years=85)["rate_id"]) == 16


def test_levels_stand_as_two_bounds_by_scale(shipped):
    new = rates(shipped, "370828", "elder_care_subsidy", ability_scale_code="GB/T 42195-2022")
    old = rates(shipped, "370828", "elder_care_subsidy", ability_scale_code="MZ/T 039-2013")
    assert (new["p_levels_from"], new["p_levels_to"]) == (2, 4)
    assert (old["p_levels_from"], old["p_levels_to"]) == (2, 3)


@pytest.mark.parametrize("benefit", ["disability_living_subsidy", "disability_care_subsidy"])
@pytest.mark.parametrize("county", COUNTIES)
def test_the_two_disability_subsidies_are_claimed_and_the_rest_is_not(shipped, county, benefit):
    row = rates(shipped, county, benefit)
    assert (row["p_enrolment"], row["p_start_rule"]) == ("claim", "claim_month")
    assert rates(shipped, county, "old_age_allowance")["p_enrolment"] == "automatic"


@pytest.mark.parametrize("county", COUNTIES)
def test_only_tekun_money_goes_to_an_institution_and_all_is_rounded_up_to_the_yuan(shipped, county):
    for benefit, of_benefit in shipped.resolve(county, [JULY], TODAY).benefits.items():
        payee = "institution" if benefit.startswith("tekun") else "person"
        assert set(of_benefit.rates["p_payee"]) == {payee}
        assert set(of_benefit.rates["p_round_up_to_fen"]) == {100}


def test_the_calculators_take_the_rules_as_they_are(shipped):
    months = (JULY,)
    rules = shipped.resolve("370828", list(months), TODAY)
    scope = calculators.Scope("370828", months, JULY)
    assert calculators.entitlements({}, rules, scope).collect().is_empty()


@pytest.mark.parametrize(("month", "status"), [(date(2023, 7, 1), "placeholder"), (date(2023, 8, 1), "in_force")])
def test_before_its_paper_everything_of_jinxiang_is_a_placeholder(shipped, month, status):
    known = {
        "hardship_elder_subsidy": {"age_years": 70},
        "old_age_allowance": {"age_years": 100},
        "elder_care_subsidy": {"ability_scale_code": "GB/T 42195-2022"},
        "family_planning_support": {"family_planning_code": "death"},
    }
    for benefit, cells in known.items():
        assert values_of(shipped, "370828", benefit, month, **cells)[0] == status, benefit
    _, rests_on = values_of(shipped, "370828", "tekun_living", month, area_code="rural")
    assert {value["status"] for value in rests_on if value["parameter"] == "tekun_living.ratio"} == {status}


def test_a_county_of_two_benefits_has_its_one_pair(tmp_path):
    shutil.copytree(INVENTED, tmp_path, dirs_exist_ok=True)
    (county,) = tmp_path.rglob("990201_*")
    (county / "old_age_allowance.yaml").unlink()
    (county / "known.yaml").unlink()
    law = rulebook.load(rulebook.POLICIES, tmp_path)
    rules = law.resolve("990201", [JULY], TODAY)
    assert {of.rates["p_choose_group"][0] for of in rules.benefits.values()} == {"care"}
