"""Every stretch of cells has its own paper, and what a newer paper does not speak of is named."""

from datetime import date

import pytest

from rulebook.bands import bands, left_behind
from rulebook.telling import in_force
from tests.rulebook.conftest import TODAY

JULY = date(2024, 7, 1)


def notice(parameter, value, key, **given):
    row = {"level": "410721", "parameter": parameter, "key": key, "value": value, "effective_from": "2024-07-01"}
    return row | given


def left(law, county="410721", known_on=TODAY):
    return [(found.parameter, found.key, found.older.text) for found in left_behind(law.chain_of(county), known_on)]


def test_a_hole_between_two_bands_is_told_with_the_older_paper(with_overlay):
    law = with_overlay(
        notice("old_age_allowance.amount", 60, "[80,85)"), notice("old_age_allowance.amount", 120, "[90,100)")
    )
    rows = in_force(law.chain_of("410721"), JULY, TODAY)
    told = [(row.key, row.value, row.set_by) for row in rows if row.parameter == "old_age_allowance.amount"]
    assert sorted(told) == [
        ("[100,∞)", "300", "新乡县"),
        ("[80,85)", "60", "新乡县"),
        ("[85,90)", "50", "新乡县"),
        ("[90,100)", "120", "新乡县"),
    ]
    (old,) = (row for row in rows if row.key == "[85,90)")
    assert "新政办〔2024〕13号" in old.source
    assert left(law) == [("old_age_allowance.amount", "[85,90)", "50"), ("old_age_allowance.amount", "[100,∞)", "300")]


@pytest.mark.parametrize(
    ("parameter", "value", "key", "unit", "stays"),
    [
        ("dibao.standard", 700, "城市", "yuan/month", [("农村", "420")]),
        ("disability_living_subsidy.amount", 100, "1-2", "yuan/month", [("3-4", "75")]),
        ("tekun_care.ratio", "1/2", "全护理", "× minimum_wage.amount", [("半护理", "1/6")]),
    ],
)
def test_every_key_is_looked_at(with_overlay, parameter, value, key, unit, stays):
    law = with_overlay(notice(parameter, value, key, unit=unit))
    assert left(law) == [(parameter, *row) for row in stays]


def test_before_the_notice_and_after_the_hole_is_filled_nothing_stays_behind(with_overlay):
    part = notice("old_age_allowance.amount", 60, "[80,85)", effective_from="2024-06-01", issued_on="2024-05-01")
    law = with_overlay(
        part,
        notice("old_age_allowance.amount", 60, "[80,90)"),
        notice("old_age_allowance.amount", 120, "[90,100)"),
        notice("old_age_allowance.amount", 300, "[100,∞)"),
    )
    assert left(law) == []


def test_the_shipped_law_leaves_nothing_behind(shipped, invented):
    assert [left(law, county) for law in (shipped, invented) for county in law.counties() if left(law, county)] == []


def test_a_key_of_two_dimensions_is_written_part_by_part(invented):
    chain = invented.chain_of("990101")
    (row,) = (
        stretch for stretch in bands(chain, "old_age_allowance.amount", JULY, TODAY) if stretch.key == "[80,90) × 无"
    )
    assert row.cells[0] == ((80, False), None)
