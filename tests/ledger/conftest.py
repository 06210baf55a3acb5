"""What the tests of the ledger share: a book of its own for each test, and a county to tell stories with."""

import pytest

from ledger.book import open_book
from tests.ledger.county import County


@pytest.fixture
def book(tmp_path):
    opened = open_book(f"sqlite:///{tmp_path / 'book.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def county(book):
    return County(book)
