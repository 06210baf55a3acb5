"""The sample county's three months come out exactly as they once were read and found right."""

import pytest

from contracts.months import parse_month
from ledger.book import open_book
from month.month import opened_month
from payments.verify import live_batches, verify_batches
from tests import homes
from tests.golden.months import EXPECTED, MONTHS, run_sample, texts


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return run_sample(tmp_path_factory.mktemp("golden") / "home")


def test_every_figure_payment_and_receivable_is_as_expected(home):
    found = texts(home)
    assert found.keys() == {path.name for path in EXPECTED.iterdir()}
    for name, text in found.items():
        assert text == (EXPECTED / name).read_text("utf-8"), (
            f"{name}: read the diff, then python -m tests.golden.months"
        )


def test_every_file_agrees_with_the_book(home):
    book = open_book(home.database_url)
    for month in MONTHS:
        live = live_batches(book, homes.COUNTY, parse_month(month))
        assert live.height == 7
        assert verify_batches(book, home, homes.COUNTY, live) == []
    book.close()


def test_running_the_newest_month_again_books_nothing(home):
    book, files = homes.book_rows(home), homes.payment_files(home)
    homes.run(home, MONTHS[-1])
    assert homes.book_rows(home) == book
    assert homes.payment_files(home) == files


def test_auditors_find_what_is_planted_in_the_newest_month_and_nothing_else(home):
    with opened_month(home, homes.COUNTY) as month:
        homes.do(month, "findings")
        found = month.tables.read("findings").group_by("rule").len().sort("rule").rows()
    assert found == [("R02", 4), ("R04", 1), ("R16", 2)]
