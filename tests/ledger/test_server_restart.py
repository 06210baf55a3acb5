"""PostgreSQL restarted in the middle of a month: nothing half done is there, what is told is in words, again is enough.

Only where DISBURSE_TEST_POSTGRESQL names a server of this machine that may be restarted (`.ci/run`).
"""

import shutil
import subprocess

import pytest
from sqlalchemy import Engine, event

from contracts.errors import OfficerError
from ledger.book import open_book
from tests import homes
from tests.ledger.laws import breaches, contents
from tests.ledger.places import SERVER

pytestmark = pytest.mark.skipif(
    not (SERVER and shutil.which("pg_ctlcluster")), reason="no PostgreSQL server that may be restarted"
)
OLD = [homes.resident_id(f"{year}-03-05", 7) for year in range(1930, 1936)]


def restart():
    listed = subprocess.run(["pg_lsclusters", "-h"], capture_output=True, text=True, check=True)
    version, name = listed.stdout.split()[:2]
    subprocess.run(["pg_ctlcluster", version, name, "restart", "-m", "fast"], check=True)


def month(home, number):
    people = [homes.person(one, **({"died_on": "2024-06-30"} if n < number else {})) for n, one in enumerate(OLD)]
    homes.hand_in(home, f"2024-0{7 + number}", population=people, account=[homes.account(one) for one in OLD])
    homes.run(home, f"2024-0{7 + number}")
    homes.sign(home, f"2024-0{7 + number}")


def made(path, url, monkeypatch):
    monkeypatch.setenv("DISBURSE_DATABASE_URL", url)
    return homes.make_home(path, go_live_month='"2024-06"', pay_backlog="true")


def left(url):
    book = open_book(url)
    try:
        assert breaches(book) == []
        return contents(book)
    finally:
        book.close()


@pytest.mark.parametrize("table", ["cycle", "audit_log", "batch", "approval"])
def test_a_month_that_a_restart_broke_is_run_again(tmp_path, places, monkeypatch, table):
    """The server goes away at the first row of a table, in the middle of the transaction that writes it."""
    restarted = []

    def go_away(conn, cursor, statement, *_):
        if not restarted and f"INTO {table} " in statement:
            restarted.append(statement)
            restart()

    url = places.new()
    home = made(tmp_path / "home", url, monkeypatch)
    month(home, 0)
    event.listen(Engine, "before_cursor_execute", go_away)
    try:
        with pytest.raises(OfficerError, match="与数据库的连接断了"):
            month(home, 1)
    finally:
        event.remove(Engine, "before_cursor_execute", go_away)
    assert restarted
    month(home, 1)

    elsewhere = places.new()
    alone = made(tmp_path / "alone", elsewhere, monkeypatch)
    month(alone, 0)
    month(alone, 1)
    assert left(url) == left(elsewhere)


def test_a_book_that_was_open_over_a_restart_is_asked_again(places):
    """Between two acts: the connection that waited in the pool is dead, and nobody has to know."""
    book = open_book(places.new())
    try:
        with book.reading() as conn:
            before = conn.exec_driver_sql("SELECT count(*) FROM audit_log").scalar()
        restart()
        with book.reading() as conn:
            assert conn.exec_driver_sql("SELECT count(*) FROM audit_log").scalar() == before
    finally:
        book.close()
