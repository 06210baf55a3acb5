"""The guide's table of rules, written from the table: `python -m audit.pages docs/guides/findings.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from audit.rules import RULES
from contracts.files import write_whole

BEGINS, ENDS = "<!-- rules -->\n", "<!-- /rules -->"


def table() -> str:
    """Every rule: number and name, department, ground, how far it can be checked."""
    return "\n".join(_lines()) + "\n"


def written(page: str) -> str:
    """The page with the present table between its marks."""
    before, _, rest = page.partition(BEGINS)
    return before + BEGINS + table() + ENDS + rest.partition(ENDS)[2]


def _lines() -> Iterator[str]:
    yield "| 疑点 | 责任部门 | 依据 | 核查 |"
    yield "| --- | --- | --- | --- |"
    for code, rule in RULES.items():
        yield f"| {code.value} {code.label} | {rule.owner.label} | {rule.ground} | {rule.state()} |"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    write_whole(target, written(target.read_text("utf-8")).encode())
