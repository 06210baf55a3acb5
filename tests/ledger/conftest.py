"""What the tests of the ledger share: a book of its own for each test, and a county to tell stories with.

Where DISBURSE_TEST_POSTGRESQL names a server (an SQLAlchemy URL), the same tests run on it, each in its own schema.
"""

import os

import pytest
from sqlalchemy import create_engine, make_url, text

from ledger.book import open_book
from tests.ledger.county import County

SERVER = os.environ.get("DISBURSE_TEST_POSTGRESQL", "")


@pytest.fixture
def book_url(tmp_path):
    """Where a new book may be made."""
    if not SERVER:
        yield f"sqlite:///{tmp_path / 'book.sqlite'}"
        return
    schema = f"book_{os.getpid()}"
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with server.connect() as conn:
        conn.execute(text(f"CREATE SCHEMA {schema}"))
    yield make_url(SERVER).update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(False)
    with server.connect() as conn:
        conn.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    server.dispose()


@pytest.fixture
def book(book_url):
    opened = open_book(book_url)
    yield opened
    opened.close()


@pytest.fixture
def county(book):
    return County(book)
