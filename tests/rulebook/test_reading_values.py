"""Keys and values as a pack writes them."""

from fractions import Fraction

import pytest

from rulebook.keys import DIMENSIONS, read_key
from rulebook.parameters import declared, read_figure


@pytest.mark.parametrize(
    ("text", "unit", "figure"),
    [
        ("60", "yuan/month", 6000),
        ("287.50", "yuan/month", 28750),
        ("3450", "yuan/year", 345000),
        ("13/10", "× dibao.standard", Fraction(13, 10)),
        ("80", "years", 80),
        ("no", "yes/no", False),
        ("2-3", "levels", (2, 3)),
        ("unable", "code", "unable"),
    ],
)
def test_a_value_is_what_its_unit_says(text, unit, figure):
    assert read_figure(text, unit) == figure


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("1.005", "yuan/month"),
        ("-5", "yuan/month"),
        ("1e3", "yuan/month"),
        ("0.33", "× dibao.standard"),
        ("1/0", "× dibao.standard"),
        ("0/3", "× dibao.standard"),
        ("八十", "years"),
        ("²", "years"),
        ("2-", "years"),
        ("maybe", "yes/no"),
    ],
)
def test_anything_else_is_refused(text, unit):
    with pytest.raises(ValueError, match=r"应为|不是金额"):
        read_figure(text, unit)


def test_bands_are_half_open():
    band = read_key("[80,90)", ("age",))
    assert [age for age in (79, 80, 89, 90) if band.holds((age,))] == [80, 89]
    assert read_key("[100,∞)", ("age",)).holds((150,))


def test_a_band_after_the_birthday_counts_the_birthday_month_as_the_age_before():
    band = read_key("[80,90)", ("age_after_birthday",))
    assert not band.holds(((80, True),))
    assert band.holds(((80, False),))
    assert band.holds(((90, True),))
    assert not band.holds(((90, False),))


def test_keys_of_several_dimensions_hold_where_every_part_does():
    key = read_key("[80,90) × 低保", ("age", "low_income"))
    assert key.holds((85, "dibao"))
    assert not key.holds((85, "tekun"))
    assert read_key("[80,90) × 无", ("age", "low_income")).holds((85, None))


@pytest.mark.parametrize("name", DIMENSIONS)
def test_the_cells_of_a_dimension_can_be_told(name):
    assert all(DIMENSIONS[name].told(cell) for cell in DIMENSIONS[name].domain)


def test_grades_are_a_range_or_one():
    assert read_key("1-2", ("grade",)).meets(read_key("2", ("grade",)))
    assert not read_key("1-2", ("grade",)).meets(read_key("3-4", ("grade",)))


def test_what_the_calculators_know_is_declared():
    assert declared("old_age_allowance.amount").by == ("age",)
    assert declared("tekun_care.ratio").by == ("self_care",)
    assert declared("all.enrolment") is not None
    assert declared("old_age_allowance.anything") is None
    assert declared("nothing.amount") is None
