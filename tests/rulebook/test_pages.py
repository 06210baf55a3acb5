"""The pages for officials are current, and name only what is there."""

import re
from pathlib import Path

from contracts.codes import Benefit
from rulebook.pages import LIST_TEST, MONTH_TEST, pages, read_cases
from tests.cases.reading import all_cases

ROOT = Path(__file__).parents[2]
COMMAND = "python -m rulebook.pages docs tests/cases"


def test_the_pages_are_current(shipped):
    written = pages(shipped, read_cases(ROOT / "tests" / "cases"))
    stale = [
        str(path)
        for path, text in written.items()
        if not (ROOT / "docs" / path).exists() or (ROOT / "docs" / path).read_text("utf-8") != text.rstrip("\n") + "\n"
    ]
    assert stale == [], COMMAND


def test_no_page_is_left_over(shipped):
    tables = {Path("law") / f"{county}-table.md" for county in shipped.counties()}  # tests/reports/test_proof.py
    written = set(pages(shipped, {})) | tables
    found = {
        path.relative_to(ROOT / "docs") for room in ("benefits", "law") for path in (ROOT / "docs" / room).glob("*")
    }
    assert found == written, COMMAND


def test_every_benefit_has_a_sheet_and_every_county_a_page(shipped):
    names = {path.as_posix() for path in pages(shipped, {})}
    assert {f"benefits/{benefit}.md" for benefit in Benefit} <= names
    assert {f"law/{county}.md" for county in shipped.counties()} <= names


def test_every_item_has_a_proof_that_exists(shipped):
    text = "\n".join(pages(shipped, read_cases(ROOT / "tests" / "cases")).values())
    assert (ROOT / LIST_TEST).exists()
    assert (ROOT / MONTH_TEST).exists()
    cases = {case for told in re.findall(r"用例[ :]([0-9、-]+)", text) for case in told.split("、")}
    known = {case.id for case in all_cases()}
    assert cases <= known
    assert len(cases) > len(known) / 2


def test_what_is_not_in_force_is_marked(shipped):
    text = pages(shipped, {})[Path("law") / "410902.md"]
    assert "状态:征求意见稿" in text
    assert "占位待核" in pages(shipped, {})[Path("benefits") / "tekun_living.md"]
