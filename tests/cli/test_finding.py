"""`disburse finding` lists what the run found and decides it."""

from tests import homes
from tests.cli.giving import asked, disburse

ELDER = homes.resident_id("1940-03-05")
PACK = """
documents: {own: {title: 本县规定, number: 测试}}
source: {document: own, clause: 第一条, note: 测试}
rules: {R36: {blocks: no, limit: 80}}
"""
COUNTY = ("--county", homes.COUNTY)


def test_a_finding_is_listed_and_decided_through_the_commands(tmp_path):
    home = homes.make_home(tmp_path / "home")
    own = home.overlay / "410721_新乡县"
    own.mkdir(parents=True)
    (own / "audit.yaml").write_text(PACK, "utf-8")
    homes.hand_in(home, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    homes.run_whole(home, "2024-07")
    (row,) = asked(home, "finding", "list", *COUNTY, "--open")
    assert (row["rule"], row["person_id"], row["state"]) == ("R36 百岁老人核实", ELDER, "未办理")
    decided = ("--decision", "correct", "--reason", "已退派出所", "--as", homes.MAKER)
    assert "已办理 1 条:更正名册" in disburse(home, "finding", "decide", *COUNTY, row["finding_id"], *decided)[0]
    assert "没有未办理的疑点" in disburse(home, "finding", "list", *COUNTY, "--open")[0]
    out, _ = disburse(home, "finding", "list", *COUNTY)
    assert "R36 百岁老人核实" in out
    (row,) = asked(home, "finding", "list", *COUNTY)
    assert row["state"].startswith("更正名册:已退派出所(示例经办")
