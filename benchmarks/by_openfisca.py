"""The whole work of 新乡县 with OpenFisca-core: the law as its variables and parameters, month by month.

OpenFisca has no registers and knows no claims: by_pandas.py reads the facts, which are handed over as inputs, and
coordinates what comes out. What the law owes is worked out by OpenFisca.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import by_pandas
import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import MONTH
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERSON = build_entity("person", "people", "", is_person=True)
INPUTS = {
    **dict.fromkeys(("age", "area", "care", "grade"), int),
    **dict.fromkeys(("is_alive", "is_tekun", "is_dibao", "is_dibao_person"), bool),
    **dict.fromkeys(("needs_care", "is_unable", "is_limited", "is_special"), bool),
}
FIGURES = {  # fen a month
    "old_age_80": 5_000, "old_age_90": 10_000, "old_age_100": 30_000, "service": 6_000, "care": 6_000,
    "tekun_urban": 81_900, "tekun_rural": 54_600, "tekun_able": 7_500, "tekun_half": 33_400, "tekun_full": 66_700,
    "disability": 7_500,
}  # fmt: skip
Array = Any
Formula = Callable[[Any, Any, Any], Array]


def _old_age(person: Any, period: Any, figures: Any) -> Array:  # noqa: ANN401 - OpenFisca hands these in
    age, fen = person("age", period), figures(period)
    amount = np.select([age < 90, age < 100], [fen.old_age_80, fen.old_age_90], fen.old_age_100)
    return person("is_alive", period) * (age >= 80) * amount


def _service(person: Any, period: Any, figures: Any) -> Array:  # noqa: ANN401
    is_worse = (person("age", period) >= 80) | person("is_limited", period) | (person("grade", period) < 9)
    is_special = person("is_special", period) & is_worse
    qualifies = person("is_tekun", period) | person("is_dibao_person", period) | is_special
    return person("is_alive", period) * qualifies * figures(period).service


def _care(person: Any, period: Any, figures: Any) -> Array:  # noqa: ANN401
    qualifies = person("is_dibao_person", period) & person("is_unable", period)
    return person("is_alive", period) * qualifies * figures(period).care


def _tekun_living(person: Any, period: Any, figures: Any) -> Array:  # noqa: ANN401
    fen = figures(period)
    by_area = np.array([-1, fen.tekun_urban, fen.tekun_rural])[person("area", period)]
    return person("is_alive", period) * person("is_tekun", period) * by_area


def _tekun_care(person: Any, period: Any, figures: Any) -> Array:  # noqa: ANN401
    fen = figures(period)
    by_care = np.array([-1, fen.tekun_able, fen.tekun_half, fen.tekun_full])[person("care", period)]
    return person("is_alive", period) * person("is_tekun", period) * by_care


def _disability_living(person: Any, period: Any, figures: Any) -> Array:  # noqa: ANN401
    qualifies = person("is_dibao", period) & (person("grade", period) < 9)
    return person("is_alive", period) * qualifies * figures(period).disability


def _disability_care(person: Any, period: Any, figures: Any) -> Array:  # noqa: ANN401
    qualifies = person("needs_care", period) & (person("grade", period) <= 2)
    return person("is_alive", period) * qualifies * figures(period).disability


OWED: dict[str, Formula] = {  # fen a month; 0 where nothing is owed, −1 where nobody set a standard
    "old_age_allowance": _old_age,
    "elder_service_subsidy": _service,
    "elder_care_subsidy": _care,
    "tekun_living": _tekun_living,
    "tekun_care": _tekun_care,
    "disability_living_subsidy": _disability_living,
    "disability_care_subsidy": _disability_care,
}
EXCLUDED_BY_TEKUN = ("elder_service_subsidy", "disability_care_subsidy")


def _law() -> TaxBenefitSystem:
    law = TaxBenefitSystem([PERSON])
    law.parameters = ParameterNode("", data={name: {"values": {"2016-01-01": fen}} for name, fen in FIGURES.items()})
    told = {"entity": PERSON, "definition_period": MONTH}
    for name, kind in INPUTS.items():
        law.add_variable(type(name, (Variable,), {**told, "value_type": kind}))
    for name, formula in OWED.items():
        law.add_variable(type(name, (Variable,), {**told, "value_type": int, "formula": formula}))
    return law


def entitled(home: Path, county: str, months: Sequence[int]) -> by_pandas.Frame:
    """What the law owes: a row per person, benefit and month."""
    registers = by_pandas.County(home, county, (months[-1] - 1) // 12)
    people = registers.people
    simulation = SimulationBuilder().build_default_simulation(_law(), len(people))
    rows = []
    for month in months:
        period = f"{(month - 1) // 12}-{(month - 1) % 12 + 1:02}"
        known = registers.facts(month) | {"is_alive": True}
        for name, kind in INPUTS.items():
            of_all = np.zeros(len(people), dtype=kind)
            of_all[known["place"]] = known[name]
            simulation.set_input(name, period, of_all)
        is_tekun = simulation.calculate("is_tekun", period)
        for benefit in OWED:
            fen = simulation.calculate(benefit, period)
            owed = fen != 0
            excluded = is_tekun[owed] & (benefit in EXCLUDED_BY_TEKUN)
            rows.append((benefit, month, people[owed], fen[owed], excluded))
    return by_pandas.as_frame(rows)


def worked_out(home: Path, county: str, months: Sequence[int]) -> by_pandas.Answer:
    """The whole work; its totals."""
    return by_pandas.totals(by_pandas.coordinated(entitled(home, county, months), home, months))
