"""YAML read strictly: every value arrives as text with its line, and the model alone decides what it is.

So `010101` stays "010101" and `no` stays "no". Repeated keys, anchors, aliases, merges and tags are problems, and so is
whatever the model refuses; all problems of a file come at once, in the order of its lines.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ValidationError

from contracts.wording import refused_by_model

Place = tuple[int, int]  # line and column, from 1
Key = tuple[str | int, ...]  # keys and list positions from the top
Model = TypeVar("Model", bound=BaseModel)

LONGEST_BYTES = 1024**2  # of a file that people write; the longest of the law is a twentieth of it
NOT_UTF8 = "\ufffd"  # what stands where bytes were no UTF-8
DEEPEST = 32  # lists and maps within one another
MOST_FORBIDDEN = 100  # told of one file


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in a file, and where."""

    file: str
    line: int
    column: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column} {self.what}"


@dataclass
class Document:
    """A file as read: dicts, lists, text and None; the place of every value; what is wrong with its form."""

    file: str
    content: object = None
    places: dict[Key, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place_of(self, key: Key) -> Place:
        """Where a value stands; for one that is missing, where its nearest owner stands."""
        while key and key not in self.places:
            key = key[:-1]
        return self.places.get(key, (1, 1))

    def problem(self, key: Key, what: str) -> Problem:
        """Something wrong with the value at `key`."""
        return Problem(self.file, *self.place_of(key), what)


def read_file(path: Path) -> Document:
    """Read one YAML file, by its name."""
    return read(text_of(path), path.name)


def text_of(path: Path) -> str:
    """The text of a YAML file, hardly more than `read` takes; what is not UTF-8 becomes NOT_UTF8, which it refuses."""
    with path.open("rb") as opened:
        return opened.read(LONGEST_BYTES + 4).decode("utf-8-sig", "replace")


def read(text: str, file: str) -> Document:
    """Read one YAML text; `file` is what problems call it."""
    document = Document(file)
    if len(text.encode("utf-8", "replace")) > LONGEST_BYTES:
        what = f"文件大于 {LONGEST_BYTES >> 20} MiB,不读取:请核对是否放错了文件"
        document.problems.append(Problem(file, 1, 1, what))
        return document
    if (place := text.find(NOT_UTF8)) >= 0:
        line = text.count("\n", 0, place) + 1
        document.problems.append(Problem(file, line, 1, "这一行不是 UTF-8 编码:请用 UTF-8 另存"))
        return document
    try:
        document.problems.extend(islice(_forbidden(text, file), MOST_FORBIDDEN))
        node = None if document.problems else yaml.compose(text, yaml.CBaseLoader)
    except yaml.MarkedYAMLError as broken:
        what = "YAML 写法有误:请核对这一行和上一行的缩进、冒号、引号和括号"
        document.problems.append(_problem_at(file, broken.problem_mark or broken.context_mark, what))
    except (yaml.YAMLError, RecursionError) as broken:
        document.problems.append(Problem(file, 1, 1, f"YAML 无法读取({type(broken).__name__})"))
    else:
        if node is not None:
            document.content = _Walk(document).value(node, ())
    return document


FORBIDDEN = {yaml.AnchorToken: "不允许锚点(&)", yaml.AliasToken: "不允许引用(*)", yaml.TagToken: "不允许标签(!)"}


BEGINS = (
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
)
ENDS = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)


def _forbidden(text: str, file: str) -> Iterator[Problem]:
    """What no file may hold; what is too deep ends the look, for the reader would take it for minutes."""
    depth = 0
    for token in yaml.scan(text, yaml.CBaseLoader):
        if type(token) in FORBIDDEN:
            yield _problem_at(file, token.start_mark, FORBIDDEN[type(token)])
        depth += isinstance(token, BEGINS) - isinstance(token, ENDS)
        if depth > DEEPEST:
            yield _problem_at(file, token.start_mark, f"套了 {DEEPEST} 层以上,不读取")
            return


