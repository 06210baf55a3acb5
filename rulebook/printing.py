"""Values as an officer reads them: units and codes in Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.vocabulary import WORDS, said
from rulebook.law import Value
from rulebook.parameters import declared

UNIT_LABELS: Mapping[str, str] = {
    "yuan/month": "元/月",
    "yuan/year": "元/年",
    "yuan": "元",
    "× dibao.standard": "× 低保标准",
    "× minimum_wage.amount": "× 最低工资标准",
    "years": "周岁",
    "levels": "级",
    "grade": "级",
    "months": "月",
}
YES_NO: Mapping[str, str] = {"yes": "是", "no": "否"}


def printed(value: Value) -> str:
    """A value without its unit: codes by their labels, yes and no in Chinese, a benchmark by what it names."""
    known, text = declared(value.parameter), value.text or ""
    if known and known.codes:
        return known.codes.label_of(text)
    if named := declared(text):
        return named.label
    return said(text) if text in WORDS else YES_NO.get(text, text)


def with_unit(text: str, unit: str) -> str:
    """A printed value and its unit."""
    return f"{text} {UNIT_LABELS.get(unit, '')}".rstrip()


def text_of(value: Value) -> str:
    """A value with its unit; 取消 where it ends something."""
    return "取消" if value.text is None else with_unit(printed(value), value.unit)
