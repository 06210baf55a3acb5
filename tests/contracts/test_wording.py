"""What libraries refuse is told in Chinese, and what is misspelt gets its nearest."""

import errno
import re
from typing import get_args

import pytest
from pydantic_core.core_schema import ErrorType

from contracts.errors import InputError
from contracts.settings import Home
from contracts.wording import refused_by_model, refused_by_system

WRONG = [
    ("[county.410721]\nlookback_month = 3", "county.410721.lookback_month:不认识的键,是不是 lookback_months?"),
    ("[county.410721]\nlookback_months = 0", "不能小于 1"),
    ("[county.410721]\nlookback_months = 'a'", "应为整数"),
    ("[county.410721]\nlookback_months = 1.5", "应为整数,不写小数"),
    ("[county.410721]\npay_backlog = 'perhaps'", "应为 yes 或 no"),
    ("[county.410721]\nmissing_register = { populaton = 'stop' }", "不认识的名册:populaton,是不是 population?"),
    ("[county.410721]\nmissing_register = { population = 'halt' }", "只能是 carry、hold、stop"),
    ("[county.410721]\nprofiles = { old_age_alowance = 'x' }", "是不是 old_age_allowance?"),
    ("[county.410721.sources.population]\nurl_env = ''\nquery = 'DROP'", "查询须以 SELECT 或 WITH 开头"),
    ("[county.410721.sources.population]\nurl = 'x'\nquery = 'SELECT 1'", "不认识的键,是不是 url_env?"),
    ("[county]\n410721 = 3", "应为键值对"),
    ("[[officer]]\nname = 'a'\nroles = ['chcker']", "是不是 checker?"),
    ("[[officer]]\nname = 'a'", "缺少必填的键"),
    ("[[officr]]\nname = 'a'", "officr:不认识的键,是不是 officer?"),
    ("[county.410721]\nlookback_months = ,", "第 2 行第 19 列附近"),
]


@pytest.mark.parametrize(("text", "told"), WRONG, ids=[told for _, told in WRONG])
def test_a_wrong_setting_is_told_in_chinese_with_the_nearest(tmp_path, text, told):
    (tmp_path / "disburse.toml").write_text(text, "utf-8")
    with pytest.raises(InputError) as refused:
        Home(tmp_path).settings()
    assert told in refused.value.what
    assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", refused.value.what)


def test_settings_in_another_encoding_say_so(tmp_path):
    (tmp_path / "disburse.toml").write_bytes('[[officer]]\nname = "甲"'.encode("gb18030"))
    with pytest.raises(InputError, match="不是 UTF-8 编码"):
        Home(tmp_path).settings()


CONTEXT = {"ge": 1, "gt": 1, "le": 1, "lt": 1, "expected": "'a' or 'b'", "expected_tags": "'a'", "error": "原因"}


def test_no_code_of_pydantic_is_told_in_its_own_words():
    told = {
        kind: refused_by_model({"type": kind, "loc": (), "msg": "in plain English", "ctx": CONTEXT})
        for kind in get_args(ErrorType)
    }
    assert told["missing"] == "缺少必填的键"
    assert {
        kind
        for kind, words in told.items()
        if re.search("[a-z]{3}", words.replace("yes", "").replace("true", "").replace("false", ""))
    } == set()


def test_what_the_system_refuses_is_told_in_chinese():
    assert refused_by_system(OSError(errno.ENOSPC, "No space left on device")) == "磁盘已满"
    assert refused_by_system(OSError(errno.EXDEV, "Invalid cross-device link")) == f"系统错误 {errno.EXDEV}"
