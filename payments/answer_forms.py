"""How a bank answers, as data: the part `answer` of a profile. What it does not say is read as the contract has it.

`kind` table: rows below a header, as a county's layout reads a register. `kind` text and fixed_width: lines without a
header, whose cells have a meaning by their place. Standard messages (pain.002, camt.054) say themselves what they are.
"""

from __future__ import annotations

import re
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from contracts.codes import BankEvent, ReturnReason
from contracts.columns import columns_of
from contracts.layouts import Layout
from contracts.registers import FILES
from contracts.strict_yaml import Whole, YesNo
from payments.templates import known_words, words_of

RESULTS = "results"
ANSWERED = {facts.name: facts for facts in columns_of(FILES[RESULTS])}
NAMED = {spelling: facts.name for facts in ANSWERED.values() for spelling in (facts.name, facts.header)}
# What a line before or after the payments may say; {any} is whatever else the bank writes there.
TOLD_WORDS = frozenset({"batch_id", "any"}) | {
    f"{of}{what}" for of in ("", "accepted_", "returned_", "sent_") for what in ("count", "total")
}
PLACE = re.compile(r"[1-9]\d*")
STRETCH = re.compile(r"([1-9]\d*)-([1-9]\d*)")


def column_of(word: str) -> str:
    """Our column that a profile names by name or Chinese header; ValueError where there is none."""
    if word not in NAMED:
        known = "、".join(facts.header for facts in ANSWERED.values())
        raise ValueError(f"“{word}”不是回盘的列,可写:{known}")
    return NAMED[word]


def _has_fixed_text(template: str) -> bool:
    return any(text.strip() for text, _ in words_of(template))


class AnswerForm(BaseModel):
    """An answer's form.

    `columns`: of a table ours → the bank's header or letter (`C列`); of a text ours → its place in the line, from 1; of
    fixed widths from which to which byte or character (`width_unit`), `42-101`. `number_within`: our number stands
    inside the text of its column. `states`: the bank's words → paid, returned, not known. `lists`: whether every line
    comes back, or failures only: a failure list needs no states, and `accept_by_inference` says that what is not on it
    was paid, once the bank has told how many and how much were. `reasons`: the bank's codes and words → ours. `header`,
    `trailer`: lines before and after the payments, as templates; what they say of the lines in the file (count, total),
    of those paid and returned, and of what was sent must be so. In a table such a line is a row, its cells with one
    blank between them; it must be there once.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["table", "text", "fixed_width"] = "table"
    sheet: str = ""
    header_rows: tuple[Whole, ...] = ()
    delimiter: str = Field("|", min_length=1, max_length=1)
    width_unit: Literal["bytes", "characters"] = "bytes"
    encoding: Literal["gb18030", "gbk", "utf-8"] = "gb18030"
    header: tuple[str, ...] = ()
    trailer: tuple[str, ...] = ()
    amount: Literal["yuan", "yuan3", "fen"] = "yuan"
    columns: dict[str, str] = Field(default_factory=dict)
    number_within: YesNo = False
    states: dict[str, BankEvent] = Field(default_factory=dict)
    lists: Literal["all", "failures"] = "all"
    accept_by_inference: YesNo = False
    reasons: dict[str, ReturnReason] = Field(default_factory=dict)

    @field_validator("columns")
    @classmethod
    def _known_columns(cls, columns: dict[str, str]) -> dict[str, str]:
        return {column_of(word): place for word, place in columns.items()}

    @field_validator("header", "trailer")
    @classmethod
    def _known_words(cls, templates: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(known_words(template, TOLD_WORDS) for template in templates)

    @model_validator(mode="after")
    def _can_be_read(self) -> AnswerForm:
        if self.kind != "table":
            written = PLACE if self.kind == "text" else STRETCH
            if not self.columns or not all(map(written.fullmatch, self.columns.values())):
                how = "它是一行中的第几栏(从 1 起)" if self.kind == "text" else "它从第几位到第几位(从 1 起),如 42-101"
                raise ValueError(f"没有表头的文本,每列写{how}")
            if "event" not in self.columns and self.lists == "all":
                raise ValueError("缺少“状态”列;只列失败的写 lists: failures")
        if self.kind == "table" and not all(map(_has_fixed_text, self.header + self.trailer)):
            raise ValueError("表格的汇总行要写出认得出它的字,如 合计 {count} {total}")
        if self.accept_by_inference and self.lists == "all":
            raise ValueError("accept_by_inference 只用于 lists: failures")
        return self

    def stretches(self) -> dict[str, tuple[int, int]]:
        """Of fixed widths: our column → from which to which place, from 1."""
        cut = {column: place.partition("-") for column, place in self.columns.items()}
        return {column: (int(first), int(last)) for column, (first, _, last) in cut.items()}

    def layout_texts(self) -> tuple[str, ...]:
        """The same as a county's layout of a table; of a failure list that may also name the states a second one."""
        return tuple(self._layout_text(fills_in=one) for one in (True, False)[: 1 + self._fills_in_returned])

    def _layout_text(self, *, fills_in: bool) -> str:
        told = {
            "register": RESULTS,
            **({"sheet": self.sheet} if self.sheet else {}),
            **({"header_rows": [str(row) for row in self.header_rows]} if self.header_rows else {}),
            "columns": self.columns,
            "words": {"event": {word: event.label for word, event in self.states.items()}} if self.states else {},
            "defaults": {"event": BankEvent.RETURNED.label} if fills_in and self._fills_in_returned else {},
        }
        Layout.model_validate(told)
        return yaml.safe_dump(told, allow_unicode=True, sort_keys=True)

    @property
    def _fills_in_returned(self) -> bool:
        return self.lists == "failures" and "event" not in self.columns and not self.states
