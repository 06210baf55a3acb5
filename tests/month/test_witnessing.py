"""Where the chain ended is written down outside the book: an old copy put back, or a log that was cut, is noticed."""

import shutil
import sqlite3

import pytest

from contracts.errors import BookError
from contracts.months import parse_month
from ledger.book import opened
from ledger.tables import create_guards
from month import closing, signing
from month.health import examine
from tests import homes
from tests.cli.giving import disburse

JULY = parse_month("2024-07")
ONE = homes.resident_id("1940-03-05")


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """July was run, and later approved; `before.sqlite` is the book from in between."""
    home = homes.make_home(tmp_path_factory.mktemp("witness") / "home")
    homes.hand_in(home, "2024-07", population=[homes.person(ONE)], account=[homes.account(ONE)])
    homes.run(home, "2024-07")
    shutil.copy(home.path / "book.sqlite", home.path / "before.sqlite")
    signing.approve(home, homes.COUNTY, JULY, homes.actor(homes.CHECKER))
    return home


@pytest.fixture
def home(lived, tmp_path):
    return homes.copied(lived, tmp_path / "home")


def put_back(home):
    for leftover in home.path.glob("book.sqlite*"):
        leftover.unlink()
    shutil.copy(home.path / "before.sqlite", home.path / "book.sqlite")


def acts(home):
    july = (home, homes.COUNTY, JULY)
    yield lambda: homes.run(home, "2024-07")
    yield lambda: signing.approve(*july, homes.actor(homes.CHECKER))
    yield lambda: signing.release(*july, homes.actor(homes.RELEASER))
    yield lambda: closing.close_month(*july, homes.actor(homes.CHECKER))
    yield lambda: closing.read_results(home, homes.COUNTY, home.path / "answer.csv", homes.actor(homes.MAKER))


def test_nothing_is_done_on_a_book_that_was_put_back(home):
    put_back(home)
    for act in acts(home):
        with pytest.raises(BookError, match="这份总账是旧的"):
            act()
    assert [one.what for one in examine(home) if "总账是旧的" in one.detail] == ["总账"]
    assert "这份总账是旧的" in disburse(home, "audit", "verify", code=7)[0]


def test_nor_on_one_whose_log_was_cut_off(home):
    with sqlite3.connect(home.path / "book.sqlite") as conn:
        conn.execute("DROP TRIGGER audit_log_no_delete")
        conn.execute("DELETE FROM audit_log WHERE action = 'approved'")
    conn.close()
    with opened(home.database_url) as book, book.writing() as conn:
        create_guards(conn)
    with pytest.raises(BookError, match="被截断、改写过"):
        signing.release(home, homes.COUNTY, JULY, homes.actor(homes.RELEASER))


def test_what_was_written_down_stays_true_as_the_book_goes_on(home):
    signing.release(home, homes.COUNTY, JULY, homes.actor(homes.RELEASER))
    homes.run(home, "2024-07")
    heads = [line.split()[0] for line in home.heads.read_text("ascii").splitlines()]
    assert len(heads) == len(set(heads)) >= 3
    assert home.heads.stat().st_mode & 0o777 == 0o600
    for head in heads:
        disburse(home, "audit", "verify", "--head", head)
