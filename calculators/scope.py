"""What is computed: a county, its benefit months and the pay month; and the registers it is read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from contracts.policy import Rules
from contracts.registers import empty_register

Registers = Mapping[str, pl.LazyFrame]  # accepted registers by name; one never received may be left out
PERSON, MONTH = "person_no", "benefit_month"
KEY = [PERSON, MONTH]


@dataclass(frozen=True)
class Scope:
    """One computation: `months` are the benefit months, each its first day, in order; `pay_month` the month paid in."""

    county: str
    months: tuple[date, ...]
    pay_month: date

    def month_frame(self) -> pl.LazyFrame:
        """The benefit months as a frame of one column, benefit_month."""
        return pl.LazyFrame({MONTH: list(self.months)}, schema={MONTH: pl.Date})

    def check(self, rules: Rules) -> None:
        """ValueError where the law was resolved for another county or lacks one of the months."""
        lacking = set(self.months) - set(rules.months)
        if not self.months or rules.county != self.county or lacking:
            raise ValueError(f"rules of {rules.county} do not cover {self.county} in {sorted(lacking) or 'any month'}")


def rows_of(registers: Registers, name: str) -> pl.LazyFrame:
    """The accepted rows of a register; none where it was never received."""
    return registers[name] if name in registers else empty_register(name).lazy()
