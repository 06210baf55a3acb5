"""The partitions of the month's graph: county × pay month."""

from __future__ import annotations

from datetime import date

import dagster as dg

from contracts.months import month_text, parse_month
from contracts.names import plain_part

FIRST_PAY_MONTH = "2020-01"
MONTHS_AHEAD = 2  # February is paid before the festival, so months ahead of the calendar can be run
TIMEZONE = "Asia/Shanghai"


def cycles_of(counties: list[str]) -> dg.MultiPartitionsDefinition:
    """Partitions `<county>|<YYYY-MM>` for the counties that pay."""
    return dg.MultiPartitionsDefinition(
        {
            "county": dg.StaticPartitionsDefinition(sorted(counties)),
            "pay_month": dg.MonthlyPartitionsDefinition(
                start_date=FIRST_PAY_MONTH, fmt="%Y-%m", timezone=TIMEZONE, end_offset=MONTHS_AHEAD
            ),
        }
    )


def partition_key(county: str, pay_month: date) -> dg.MultiPartitionKey:
    """The key of one county's pay month."""
    return dg.MultiPartitionKey({"county": county, "pay_month": month_text(pay_month)})


def read_key(key: str) -> tuple[str, date]:
    """County and pay month of a partition key; ValueError where it is none, or its county may not be part of a path."""
    county, month = key.split("|")
    return plain_part(county), parse_month(month)
