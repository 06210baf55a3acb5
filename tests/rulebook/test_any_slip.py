"""Whatever slips into a pack: the law loads, or PolicyError says where; never anything else."""

import re
from datetime import date
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rulebook
from contracts.errors import PolicyError
from rulebook.lawbook import LawBook, load_texts
from tests.effort import tries

FILES = {path.relative_to(rulebook.POLICIES): path.read_text("utf-8") for path in rulebook.POLICIES.rglob("*.yaml")}
TOKENS = [
    "",
    "null",
    "no",
    "0",
    "-1",
    "[]",
    "{}",
    "x",
    "[80,90)",
    "1/0",
    "2024-13-01",
    "{all: []}",
    "$min_age",
    "∞",
    "'",
]
TOKENS += ["a: b", "- - -", "!!x", "\t", "9" * 30, "tekun", "410721", "2016-01-01", "{age: {at_least: $x}}"]
PLACE = re.compile(r"policies/\S+\.yaml:\d+:\d+ \S")
JULY, TODAY = date(2024, 7, 1), date(2026, 9, 30)


def problem_of(act):
    """What a refusal says; None where there is none."""
    try:
        act()
    except PolicyError as told:
        return told.what
    return None


def swap_a_value(text, place, token):
    """Put another token where some value stands."""
    spots = list(re.finditer(r"(?<=: )[^\n]+", text))
    spot = spots[place % len(spots)]
    return text[: spot.start()] + token + text[spot.end() :]


def drop_a_line(text, place, _):
    lines = text.splitlines(keepends=True)
    del lines[place % len(lines)]
    return "".join(lines)


def double_a_line(text, place, _):
    lines = text.splitlines(keepends=True)
    lines.insert(place % len(lines), lines[place % len(lines)])
    return "".join(lines)


def indent_a_line(text, place, _):
    lines = text.splitlines(keepends=True)
    lines[place % len(lines)] = "  " + lines[place % len(lines)]
    return "".join(lines)


SLIPS = [swap_a_value, drop_a_line, double_a_line, indent_a_line]


@settings(max_examples=tries(60), suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(FILES)), st.sampled_from(SLIPS), st.integers(0, 10_000), st.sampled_from(TOKENS))
def test_a_slip_loads_or_is_told(path, slip, place, token):
    texts = FILES | {path: slip(FILES[path], place, token)}
    law = LawBook({}, "")

    def load():
        law.jurisdictions = load_texts((path, f"policies/{path}", text) for path, text in texts.items())

    told = problem_of(load)
    assert told is None or PLACE.search(told), told
    for county in law.counties():
        problem_of(partial(law.resolve, county, [JULY], TODAY))


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"\x00", b"\xef\xbb\xbfcode: 1"])
def test_bytes_that_are_no_law_are_told(tmp_path, content):
    (tmp_path / "410721").mkdir()
    (tmp_path / "410721" / "notice.yaml").write_bytes(content)
    told = problem_of(partial(rulebook.load, rulebook.POLICIES, tmp_path))
    assert "notice.yaml:1:" in told
