"""The facts of a month, read from register rows that overlap, end and contradict one another."""

from datetime import date

import pytest

from calculators import facts
from contracts.policy import AllOf, AnyOf, Compare, Fact, OneOf
from contracts.tables import Facts
from tests.calculators.building import COUNTY, FEBRUARY, JANUARY, JUNE, MARCH, MONTHS, benefit, registers, rules, scope

ANYBODY = AllOf((Fact("alive"),))
APRIL = date(2025, 4, 1)


def table(when=ANYBODY, also_people=None, months=MONTHS, **given):
    given = {"population": [{}], **given}
    law = rules(benefit("old_age_allowance", when=when, months=months), months=months)
    return Facts.validate(facts(registers(**given), law, scope(months), also_people).collect().sort("benefit_month"))


def told(column, **given):
    """Month → the fact, of person 1."""
    return dict(table(**given).select("benefit_month", column).iter_rows())


def months_in_which(column, **given):
    return [month for month, held in told(column, **given).items() if held]


@pytest.mark.parametrize("day", [1, 15, 31])
def test_a_birthday_on_any_day_of_a_month_counts_for_all_of_it(day):
    ages = told("age_years", population=[{"birth_date": date(1945, 3, day)}])
    assert (ages[FEBRUARY], ages[MARCH]) == (79, 80)


def test_born_on_the_29th_of_february_is_no_special_case():
    ages = told("age_years", population=[{"birth_date": date(1944, 2, 29)}])
    assert (ages[JANUARY], ages[FEBRUARY]) == (80, 81)


def test_nobody_has_a_row_before_the_month_of_birth():
    assert table(population=[{"birth_date": date(2025, 3, 31)}])["benefit_month"].to_list() == list(MONTHS[2:])


def test_the_birthday_month_is_known_in_every_year():
    assert months_in_which("has_birthday") == [MARCH]


@pytest.mark.parametrize("day", [1, 28])
def test_the_month_of_death_counts_and_no_later_one(day):
    alive = {"when": AnyOf((Fact("alive"), Fact("registered")))}
    assert months_in_which("is_alive", population=[{"died_on": date(2025, 2, day)}], **alive) == [JANUARY, FEBRUARY]


def test_of_several_days_of_death_the_earliest_counts():
    rows = [{"died_on": date(2025, 4, 2)}, {"died_on": date(2025, 1, 9)}, {}]
    assert months_in_which("is_alive", population=rows) == [JANUARY]


def test_who_moves_in_counts_from_the_month_after():
    assert months_in_which("is_registered", population=[{"moved_in_on": date(2025, 2, 1)}]) == list(MONTHS[2:])


def test_who_moves_out_counts_through_the_month():
    assert months_in_which("is_registered", population=[{"moved_out_on": date(2025, 2, 1)}]) == [JANUARY, FEBRUARY]


def test_moved_out_before_moved_in_is_left_and_came_back():
    row = {"moved_out_on": date(2025, 2, 20), "moved_in_on": date(2025, 4, 3)}
    assert months_in_which("is_registered", population=[row]) == [JANUARY, FEBRUARY, *MONTHS[4:]]


def test_any_row_that_covers_the_month_is_enough():
    rows = [{"moved_out_on": date(2025, 1, 5)}, {"moved_in_on": date(2025, 3, 5)}]
    assert months_in_which("is_registered", population=rows) == [JANUARY, *MONTHS[3:]]


def test_another_countys_row_does_not_make_a_resident():
    rows = [{"moved_out_on": date(2025, 1, 5)}, {"division_code": "410902001001"}]
    assert months_in_which("is_registered", population=rows) == [JANUARY]


def test_who_has_no_population_row_has_no_facts():
    assert table(population=[], low_income=[{}]).is_empty()


@pytest.mark.parametrize(
    ("category", "word"), [("margin", "is_margin"), ("expense_hardship", "is_expense_hardship"), ("tekun", "is_tekun")]
)
def test_each_category_is_its_own_word_and_no_other(category, word):
    facts = table(low_income=[{"category": category}]).row(0, named=True)
    assert [name for name in ("is_margin", "is_expense_hardship", "is_tekun", "is_dibao_household") if facts[name]] == [
        word
    ]


def test_the_strongest_category_counts_while_it_runs():
    rows = [
        {"category": "margin"},
        {"from_month": FEBRUARY, "to_month": MARCH},
        {"category": "tekun", "from_month": MARCH},
    ]
    categories = told("low_income_code", low_income=rows)
    assert list(categories.values()) == ["margin", "dibao", "tekun", "tekun", "tekun", "tekun"]


def test_a_tekun_person_is_no_dibao_person_even_with_both_rows():
    rows = table(low_income=[{}, {"category": "tekun", "from_month": JUNE}]).tail(1)
    assert rows.select("is_tekun", "is_dibao_person", "is_dibao_household").rows() == [(True, False, False)]


def test_a_member_of_the_household_who_is_no_recipient_is_no_dibao_person():
    row = table(low_income=[{"is_recipient": False}]).head(1)
    assert row.select("is_dibao_person", "is_dibao_household").rows() == [(False, True)]


