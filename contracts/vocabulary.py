"""The words a pack may use in `when:`, and the column of `Facts` each stands for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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


class WordKind(StrEnum):
    """What a word may be compared with."""

    YES_NO = "yes_no"
    NUMBER = "number"
    CODE = "code"


@dataclass(frozen=True)
class Word:
    """One word: its kind, the facts column behind it, the register that feeds it (empty: the population register)."""

    name: str
    kind: WordKind
    column: str
    label: str
    register: str = ""
    code: type[Code] | None = None


def _yes_no(name: str, column: str, label: str, register: str = "") -> Word:
    return Word(name, WordKind.YES_NO, column, label, register)


def _number(name: str, column: str, label: str, register: str = "") -> Word:
    return Word(name, WordKind.NUMBER, column, label, register)


def _code(name: str, column: str, label: str, register: str, code: type[Code]) -> Word:
    return Word(name, WordKind.CODE, column, label, register, code)


WORDS: dict[str, Word] = {
    word.name: word
    for word in (
        _yes_no("alive", "is_alive", "当月在世或当月去世"),
        _yes_no("registered", "is_registered", "本县户籍"),
        _code("hukou", "hukou_code", "户口性质", "", Hukou),
        _number("age", "age_years", "周岁"),
        _yes_no("birthday_month", "has_birthday", "当月为生日月"),
        _code("low_income", "low_income_code", "低收入类别", "low_income", LowIncomeCategory),
        _yes_no("dibao_person", "is_dibao_person", "低保对象", "low_income"),
        _yes_no("dibao_household", "is_dibao_household", "低保家庭成员", "low_income"),
        _yes_no("margin", "is_margin", "低保边缘", "low_income"),
        _yes_no("expense_hardship", "is_expense_hardship", "支出型困难", "low_income"),
        _yes_no("tekun", "is_tekun", "特困人员", "low_income"),
        _code("area", "area_code", "城乡", "low_income", Area),
        _code("support_mode", "support_mode_code", "供养方式", "low_income", SupportMode),
        _code("self_care", "self_care_code", "自理能力", "low_income", SelfCare),
        _yes_no("special_family", "is_special_family", "计划生育特殊家庭", "family_planning"),
        _code("family_planning", "family_planning_code", "计生特殊家庭类别", "family_planning", FamilyPlanningKind),
        _yes_no("disabled", "is_disabled", "持有效残疾人证", "disability"),
        _yes_no("severe", "is_severe", "重度残疾(一、二级)", "disability"),
        _yes_no("ltc", "needs_long_term_care", "需长期照护", "disability"),
        _number("grade", "disability_grade", "残疾等级", "disability"),
        _code("disability_category", "disability_category_code", "残疾类别", "disability", DisabilityCategory),
        _yes_no("limited", "is_limited", "失能", "ability"),
        _yes_no("unable", "is_unable", "民政部门认定生活不能自理", "ability"),
        _number("level", "ability_level", "能力评估等级", "ability"),
        _code("scale", "ability_scale_code", "能力评估标准", "ability", AbilityScale),
    )
}


def said(code: str, word: Word | None = None) -> str:
    """A code that a condition names, in an officer's words.

    By the code list of the word it is compared with; a code that a parameter stands for (no `word`) names a word.
    """
    return word.code.label_of(code) if word and word.code else WORDS[code].label
