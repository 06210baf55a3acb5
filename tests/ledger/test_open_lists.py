"""Lists that law or practice extends are rows of the book: a new word needs no migration, an unknown one is refused."""

import pytest
from sqlalchemy import insert, select

from contracts.codes import Benefit, Code
from contracts.errors import BookError
from ledger import tables
from ledger.book import SCHEMA_VERSION, open_book, stored_version
from ledger.tables import OPEN_LISTS, rate

NEW = "childcare_allowance"
Longer = Code("Longer", [(one.name, (one.value, one.label)) for one in Benefit] + [("NEW", (NEW, "育儿补贴"))])


def add_rate(book, benefit):
    values = {"rate_no": 1, "rate_id": "r", "benefit": benefit, "amount_status": "in_force", "values_json": "[]"}
    with book.writing() as conn:
        conn.execute(insert(rate).values(**values))


def words(book, table):
    with book.reading() as conn:
        return sorted(conn.execute(select(table.c.word)).scalars())


@pytest.mark.parametrize("table", OPEN_LISTS, ids=lambda table: table.name)
def test_a_book_has_the_words_of_every_open_list(book, table):
    assert words(book, table) == sorted(OPEN_LISTS[table].values())


def test_a_word_the_book_does_not_know_is_refused(book):
    with pytest.raises(BookError):
        add_rate(book, NEW)


def test_a_tenth_benefit_needs_no_migration(book, book_url, monkeypatch):
    monkeypatch.setitem(OPEN_LISTS, tables.benefit_word, Longer)
    opened = open_book(book_url)
    add_rate(opened, NEW)
    assert words(opened, tables.benefit_word) == sorted(Longer.values())
    with opened.reading() as conn:
        assert stored_version(conn) == SCHEMA_VERSION
    opened.close()


def test_words_of_a_later_program_stay(book, book_url, monkeypatch):
    monkeypatch.setitem(OPEN_LISTS, tables.benefit_word, Longer)
    open_book(book_url).close()
    monkeypatch.undo()
    opened = open_book(book_url)
    assert NEW in words(opened, tables.benefit_word)
    opened.close()


def test_opening_a_book_of_today_writes_nothing(book, book_url, monkeypatch):
    monkeypatch.setattr("ledger.book.Book.writing", None)
    open_book(book_url).close()
