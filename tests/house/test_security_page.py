"""The security page names tests that are there, and every threat has one."""

import re

PAGE = "docs/guides/security.md"
NAMED = re.compile(r"tests/[\w/]+\.py")


def threats(page):
    """The rows of the table: threat, what holds it, tests, what is left to the county."""
    lines = [line for line in page.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_threat_has_what_holds_it_and_a_test_that_exists(root, pages):
    rows = threats(pages[PAGE])
    assert len(rows) > 20
    for threat, held_by, tests, *left in rows:
        assert threat
        assert held_by
        assert len(left) == 1, threat
        named = NAMED.findall(tests)
        assert named, threat
        assert [name for name in named if not (root / name).is_file()] == [], threat
