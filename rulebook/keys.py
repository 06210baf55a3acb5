"""What values are keyed by: each dimension's facts column, its domain, and how a key is written.

A key is text: `[80,90)` (∞ is open), `1-2`, `城市`, `全护理`; over several dimensions the parts are joined by `×`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, product

from contracts.codes import (
    AbilityScale,
    Area,
    Code,
    FamilyPlanningKind,
    Hukou,
    LowIncomeCategory,
    SelfCare,
    SupportMode,
)

Cell = int | str | tuple[int, bool] | None  # one value of one dimension; None: the person has none
GREATEST_AGE = 150
BAND = re.compile(r"^\[(\d{1,3}),(\d{1,3}|∞)\)$")
GRADES = re.compile(r"^([1-4])(?:-([1-4]))?$")
NOBODY_NEEDS = "无"  # the key of those who have no code at all
BY_SIGN, AND = "×", "、"


@dataclass(frozen=True)
class Dimension:
    """One thing values differ by. `columns` are the facts it is looked up by; none where it is no fact."""

    name: str
    columns: tuple[str, ...]
    label: str
    domain: tuple[Cell, ...]
    read: Callable[[str], frozenset[Cell]]
    code: type[Code] | None = None

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The domain and, last, those who have none."""
        return (*self.domain, None)

    def told(self, cell: Cell) -> str:
        """A cell for an officer to read."""
        if isinstance(cell, tuple):
            age, is_birthday_month = cell
            return str(age - is_birthday_month)
        return self.code.label_of(str(cell)) if self.code and cell is not None else str(cell)

    def written(self, cells: Iterable[Cell]) -> str:
        """Cells as a key is written: bands and runs of grades by their bounds, codes by their labels."""
        known = set(cells)
        if self.name in ("age", "age_after_birthday"):
            ages = {cell[0] - cell[1] if isinstance(cell, tuple) else cell for cell in known}
            return AND.join(f"[{first},{_bound(last)})" for first, last in _runs(ages))
        if self.name == "grade":
            return AND.join(f"{first}-{last}" if first < last else str(first) for first, last in _runs(known))
        return AND.join(NOBODY_NEEDS if cell is None else self.told(cell) for cell in self.cells if cell in known)


def _runs(numbers: Iterable[Cell]) -> Iterator[tuple[int, int]]:
    """Whole numbers as runs, first and last."""
    sorted_numbers = sorted(number for number in numbers if isinstance(number, int))
    for _, run in groupby(enumerate(sorted_numbers), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        yield members[0], members[-1]


def _bound(last: int) -> str:
    return "∞" if last >= GREATEST_AGE else str(last + 1)


def _band(text: str) -> frozenset[Cell]:
    found = BAND.match(text)
    if not found:
        raise ValueError(f"{text} 不是年龄段,应写作 [80,90) 或 [100,∞)")
    first, last = int(found[1]), GREATEST_AGE + 1 if found[2] == "∞" else int(found[2])
    if first >= last:
        raise ValueError(f"{text} 是空的年龄段")
    return frozenset(range(first, last))


def _band_after_birthday(text: str) -> frozenset[Cell]:
    """The ages of a band that counts from the month after the birthday: in the birthday month the age before counts."""
    return frozenset(
        (age, is_birthday_month)
        for age, is_birthday_month in AGES_AND_BIRTHDAY_MONTHS
        if age - is_birthday_month in _band(text)
    )


def _grades(text: str) -> frozenset[Cell]:
    found = GRADES.match(text)
    if not found or (found[2] is not None and found[2] <= found[1]):
        raise ValueError(f"{text} 不是残疾等级,应写作 1-2 或 3")
    return frozenset(range(int(found[1]), int(found[2] or found[1]) + 1))


def _codes(listed: type[Code]) -> Callable[[str], frozenset[Cell]]:
    def read(text: str) -> frozenset[Cell]:
        if text == NOBODY_NEEDS:
            return frozenset([None])
        member = listed.of(text)
        if member is None:
            raise ValueError(f"{text} 不认识,应为 {'、'.join(code.label for code in listed)}")
        return frozenset([member.value])

    return read


def _tier(text: str) -> frozenset[Cell]:
    if text not in TIERS:
        raise ValueError(f"{text} 不是最低工资档次,应为 {'、'.join(TIERS)}")
    return frozenset([text])


def _of_codes(name: str, column: str, label: str, listed: type[Code]) -> Dimension:
    return Dimension(name, (column,), label, tuple(listed.values()), _codes(listed), listed)


AGES_AND_BIRTHDAY_MONTHS = tuple(product(range(GREATEST_AGE + 1), (False, True)))
TIERS = ("1", "2", "3", "4")
DIMENSIONS: Mapping[str, Dimension] = {
    dimension.name: dimension
    for dimension in (
        Dimension("age", ("age_years",), "周岁", tuple(range(GREATEST_AGE + 1)), _band),
        Dimension(
            "age_after_birthday",
            ("age_years", "has_birthday"),
            "周岁(自生日次月)",
            AGES_AND_BIRTHDAY_MONTHS,
            _band_after_birthday,
        ),
        Dimension("grade", ("disability_grade",), "残疾等级", (1, 2, 3, 4), _grades),
        Dimension("tier", (), "最低工资档次", TIERS, _tier),
        _of_codes("area", "area_code", "城乡", Area),
        _of_codes("hukou", "hukou_code", "户口性质", Hukou),
        _of_codes("self_care", "self_care_code", "自理能力", SelfCare),
        _of_codes("support_mode", "support_mode_code", "供养方式", SupportMode),
        _of_codes("family_planning", "family_planning_code", "计生特殊家庭类别", FamilyPlanningKind),
        _of_codes("low_income", "low_income_code", "低收入类别", LowIncomeCategory),
        _of_codes("scale", "ability_scale_code", "能力评估标准", AbilityScale),
    )
}


@dataclass(frozen=True)
class Key:
    """A key as written, and the cells of each dimension it stands for; without dimensions it stands for everybody."""

    text: str = ""
    parts: tuple[frozenset[Cell], ...] = ()

    def holds(self, cells: tuple[Cell, ...]) -> bool:
        """Whether these cells, one per dimension, lie in the key."""
        return all(cell in part for cell, part in zip(cells, self.parts, strict=True))

    def meets(self, other: Key) -> bool:
        """Whether some cells lie in both keys."""
        return all(mine & theirs for mine, theirs in zip(self.parts, other.parts, strict=True))


def read_key(text: str, by: tuple[str, ...]) -> Key:
    """Read a key over these dimensions; ValueError where it is none."""
    written = [part.strip() for part in text.split(BY_SIGN)] if by else []
    labels = f" {BY_SIGN} ".join(DIMENSIONS[name].label for name in by)
    if text and not by:
        raise ValueError(f"键 {text}:这一项不分档,请写 value,不写 values")
    if by and not text:
        raise ValueError(f"这一项按{labels}分档,请写 values,不写 value")
    if len(written) != len(by):
        raise ValueError(f"键 {text} 应按 {labels} 书写")
    return Key(text, tuple(DIMENSIONS[name].read(part) for name, part in zip(by, written, strict=True)))
