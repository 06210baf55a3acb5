"""The months ahead of a county, worked out from what its newest run knew. Nothing is written to the book."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from contracts.months import month_text
from contracts.settings import Home
from ledger import exports
from month.ahead import ahead_of
from month.month import Month, opened_month
from reports import forecast
from reports.ahead import MONTHS
from reports.forecast import Forecast


def forecast_of(home: Home, county: str, pay_month: date | None = None, count: int = MONTHS) -> Forecast:
    """The `count` months after a pay month, the county's newest where none is named, and as many up to it. Read-only.

    Registers, law and known-on day are those of the month's last run. BookError where it never ran.
    """
    with opened_month(home, county, pay_month) as month:
        return forecast_from(month, count)


def forecast_from(month: Month, count: int = MONTHS) -> Forecast:
    """The same of a month at work."""
    given, of_ahead = month.manifest, ahead_of(month, count)
    with month.book.reading() as conn:
        behind = forecast.behind(conn, given.county, given.pay_month, count)
        waiting = exports.waiting_for_pay_month(conn, given.county)
    ahead = forecast.ahead(of_ahead.decided, of_ahead.rules, waiting)
    return Forecast(
        county=f"{given.county} {of_ahead.rules.county_name}",
        pay_month=month_text(given.pay_month),
        known_on=given.known_on.isoformat(),
        ahead=ahead,
        behind=behind,
        documents=forecast.documents(of_ahead.rules, ahead),
    )


def write(told: Forecast, target: Path) -> Path:
    """Write a forecast to `target` (.xlsx, .csv, .parquet), whole or not at all; InputError for another ending."""
    return forecast.write(told, target)
