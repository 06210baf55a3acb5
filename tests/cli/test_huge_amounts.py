"""Amounts at the edges of Int64, wherever somebody writes one: refused in words, before anything is reckoned."""

from pathlib import Path

import pytest

import rulebook
from contracts.errors import PolicyError
from contracts.money import MAX_FEN, yuan_text
from tests import homes
from tests.cli.giving import disburse
from tests.cli.test_one_month import in_sheet

EDGES = [
    yuan_text(2**63 - 1),
    yuan_text(2**63),
    yuan_text(-(2**63)),
    "9" * 40,
    "1e18",
    "999999999999.99",
    yuan_text(MAX_FEN + 1),
]
NOTICE = Path(__file__).parents[2] / "fixtures" / "defects" / "policies" / "no_such_day" / "410721" / "notice.yaml"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return homes.make_home(tmp_path_factory.mktemp("huge") / "home", go_live_month='"2024-05"')


def test_a_history_of_them_is_refused_row_by_row(home):
    ids = [homes.resident_id("1940-03-05", number) for number in range(1, len(EDGES) + 1)]
    rows = [f"样本,{one},高龄津贴,2024-05,{edge},示范镇\n" for one, edge in zip(ids, EDGES, strict=True)]
    file = home.path / "history.csv"
    file.write_text("姓名,身份证号,项目,所属月,发放金额(元),乡镇\n" + "".join(rows), "utf-8")
    who = ("--county", homes.COUNTY, "--as", homes.MAKER, "--known-on", "2024-07-01")
    _, said = disburse(home, "import-history", *who, str(file), code=5)
    assert f"发放历史有 {len(EDGES)} 行拒收" in said
    listed = in_sheet(home.reports / homes.COUNTY / "import_history" / "refused.xlsx")
    told = listed.filter(listed["原因"] == "金额不成立")
    assert told["行号"].to_list() == list(range(2, len(EDGES) + 2))


@pytest.mark.parametrize("edge", EDGES[:5])
def test_none_is_taken_for_money_owed_back(home, edge):
    note = (
        "recover",
        "note",
        "--receivable",
        "1",
        "--county",
        homes.COUNTY,
        "--as",
        homes.MAKER,
        "--document",
        "收据1号",
    )
    _, said = disburse(home, *note, "--means", "cash", f"--amount={edge}", code=2)
    assert "不是金额" in said


@pytest.mark.parametrize("edge", EDGES[:4])
def test_the_law_has_none(tmp_path, edge):
    written = NOTICE.read_text("utf-8").replace("2025-02-30", "2025-01-01").replace("value: 100", f'value: "{edge}"')
    (tmp_path / "410721").mkdir()
    (tmp_path / "410721" / "notice.yaml").write_text(written, "utf-8")
    with pytest.raises(PolicyError, match="不是金额"):
        rulebook.load(*rulebook.folders(tmp_path / "none"), tmp_path)
