"""Months: inside a Date on the first of the month, at the edges "YYYY-MM"."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))  # the one time of the country
MONTH_TEXT = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


def today() -> date:
    """The calendar day in the country, in whatever time zone the machine keeps its clock."""
    return datetime.now(BEIJING).date()


def parse_month(text: str) -> date:
    """Read "YYYY-MM" as the first day of that month; ValueError where it is none."""
    found = MONTH_TEXT.match(text)
    if not found:
        raise ValueError(f"{text!r} 不是年月(YYYY-MM)")
    return date(int(found[1]), int(found[2]), 1)


def month_text(month: date) -> str:
    """Write a month as "YYYY-MM"."""
    return f"{month.year:04d}-{month.month:02d}"


def first_of(day: date) -> date:
    """The month a day lies in."""
    return day.replace(day=1)


def add_months(month: date, count: int) -> date:
    """The month `count` months later (earlier where negative)."""
    years, index = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(years, index + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """Every month from `first` to `last`, both included; empty where `last` is earlier."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first, n) for n in range(max(count, 0))]
