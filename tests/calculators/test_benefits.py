"""Who has a row of a benefit, and how much the law would owe: figures by month and key, one rounding."""

from decimal import Decimal

import polars as pl
import pytest

from calculators import CALCULATORS
from contracts.codes import Benefit
from contracts.fact_code import decode
from contracts.policy import AllOf, Compare, Fact, OneOf, Parameter
from contracts.tables import Entitled
from tests.calculators.building import FEBRUARY, JANUARY, benefit, facts

PUBLISHED = [name for name in Benefit if not name.startswith("tekun")]
TEKUN = AllOf((Fact("alive"), Fact("registered"), Fact("tekun")))


def entitled(of_benefit, *rows):
    return Entitled.validate(CALCULATORS[of_benefit.benefit](facts(*rows), of_benefit).collect().sort("benefit_month"))


def owed(of_benefit, *rows):
    return entitled(of_benefit, *rows)["would_be_fen"].to_list()


def test_every_benefit_has_its_calculator():
    assert set(CALCULATORS) == set(Benefit)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_amount_is_owed_up_to_the_whole_yuan(name):
    row = entitled(benefit(name, p_amount_fen=5_001), {})
    assert row["would_be_fen"].to_list() == [5_100]
    assert row["benefit"].to_list() == [name]


@pytest.mark.parametrize("name", Benefit)
def test_who_does_not_meet_the_conditions_has_no_row(name):
    assert entitled(benefit(name, p_amount_fen=5_000), {"is_registered": False}).is_empty()


@pytest.mark.parametrize("name", Benefit)
def test_a_standard_nobody_has_set_is_unknown_and_never_nought(name):
    row = entitled(benefit(name, unset_code="NOT_SET"), {})
    assert row.select("would_be_fen", "unset_code").rows() == [(None, "NOT_SET")]


@pytest.mark.parametrize("name", Benefit)
def test_an_amount_that_is_missing_without_a_reason_is_not_set_either(name):
    row = entitled(benefit(name), {})
    assert row.select("would_be_fen", "unset_code").rows() == [(None, "NOT_SET")]


def test_an_amount_below_its_floor_is_not_owed_and_the_reason_is_kept():
    row = entitled(benefit("elder_care_subsidy", p_amount_fen=5_000, unset_code="BELOW_FLOOR"), {})
    assert row.select("would_be_fen", "unset_code").rows() == [(None, "BELOW_FLOOR")]


@pytest.mark.parametrize("name", Benefit)
def test_an_abolished_benefit_has_no_row(name):
    cells = [{"benefit_month": JANUARY}, {"benefit_month": FEBRUARY, "p_is_abolished": True}]
    rows = entitled(benefit(name, *cells, p_amount_fen=5_000), {}, {"benefit_month": FEBRUARY})
    assert rows["benefit_month"].to_list() == [JANUARY]


def test_an_amount_by_age_and_one_by_month():
    by_age = benefit(
        "old_age_allowance",
        {"age_years": 89, "p_amount_fen": 5_000},
        {"age_years": 90, "p_amount_fen": 10_000},
        keys=["age_years"],
    )
    assert owed(by_age, {"age_years": 89}, {"age_years": 90, "benefit_month": FEBRUARY}) == [5_000, 10_000]
    raised = benefit(
        "elder_care_subsidy",
        {"benefit_month": JANUARY, "p_amount_fen": 6_000},
        {"benefit_month": FEBRUARY, "p_amount_fen": 7_000},
    )
    assert owed(raised, {}, {"benefit_month": FEBRUARY}) == [6_000, 7_000]


def test_an_amount_for_those_who_have_no_such_thing():
    by_category = benefit(
        "old_age_allowance",
        {"low_income_code": "dibao", "p_amount_fen": 10_000},
        {"low_income_code": None, "p_amount_fen": 5_000},
        keys=["low_income_code"],
    )
    assert owed(by_category, {}, {"benefit_month": FEBRUARY, "low_income_code": "dibao"}) == [5_000, 10_000]


