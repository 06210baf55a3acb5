"""An older book is brought to the present tables whole, or stays as it was; what it makes is what is declared.

`fixtures/books/NNNN.sql` holds the rows of a story told with the program of that migration, its guards beside it: the
first one's, and that of 0003 with a sealed cycle and grounds of holds as one text.
"""

import signal
import subprocess
import sys

import polars as pl
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, inspect, select, text

from contracts.errors import BookError
from ledger import holds, migrations, receivables, sealing, tables
from ledger.book import SCHEMA_VERSION, open_book, stored_version
from tests.ledger.county import CODE, County, row
from tests.ledger.laws import breaches, uncancelled
from tests.ledger.places import SERVER

TRIGGERS = {
    "sqlite": "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT c.relname, t.tgname, regexp_replace(p.prosrc, '\\s+', ' ', 'g')"
    " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
    " WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace",
}
KILLED = """
import os, signal, sys
from sqlalchemy import Connection
from ledger.book import open_book

tell, last, begun = Connection.exec_driver_sql, sys.argv[2], 0

def counted(self, *told):
    global begun
    begun += not told[0].startswith("BEGIN")
    if str(begun) == last or told[0].strip().startswith(last):
        os.kill(os.getpid(), signal.SIGKILL)
    return tell(self, *told)

Connection.exec_driver_sql = counted
open_book(sys.argv[1])
"""


def statements(path):
    return [one for one in path.read_text("utf-8").split(";\n") if one.strip()]


def left_by(revision, url, root):
    """A book as the program of a migration left it."""
    engine = create_engine(url)
    folder = root / "fixtures" / "books"
    with engine.begin() as conn:
        migrations.upgrade(conn, revision)
        for name in (revision, f"{revision}_guards_{conn.dialect.name}"):
            for statement in statements(folder / f"{name}.sql"):
                conn.exec_driver_sql(statement)
    engine.dispose()
    return url


@pytest.fixture
def old_url(book_url, root):
    """A book as the first program left it."""
    return left_by("0001", book_url, root)


@pytest.fixture
def sealed_url(book_url, root):
    """A book as the program of 0003 left it, with a sealed cycle."""
    return left_by("0003", book_url, root)


def rows_of(engine, columns):
    """Every row by table, of the tables and columns that were reflected; nothing of the program is used."""
    with engine.connect() as conn:
        return {
            name: sorted(repr(sorted(one.items())) for one in conn.execute(select(table)).mappings())
            for name, table in columns.tables.items()
        }


def held(url):
    """Every row of every table there is."""
    engine = create_engine(url)
    there = MetaData()
    there.reflect(engine)
    found = rows_of(engine, there)
    engine.dispose()
    return found


def test_what_was_sealed_before_a_column_was_added_speaks_true_and_is_still_watched(sealed_url):
    book = open_book(sealed_url)
    with book.reading() as conn:
        assert sealing.verify(conn) == []
    with book.engine.begin() as conn:
        off = "DROP TRIGGER hold_no_update" if conn.dialect.name == "sqlite" else "DROP TRIGGER hold_no_change ON hold"
        conn.execute(text(off))
        conn.execute(text("UPDATE hold SET ground = 'manual' WHERE ground LIKE 'profile:%'"))
    with book.reading() as conn:
        assert [problem for problem in sealing.verify(conn) if "hold 被改动" in problem]
    book.close()


def test_grounds_kept_as_one_text_are_read_in_their_parts(sealed_url):
    book = open_book(sealed_url)
    with book.reading() as conn:
        found = holds.open_holds(conn, CODE).select(holds.EVIDENCE).rows()
        decided = holds.gap_decisions(conn, CODE).rows()
    book.close()
    assert sorted((one for one in found if one[3] != "rejected"), key=lambda one: (one[0], one[2:])) == [
        (4, 4, "ACCOUNT_MISSING", "account", "", ""),
        (4, None, "CERTIFICATION_LAPSED", "certified_until", "", "2024-06-30"),
        (4, 4, "DECEASED_ARREARS", "died_on", "", "2024-06-02"),
        (4, None, "UNDER_REVIEW", "old_file", "account", "2024-05"),
        (4, 4, "UNDER_REVIEW", "too_long", "county_bank", "户名(全称):中文"),
        (5, None, "MANUAL", "manual", "", ""),
    ]
    assert [len(subject) for *_, word, subject, _ in found if word == "rejected"] == [16]
    assert decided == [("low_income", 4, "keep")]


def test_what_an_officer_lifted_before_is_not_placed_again(sealed_url):
    book = open_book(sealed_url)
    with book.reading() as conn:
        open_now = holds.open_holds(conn, CODE).select(holds.EVIDENCE)
    lifted = [(4, None, "UNDER_REVIEW", "IN_CUSTODY", "custody", "2024-06-01")]
    again = pl.DataFrame(lifted, schema=open_now.schema, orient="row")
    assert holds.reconcile(book, CODE, pl.concat([open_now, again]), "tester") == (0, 0)
    book.close()