def test_one_of_two_rows_that_says_recipient_is_enough():
    rows = [{"is_recipient": False, "from_month": FEBRUARY}, {"to_month": MARCH}]
    assert months_in_which("is_dibao_person", low_income=rows) == [JANUARY, FEBRUARY, MARCH]


def test_the_row_that_began_last_gives_area_care_and_support():
    older = {
        "category": "tekun",
        "area": "urban",
        "self_care": "full",
        "support_mode": "institution",
        "institution_id": "J1",
    }
    newer = {"category": "tekun", "area": "rural", "self_care": "half", "support_mode": "home", "from_month": FEBRUARY}
    columns = ["area_code", "self_care_code", "support_mode_code", "institution_id"]
    rows = table(low_income=[older, newer]).select(columns).rows()
    assert rows[:2] == [("urban", "full", "institution", "J1"), ("rural", "half", "home", None)]


def test_begun_together_the_fuller_care_counts_and_then_the_city():
    rows = [
        {"category": "tekun", "self_care": care, "area": area}
        for care, area in [("half", "urban"), ("full", "rural"), ("full", "urban"), ("able", "urban")]
    ]
    assert table(low_income=rows).select("self_care_code", "area_code").rows()[0] == ("full", "urban")


def test_a_confirmation_day_alone_counts_from_the_month_after():
    row = {"from_month": None, "confirmed_on": date(2025, 1, 1)}
    assert months_in_which("is_dibao_person", low_income=[row]) == list(MONTHS[1:])


def test_an_ended_status_keeps_its_last_month():
    assert months_in_which("is_dibao_household", low_income=[{"to_month": FEBRUARY}]) == [JANUARY, FEBRUARY]


def test_a_certificate_is_valid_from_the_month_of_issue_through_the_month_it_ends():
    row = {"issued_on": date(2025, 2, 28), "expires_on": date(2030, 2, 28), "cancelled_on": date(2025, 4, 1)}
    assert months_in_which("is_disabled", disability=[row]) == [FEBRUARY, MARCH, APRIL]


def test_the_lowest_grade_number_counts():
    rows = [{"grade": 3}, {"grade": 2, "issued_on": MARCH, "expires_on": date(2025, 4, 30)}]
    assert list(told("disability_grade", disability=rows).values()) == [3, 3, 2, 2, 3, 3]
    assert months_in_which("is_severe", disability=rows) == [MARCH, APRIL]


def test_long_term_care_counts_where_any_row_of_that_grade_says_so():
    no, yes = {"needs_long_term_care": False}, {"needs_long_term_care": True}
    assert table(disability=[no, yes])["needs_long_term_care"].all()
    assert not table(disability=[no, {**yes, "grade": 3}])["needs_long_term_care"].any()


def test_the_latest_valid_assessment_counts_and_an_older_one_again_when_it_has_run_out():
    rows = [{"level": 3}, {"level": 1, "assessed_on": date(2025, 2, 20), "valid_until": date(2025, 3, 1)}]
    assert list(told("ability_level", ability=rows).values()) == [3, 1, 1, 3, 3, 3]
    assert months_in_which("is_limited", ability=rows) == [JANUARY, *MONTHS[3:]]


def test_of_the_same_day_the_higher_level_counts():
    assert set(told("ability_level", ability=[{"level": 1}, {"level": 4}, {"level": 2}]).values()) == {4}


@pytest.mark.parametrize(("level", "is_limited"), [(1, False), (2, True)])
def test_limited_begins_with_level_2(level, is_limited):
    assert set(told("is_limited", ability=[{"level": level}]).values()) == {is_limited}


def test_unable_goes_by_its_own_months_whatever_became_of_the_assessment():
    row = {"is_unable": True, "unable_from_month": FEBRUARY, "unable_to_month": MARCH, "valid_until": date(2025, 1, 31)}
    assert months_in_which("is_unable", ability=[row]) == [FEBRUARY, MARCH]
    assert months_in_which("is_limited", ability=[row]) == [FEBRUARY, MARCH]


def test_unable_without_a_first_month_begins_with_the_assessment():
    row = {"is_unable": True, "assessed_on": date(2025, 3, 31)}
    assert months_in_which("is_unable", ability=[row]) == list(MONTHS[2:])


def test_death_of_the_only_child_counts_before_disability():
    rows = [{"kind": "disability"}, {"kind": "death", "from_month": MARCH, "to_month": MARCH}]
    kinds = list(told("family_planning_code", family_planning=rows).values())
    assert kinds == ["disability", "disability", "death", "disability", "disability", "disability"]


def test_who_can_meet_no_condition_has_no_facts_unless_the_book_knows_him():
    old_enough = AllOf((Fact("alive"), Fact("registered"), Compare("age", at_least=99)))
    people = registers(population=[{}, {"person_no": 2}]).get("population").select("person_no").filter(person_no=2)
    given = {"when": old_enough, "population": [{}, {"person_no": 2}]}
    assert table(**given).is_empty()
    assert table(**given, also_people=people)["person_no"].unique().to_list() == [2]


