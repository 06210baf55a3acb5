"""What a story needs: pay months to happen in, and people to happen to.

Months are counted from the first pay month: 1 is that month, 0 the one before it. Rows are texts, as files have them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from contracts.codes import Area, LowIncomeCategory, Relationship, Sex
from contracts.months import add_months, month_text
from generator.names import BANKS, TOWNSHIPS, VILLAGES
from generator.numbers import ACCOUNTS, LATEST_ORDINAL, account_number, region_of, resident_id

FOREVER = 10**6


@dataclass(frozen=True)
class StagedRow:
    """A row of a register that stands in the files of pay months `since` … `until`."""

    register: str
    cells: Mapping[str, str]
    since: int = 1
    until: int = FOREVER

    def seen(self, since: int = 1, until: int = FOREVER) -> StagedRow:
        """The same row in the files of pay months `since` … `until` only."""
        return replace(self, since=since, until=until)

    def saying(self, **cells: str) -> StagedRow:
        """The same row with other texts in some cells."""
        return replace(self, cells=dict(self.cells) | cells)

    def stands_in(self, month: int) -> bool:
        """The file of pay month number `month` holds the row."""
        return self.since <= month <= self.until


@dataclass(frozen=True)
class Stage:
    """The county and its first pay month."""

    county: str
    first_month: date

    def month(self, number: int) -> str:
        """A month as files write it."""
        return month_text(add_months(self.first_month, number - 1))

    def day(self, number: int, day: int) -> str:
        """A day of a month as files write it."""
        return self._date(number, day).isoformat()

    def last_day(self, number: int) -> str:
        """The last day of a month as files write it."""
        return (self._date(number + 1, 1) - timedelta(days=1)).isoformat()

    def born(self, age_years: int, number: int, day: int) -> date:
        """The birth date of somebody who reaches an age on a day of a month."""
        birthday = self._date(number, day)
        return birthday.replace(year=birthday.year - age_years)

    def _date(self, number: int, day: int) -> date:
        return add_months(self.first_month, number - 1).replace(day=day)


@dataclass(frozen=True)
class Character:
    """A person of the cast, and the rows that the registers may hold of him."""

    stage: Stage
    serial: int
    name: str
    birth_date: date

    @property
    def person_id(self) -> str:
        """The identity number; order numbers above LATEST_ORDINAL are the cast's."""
        return resident_id(region_of(self.stage.county), self.birth_date, LATEST_ORDINAL + self.serial)

    @property
    def account_no(self) -> str:
        """An account number that nobody else has."""
        serial = pl.select(account_number(self.stage.county, pl.lit(ACCOUNTS - self.serial, pl.Int64)))
        return str(serial.item())

    def registered(self, **cells: str) -> StagedRow:
        """A row of the population register."""
        place = self.serial % len(TOWNSHIPS)
        usual = {
            "name": self.name,
            "sex": (Sex.MALE if (LATEST_ORDINAL + self.serial) % 2 else Sex.FEMALE).label,
            "birth_date": self.birth_date.isoformat(),
            "division_code": f"{self.stage.county}{901 + place}201",
            "township": TOWNSHIPS[place],
            "village": VILLAGES[0],
            "hukou_type": "农村",
        }
        return self.row("population", **usual | cells)

    def account(self, **cells: str) -> StagedRow:
        """A row of the account register, the person's own account unless said otherwise."""
        bank_name, bank_code = BANKS[0]
        usual = {
            "payee_name": self.name,
            "payee_id": self.person_id,
            "relationship": Relationship.SELF.label,
            "account_no": self.account_no,
            "bank_name": bank_name,
            "bank_code": bank_code,
        }
        return self.row("account", **usual | cells)

    def low_income(self, category: LowIncomeCategory, from_month: str, **cells: str) -> StagedRow:
        """A row of the low-income register: a rural one-person household."""
        usual = {
            "household_id": f"G{self.serial:08d}",
            "category": category.label,
            "area": Area.RURAL.label,
            "is_recipient": "是",
            "from_month": from_month,
        }
        return self.row("low_income", **usual | cells)

    def row(self, register: str, **cells: str) -> StagedRow:
        """A row of any register about this person."""
        return StagedRow(register, {"person_id": self.person_id} | cells)
