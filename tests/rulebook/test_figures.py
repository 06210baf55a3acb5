"""The money columns of one cell: what is printed, what is worked out, and what keeps a standard from being used."""

import pytest

from contracts.codes import Benefit, Role, UnsetReason
from rulebook.chain import Chosen
from rulebook.figures import money_of
from rulebook.parameters import BENCHMARK_GRADE, DIBAO, TIER, WAGE
from tests.rulebook.values import value

LIVING, CARE = Benefit.TEKUN_LIVING, Benefit.TEKUN_CARE
AMOUNT, RATIO, BENCHMARK = "tekun_care.amount", "tekun_care.ratio", "tekun_care.benchmark"
BORROWED = "disability_care_subsidy.amount"
TIMES_DIBAO, TIMES_WAGE = {"unit": "× dibao.standard"}, {"unit": "× minimum_wage.amount"}
RATIO_OF_WAGE = {RATIO: value("3/10", **TIMES_WAGE), TIER: value("一类", unit="code"), WAGE: value("2000")}
DRAFT = Chosen(value("1000"), UnsetReason.NOT_SET)


def money(benefit, told, asked=None):
    """The figures where these parameters have these values, and nothing else has one."""

    def look(parameter, cells):
        if asked is not None:
            asked.append((parameter, dict(cells)))
        held = told.get(parameter)
        return held if isinstance(held, Chosen) else Chosen(held)

    return money_of(benefit, look, {"area": "urban"})


def used(figures):
    return [one.text for one in figures.used]


def test_a_printed_amount_is_paid_as_it_stands():
    found = money(Benefit.OLD_AGE_ALLOWANCE, {"old_age_allowance.amount": value("1200", unit="yuan/year")})
    assert found.columns == {"amount_fen": 120_000, "amount_months": 12}
    assert (found.why_unset, found.is_abolished, used(found)) == (None, False, ["1200"])


def test_without_an_amount_the_standard_is_not_set():
    found = money(Benefit.OLD_AGE_ALLOWANCE, {})
    assert found.columns == {"amount_fen": None, "amount_months": None}
    assert (found.why_unset, found.is_abolished, used(found)) == (UnsetReason.NOT_SET, False, [])


def test_an_abolished_amount_says_so():
    found = money(Benefit.OLD_AGE_ALLOWANCE, {"old_age_allowance.amount": value(None)})
    assert (found.is_abolished, found.columns["amount_fen"]) == (True, None)


def test_what_may_not_be_used_says_why_and_against_what():
    held = Chosen(value("50"), UnsetReason.BELOW_FLOOR, value("60"))
    found = money(Benefit.OLD_AGE_ALLOWANCE, {"old_age_allowance.amount": held})
    assert (found.why_unset, used(found)) == (UnsetReason.BELOW_FLOOR, ["50", "60"])


class TestLiving:
    """特困供养基本生活: an amount, or a ratio of the 低保 standard."""

    def test_the_ratio_of_the_standard_where_no_amount_is_printed(self):
        found = money(LIVING, {"tekun_living.ratio": value("13/10", **TIMES_DIBAO), DIBAO: value("700")})
        assert found.columns == {"dibao_fen": 70_000, "dibao_months": 1, "ratio_num": 13, "ratio_den": 10}
        assert (found.why_unset, used(found)) == (None, ["13/10", "700"])

    @pytest.mark.parametrize(
        ("amount", "why", "told"),
        [
            ("910", None, ["910"]),
            ("909.99", UnsetReason.BELOW_FLOOR, ["909.99", "13/10", "700"]),
            ("1000", None, ["1000"]),
        ],
    )
    def test_a_printed_amount_counts_from_its_ratio_on(self, amount, why, told):
        held = {
            "tekun_living.amount": value(amount),
            "tekun_living.ratio": value("13/10", **TIMES_DIBAO),
            DIBAO: value("700"),
        }
        found = money(LIVING, held)
        assert (found.why_unset, used(found)) == (why, told)
        assert "amount_fen" in found.columns

    @pytest.mark.parametrize(
        ("amount", "column"), [("910", "amount_fen"), ("909.99", "dibao_fen"), ("910.01", "amount_fen")]
    )
    def test_an_amount_that_is_itself_a_floor_gives_way_to_a_higher_ratio(self, amount, column):
        floor = value(amount, Role.FLOOR)
        found = money(
            LIVING,
            {"tekun_living.amount": floor, "tekun_living.ratio": value("13/10", **TIMES_DIBAO), DIBAO: value("700")},
        )
        assert column in found.columns
        assert found.why_unset is None

    def test_a_floor_without_anything_to_compare_with_is_paid(self):
        found = money(LIVING, {"tekun_living.amount": value("910", Role.FLOOR), DIBAO: value("700")})
        assert (found.columns["amount_fen"], found.why_unset) == (91_000, None)

    def test_an_abolished_amount_gives_way_to_nothing(self):
        told = {"tekun_living.amount": value(None, Role.FLOOR), "tekun_living.ratio": value("13/10", **TIMES_DIBAO)}
        assert money(LIVING, {**told, DIBAO: value("700")}).is_abolished

    def test_what_is_no_quantity_is_compared_with_nothing(self):
        told = {"tekun_living.amount": value("1"), "tekun_living.ratio": value("13/10", **TIMES_DIBAO)}
        assert money(LIVING, {**told, DIBAO: value("一类", unit="code")}).why_unset is None

    @pytest.mark.parametrize("lacking", ["tekun_living.ratio", DIBAO])
    def test_a_ratio_or_a_standard_alone_sets_nothing(self, lacking):
        told = {"tekun_living.ratio": value("13/10", **TIMES_DIBAO), DIBAO: value("700")}
        found = money(LIVING, {name: held for name, held in told.items() if name != lacking})
        assert found.why_unset is UnsetReason.NOT_SET


