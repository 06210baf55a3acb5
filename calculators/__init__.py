"""Pure polars: the facts of a month, one file per benefit (who, how much), and coordination."""

from calculators.benefits import CALCULATORS, Calculator
from calculators.conditions import registers_of
from calculators.coordination import coordinate
from calculators.entitlements import entitlements
from calculators.facts import facts
from calculators.missing import missing_that_decide
from calculators.reads import COLUMNS
from calculators.scope import Registers, Scope

__all__ = [
    "CALCULATORS",
    "COLUMNS",
    "Calculator",
    "Registers",
    "Scope",
    "coordinate",
    "entitlements",
    "facts",
    "missing_that_decide",
    "registers_of",
]
