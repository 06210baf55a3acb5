"""A month passed over, or a day known before the last run's, is asked about first: both are mostly slips."""

import pytest

from contracts.errors import StoppedError
from ledger import audit, cycles
from ledger.book import Book, opened
from month.month import kept_open
from tests import homes

ONE = homes.resident_id("1940-03-05")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made = homes.make_home(tmp_path_factory.mktemp("order") / "home")
    homes.hand_in(made, "2024-07", population=[homes.person(ONE)], account=[homes.account(ONE)])
    homes.run(made, "2024-07")
    return made


def booked(home):
    with opened(home.database_url) as book, book.reading() as conn:
        return f"{cycles.newest_cycle(conn, homes.COUNTY).pay_month:%Y-%m}"


def reasons(home):
    with opened(home.database_url) as book, book.reading() as conn:
        rows = conn.exec_driver_sql("SELECT detail_json FROM audit_log WHERE action = 'override'")
        assert audit.verify(conn) == []
        return [detail for (detail,) in rows]


@pytest.mark.parametrize(
    ("month", "known_on", "said"),
    [
        ("2024-09", None, "下一个发放月是 2024-08"),
        ("2025-07", None, "下一个发放月是 2024-08"),
        ("2024-08", "2024-07-14", "早于上次运行的 2024-07-15"),
        ("2024-07", "2024-07-14", "早于上次运行的 2024-07-15"),
    ],
)
def test_nothing_is_begun_without_a_reason(home, month, known_on, said):
    with pytest.raises(StoppedError, match=said):
        homes.run(home, month, known_on=known_on)
    assert (booked(home), reasons(home)) == ("2024-07", [])
    assert not (home.store / homes.COUNTY / "2024-09").exists()


def test_with_a_reason_it_goes_on_and_the_log_has_it_once(home, tmp_path):
    home = homes.copied(home, tmp_path / "home")
    for _ in range(2):
        homes.run(home, "2024-09", known_on="2024-07-14", override=("", "八月由市里代发"))
    assert booked(home) == "2024-09"
    (told,) = reasons(home)
    assert "八月由市里代发" in told
    assert "2024-08" in told
    homes.run(home, "2024-10")


def test_a_book_is_closed_where_it_is_not_handed_over(tmp_path, monkeypatch):
    home, closed = homes.make_home(tmp_path / "home"), []
    monkeypatch.setattr(Book, "close", lambda book: closed.append(book))
    with pytest.raises(KeyError), kept_open(home):
        raise KeyError
    assert len(closed) == 1
    with kept_open(home):
        pass
    assert len(closed) == 1