def test_whom_the_book_knows_is_there_once_beside_everybody_else():
    both = [{}, {"person_no": 2}]
    known = registers(population=[{"person_no": 2}] * 2)["population"].select("person_no")
    told = table(population=both, also_people=known)
    assert sorted(told["person_no"]) == [1] * len(MONTHS) + [2] * len(MONTHS)


def test_of_two_birth_dates_the_earlier_counts():
    rows = [{"birth_date": date(1945, 3, 5)}, {"birth_date": date(1940, 3, 5)}]
    assert told("age_years", population=rows)[MARCH] == 85


REGISTERED = AllOf((Fact("alive"), Fact("registered")))


@pytest.mark.parametrize(
    ("rows", "has_facts"),
    [
        ([{"moved_out_on": date(2024, 12, 31)}], False),
        ([{"moved_out_on": date(2025, 1, 1)}], True),
        ([{"moved_in_on": date(2025, 5, 31)}], True),
        ([{"moved_in_on": date(2025, 6, 1)}], False),
        ([{}, {"division_code": "990101001001"}], True),
        ([{"division_code": "990101001001"}], False),
    ],
)
def test_who_is_registered_in_no_month_has_no_facts_where_the_law_asks_for_it(rows, has_facts):
    assert bool(table(when=REGISTERED, population=rows).height) is has_facts


def test_who_is_in_the_register_that_a_condition_looks_at_has_facts_and_nobody_else():
    asked = {"when": AllOf((Fact("dibao_person"),)), "population": [{}, {"person_no": 2}]}
    assert set(table(low_income=[{}], **asked)["person_no"]) == {1}
    assert set(table(low_income=[{}], disability=[{"person_no": 2}], **asked)["person_no"]) == {1}
    assert table(**asked).is_empty()


def test_moved_in_and_out_on_one_day_is_no_coming_back():
    row = {"moved_out_on": date(2025, 2, 20), "moved_in_on": date(2025, 2, 20)}
    assert months_in_which("is_registered", population=[row]) == []


def test_a_determination_without_a_level_is_no_assessment():
    alone = {"level": None, "scale": None, "assessed_on": date(2025, 2, 3), "is_unable": True}
    assert set(told("ability_level", ability=[{"level": 3}, alone]).values()) == {3}


def test_an_assessment_that_says_able_ends_no_determination():
    rows = [{"is_unable": True, "unable_from_month": JANUARY}, {"is_unable": False, "assessed_on": date(2025, 3, 1)}]
    assert months_in_which("is_unable", ability=rows) == list(MONTHS)


def test_who_grows_old_enough_in_the_last_month_has_facts():
    old_enough = Compare("age", at_least=80)
    assert table(when=old_enough, population=[{"birth_date": date(1945, 6, 30)}]).height == len(MONTHS)
    assert table(when=old_enough, population=[{"birth_date": date(1945, 7, 1)}]).is_empty()


def test_the_same_facts_come_out_whatever_the_order_of_rows():
    given = {
        "population": [{}, {"moved_out_on": MARCH}],
        "low_income": [{"area": "urban"}, {}, {"category": "margin"}],
        "disability": [{"category": "visual"}, {"grade": 3}, {}],
        "ability": [{"scale": "MZ/T 039-2013"}, {}],
    }
    assert table(**given).equals(table(**{name: rows[::-1] for name, rows in given.items()}))


def test_registers_never_received_leave_everything_else_untouched():
    law = rules(benefit("old_age_allowance", when=ANYBODY))
    only = {"population": registers(population=[{}])["population"]}
    assert facts(only, law, scope()).collect().height == len(MONTHS)


def test_the_countys_own_code_decides_whose_residents_they_are():
    assert COUNTY == "410721"
    assert months_in_which("is_registered", population=[{"division_code": "410721"}]) == list(MONTHS)


LATER = {"moved_in_on": date(2025, 2, 10)}
BY_HUKOU = AllOf((Fact("alive"), OneOf("hukou", ("rural",))))


@pytest.mark.parametrize(
    ("rows", "hukou"),
    [
        ([{"hukou_type": "农村"}], "rural"),
        ([{"hukou_type": "非农业 户口"}], "urban"),
        ([{"hukou_type": None}], None),
        ([{"hukou_type": "居民户口"}], None),
        ([{"hukou_type": "城镇"}, {"hukou_type": "农村", "moved_in_on": date(2020, 5, 1)}], "urban"),
        ([{"hukou_type": "城镇", "division_code": "990101"}, {"hukou_type": "农村"}], "rural"),
        ([{"hukou_type": "农村"}, {"hukou_type": "城镇", "division_code": "990101", **LATER}], "rural"),
        ([{"hukou_type": "农村"}, {"hukou_type": None, **LATER}], "rural"),
        ([{"hukou_type": "农村"}, {"hukou_type": "城镇", **LATER}], "urban"),
    ],
)
def test_the_hukou_is_read_where_the_law_asks_for_it(rows, hukou):
    assert set(told("hukou_code", when=BY_HUKOU, population=rows).values()) == {hukou}
    assert set(told("hukou_code", population=rows).values()) == {None}  # no law asks