class TestCare:
    """特困供养照料护理: an amount, a ratio of the minimum wage, or what another benefit pays."""

    def test_the_ratio_of_the_wage_of_the_countys_tier(self):
        asked = []
        found = money(CARE, RATIO_OF_WAGE, asked)
        assert found.columns == {"wage_fen": 200_000, "ratio_num": 3, "ratio_den": 10}
        assert (found.why_unset, used(found)) == (None, ["3/10", "一类", "2000"])
        assert (WAGE, {"tier": "一类"}) in asked
        assert (AMOUNT, {"area": "urban"}) in asked

    @pytest.mark.parametrize("lacking", [TIER, WAGE])
    def test_without_a_tier_or_a_wage_nothing_is_set(self, lacking):
        found = money(CARE, {name: held for name, held in RATIO_OF_WAGE.items() if name != lacking})
        assert found.why_unset is UnsetReason.NOT_SET
        assert (lacking in used(found), found.columns["wage_fen"]) == (False, None)

    @pytest.mark.parametrize(("amount", "why"), [("600", None), ("599.99", UnsetReason.BELOW_FLOOR)])
    def test_a_printed_amount_is_checked_against_the_ratio(self, amount, why):
        found = money(CARE, {**RATIO_OF_WAGE, AMOUNT: value(amount)})
        assert (found.why_unset, found.columns["amount_months"]) == (why, 1 if why is None else None)
        assert used(found) == ([amount] if why is None else [amount, "3/10", "2000"])

    def test_what_another_benefit_pays_is_paid_by_the_grade_that_the_law_means(self):
        asked = []
        told = {
            BENCHMARK: value(BORROWED, unit="parameter"), BENCHMARK_GRADE: value("1", unit="grade"),
            BORROWED: value("75", key="1", by=("grade",)),
        }  # fmt: skip
        found = money(CARE, told, asked)
        assert found.columns == {"benchmark_fen": 7_500, "benchmark_months": 1}
        assert (found.why_unset, used(found)) == (None, [BORROWED, "1", "75"])
        assert (BORROWED, {"grade": 1}) in asked

    def test_the_grade_is_told_only_where_the_amount_goes_by_it(self):
        asked = []
        told = {BENCHMARK: value(BORROWED, unit="parameter"), BORROWED: value("75")}
        found = money(CARE, told, asked)
        assert (found.why_unset, used(found)) == (None, [BORROWED, "75"])
        assert (BORROWED, {"grade": None}) in asked

    def test_without_ratio_and_benchmark_nothing_is_set(self):
        found = money(CARE, {})
        assert found.columns == {"benchmark_fen": None, "benchmark_months": None}
        assert (found.why_unset, used(found)) == (UnsetReason.NOT_SET, [])

    @pytest.mark.parametrize(("amount", "why"), [("75", None), ("74.99", UnsetReason.BELOW_FLOOR)])
    def test_a_printed_amount_is_checked_against_the_benchmark(self, amount, why):
        told = {AMOUNT: value(amount), BENCHMARK: value(BORROWED, unit="parameter"), BORROWED: value("75")}
        found = money(CARE, told)
        assert found.why_unset is why
        assert used(found) == ([amount] if why is None else [amount, "75"])

    def test_what_is_abolished_is_compared_with_nothing(self):
        told = {AMOUNT: value(None), BENCHMARK: value(None, unit="parameter")}
        assert money(CARE, told).is_abolished


def test_the_first_of_several_that_may_not_be_used_says_why():
    first, second = Chosen(value("13/10", **TIMES_DIBAO), UnsetReason.BELOW_FLOOR), DRAFT
    assert money(LIVING, {"tekun_living.ratio": first, DIBAO: second}).why_unset is UnsetReason.BELOW_FLOOR
    assert (
        money(LIVING, {"tekun_living.ratio": value("13/10", **TIMES_DIBAO), DIBAO: second}).why_unset
        is UnsetReason.NOT_SET
    )
