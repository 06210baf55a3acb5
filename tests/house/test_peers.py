"""What disburse is compared with comes to the same, or is named: benchmarks/peers.py and its picture."""

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
OURS = {
    "old_age_allowance ENTITLED": (3, 15_000, 15_000),
    "old_age_allowance SUSPENDED": (1, 5_000, 0),
    "tekun_care ENTITLED": (1, 7_500, 7_500),
}


@pytest.fixture
def peers(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    for name in ("peers", "picture", "watch"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import peers

    return peers


def test_whoever_comes_to_other_rows_or_other_fen_is_named(peers):
    one_row_less = {**OURS, "tekun_care ENTITLED": (0, 7_500, 7_500)}
    one_fen_more = {**OURS, "old_age_allowance ENTITLED": (3, 15_000, 15_001)}
    told = {"disburse": OURS, "duckdb": OURS, "pandas": one_row_less, "spark": one_fen_more, "openfisca": {}}
    assert peers.disagreeing(told) == ["pandas", "spark", "openfisca"]


def test_a_sheet_is_held_to_its_one_benefit_before_coordination(peers):
    assert peers.disagreeing({"disburse": OURS, "spreadsheet": {"old_age_allowance": (4, 20_000)}}) == []
    assert peers.disagreeing({"disburse": OURS, "spreadsheet": {"old_age_allowance": (3, 15_000)}}) == ["spreadsheet"]


def test_the_picture_has_a_line_and_a_name_for_each_means_that_was_measured(peers):
    drawn = peers.picture({"a & b": {1_000: 1e-6, 10_000: 2e-6}, "c": {1_000: 3e-3}, "never": {}})
    root = ElementTree.fromstring(drawn)
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    lines = [line.get("points").split() for line in root.iter("{http://www.w3.org/2000/svg}polyline")]
    assert [len(points) for points in lines] == [1, 2]  # the dearest first, as the names stand
    assert "a & b" in texts
    assert "c" in texts
    assert "never" not in texts
