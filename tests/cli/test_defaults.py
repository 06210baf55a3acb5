"""County, month and officer may be left out; a county may be named; what was taken is said first."""

import json
from datetime import date

import pytest

from month.progress import month_at_work
from tests import homes
from tests.cli.giving import given

PERSON = homes.resident_id("1940-03-05")
REGISTERS = {"population": [homes.person(PERSON)], "account": [homes.account(PERSON)]}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """July run, not signed; August and September handed in."""
    made = homes.make_home(tmp_path_factory.mktemp("defaults") / "home")
    for month in ("2024-07", "2024-08", "2024-09"):
        homes.hand_in(made, month, **REGISTERS)
    homes.run_whole(made, "2024-07")
    return made


def test_what_was_not_said_is_told_on_the_first_line(monkeypatch, capfd, home, tmp_path):
    home = homes.copied(home, tmp_path / "home")
    monkeypatch.setenv("DISBURSE_OFFICER", homes.CHECKER)
    code, said, _ = given(monkeypatch, capfd, home.path, "reject", "--reason", "看")
    assert code == 0
    first = said.splitlines()[0]
    assert first == (
        f"未写明的按:县 410721(设置),月份 2024-07(本县正在办理的月份),经办人 {homes.CHECKER}(DISBURSE_OFFICER)"
    )


def test_json_stays_json(monkeypatch, capfd, home):
    code, said, beside = given(monkeypatch, capfd, home.path, "verify", "--json")
    assert (code, json.loads(said)["findings"], beside.startswith("未写明的按:县 410721")) == (0, [], True)


def test_a_command_that_is_told_everything_says_nothing_of_it(monkeypatch, capfd, home):
    _, said, beside = given(monkeypatch, capfd, home.path, "verify", "--county", "新乡县", "--month", "2024-07")
    assert "未写明" not in said + beside


def test_a_county_is_named_or_coded_and_a_slip_gets_its_nearest(monkeypatch, capfd, home):
    by_name = given(monkeypatch, capfd, home.path, "status", "--county", "新乡县", "--json")
    assert json.loads(by_name[1])["county"] == "410721"
    for slip, nearest in (("新乡", "新乡县"), ("410712", "410721")):
        code, _, beside = given(monkeypatch, capfd, home.path, "status", "--county", slip)
        assert (code, f"没有“{slip}”这个县,是不是 {nearest}?" in beside) == (2, True), beside


def test_who_acts_is_not_guessed(monkeypatch, capfd, home):
    code, _, beside = given(monkeypatch, capfd, home.path, "approve")
    assert (code, "缺少选项 “--as”" in beside, "[default]" in beside) == (2, True, True)


def test_the_settings_name_county_and_officer(monkeypatch, capfd, tmp_path):
    home = homes.make_home(tmp_path / "home")
    settings = home.settings_file.read_text("utf-8")
    home.settings_file.write_text(f'[default]\ncounty = "新乡县"\nofficer = "{homes.MAKER}"\n{settings}', "utf-8")
    code, _, beside = given(monkeypatch, capfd, home.path, "hold", "lift", "1", "--reason", "无")
    assert (code, "缺少" in beside) == (7, False), beside


def test_the_next_month_is_run_once_money_of_this_one_has_gone_out(home, tmp_path):
    home = homes.copied(home, tmp_path / "home")
    assert month_at_work(home, homes.COUNTY, is_to_run=True) == date(2024, 7, 1)
    homes.sign(home, "2024-07")
    assert month_at_work(home, homes.COUNTY, is_to_run=True) == date(2024, 8, 1)
    assert month_at_work(home, homes.COUNTY, is_to_run=False) == date(2024, 7, 1)


def test_before_anything_was_run_the_first_month_handed_in_is_run(tmp_path):
    home = homes.make_home(tmp_path / "home")
    assert month_at_work(home, homes.COUNTY, is_to_run=True) is None
    for month in ("2024-08", "2024-07"):
        homes.hand_in(home, month, **REGISTERS)
    assert month_at_work(home, homes.COUNTY, is_to_run=True) == date(2024, 7, 1)
    assert month_at_work(home, homes.COUNTY, is_to_run=False) is None
