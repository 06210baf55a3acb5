"""A manifest binds the stages of a run together."""

from datetime import date

import pytest

from contracts.manifest import Manifest, RegisterInput
from contracts.months import parse_month


def manifest(**changes):
    told = {
        "county": "410721",
        "pay_month": date(2024, 9, 1),
        "known_on": date(2024, 9, 3),
        "go_live_month": date(2024, 7, 1),
        "lookback_months": 24,
        "pack_digest": "p",
        "registers": (RegisterInput(name="population", file_digest="f"),),
    }
    return Manifest(**(told | changes))


def test_the_same_inputs_have_the_same_digest():
    assert manifest().digest() == manifest().digest()


@pytest.mark.parametrize(
    "changes",
    [
        {"county": "410902"},
        {"pay_month": date(2024, 8, 1)},
        {"known_on": date(2024, 9, 4)},
        {"go_live_month": date(2024, 8, 1)},
        {"lookback_months": 12},
        {"pack_digest": "q"},
        {"registers": (RegisterInput(name="population", file_digest="g"),)},
        {"registers": (RegisterInput(name="population", file_digest="f", carried_months=1),)},
        {"previous_digest": "d"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_another_input_has_another_digest(changes):
    assert manifest(**changes).digest() != manifest().digest()


@pytest.mark.parametrize(
    ("go_live", "lookback", "posted", "computed"),
    [
        ("2024-07", 24, ("2024-07", 3), ("2024-07", 3)),
        ("2020-01", 24, ("2022-10", 24), ("2021-10", 36)),
        ("2022-01", 24, ("2022-10", 24), ("2022-01", 33)),
        ("2020-01", 1, ("2024-09", 1), ("2023-09", 13)),
    ],
    ids=["since going live", "the window and a year before", "the year before is cut", "a window of one month"],
)
def test_the_window_ends_with_the_pay_month(go_live, lookback, posted, computed):
    run = manifest(go_live_month=parse_month(go_live), lookback_months=lookback)
    for months, (first, count) in ((run.window(), posted), (run.computed_months(), computed)):
        assert months[0] == parse_month(first)
        assert months[-1] == run.pay_month
        assert len(months) == count


def test_nothing_is_computed_before_going_live():
    assert manifest(go_live_month=date(2024, 10, 1)).window() == []
