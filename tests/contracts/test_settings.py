"""Settings: every one has a default, and a wrong one is named."""

from datetime import date
from pathlib import Path

import pytest

from contracts.codes import Benefit, OfficerRole
from contracts.errors import InputError, NotAllowedError
from contracts.settings import CountySettings, Home


def home_with(folder, text):
    (folder / "disburse.toml").write_text(text, "utf-8")
    return Home(folder)


def test_a_home_without_a_file_has_the_defaults(tmp_path):
    settings = Home(tmp_path).settings()
    assert settings.officer == ()
    assert settings.of("410721") == CountySettings()
    assert settings.of("410721").lookback_months == 24
    assert settings.of("410721").go_live_month is None


def test_a_countys_settings_are_its_own(tmp_path):
    settings = home_with(
        tmp_path,
        """
        [county.410721]
        go_live_month = "2024-07"
        profiles = { old_age_allowance = "ykt_xlsx" }

        [[officer]]
        name = "示例经办"
        roles = ["maker"]
        counties = ["410721"]
        """,
    ).settings()
    county = settings.of("410721")
    assert county.go_live_month == date(2024, 7, 1)
    assert county.profile_of(Benefit.OLD_AGE_ALLOWANCE) == "ykt_xlsx"
    assert county.profile_of(Benefit.TEKUN_LIVING) == county.default_profile
    assert settings.of("410902") == CountySettings()
    assert [officer.name for officer in settings.officer] == ["示例经办"]


OFFICERS = """
[[officer]]
name = "示例经办"
roles = ["maker"]
counties = ["410721"]

[[officer]]
name = "示例复核"
roles = ["checker"]
"""


def test_an_officer_acts_in_his_role_and_county(tmp_path):
    settings = home_with(tmp_path, OFFICERS).settings()
    assert settings.authorised("示例经办", OfficerRole.MAKER, "410721").name == "示例经办"
    assert settings.authorised("示例复核", OfficerRole.CHECKER, "410902").counties == ()


@pytest.mark.parametrize(
    ("name", "role", "county"),
    [
        ("无此人", OfficerRole.MAKER, "410721"),
        ("示例经办", OfficerRole.CHECKER, "410721"),
        ("示例经办", OfficerRole.MAKER, "410902"),
    ],
    ids=["nobody", "another's role", "another county"],
)
def test_an_officer_may_not_act_as_or_where_he_is_not(tmp_path, name, role, county):
    with pytest.raises(NotAllowedError) as told:
        home_with(tmp_path, OFFICERS).settings().authorised(name, role, county)
    assert told.value.exit_code == 6
    assert told.value.advice


def officers_named(*names):
    """Officers of these names."""
    return "".join(f'[[officer]]\nname = "{name}"\nroles = ["maker"]\n' for name in names)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[county.410721]\nlook_back = 3", "county.410721.look_back"),
        ("[county.410721]\nlookback_months = 0", "county.410721.lookback_months"),
        ('[county.410721]\ngo_live_month = "2024-13"', "county.410721.go_live_month"),
        ("[county.410721]\nprofiles = { pension = 'x' }", "不认识的项目:pension"),
        ('[county.410721.parts]\npension = ["一", "二"]', "不认识的名册:pension"),
        ('[county.410721.parts]\nlow_income = ["农村"]', "low_income:至少写两份"),
        ('[county.410721.parts]\nlow_income = ["农村", " 农村"]', "low_income:至少写两份,名称不空、不重复"),
        ('[[officer]]\nname = "示例经办"\nroles = []', "officer.0.roles"),
        ('[[officer]]\nname = "示例经办"\nroles = ["king"]', "officer.0.roles.0"),
        (officers_named("路人 甲", "路人甲"), "“路人 甲”和“路人甲”分不开"),
        (officers_named("Li 1", "LI l"), "“Li 1”和“LI l”分不开"),
        (officers_named("张三", "张\u200b三"), "“张三”和“张三”分不开"),
        (officers_named("\u2f00一", "一一"), "“一一”和“一一”分不开"),
        (officers_named("L\u0456"), "姓名只用汉字和拉丁字母"),
        (officers_named("\u200b · "), "姓名不能为空"),
        ("further = 1", "further"),
        ("[county", "disburse.toml"),
    ],
    ids=[
        "an unknown key",
        "a number out of range",
        "no month",
        "an unknown benefit",
        "parts of no register",
        "one part",
        "a part named twice",
        "an officer who may do nothing",
        "an unknown role",
        "names that differ in a blank",
        "names that look alike",
        "a name with a letter nobody sees",
        "a radical in place of its character",
        "a letter of a script that looks like another",
        "a name of nothing",
        "an unknown section",
        "no TOML at all",
    ],
)
def test_a_wrong_setting_is_named(tmp_path, text, named):
    with pytest.raises(InputError) as told:
        home_with(tmp_path, text).settings()
    assert named in str(told.value)
    assert "disburse.toml" in str(told.value)
    assert told.value.exit_code == 3


def test_an_officer_is_himself_however_his_name_is_typed(tmp_path):
    settings = home_with(tmp_path, officers_named(" 阿依古丽·\u200b买买提 ")).settings()
    for typed in ("阿依古丽·买买提", "阿依古丽·买买提\u00a0", "阿依古丽\u200d·买买提"):
        assert settings.authorised(typed, OfficerRole.MAKER, "410721").name == "阿依古丽·买买提"


def test_all_wrong_settings_are_named_at_once(tmp_path):
    with pytest.raises(InputError) as told:
        home_with(tmp_path, "[county.410721]\nlookback_months = 0\nschedule_day = 31\nfurther = 1").settings()
    for key in ("lookback_months", "schedule_day", "further"):
        assert key in str(told.value)


def test_the_home_is_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("DISBURSE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DISBURSE_DATABASE_URL", raising=False)
    home = Home.from_environment()
    assert home.path == tmp_path / "home"
    assert home.inbox("410721", date(2024, 7, 1)) == home.inbox_of("410721") / "2024-07"
    assert home.database_url == f"sqlite:///{tmp_path / 'home' / 'book.sqlite'}"
    assert {folder.parent for folder in (home.overlay, home.store, home.outbox, home.reports, home.dagster)} == {
        home.path
    }


def test_without_a_word_the_home_is_var_here(tmp_path, monkeypatch):
    monkeypatch.delenv("DISBURSE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert Home.from_environment().path == Path.cwd() / "var"


def test_another_database_is_named_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("DISBURSE_DATABASE_URL", "postgresql+psycopg:///disburse")
    assert Home(tmp_path).database_url == "postgresql+psycopg:///disburse"


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 50_000, "a = " + "{a=" * 20_000, ".".join("a" * 50_000) + " = 1", "# " + "x" * 300_000]
)
def test_settings_that_would_take_the_machines_memory_are_refused_at_once(tmp_path, text):
    (tmp_path / "disburse.toml").write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"不合 TOML|设置文件太长"):
        Home(tmp_path).settings()
