"""The settings page names every key of disburse.toml with its default, and its example is one."""

import re
from enum import Enum

from pydantic_core import PydanticUndefined

from contracts.settings import CountySettings, CurrentList, DatabaseSource, Default, Home, Officer, Passwords, Service

SECTIONS = {
    "## 一个县": CountySettings,
    "## 只报今日在册人员": CurrentList,
    "## 名册在数据库里": DatabaseSource,
    "## 经办人": Officer,
    "## 定时服务": Service,
    "## 密码": Passwords,
    "## 默认": Default,
}


def told(section):
    """Key → default, as the section's table says."""
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section, re.MULTILINE))


def shown(field):
    """A default as the page writes it."""
    default = field.get_default(call_default_factory=True)
    if default is PydanticUndefined:
        return "必填"
    if isinstance(default, bool):
        return str(default).lower()
    return str(default.value if isinstance(default, Enum) else default) if default not in (None, "", (), {}) else "—"


def test_every_key_is_told_with_its_default(root):
    page = (root / "docs/guides/settings.md").read_text("utf-8")
    for heading, model in SECTIONS.items():
        section = page.split(heading)[1].split("\n## ")[0]
        assert told(section) == {name: shown(field) for name, field in model.model_fields.items()}, heading


def test_the_example_of_the_page_is_read_as_settings(root, tmp_path):
    page = (root / "docs/guides/settings.md").read_text("utf-8")
    (tmp_path / "disburse.toml").write_text(page.split("```toml\n")[1].split("```")[0], "utf-8")
    read = Home(tmp_path).settings()
    assert read.of("410721").parts == {"low_income": ("农村", "城镇")}
    assert read.officer[0].limit_yuan == 2_000_000
