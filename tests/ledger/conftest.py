"""What the tests of the ledger share: a book of its own for each test, and a county to tell stories with.

Where DISBURSE_TEST_POSTGRESQL names a server (an SQLAlchemy URL), the same tests run on it, each in its own schema.
"""

import shutil

import pytest
from sqlalchemy import make_url

from ledger.book import open_book
from tests.ledger.county import County
from tests.ledger.places import SERVER, Places
from tests.ledger.racing import Racers


@pytest.fixture
def places(tmp_path):
    made = Places(tmp_path)
    yield made
    made.clear()


@pytest.fixture
def book_url(places):
    """Where a new book may be made."""
    return places.new()


@pytest.fixture(scope="session")
def empty_book(tmp_path_factory):
    """A book with nothing in it, to be copied; a server makes each anew."""
    path = tmp_path_factory.mktemp("empty") / "book.sqlite"
    open_book(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def book(book_url, empty_book):
    if not SERVER:
        shutil.copy(empty_book, make_url(book_url).database)
    opened = open_book(book_url)
    yield opened
    opened.close()


@pytest.fixture
def county(book):
    return County(book)


@pytest.fixture(scope="module")
def racers():
    started = Racers()
    yield started
    started.close()