def version(url):
    engine = create_engine(url)
    with engine.connect() as conn:
        found = stored_version(conn)
    engine.dispose()
    return found


def test_the_old_book_has_rows_in_every_table_and_keeps_the_laws(old_url):
    rows = held(old_url)
    assert rows.pop("alembic_version") == ["[('version_num', '0001')]"]
    assert [name for name, found in rows.items() if not found] == []
    assert len(rows) == 18


def test_every_row_of_an_old_book_is_still_there(old_url):
    engine = create_engine(old_url)
    old = MetaData()
    old.reflect(engine)
    old.remove(old.tables["alembic_version"])
    before = rows_of(engine, old)
    book = open_book(old_url)
    assert rows_of(engine, old) == before
    assert breaches(book) == []
    book.close()
    engine.dispose()
    assert version(old_url) == SCHEMA_VERSION


def triggers(book):
    with book.reading() as conn:
        return {tuple(one) for one in conn.execute(text(TRIGGERS[conn.dialect.name]))}


def test_an_old_book_gets_the_guards_of_a_new_one(old_url, places):
    old, new = open_book(old_url), open_book(places.new())
    assert triggers(old) == triggers(new)
    old.close()
    new.close()


def test_a_month_is_run_on_an_old_book(old_url):
    book = open_book(old_url)
    county = County(book, people_count=6)
    with book.reading() as conn:
        assert receivables.unrecovered(conn, CODE).select("person_no", "left_fen").rows() == [(1, 300), (2, 3000)]
    county.release("2024-08")
    posted = county.run("2024-09", [row(n, month) for n in (1, 3, 6) for month in ("2024-08", "2024-09")])
    assert posted.differences.obligations.height
    assert uncancelled(book) == set()
    county.claim()
    county.sign("2024-09")
    county.release("2024-09")
    assert breaches(book) == []
    book.close()


def test_a_guard_stands_on_what_an_old_book_did_not_have(old_url):
    book = open_book(old_url)
    with pytest.raises(BookError, match=tables.APPEND_ONLY), book.writing() as conn:
        conn.execute(text("UPDATE run SET code_version = 'other'"))
    book.close()


OF_ONE_ENGINE = "ALTER TABLE rate" if SERVER else "UPDATE sqlite_schema"


@pytest.mark.parametrize("statement", [1, 3, 8, 60, OF_ONE_ENGINE, "CREATE OR REPLACE" if SERVER else "CREATE TRIGGER"])
def test_an_upgrade_that_is_killed_leaves_the_old_book(old_url, statement):
    before = held(old_url)
    told = subprocess.run([sys.executable, "-c", KILLED, old_url, str(statement)], check=False, capture_output=True)
    assert told.returncode == -signal.SIGKILL, told.stderr
    assert held(old_url) == before
    book = open_book(old_url)
    assert breaches(book) == []
    book.close()
    assert version(old_url) == SCHEMA_VERSION


def test_the_migrations_make_what_is_declared(book):
    with book.engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []


def shape(conn):
    """Table → its columns, keys, checks and indexes, as the database tells them; in no order."""
    asked = inspect(conn)
    return {
        name: {
            "columns": {(c["name"], str(c["type"]), c["nullable"]) for c in asked.get_columns(name)},
            "key": asked.get_pk_constraint(name)["constrained_columns"],
            "foreign": {(*f["constrained_columns"], f["referred_table"]) for f in asked.get_foreign_keys(name)},
            "unique": {tuple(u["column_names"]) for u in asked.get_unique_constraints(name)},
            "checks": {c["sqltext"] for c in asked.get_check_constraints(name)},
            "indexes": {(i["name"], *i["column_names"], i["unique"]) for i in asked.get_indexes(name)},
        }
        for name in asked.get_table_names()
        if name != "alembic_version"
    }


def test_a_migrated_book_and_one_made_from_the_declaration_are_alike_to_the_last_check(old_url, places):
    declared = create_engine(places.new())
    with declared.begin() as conn:
        tables.metadata.create_all(conn)
        wanted = shape(conn)
    declared.dispose()
    book = open_book(old_url)
    with book.reading() as conn:
        found = shape(conn)
    book.close()
    assert found == wanted


@pytest.mark.skipif(bool(SERVER), reason="a server alters constraints itself")
@pytest.mark.parametrize("revision", ["0001", "0003"])
def test_declarations_put_in_anew_fit_the_rows(book_url, root, revision):
    book = open_book(left_by(revision, book_url, root))
    with book.reading() as conn:
        assert conn.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        assert conn.execute(text("PRAGMA foreign_key_check")).all() == []
    book.close()
