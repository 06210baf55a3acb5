"""The guide to findings has the rules as they are, and its pack loads."""

import re

import rulebook
from audit.pages import written
from contracts.codes import AuditRule


def test_the_table_of_rules_is_current(root):
    page = (root / "docs/guides/findings.md").read_text("utf-8")
    assert page == written(page), "python -m audit.pages docs/guides/findings.md"


def test_the_county_pack_it_shows_loads_and_counts(root, tmp_path):
    (pack,) = re.findall(r"```yaml\n(.*?)```", (root / "docs/guides/findings.md").read_text("utf-8"), re.DOTALL)
    own = tmp_path / "410721_新乡县"
    own.mkdir()
    (own / "audit.yaml").write_text(pack, "utf-8")
    law = rulebook.load(rulebook.POLICIES, tmp_path)
    assert (law.audit("410721")[AuditRule.R36].is_blocking, law.audit("410721")[AuditRule.R36].limit) == (True, 90)
    assert (law.audit("410902")[AuditRule.R36].is_blocking, law.audit("410902")[AuditRule.R36].limit) == (False, 105)


def test_a_pack_of_before_a_rule_had_a_number_still_loads(tmp_path):
    """Months were decided by such packs, which are kept and read again by every replay."""
    own = tmp_path / "410721_新乡县"
    own.mkdir()
    head = "documents:\n  old: {title: 旧包, number: 无}\nsource: {document: old, clause: 一, note: 旧}\n"
    (own / "audit.yaml").write_text(f"{head}rules:\n  R31: {{blocks: no}}\n", "utf-8")
    assert rulebook.load(rulebook.POLICIES, tmp_path).audit("410721")[AuditRule.R31].limit is None
