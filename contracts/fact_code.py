"""The facts of one person and month as one whole number, so that "did the basis change" is one comparison.

Each field takes fixed bits; 0 means none, a code is its place in its list plus one. `encode()` is a polars expression
over `Facts`; `decode()` gives the words back for a person to read. `mask_of()` keeps only what a benefit looks at.
The layout is stored in the book: fields are appended, never moved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from contracts.codes import (
    AbilityScale,
    Area,
    Code,
    DisabilityCategory,
    FamilyPlanningKind,
    Hukou,
    LowIncomeCategory,
    SelfCare,
    SupportMode,
)
from contracts.vocabulary import WORDS


@dataclass(frozen=True)
class Field:
    """`bits` wide at `shift`; numbers are stored plus one, so that 0 is none."""

    column: str
    label: str
    shift: int
    bits: int
    code: type[Code] | None = None
    is_yes_no: bool = False


def _layout() -> tuple[Field, ...]:
    shift = 0
    fields: list[Field] = []
    declared: tuple[tuple[str, str, int, type[Code] | None, bool], ...] = (
        ("age_years", "周岁", 8, None, False),
        ("is_alive", "当月在世", 1, None, True),
        ("is_registered", "本县户籍", 1, None, True),
        ("low_income_code", "低收入类别", 3, LowIncomeCategory, False),
        ("is_dibao_person", "低保对象", 1, None, True),
        ("area_code", "城乡", 2, Area, False),
        ("support_mode_code", "供养方式", 2, SupportMode, False),
        ("self_care_code", "自理能力", 2, SelfCare, False),
        ("disability_grade", "残疾等级", 3, None, False),
        ("disability_category_code", "残疾类别", 4, DisabilityCategory, False),
        ("needs_long_term_care", "需长期照护", 1, None, True),
        ("ability_level", "能力评估等级", 3, None, False),
        ("ability_scale_code", "能力评估标准", 2, AbilityScale, False),
        ("is_unable", "生活不能自理", 1, None, True),
        ("family_planning_code", "计生特殊家庭", 2, FamilyPlanningKind, False),
        ("has_birthday", "生日月", 1, None, True),
        ("hukou_code", "户口性质", 2, Hukou, False),
    )
    for column, label, bits, code, is_yes_no in declared:
        fields.append(Field(column, label, shift, bits, code, is_yes_no))
        shift += bits
    return tuple(fields)


FIELDS = _layout()
_DERIVED = {  # facts columns that are worked out from encoded ones
    "is_dibao_household": ("low_income_code",),
    "is_margin": ("low_income_code",),
    "is_expense_hardship": ("low_income_code",),
    "is_tekun": ("low_income_code",),
    "is_special_family": ("family_planning_code",),
    "is_disabled": ("disability_grade",),
    "is_severe": ("disability_grade",),
    "is_limited": ("ability_level", "is_unable"),
}


def _part(field: Field) -> pl.Expr:
    column = pl.col(field.column)
    if field.is_yes_no:
        return column.cast(pl.Int64)
    if field.code is not None:
        places = {code: place + 1 for place, code in enumerate(field.code.values())}
        return column.replace_strict(places, default=0, return_dtype=pl.Int64)
    return (column.cast(pl.Int64) + 1).fill_null(0).clip(0, 2**field.bits - 1)


def encode() -> pl.Expr:
    """The facts of a row of `Facts` as one Int64."""
    return pl.sum_horizontal([_part(field) * 2**field.shift for field in FIELDS]).cast(pl.Int64)


def mask_of(words: Iterable[str], columns: Iterable[str] = ()) -> int:
    """The bits that the vocabulary's `words` and further facts `columns` look at."""
    wanted: set[str] = set()
    for column in [WORDS[word].column for word in words] + list(columns):
        wanted.update(_DERIVED.get(column, (column,)))
    return sum((2**field.bits - 1) << field.shift for field in FIELDS if field.column in wanted)


def decode(fact_code: int) -> dict[str, str]:
    """Chinese label → value, for the fields that are not empty."""
    told: dict[str, str] = {}
    for field in FIELDS:
        part = (fact_code >> field.shift) & (2**field.bits - 1)
        if not part:
            continue
        if field.is_yes_no:
            told[field.label] = "是"
        elif field.code is not None:
            told[field.label] = list(field.code)[part - 1].label
        else:
            told[field.label] = str(part - 1)
    return told
