"""The machine's clock: set back, or in another time zone. The book goes by its own order, days are Beijing's."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from contracts import months
from contracts.months import BEIJING, today
from ledger import audit, sealing
from ledger import book as ledger_book
from tests.ledger.county import row
from tests.ledger.laws import breaches, rows


class Clock(datetime):
    """A clock that is set back by an hour whenever somebody looks at it."""

    looked = 0

    @classmethod
    def now(cls, tz=None):
        cls.looked += 1
        return datetime(2024, 7, 1, tzinfo=tz) - timedelta(hours=cls.looked)


def test_a_clock_that_is_set_back_changes_nothing_but_the_instants(county, book, monkeypatch):
    monkeypatch.setattr(ledger_book, "datetime", Clock)
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    county.claim()
    county.sign("2024-07")
    county.release("2024-07")
    county.run("2024-08", [row(1, "2024-07"), row(1, "2024-08")])
    instants = rows(book, "SELECT recorded_at FROM audit_log ORDER BY entry_id")
    assert instants == sorted(instants, reverse=True), "the clock did go back"
    assert Clock.looked > 4
    with book.reading() as conn:
        assert audit.verify(conn) == sealing.verify(conn) == []
    assert breaches(book) == []


class Instant(datetime):
    """A clock that stands at an instant that a test chose."""

    at = datetime(2024, 12, 31, 18, tzinfo=UTC)

    @classmethod
    def now(cls, tz=None):
        return cls.at.astimezone(tz)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2024, 12, 31, 15, 59, 59, tzinfo=UTC), date(2024, 12, 31)),
        (datetime(2024, 12, 31, 16, tzinfo=UTC), date(2025, 1, 1)),
        (datetime(2024, 2, 28, 16, tzinfo=UTC), date(2024, 2, 29)),
    ],
    ids=["the last second of the year", "new year", "29 February"],
)
def test_the_day_is_beijings_wherever_the_machine_thinks_it_is(monkeypatch, zone, instant, day):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        monkeypatch.setattr(months, "datetime", Instant)
        monkeypatch.setattr(Instant, "at", instant)
        assert today() == day == instant.astimezone(BEIJING).date()
    finally:
        monkeypatch.undo()
        time.tzset()