def test_conditions_with_figures_that_differ_by_key():
    levels = AllOf((Compare("level", at_least=Parameter("levels_from"), at_most=Parameter("levels_to")),))
    scales = [
        {"ability_scale_code": "MZ/T 039-2013", "p_levels_from": 2, "p_levels_to": 3},
        {"ability_scale_code": "GB/T 42195-2022", "p_levels_from": 2, "p_levels_to": 4},
        {"ability_scale_code": None, "p_levels_from": None, "p_levels_to": None},
    ]
    of_benefit = benefit("elder_care_subsidy", *scales, when=levels, keys=["ability_scale_code"], p_amount_fen=8_500)
    rows = [
        {"person_no": number, "ability_level": level, "ability_scale_code": scale}
        for number, (level, scale) in enumerate(
            [(4, "MZ/T 039-2013"), (4, "GB/T 42195-2022"), (1, "GB/T 42195-2022"), (2, "MZ/T 039-2013"), (None, None)],
            1,
        )
    ]
    assert entitled(of_benefit, *rows)["person_no"].sort().to_list() == [2, 4]


def living(*cells, **figures):
    return benefit("tekun_living", *cells, when=TEKUN, p_ratio_num=13, p_ratio_den=10, p_dibao_months=1, **figures)


def test_tekun_living_is_the_dibao_standard_of_the_area_times_the_ratio():
    by_area = living(
        {"area_code": "urban", "p_dibao_fen": 63_000}, {"area_code": "rural", "p_dibao_fen": 42_000}, keys=["area_code"]
    )
    rows = [
        {"is_tekun": True, "area_code": "urban"},
        {"is_tekun": True, "area_code": "rural", "benefit_month": FEBRUARY},
    ]
    assert owed(by_area, *rows) == [81_900, 54_600]


def test_a_yearly_standard_is_divided_once_and_rounded_once():
    yearly = benefit("tekun_living", when=TEKUN, p_ratio_num=13, p_ratio_den=10, p_dibao_months=12, p_dibao_fen=345_000)
    assert owed(yearly, {"is_tekun": True}) == [37_400]


def test_a_published_amount_of_tekun_living_goes_before_the_ratio():
    assert owed(living(p_dibao_fen=63_000, p_amount_fen=90_050), {"is_tekun": True}) == [90_100]


def test_tekun_care_is_the_wage_times_the_ratio_of_the_tier_or_the_benchmark():
    tiers = benefit(
        "tekun_care",
        {"self_care_code": "full", "p_wage_fen": 200_000, "p_ratio_num": 1, "p_ratio_den": 3},
        {"self_care_code": "half", "p_wage_fen": 200_000, "p_ratio_num": 2, "p_ratio_den": 12},
        {"self_care_code": "able", "p_benchmark_fen": 7_500, "p_benchmark_months": 1},
        when=TEKUN,
        keys=["self_care_code"],
    )
    rows = [
        {"person_no": n, "is_tekun": True, "self_care_code": care} for n, care in enumerate(["full", "half", "able"], 1)
    ]
    told = entitled(tiers, *rows).sort("person_no")
    assert told["would_be_fen"].to_list() == [66_700, 33_400, 7_500]


def test_a_published_amount_of_tekun_care_goes_before_wage_and_benchmark():
    both = benefit("tekun_care", when=TEKUN, p_amount_fen=70_000, p_wage_fen=200_000, p_ratio_num=1, p_ratio_den=3)
    assert owed(both, {"is_tekun": True}) == [70_000]
    borrowed = benefit("tekun_care", when=TEKUN, p_amount_fen=8_000, p_benchmark_fen=7_500, p_benchmark_months=1)
    assert owed(borrowed, {"is_tekun": True}) == [8_000]


