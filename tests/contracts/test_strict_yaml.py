"""YAML read strictly: text stays text, every problem has its line, all at once."""

from datetime import date

import pytest
from pydantic import BaseModel, ConfigDict

from contracts.strict_yaml import Day, Whole, YesNo, check, read, read_file


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    count: Whole = 0
    since: Day | None = None
    open: YesNo = False


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    rows: list[Inner] = []


def problems_of(text, model=Outer):
    _, problems = check(model, read(text, "f.yaml"))
    return [str(problem) for problem in problems]


def test_a_code_keeps_its_zeros_and_no_stays_a_word():
    assert read("a: 010101\nb: no\nc: 1.0\nd: 12:30", "f").content == {
        "a": "010101",
        "b": "no",
        "c": "1.0",
        "d": "12:30",
    }


def test_the_model_decides_what_a_text_is():
    made, problems = check(
        Outer, read("name: x\nrows: [{code: 01, count: 330_000, since: 2024-02-29, open: yes}]", "f")
    )
    assert problems == []
    assert made == Outer(name="x", rows=[Inner(code="01", count=330000, since=date(2024, 2, 29), open=True)])


@pytest.mark.parametrize("text", ["a:", "a: ~", "a: null"])
def test_a_plain_nothing_is_nothing(text):
    assert read(text, "f").content == {"a": None}


def test_a_quoted_null_is_a_word():
    assert read("a: 'null'", "f").content == {"a": "null"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: x\nname: y", "f.yaml:2:1 重复的键 name(第 1 行已有)"),
        ("name: x\nnmae: y", "f.yaml:2:7 nmae:不认识的键"),
        ("rows: []", "f.yaml:1:1 name:缺少必填的键"),
        ("name: x\nrows:\n - code: a\n   count: 1.0", "f.yaml:4:11 rows.0.count:应为整数"),
        ("name: x\nrows:\n - code: a\n   since: 2023-02-29", "f.yaml:4:11 rows.0.since:没有这一天"),
        ("name: x\nrows:\n - code: a\n   since: 1704067200", "f.yaml:4:11 rows.0.since:应为日期(YYYY-MM-DD)"),
        ("name: x\nrows:\n - code: a\n   open: 1", "f.yaml:4:10 rows.0.open:应为 yes 或 no(现为 1)"),
        ("name: &n x", "f.yaml:1:7 不允许锚点(&)"),
        ("name: !!str x", "f.yaml:1:7 不允许标签(!)"),
        ("name: x\n<<: {a: b}", "f.yaml:2:1 键必须是文字,不允许合并(<<)"),
        ("name: [", "YAML 写法有误"),
        ("[" * 6000, "32 层以上"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text, told):
    assert told in "\n".join(problems_of(text))


def test_all_problems_come_at_once():
    assert len(problems_of("nmae: x\nrows:\n - {code: a, count: b, open: maybe}")) == 4


BOMBS = {
    "[" * 200_000: "f.yaml:1:33 套了 32 层以上,不读取",
    "{a: " * 5_000: "f.yaml:1:129 套了 32 层以上,不读取",
    "\n".join(" " * depth + "a:" for depth in range(1_000)): "f.yaml:33:33 套了 32 层以上,不读取",
    "a: " + "x" * 2_000_000: "f.yaml:1:1 文件大于 1 MiB,不读取:请核对是否放错了文件",
    "name: 甲\nrows: \ufffd": "f.yaml:2:1 这一行不是 UTF-8 编码:请用 UTF-8 另存",
}


@pytest.mark.parametrize(("text", "told"), BOMBS.items(), ids=["lists", "maps", "lines", "long", "encoding"])
def test_a_file_that_would_take_minutes_is_refused_at_once(text, told):
    assert problems_of(text) == [told]


def test_of_very_many_problems_the_first_are_told():
    assert len(problems_of("a: &a [x]\nb: *a\n" * 1_000)) == 100


def test_a_file_in_another_encoding_has_a_problem_at_its_line(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_bytes("name: a\nrows: 甲".encode("gb18030"))
    assert [str(problem) for problem in read_file(path).problems] == [
        "f.yaml:2:1 这一行不是 UTF-8 编码:请用 UTF-8 另存"
    ]
