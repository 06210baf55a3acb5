"""Files through the commands: look at one, take one that was stopped, what was refused, what was received when."""

import json

import pytest
import xlsxwriter

from contracts.months import parse_month
from ledger import overrides
from ledger.book import opened
from tests import homes
from tests.cli.test_one_month import asked, disburse

ELDERS = [homes.resident_id("1940-03-05", n) for n in range(1, 41)]
MONTH = ("--county", homes.COUNTY, "--month", "2024-07")
RUN = ("run", *MONTH, "--as", homes.MAKER, "--known-on", "2024-07-15", "--preview")
SECRETS = (*ELDERS, "样本")


@pytest.fixture
def home(tmp_path):
    return homes.make_home(tmp_path / "home")


@pytest.fixture(scope="module")
def stopped_once(tmp_path_factory):
    """Most rows of the population say no township, so that the run stopped."""
    home = homes.make_home(tmp_path_factory.mktemp("stopped") / "home")
    rows = [homes.person(one, township="" if n < 30 else "示范镇") for n, one in enumerate(ELDERS)]
    homes.hand_in(home, "2024-07", population=rows, account=[homes.account(one) for one in ELDERS])
    _, said = disburse(home, *RUN, code=5)
    assert "disburse intake accept" in said
    return home


@pytest.fixture
def stopped(stopped_once, tmp_path):
    return homes.copied(stopped_once, tmp_path / "home")


def test_a_stopped_register_is_looked_at_accepted_and_run(stopped):
    refused = asked(stopped, "intake", "refused", *MONTH, "--register", "population")
    assert len(refused["rows"]) == 30
    assert [path.rsplit("/", 1)[1] for path in refused["returned"]] == ["returned_population.xlsx"]
    told = asked(stopped, "intake", "accept", *MONTH, "--as", homes.MAKER, "--reason", "乡镇待补,已核对")
    assert told["register"] == "population"
    disburse(stopped, *RUN)
    with opened(stopped.database_url) as book, book.reading() as conn:
        (let_go,) = overrides.of_month(conn, homes.COUNTY, parse_month("2024-07"))
    assert let_go.told == f"采用被叫停的名册:人口名册;{homes.MAKER}决定,理由:乡镇待补,已核对"


def test_an_acceptance_needs_an_officer_who_may(stopped):
    disburse(stopped, "intake", "accept", *MONTH, "--as", homes.RELEASER, "--reason", "无", code=6)
    disburse(stopped, *RUN, code=5)


def test_nothing_stopped_is_said(home):
    homes.hand_in(home, "2024-07", population=[homes.person(ELDERS[0])], account=[homes.account(ELDERS[0])])
    disburse(home, *RUN)
    _, said = disburse(home, "intake", "accept", *MONTH, "--as", homes.MAKER, "--reason", "无", code=3)
    assert "本月没有被叫停的名册" in said


def test_refused_rows_on_the_screen_name_nobody(stopped, tmp_path):
    said, _ = disburse(stopped, "intake", "refused", *MONTH, "-o", str(tmp_path / "refused.csv"))
    assert "必填项为空" in said
    assert "reports/410721/2024-07/returned_population.xlsx" in said
    for text in (said, (tmp_path / "refused.csv").read_text("utf-8-sig")):
        assert [secret for secret in SECRETS if secret in text] == []


def test_history_names_every_file_and_what_superseded_it(home):
    homes.hand_in(home, "2024-07", population=[homes.person(ELDERS[0])], account=[homes.account(ELDERS[0])])
    homes.run(home, "2024-07", known_on="2024-07-10")
    homes.hand_in(home, "2024-07", population=[homes.person(one) for one in ELDERS[:3]])
    homes.run(home, "2024-07", known_on="2024-07-20")
    first, second = asked(home, "intake", "history", "--county", homes.COUNTY, "--register", "population")
    assert (first["rows_accepted"], second["rows_accepted"]) == (1, 3)
    assert (first["superseded_by"], second["superseded_by"]) == (second["receipt_id"], None)
    assert (second["known_on"], second["inbox_month"], second["pay_month"]) == ("2024-07-20", "2024-07", "2024-07")
    said, _ = disburse(home, "intake", "history", "--county", homes.COUNTY)
    assert "population.csv" in said
    assert "account.csv" in said


@pytest.fixture
def table(tmp_path):
    """A county's own table of certifications, called by nobody's name."""
    path = tmp_path / "七月认证.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        rows = [["资格认证名单"], ["序号", "老人身份证号", "认证有效期"]]
        rows += [[str(n), one, "2024年12月31日"] for n, one in enumerate(ELDERS[:4], start=1)]
        for line, cells in enumerate(rows):
            sheet.write_row(line, 0, cells)
    return path


def test_a_file_is_looked_at_and_nothing_of_it_is_kept(home, table):
    before = sorted(home.path.rglob("*"))
    said, _ = disburse(home, "intake", "inspect", str(table), "--register", "certification", "--suggest")
    assert "不用改表" in said
    assert '身份证号: "老人身份证号"' in said
    assert "按它读取:来文 5 行,可收下 4,会拒收 0" in said
    assert [secret for secret in SECRETS if secret in said] == []
    assert sorted(home.path.rglob("*")) == before


