"""Situations: the combinations of facts that a county's law can tell apart, and what may be found when all are decided.

A situation is one value of each axis; an axis is what one register, or one column of the population, says of a person.
The rulebook says what a law looks at (`Distinction`), the calculators make one situation of everything it can tell
apart, the reports read the whole table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from contracts.codes import Benefit, Code
from contracts.policy import Condition
from contracts.vocabulary import WORDS


@dataclass(frozen=True)
class Axis:
    """What varies on its own: its label, and the columns of `Facts` it decides."""

    name: str
    label: str
    columns: tuple[str, ...]


def _of_register(name: str, label: str, *more: str) -> Axis:
    return Axis(name, label, (*(word.column for word in WORDS.values() if word.register == name), *more))


AXES: Mapping[str, Axis] = {
    axis.name: axis
    for axis in (
        Axis("age", "年龄", ("age_years", "has_birthday")),
        Axis("alive", "在世", ("is_alive",)),
        Axis("registered", "户籍", ("is_registered",)),
        Axis("hukou", "户口性质", ("hukou_code",)),
        _of_register("low_income", "低收入", "institution_id"),
        _of_register("disability", "残疾"),
        _of_register("ability", "能力评估"),
        _of_register("family_planning", "计生特殊家庭"),
    )
}
AXIS_OF: Mapping[str, str] = {column: axis.name for axis in AXES.values() for column in axis.columns}


@dataclass(frozen=True)
class Distinction:
    """What one benefit looks at, figures written out; or, without a condition, what everybody is told apart by.

    `when` has no parameters. `leaves` are looked at beside it. `cells` are frames of facts columns of one axis and
    `cell` (Int64): who has the same number there has the same figures, whatever else is so.
    """

    when: Condition
    leaves: tuple[Condition, ...] = ()
    cells: tuple[pl.DataFrame, ...] = field(default=(), repr=False)
    benefit: Benefit | None = None


class FindingKind(Code):
    """What may be wrong with a law although it loads; intended, or not."""

    NEVER_HOLDS = "never_holds", "条件永远不会成立"
    NEVER_FAILS = "never_fails", "条件永远成立,不起作用"
    UNREACHED = "unreached", "有标准而无人能领"
    NEVER_MEETS = "never_meets", "写了兼领关系而永不相遇"
    EXCLUDES_ALL = "excludes_all", "排除了每一个符合条件的人"
    DRAWN_TOGETHER = "drawn_together", "写明不兼领而仍能同领"
    ONE_SIDED = "one_sided", "择高总是同一项胜出"
    FALLS = "falls", "应升而降"
    HOLE = "hole", "档次中断"
    OUT_OF_BOUNDS = "out_of_bounds", "低于下限或高于上限"
    DRAWS_NOTHING = "draws_nothing", "应助未助"
