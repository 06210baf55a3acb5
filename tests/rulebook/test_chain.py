"""Which value counts: levels nearest first, floors, ceilings, months and days known."""

import pytest

from contracts.codes import Role, UnsetReason
from rulebook.chain import Chosen, choose
from tests.rulebook.values import LATE, day, value

FLOOR, FIXED, DEFAULT, CEILING = Role.FLOOR, Role.FIXED, Role.DEFAULT, Role.CEILING
MONTH = day("2024-07-01")


def paid(county=(), city=(), province=(), month=MONTH, known_on=LATE):
    return choose([county, city, province], month, known_on)


def text_of(chosen):
    return chosen.value.text if chosen.value else None


def test_nobody_has_set_anything():
    assert paid() == Chosen()


def test_the_nearest_number_is_paid():
    assert text_of(paid(county=[value("70")], city=[value("65", DEFAULT)], province=[value("60", FLOOR)])) == "70"
    assert text_of(paid(city=[value("65", DEFAULT)], province=[value("60", FLOOR)])) == "65"


def test_a_floor_is_paid_where_nobody_has_a_number():
    assert text_of(paid(province=[value("60", FLOOR)])) == "60"


def test_of_equal_floors_the_nearest_is_named():
    near = value("60", FLOOR)
    assert paid(county=[near], province=[value("60", FLOOR, start="2021-01-01")]).value is near


def test_a_raise_of_the_floor_reaches_a_county_without_a_number_of_its_own():
    chosen = paid(county=[value("50", FLOOR)], province=[value("60", FLOOR)])
    assert (text_of(chosen), chosen.why_unset) == ("60", None)


def test_a_number_below_a_floor_above_it_is_not_paid_and_names_both():
    floor = value("60", FLOOR)
    number = value("50")
    assert paid(county=[number], province=[floor]) == Chosen(number, UnsetReason.BELOW_FLOOR, floor)


def test_earlier_months_stand_when_the_floor_rises_above_a_number():
    rows = {"county": [value("50")], "province": [value("40", FLOOR), value("60", FLOOR, start="2024-07-01")]}
    assert paid(**rows, month=day("2024-06-01")).why_unset is None
    assert paid(**rows, month=day("2024-07-01")).why_unset is UnsetReason.BELOW_FLOOR


def test_a_number_below_a_floor_of_its_own_level_is_not_paid():
    assert paid(city=[value("50", DEFAULT), value("60", FLOOR)]).why_unset is UnsetReason.BELOW_FLOOR


def test_where_one_text_gives_a_floor_and_a_number_the_number_is_paid():
    assert text_of(paid(city=[value("70", DEFAULT), value("60", FLOOR, start="2023-01-01")])) == "70"


def test_a_floor_nearer_than_the_number_raises_it():
    chosen = paid(county=[value("70", FLOOR)], city=[value("60", DEFAULT)])
    assert (text_of(chosen), chosen.why_unset) == ("70", None)


def test_a_number_above_a_ceiling_is_not_paid():
    ceiling = value("100", CEILING)
    number = value("120")
    assert paid(county=[number], province=[ceiling]) == Chosen(number, UnsetReason.ABOVE_CEILING, ceiling)


def test_a_ceiling_alone_is_no_standard():
    assert paid(province=[value("100", CEILING)]) == Chosen()


def test_a_value_from_inside_a_month_counts_from_the_next():
    rows = [value("60"), value("70", start="2024-07-02")]
    assert text_of(paid(county=rows, month=day("2024-07-01"))) == "60"
    assert text_of(paid(county=rows, month=day("2024-08-01"))) == "70"


def test_of_two_with_the_same_start_the_later_issued_counts():
    rows = [value("60", issued="2024-02-01"), value("70", issued="2024-03-01")]
    assert text_of(paid(county=rows)) == "70"
    assert text_of(paid(county=rows, known_on=day("2024-02-15"))) == "60"


def test_what_was_not_issued_yet_is_not_known():
    rows = [value("60"), value("70", start="2024-05-01", issued="2024-08-20")]
    assert text_of(paid(county=rows, known_on=day("2024-08-19"))) == "60"
    assert text_of(paid(county=rows, known_on=day("2024-08-20"))) == "70"


def test_null_is_abolished_and_not_unset():
    chosen = paid(county=[value("60"), value(None, start="2024-07-01")])
    assert chosen.is_abolished
    assert chosen.why_unset is None
    assert not paid().is_abolished


def test_an_abolished_floor_binds_nobody():
    rows = [value("60", FLOOR), value(None, FLOOR, start="2024-01-01")]
    assert paid(county=[value("50")], province=rows).why_unset is None


@pytest.mark.parametrize(("number", "ground"), [("419", UnsetReason.BELOW_FLOOR), ("420", None)])
def test_a_yearly_floor_is_compared_by_the_month(number, ground):
    assert paid(county=[value(number)], province=[value("5040", FLOOR, unit="yuan/year")]).why_unset is ground


def test_fractions_are_compared_exactly():
    third = value("1/3", FLOOR, unit="× minimum_wage.amount")
    assert paid(county=[value("3333/10000", unit="× minimum_wage.amount")], province=[third]).why_unset is not None
    assert paid(county=[value("2/6", unit="× minimum_wage.amount")], province=[third]).why_unset is None