def test_a_suggested_layout_is_written_once_and_then_used(home, table):
    write = ("intake", "inspect", str(table), "--register", "certification", "--county", homes.COUNTY, "--write")
    assert asked(home, *write)["written"] == "layouts/410721/certification.yaml"
    seen = asked(home, "intake", "inspect", str(table), "--register", "certification", "--county", homes.COUNTY)
    assert seen["counts"]["rows_accepted"] == 4
    assert seen["changes"] == {"统一日期写法": 4}
    layout = home.layouts_of(homes.COUNTY) / "certification.yaml"
    written = layout.read_bytes()
    _, said = disburse(home, *write, code=3)
    assert "已有版式,没有改动" in said
    assert layout.read_bytes() == written


def test_the_first_advice_for_a_countys_own_table_is_a_layout_not_another_header(home, table, tmp_path):
    look = ("intake", "inspect", str(table), "--register", "certification")
    said, _ = disburse(home, *look)
    assert "请补上该列" not in said
    assert f"写下来:disburse intake inspect {table} --register certification --county 县代码 --write" in said
    target = tmp_path / "认证.yaml"
    told = asked(home, *look, "--write", str(target))
    assert (told["needs_layout"], told["with_layout"]["rows_accepted"]) == (True, 4)
    assert target.read_text("utf-8") == told["layout"]
    for wrong in (str(target), str(tmp_path / "认证.xlsx")):
        disburse(home, *look, "--write", wrong, code=3)


def test_which_rows_would_be_refused_and_which_are_no_data_is_seen(home, tmp_path):
    path = tmp_path / "certification.csv"
    rows = [f"{one},{day}" for one, day in zip(ELDERS, ("2024-12-31", "2024-02-30", "无", "2024-12-31"), strict=False)]
    path.write_text("\n".join(["认证名单,", "身份证号,认证有效期至", *rows, "合计,4", ""]), "utf-8")
    seen = asked(home, "intake", "inspect", str(path), "--list-refused")
    assert seen["rows_of_refusals"] == {"日期不成立": "第 4–5 行"}
    assert seen["rows_of_no_data"] == {"标题行": "第 1 行", "合计、落款或说明行": "第 7 行"}
    assert [row["source_row"] for row in seen["refused_rows"]] == [4, 5]
    said, _ = disburse(home, "intake", "inspect", str(path), "--list-refused")
    assert "第 4–5 行" in said
    assert [secret for secret in SECRETS if secret in said] == []


def test_what_lies_in_the_inbox_and_is_not_read_is_seen(home):
    homes.hand_in(home, "2024-07", population=[homes.person(ELDERS[0])])
    folder = home.inbox_of(homes.COUNTY) / "2024-07"
    (folder / "低收入.et").write_bytes(b"\xd0\xcf\x11\xe0")
    for path in (folder, folder / "population.csv"):
        assert [one["file"] for one in asked(home, "intake", "inspect", str(path))["not_taken"]] == ["低收入.et"]
    said, _ = disburse(home, "intake", "inspect", str(folder))
    assert "另存为 .xlsx" in said


@pytest.mark.parametrize("name", ["nowhere.csv", "低收入.et", ""])
def test_a_path_that_cannot_be_looked_at_is_said_in_a_line(home, tmp_path, name):
    if name.endswith("et"):
        (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")
    _, said = disburse(home, "intake", "inspect", str(tmp_path / name), code=3)
    assert "怎么办" in said


def test_changed_cells_are_listed_masked(home, table):
    disburse(home, "intake", "inspect", str(table), "--register", "certification", "--county", homes.COUNTY, "--write")
    look = ("intake", "inspect", str(table), "--register", "certification", "--county", homes.COUNTY, "--list-changes")
    assert len(asked(home, *look)["changed"]) == 4
    said, _ = disburse(home, *look)
    assert "统一日期写法" in said
    assert [secret for secret in SECRETS if secret in said] == []


def test_a_broken_layout_names_its_lines(home, table):
    folder = home.layouts_of(homes.COUNTY)
    folder.mkdir(parents=True)
    (folder / "certification.yaml").write_text("register: certification\ncolumns:\n  身份证: 号\n  到期: 期\n", "utf-8")
    told, _ = disburse(
        home, "intake", "inspect", str(table), "--register", "certification", "--county", homes.COUNTY, "--json", code=3
    )
    assert "certification.yaml:4:7 “到期”不是该名册的列" in json.loads(told)["error"]


def test_a_roster_of_history_is_read_by_its_layout_too(tmp_path):
    home = homes.make_home(tmp_path / "home", go_live_month='"2024-01"')
    roster = tmp_path / "花名册.csv"
    roster.write_text(f"领取人证件,项目,月份,元\n{ELDERS[0]},高龄津贴,2024-05,50\n", "utf-8")
    folder = home.layouts_of(homes.COUNTY)
    folder.mkdir(parents=True)
    columns = "columns:\n  身份证号: 领取人证件\n  所属月: 月份\n  金额: 元\n"
    (folder / "history.yaml").write_text(f"register: history\n{columns}", "utf-8")
    told = asked(home, "import-history", "--county", homes.COUNTY, str(roster), "--as", homes.MAKER)
    assert (told["imported"], told["rows"]) == (True, 1)


@pytest.mark.parametrize("name", ["nowhere.csv", "回盘.et", "空.txt", ""])
@pytest.mark.parametrize("command", ["results", "import-history"])
def test_no_file_argument_ends_in_anything_but_a_line(tmp_path, command, name):
    home = homes.make_home(tmp_path / "home", go_live_month='"2024-01"')
    for given, content in (("回盘.et", b"\xd0\xcf\x11\xe0"), ("空.txt", b"")):
        (tmp_path / given).write_bytes(content)
    path = str(tmp_path / name)
    _, said = disburse(home, command, "--county", homes.COUNTY, path, "--as", homes.MAKER, code=3)
    assert "怎么办" in said
