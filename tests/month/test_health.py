"""`doctor` finds what would stop a month before it does."""

import tempfile
from datetime import date

import pytest

from month.health import examine
from month.running import holding
from tests import homes

JULY = date(2024, 7, 1)


def sick(home):
    return {one.what: one.detail for one in examine(home) if not one.is_well}


def test_a_sound_home_is_well(tmp_path):
    assert sick(homes.make_home(tmp_path / "home")).keys() <= {"磁盘空间"}


@pytest.mark.parametrize(
    ("county", "run_as", "what", "told"),
    [
        ("410721", "定时运营", "设置与经办人", "run_as“定时运营”不是定时服务,是不是 定时运行?"),
        ("410721", homes.MAKER, "设置与经办人", "定时运行的经办不是某个人"),
        ("410712", homes.SERVICE, "政策包", "没有这个县的政策,是不是 410721?"),
    ],
)
def test_a_wrong_maker_or_county_in_the_settings_is_found(tmp_path, county, run_as, what, told):
    found = sick(homes.make_home(tmp_path / "home", county, run_as=f'"{run_as}"'))
    assert told in found[what]


def test_how_officers_are_known_is_said(tmp_path):
    home = homes.make_home(tmp_path / "home")
    said = {one.what: one.detail for one in examine(home)}
    assert "经办人只凭姓名" in said["怎样确认经办人"]
    bound = home.settings_file.read_text("utf-8").replace(
        'roles = ["maker"]', 'roles = ["maker"]\nsystem_users = ["li"]'
    )
    home.settings_file.write_text(bound, "utf-8")
    said = {one.what: one.detail for one in examine(home)}
    assert said["怎样确认经办人"].startswith("示例经办 系统用户 li;示例复核 不能办理")


def test_a_home_that_other_users_of_the_machine_can_enter_is_found(tmp_path):
    home = homes.make_home(tmp_path / "home")
    assert "只有本用户可读" not in sick(home)
    home.path.chmod(0o750)
    assert sick(home)["只有本用户可读"].endswith(f"请执行 chmod 700 {home.path}")


def test_what_a_killed_act_left_is_told_and_the_next_run_removes_it(tmp_path, monkeypatch):
    home = homes.make_home(tmp_path / "home")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = [
        tmp_path / "disburse-abc.half",
        home.store / "received" / ".a.half",
        home.lists(homes.COUNTY, JULY) / ".b.half",
        home.review / homes.COUNTY / "2024-07" / ".c.half",
        home.sealed / homes.COUNTY / ".d.half",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    said = {one.what: one.detail for one in examine(home)}
    assert said["半途的文件"] == "中断的办理留下 5 个,下一次运行时清除"
    with holding(home, homes.COUNTY):
        assert not any(path.exists() for path in left)
