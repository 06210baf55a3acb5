"""Working days: `working_days.yaml`, and a county's own. Of a year that nobody has announced weekends are off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

from contracts.codes import ValueStatus
from contracts.errors import InputError
from contracts.settings import Home
from contracts.strict_yaml import Day, check, read_file

SHIPPED = Path(__file__).parent / "working_days.yaml"
SATURDAY = 5


class Year(BaseModel):
    """One year: where it stands, the days that are off (first and last of each stretch), the weekend days worked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(min_length=1)
    status: ValueStatus
    holidays: tuple[tuple[Day, Day], ...] = ()
    workdays: tuple[Day, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Year:
        if any(last < first for first, last in self.holidays):
            raise ValueError("holidays 每段先写第一天,再写最后一天")
        if self.status == ValueStatus.IN_FORCE and not self.holidays:
            raise ValueError("已公布的年份须写 holidays")
        if any(day.weekday() < SATURDAY for day in self.workdays):
            raise ValueError("workdays 只写调休上班的周六、周日")
        return self


class _Years(RootModel[dict[str, Year]]):
    """The file: year → its days."""

    @model_validator(mode="after")
    def _of_their_year(self) -> _Years:
        for name, year in self.root.items():
            days = [*year.workdays, *(day for stretch in year.holidays for day in stretch)]
            strange = [day for day in days if f"{day.year:04d}" != name]
            if strange:
                raise ValueError(f"{name} 年里写了别的年份的日子:{strange[0]}")
        return self


@dataclass(frozen=True)
class WorkingDays:
    """Which days are worked."""

    years: Mapping[str, Year]

    def is_working(self, day: date) -> bool:
        """Whether a day is worked: weekdays that are not off, and weekend days that are."""
        year = self.years.get(f"{day.year:04d}")
        if year is None:
            return day.weekday() < SATURDAY
        is_off = any(first <= day <= last for first, last in year.holidays)
        return day in year.workdays or (day.weekday() < SATURDAY and not is_off)

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after a day, which itself does not count."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working(day)
        return day

    def between(self, day: date, until: date) -> int:
        """How many working days have passed: those after `day`, up to and with `until`."""
        return sum(self.is_working(day + timedelta(days=n)) for n in range(1, (until - day).days + 1))

    def unannounced(self, day: date, until: date) -> list[int]:
        """The years between two days whose holidays nobody has entered: there only weekends are off."""
        return [number for number in range(day.year, until.year + 1) if not self._is_announced(number)]

    def _is_announced(self, number: int) -> bool:
        year = self.years.get(f"{number:04d}")
        return year is not None and year.status == ValueStatus.IN_FORCE


def working_days(home: Home) -> WorkingDays:
    """The shipped years, and those of the home's `working_days.yaml`, which go before; InputError."""
    own = home.path / "working_days.yaml"
    return WorkingDays({name: year for path in (SHIPPED, own) for name, year in _years(path)})


def _years(path: Path) -> Iterator[tuple[str, Year]]:
    if not path.is_file():
        return
    loaded, problems = check(_Years, read_file(path))
    if loaded is None:
        raise InputError("工作日表有误:\n" + "\n".join(map(str, problems)), "请改正后重试", path.name)
    yield from loaded.root.items()