def test_a_sum_of_a_year_is_rounded_once_after_its_twelfth_is_taken():
    assert owed(benefit("elder_care_subsidy", p_amount_fen=100_000, p_amount_months=12), {}) == [8_400]
    care = benefit("tekun_care", when=TEKUN, p_benchmark_fen=100_000, p_benchmark_months=12)
    assert owed(care, {"is_tekun": True}) == [8_400]


def test_another_status_excludes_only_where_the_law_says_so_in_the_month():
    cells = [
        {"benefit_month": JANUARY, "p_excluded_by_tekun": True},
        {"benefit_month": FEBRUARY, "p_excluded_by_tekun": False},
    ]
    of_benefit = benefit("elder_service_subsidy", *cells, p_amount_fen=6_000)
    rows = entitled(of_benefit, {"is_tekun": True}, {"is_tekun": True, "benefit_month": FEBRUARY})
    assert rows.select("is_excluded", "would_be_fen").rows() == [(True, 6_000), (False, 6_000)]
    assert not entitled(of_benefit, {})["is_excluded"].any()


def test_what_the_law_does_not_say_is_no():
    silent = dict.fromkeys(("p_is_abolished", "p_enrolment", "p_start_rule", "p_tie_rank", "p_excluded_by_tekun"))
    rows = entitled(benefit("elder_service_subsidy", p_amount_fen=6_000, **silent), {"is_tekun": True})
    told = rows.select("is_excluded", "needs_claim", "start_rule", "tie_rank", "would_be_fen").rows()
    assert told == [(False, False, "", 0, 6_000)]


def test_how_a_benefit_is_handed_out_goes_with_the_row():
    of_benefit = benefit(
        "elder_care_subsidy", p_enrolment="claim", p_start_rule="claim_month", p_choose_group="care", p_tie_rank=1
    )
    row = entitled(of_benefit, {}).select("needs_claim", "start_rule", "choose_group", "tie_rank").rows()
    assert row == [(True, "claim_month", "care", 1)]


@pytest.mark.parametrize(
    ("payee", "mode", "told"),
    [
        ("institution", "institution", (True, "J01")),
        ("institution", "home", (False, None)),
        ("institution", None, (False, None)),
        ("person", "institution", (False, None)),
    ],
)
def test_the_institution_is_paid_only_for_those_who_live_in_it(payee, mode, told):
    row = {"is_tekun": True, "support_mode_code": mode, "institution_id": "J01"}
    assert entitled(living(p_dibao_fen=1, p_payee=payee), row).select("is_to_institution", "institution_id").rows() == [
        told
    ]


def test_the_facts_kept_are_those_the_benefit_looks_at_and_no_others():
    of_benefit = benefit(
        "tekun_care", {"self_care_code": "full"}, when=TEKUN, keys=["self_care_code"], p_excluded_by_severe=False
    )
    row = {
        "is_tekun": True,
        "low_income_code": "tekun",
        "self_care_code": "full",
        "area_code": "urban",
        "disability_grade": 1,
    }
    code = entitled(of_benefit, row)["fact_code"].item()
    assert decode(code) == {
        "当月在世": "是", "本县户籍": "是", "低收入类别": "特困", "自理能力": "全护理", "残疾等级": "1",
    }  # fmt: skip


def test_amounts_are_whole_fen():
    row = entitled(living(p_dibao_fen=42_001), {"is_tekun": True})
    assert row.schema["would_be_fen"] == pl.Int64
    assert row["would_be_fen"].item() == 54_700
    assert Decimal(42_001) * Decimal("1.3") == Decimal("54601.3")


def test_a_text_figure_of_the_law_may_decide():
    tree = AllOf((OneOf(Parameter("test"), ("unable",)), Fact("unable")))
    of_benefit = benefit("elder_care_subsidy", when=tree, p_test="unable", p_amount_fen=6_000)
    assert owed(of_benefit, {"is_unable": True}) == [6_000]
    assert owed(benefit("elder_care_subsidy", when=tree, p_test="level", p_amount_fen=6_000), {"is_unable": True}) == []
