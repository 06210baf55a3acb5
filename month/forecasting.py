"""The months ahead of a county, worked out from what its newest run knew. Nothing is written to the book."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import calculators
import rulebook
from contracts.months import month_text
from contracts.settings import Home
from month.month import opened_month
from reports import forecast
from reports.forecast import Forecast


def forecast_of(home: Home, county: str, pay_month: date | None = None, count: int = forecast.MONTHS) -> Forecast:
    """The `count` months after a pay month, the county's newest where none is named, and as many up to it. Read-only.

    Registers, law and known-on day are those of the month's last run. BookError where it never ran.
    """
    with opened_month(home, county, pay_month) as month:
        given = month.manifest
        months = forecast.months_ahead(given.pay_month, count)
        law = rulebook.load_kept(home.store, given.pack_digest)
        rules = law.resolve(county, months, given.known_on)
        ahead = forecast.ahead(month.registers, rules, calculators.Scope(county, tuple(months), given.pay_month))
        with month.book.reading() as conn:
            behind = forecast.behind(conn, county, given.pay_month, count)
        return Forecast(
            county=f"{county} {rules.county_name}",
            pay_month=month_text(given.pay_month),
            known_on=given.known_on.isoformat(),
            ahead=ahead,
            behind=behind,
            documents=forecast.documents(rules, ahead),
        )


def write(told: Forecast, target: Path) -> Path:
    """Write a forecast to `target` (.xlsx, .csv, .parquet), whole or not at all; InputError for another ending."""
    return forecast.write(told, target)
