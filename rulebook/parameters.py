"""The parameters a pack may set: their kinds, units and keys, and how a value is read.

A name is `<benefit>.<parameter>`, `all.<parameter>` (every benefit that sets none of its own), or one of the standards
that benefits are worked out from. What is not named here is a parameter of conditions: it needs a `$name` in a `when:`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from contracts.codes import Benefit, Code, Enrolment, PayeeRule, StartRule
from contracts.money import parse_yuan
from contracts.strict_yaml import YES_NO


class Kind(StrEnum):
    """What a value is."""

    MONEY = "money"  # fen for 1 or 12 months
    FRACTION = "fraction"
    WHOLE = "whole"
    YES_NO = "yes_no"
    RANGE = "range"  # two whole numbers, both included
    MONTHS = "months"  # months of every year
    CODE = "code"
    REFERENCE = "reference"  # the name of another parameter


Figure = int | Fraction | bool | tuple[int, ...] | str
UNITS: Mapping[str, tuple[Kind, int]] = {  # unit as written → kind, months a money value is for
    "yuan/month": (Kind.MONEY, 1),
    "yuan/year": (Kind.MONEY, 12),
    "yuan": (Kind.MONEY, 0),
    "× dibao.standard": (Kind.FRACTION, 0),
    "× minimum_wage.amount": (Kind.FRACTION, 0),
    "years": (Kind.WHOLE, 0),
    "yes/no": (Kind.YES_NO, 0),
    "levels": (Kind.RANGE, 0),
    "grade": (Kind.WHOLE, 0),
    "months": (Kind.MONTHS, 0),
    "code": (Kind.CODE, 0),
    "parameter": (Kind.REFERENCE, 0),
}
ALL = "all"
LONGEST_WHOLE = 6  # digits; longer ones are a slip, and products stay within Int64
DIBAO, WAGE, TIER = "dibao.standard", "minimum_wage.amount", "minimum_wage.tier"
BENCHMARK, BENCHMARK_GRADE = "tekun_care.benchmark", "tekun_care.benchmark_grade"


@dataclass(frozen=True)
class Declared:
    """A parameter the calculators know: its label, units, usual keys, the codes it may name, whether it may be null."""

    label: str
    units: tuple[str, ...]
    by: tuple[str, ...] = ()
    codes: type[Code] | None = None
    may_end: bool = False


AMOUNT = Declared("标准", ("yuan/month", "yuan/year"), may_end=True)
STANDARDS: Mapping[str, Declared] = {
    DIBAO: Declared("低保标准", ("yuan/month", "yuan/year"), ("area",)),
    WAGE: Declared("最低工资标准", ("yuan/month",), ("tier",)),
    TIER: Declared("最低工资档次", ("code",)),
}
EVERY_BENEFIT: Mapping[str, Declared] = {  # each benefit needs these, of its own or of `all`
    "min_age": Declared("起始年龄", ("years",)),
    "round_up_to": Declared("向上取整到", ("yuan",)),
    "enrolment": Declared("办理方式", ("code",), codes=Enrolment),
    "payee": Declared("付给", ("code",), codes=PayeeRule),
    "start_rule": Declared("申请起算", ("code",), codes=StartRule),
}
PAY_MONTHS = "pay_months"
FOR_ANY_BENEFIT: Mapping[str, Declared] = {  # what a benefit, or `all`, may have beside these
    PAY_MONTHS: Declared("发放月份", ("months",), may_end=True),
}
OF_ALL = {**EVERY_BENEFIT, **FOR_ANY_BENEFIT}  # looked up under `all` where a benefit has none of its own
AMOUNT_KEYS: Mapping[Benefit, tuple[str, ...]] = {
    Benefit.OLD_AGE_ALLOWANCE: ("age",),
    Benefit.HARDSHIP_ELDER_SUBSIDY: ("age",),
    Benefit.DISABILITY_LIVING_SUBSIDY: ("grade",),
    Benefit.DISABILITY_CARE_SUBSIDY: ("grade",),
    Benefit.FAMILY_PLANNING_SUPPORT: ("family_planning",),
    Benefit.TEKUN_LIVING: ("area",),
    Benefit.TEKUN_CARE: ("self_care",),
}
TEKUN: Mapping[str, Declared] = {
    "tekun_living.ratio": Declared("与低保标准之比", ("× dibao.standard",), may_end=True),
    "tekun_care.ratio": Declared("与最低工资之比", ("× minimum_wage.amount",), ("self_care",), may_end=True),
    BENCHMARK: Declared("参照标准", ("parameter",), ("self_care",), may_end=True),
    BENCHMARK_GRADE: Declared("参照标准按残疾几级", ("grade",)),
}


def declared(name: str) -> Declared | None:
    """What the calculators know of a parameter; None where it is one of conditions, or unknown."""
    owner, _, suffix = name.partition(".")
    if name in STANDARDS or name in TEKUN:
        return STANDARDS.get(name) or TEKUN[name]
    if owner in Benefit.values() and suffix == "amount":
        by = AMOUNT_KEYS.get(Benefit(owner), ())
        return Declared(f"{Benefit(owner).label}标准", AMOUNT.units, by, may_end=True)
    return OF_ALL.get(suffix) if owner == ALL or owner in Benefit.values() else None


def belongs_to(name: str) -> Benefit | None:
    """The benefit a parameter is of; None for standards, `all` and names of no benefit."""
    owner = name.partition(".")[0]
    return Benefit(owner) if owner in Benefit.values() else None


def read_figure(text: str, unit: str, codes: type[Code] | None = None) -> Figure:
    """Read a value as its unit says; ValueError where it is none."""
    match UNITS[unit][0]:
        case Kind.MONEY:
            return parse_yuan(text)
        case Kind.FRACTION:
            return read_fraction(text)
        case Kind.WHOLE:
            return _whole(text)
        case Kind.YES_NO:
            if text not in YES_NO:
                raise ValueError(f"{text} 应为 yes 或 no")
            return YES_NO[text]
        case Kind.RANGE:
            first, _, last = text.partition("-")
            return (_whole(first), _whole(last or first))
        case Kind.MONTHS:
            return _months(text)
        case Kind.CODE if codes is not None:
            member = codes.of(text)
            if member is None:
                raise ValueError(f"{text} 不认识,应为 {'、'.join(codes.values())}")
            return member.value
        case _:
            return text


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST_WHOLE:
        raise ValueError(f"{text} 应为整数")
    return int(text)


def _months(text: str) -> tuple[int, ...]:
    months = [_whole(part) for part in text.split("、")]
    if months != sorted(set(months)) or not {*months} <= {*range(1, 13)}:
        raise ValueError(f"{text} 应为从小到大的月份,如 3、6、9、12")
    return tuple(months)


def read_fraction(text: str) -> Fraction:
    """Read `13/10`, `1/1`; ValueError where it is none, or nothing at all."""
    above, _, below = text.partition("/")
    if not below or not _whole(below) or not _whole(above):
        raise ValueError(f"{text} 应为分数,如 13/10")
    return Fraction(_whole(above), _whole(below))
