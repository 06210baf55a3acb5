"""Whatever is wrong with a command line or a setting is told in Chinese, with the nearest of what is known."""

import ast
import gettext
import json
import re
from pathlib import Path

import click
import pytest

from cli.words import DOMAIN, LANGUAGE, LOCALE
from tests.cli.giving import given

SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")
CATALOGUE = LOCALE / LANGUAGE / "LC_MESSAGES" / DOMAIN


def texts_of_click():
    """Every text that click hands to gettext."""
    for path in Path(click.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield first.value


def test_every_text_of_the_installed_click_is_translated():
    with CATALOGUE.with_suffix(".mo").open("rb") as compiled:
        known = gettext.GNUTranslations(compiled)
    texts = set(texts_of_click())
    assert len(texts) > 50
    missing = [text for text in texts if text == known.ngettext(text, text, 2) == known.gettext(text)]
    assert missing == [], "add them to messages.po and compile (cli/README.md)"


def test_what_is_compiled_is_what_is_written():
    with CATALOGUE.with_suffix(".mo").open("rb") as compiled:
        known = gettext.GNUTranslations(compiled)
    pairs, name = {}, ""
    for line in CATALOGUE.with_suffix(".po").read_text("utf-8").splitlines():
        kind, _, text = line.partition(" ")
        if kind == "msgid":
            name = ast.literal_eval(text)
        elif kind in ("msgstr", "msgstr[0]"):
            pairs[name, kind] = ast.literal_eval(text)
    del pairs["", "msgstr"]  # the head of the file
    told = {
        (name, kind): known.gettext(name) if kind == "msgstr" else known.ngettext(name, name, 1) for name, kind in pairs
    }
    assert told == pairs, "compile messages.po (cli/README.md)"


WRONG = [
    (("stauts",), "没有“stauts”这条命令。是不是"),
    (("run", "--cuonty", "410721"), "没有“--cuonty”这个选项。是不是 “--counties”, “--county”"),
    (("run", "--county", "410721", "--as", "甲", "--month", "2024-7"), "“--month” 的值有误:“2024-7” 不是年月"),
    (("recover", "note", "--county", "410721", "--means", "gold"), "“--means” 的值有误:没有“gold”这一种,可选:"),
    (("results", "--county"), "选项“--county”后面要写 1 个值"),
    (("status", "more"), "多写了:more"),
    (("status", "--json=3"), "选项“--json”后面不写值"),
    (("explain",), "缺少参数 “-|@文件|序号”"),
    (("hold", "lift", "--county", "410721", "x"), "“x”不是整数"),
    (("simulate", "--county", "410721", "--with", "/nowhere/at/all"), "目录“/nowhere/at/all”不存在"),
    (("person", "jion", "1", "2"), "没有“jion”这条命令。是不是 “join”"),
]


@pytest.mark.parametrize(("arguments", "told"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_a_wrong_command_line_is_told_in_chinese(monkeypatch, capfd, arguments, told):
    code, *said = given(monkeypatch, capfd, None, *arguments)
    said = "".join(said)
    assert (code, told in said) == (2, True), said
    assert not SENTENCE.search(said.partition("写法见")[0]), said
    assert "写法见 disburse" in said


def test_help_has_no_english_but_its_own(monkeypatch, capfd):
    code, said, _ = given(monkeypatch, capfd, None, "run", "--help")
    assert (code, "Show this message" in said, "显示本说明" in said) == (0, False, True)


def test_a_wrong_command_line_is_json_too(monkeypatch, capfd):
    _, said, _ = given(monkeypatch, capfd, None, "stauts", "--json")
    assert json.loads(said)["error"].startswith("没有“stauts”这条命令")
