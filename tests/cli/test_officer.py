"""`disburse officer`, and how a command knows who gives it: no password is ever seen."""

import os

import pytest

from contracts.actor import system_user
from tests import homes
from tests.cli.giving import asked, disburse

OWN = {
    name: f"坎坎伐檀兮 置之河之干 {place}" for place, name in enumerate((homes.MAKER, homes.CHECKER, homes.RELEASER))
}
COUNTY_MONTH = ("--county", homes.COUNTY, "--month", "2024-07")


def descriptor(*passwords):
    """A descriptor from which passwords are read, as a script hands one over."""
    reads, writes = os.pipe()
    os.write(writes, "".join(f"{password}\n" for password in passwords).encode())
    os.close(writes)
    return "--password-fd", str(reads)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """One elder; three officers with passwords of their own, given in one go by the first of them."""
    made = homes.make_home(tmp_path_factory.mktemp("officer") / "home")
    elder = homes.resident_id("1940-03-05")
    homes.hand_in(made, "2024-07", population=[homes.person(elder)], account=[homes.account(elder)])
    issued = asked(made, "officer", "add", *OWN, "--as", homes.MAKER)["one_time_passwords"]
    for name, own in OWN.items():
        disburse(made, "officer", "passwd", name, *descriptor(issued[name], own))
    return made


def test_a_month_is_made_and_signed_by_passwords_and_the_audit_says_so(home, tmp_path):
    home = homes.copied(home, tmp_path / "home")
    said, _ = disburse(home, "status", "--county", homes.COUNTY)
    assert "只凭姓名" not in said
    disburse(home, "run", *COUNTY_MONTH, "--as", homes.MAKER, "--known-on", "2024-07-15", *descriptor(OWN[homes.MAKER]))
    _, told = disburse(home, "approve", *COUNTY_MONTH, "--as", homes.CHECKER, "--yes", code=2)
    assert "须给出密码" in told
    _, told = disburse(home, "approve", *COUNTY_MONTH, "--as", homes.CHECKER, "--yes", *descriptor("不是这个"), code=6)
    assert "密码不对" in told
    said, _ = disburse(home, "approve", *COUNTY_MONTH, "--as", homes.CHECKER, "--yes", *descriptor(OWN[homes.CHECKER]))
    assert f"经办 {homes.MAKER}、现在要签的 用的是同一个系统用户 {system_user()}" in said
    disburse(home, "release", *COUNTY_MONTH, "--as", homes.RELEASER, "--yes", *descriptor(OWN[homes.RELEASER]))
    told, _ = disburse(home, "audit", "list", "--county", homes.COUNTY, "--act", "批准")
    assert f"({system_user()},密码)" in "".join(told.split())
    assert f"复核 {homes.CHECKER}、发放 {homes.RELEASER} 用的是同一个系统用户" in told
    noticed = asked(home, "audit", "verify")["noticed"]
    assert noticed == [
        f"{homes.COUNTY} 2024-07:经办 {homes.MAKER}、复核 {homes.CHECKER}、发放 {homes.RELEASER}"
        f" 用的是同一个系统用户 {system_user()}"
    ]


def test_the_roll_says_how_each_is_known(home):
    roll = asked(home, "officer", "list")
    assert [(one["name"], one["how"], one["password"], one["by"]) for one in roll] == [
        (name, "密码", "本人的", name) for name in OWN
    ]
    assert homes.CHECKER in disburse(home, "officer", "list")[0]


def test_passwords_typed_on_a_terminal_are_not_shown(home, tmp_path, monkeypatch):
    home = homes.copied(home, tmp_path / "home")
    typed = iter([OWN[homes.RELEASER], "另外一个 密码 2024", "另外一个 密码 2024"])
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda prompt: next(typed))
    said, warned = disburse(home, "officer", "passwd", homes.RELEASER, typed="")
    assert said == f"{homes.RELEASER} 的密码已经换了。\n"
    assert "2024" not in warned


def test_a_descriptor_that_is_not_open_is_said(home):
    _, told = disburse(home, "officer", "disable", homes.CHECKER, "--as", homes.MAKER, "--password-fd", "917", code=2)
    assert "描述符 917 没有打开" in told


def test_in_a_home_of_bare_names_it_is_said_wherever_somebody_signs(tmp_path):
    home = homes.make_home(tmp_path / "home")
    elder = homes.resident_id("1940-03-05")
    homes.hand_in(home, "2024-07", population=[homes.person(elder)], account=[homes.account(elder)])
    homes.run_whole(home, "2024-07")
    assert "经办人只凭姓名" in disburse(home, "status", "--county", homes.COUNTY)[0]
    assert asked(home, "status", "--county", homes.COUNTY)["has_bare_names"] is True
    assert "经办人只凭姓名" in (home.reports / homes.COUNTY / "2024-07" / "review.html").read_text("utf-8")
    assert "经办人只凭姓名" in disburse(home, "approve", *COUNTY_MONTH, "--as", homes.CHECKER, "--yes")[0]
