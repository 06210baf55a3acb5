"""What is computed must be covered by the law it is computed from."""

import pytest

from calculators.scope import Scope, rows_of
from tests.calculators.building import JANUARY, JUNE, MONTHS, benefit, rules, scope


def test_the_law_of_another_county_is_refused():
    with pytest.raises(ValueError, match="410902"):
        scope().check(rules(benefit("old_age_allowance"), county="410902"))


def test_a_month_the_law_was_not_resolved_for_is_refused():
    with pytest.raises(ValueError, match="2025, 6, 1"):
        scope().check(rules(benefit("old_age_allowance"), months=MONTHS[:-1]))


def test_no_month_at_all_is_refused():
    with pytest.raises(ValueError, match="any month"):
        Scope("410721", (), JUNE).check(rules(benefit("old_age_allowance")))


def test_a_part_of_the_months_resolved_is_fine():
    scope([JANUARY], JUNE).check(rules(benefit("old_age_allowance")))


def test_a_register_never_received_has_no_rows():
    assert rows_of({}, "disability").collect().is_empty()