def _problem_at(file: str, mark: yaml.Mark | None, what: str) -> Problem:
    return Problem(file, mark.line + 1, mark.column + 1, what) if mark else Problem(file, 1, 1, what)


def check(model: type[Model], document: Document) -> tuple[Model | None, list[Problem]]:
    """Let a model judge a document: the instance where nothing is wrong, otherwise None and every problem."""
    problems = list(document.problems)
    if not problems:
        try:
            return model.model_validate(document.content), []
        except ValidationError as refused:
            problems = [_refusal(document, error, model) for error in refused.errors(include_url=False)]
    return None, sorted(problems)


def check_part(model: type[Model], document: Document, key: Key, written: object) -> tuple[Model | None, list[Problem]]:
    """Let a model judge what is written at `key` of a document: the instance, or None and every problem."""
    try:
        return model.model_validate(written), []
    except ValidationError as refused:
        errors = refused.errors(include_url=False)
        return None, [_refusal(document, error, model, key) for error in errors]


class _Walk:
    """From nodes to plain values, noting places and problems on the way."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def value(self, node: yaml.Node, key: Key) -> object:
        mark = node.start_mark
        self.document.places[key] = (mark.line + 1, mark.column + 1)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*key, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        is_plain = not node.style  # "" from the C parser, None from the Python one
        return None if is_plain and node.value in ("", "~", "null") else node.value

    def mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, object]:
        found: dict[str, object] = {}
        for name_node, value_node in node.value:
            name, mark = name_node.value, name_node.start_mark
            if not isinstance(name, str) or name == "<<":
                self.problem(mark, "键必须是文字,不允许合并(<<)")
            elif name in found:
                first, _ = self.document.places[(*key, name)]
                self.problem(mark, f"重复的键 {name}(第 {first} 行已有)")
            else:
                found[name] = self.value(value_node, (*key, name))
        return found

    def problem(self, mark: yaml.Mark, what: str) -> None:
        self.document.problems.append(_problem_at(self.document.file, mark, what))


LONGEST_TOLD = 60  # a longer text would bury the message


def _refusal(document: Document, error: Mapping[str, Any], model: type[BaseModel], above: Key = ()) -> Problem:
    location, kind = (*above, *error["loc"]), str(error["type"])
    if kind.startswith("union_tag"):
        location = (*location, str(error["ctx"]["discriminator"]).strip("'"))
    what = refused_by_model(error, model)
    key, given = _as_written(document, location), error.get("input")
    is_short_text = isinstance(given, str) and len(given) <= LONGEST_TOLD and kind != "extra_forbidden"
    now = f"(现为 {given})" if is_short_text else ""
    return document.problem(key, f"{'.'.join(str(part) for part in key)}:{what}{now}")


def _as_written(document: Document, location: Key) -> Key:
    """Drop what the model added to a location: the tag of a union."""
    written: Key = ()
    for place, part in enumerate(location, start=1):
        if (*written, part) in document.places or place == len(location):
            written = (*written, part)
    return written


def _whole(value: object) -> object:
    if isinstance(value, str):
        if not re.fullmatch(r"-?\d{1,15}(_\d{3})*", value):
            raise ValueError("应为整数")
        return int(value)
    return value


def _day(value: object) -> object:
    if isinstance(value, str):
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError("应为日期(YYYY-MM-DD)")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError("没有这一天") from None
    return value


YES_NO: Mapping[Hashable, bool] = {"yes": True, "no": False, "true": True, "false": False, "是": True, "否": False}


def _yes_no(value: object) -> object:
    if isinstance(value, str):
        if value not in YES_NO:
            raise ValueError("应为 yes 或 no")
        return YES_NO[value]
    return value


Whole = Annotated[int, BeforeValidator(_whole)]
Day = Annotated[date, BeforeValidator(_day)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
