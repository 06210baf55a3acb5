"""The audit log is told in officers' words, whoever wrote the entry."""

import ast
import json
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from contracts.codes import Logged
from reports.audit_told import day_of, entries_told

ROOT = Path(__file__).parents[2]


def told(action, about, **detail):
    row = {
        "entry_id": 1,
        "recorded_at": "2024-07-31T17:30:00Z",
        "actor": "示例经办",
        "system_user": "wang",
        "known_by": "password",
        "action": action,
        "object": about,
        "detail_json": json.dumps(detail, ensure_ascii=False),
    }
    (entry,) = entries_told(pl.DataFrame([row]))
    return entry


@pytest.mark.parametrize(
    ("entry", "act", "about", "words"),
    [
        (
            told("post", "run 3", obligations_count=2, obligations_fen=10000, receivables_count=0, manifest="ab" * 32),
            "入账",
            "第 3 次运行",
            "应付 2 笔,100.00 元,清单摘要 abababababab",
        ),
        (told("claim", "B-1", lines=2, fen=123456789), "编批", "B-1", "2 笔,1,234,567.89 元"),
        (
            told("results", "cd" * 32, accepted=3, returned=1),
            "读入回盘",
            "回盘文件 cdcdcdcdcdcd",
            "成功 3 笔,退票 1 笔",
        ),
        (told("hold", "hold 7", code="MANUAL"), "暂缓", "暂缓 7", "人工暂缓"),
        (told("hold", "reconcile", placed=4, lifted=0), "暂缓", "按规则核对", "设立 4 项"),
        (told("lift", "hold 7", code="UNDER_REVIEW", decision="keep"), "解除暂缓", "暂缓 7", "沿用上次收下的行"),
        (told("identity", "decision 2", decision="joined"), "认定号码", "认定 2", "认定为同一人"),
        (
            told("recover", "receivable 5", means="waived", fen=500, document="批 3"),
            "追回",
            "应收 5",
            "核销,5.00 元,凭据 批 3",
        ),
        (told("refused", "write off", why="没有复核权限"), "被拒绝", "核销", "原因 没有复核权限"),
        (told("accept", "file abc", register="population"), "采用被叫停的名册", "文件 abc", "人口名册"),
    ],
    ids=lambda one: getattr(one, "action", None),
)
def test_an_entry_says_what_was_done_to_what_and_how_much(entry, act, about, words):
    assert (entry.act, entry.about) == (act, about)
    assert words in entry.told


def test_the_time_is_the_countrys():
    assert told("post", "run 1").at == "2024-08-01 01:30:00"
    assert day_of(date(2024, 8, 1)) == ("2024-07-31T16:00:00Z", "2024-08-01T16:00:00Z")


def acts_written():
    """The acts that the rooms write into the log, as far as their source names them."""
    for path in [*(ROOT / "ledger").glob("*.py"), *(ROOT / "month").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) == "audit.append"
                and isinstance(node.args[3], ast.Constant)
            ):
                yield node.args[3].value


def test_every_act_of_the_log_has_its_word():
    written = set(acts_written())
    assert len(written) > 10
    assert written <= set(Logged.values())
    assert all(re.fullmatch("[^a-z]+", act.label) for act in Logged)
