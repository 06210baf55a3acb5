"""The book itself: its audit chain, history, and what it gives away."""

import sqlite3
import threading

import polars as pl
import pytest
from sqlalchemy import text
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

from contracts.actor import Actor
from contracts.codes import RecoveryMeans
from contracts.columns import polars_schema
from contracts.errors import BookError
from contracts.months import parse_month
from contracts.tables import Coordinated, EntitlementExport, PaymentExport, ReceivableExport
from ledger import audit, batches, exports, history, people, receivables, recovery
from ledger.book import SCHEMA_VERSION, insert_frame, open_book, opened, stored_version
from ledger.tables import person
from ledger.versions import KEY
from tests.ledger.county import CHECKER, CODE, resident_id, row
from tests.ledger.laws import breaches, rows

JULY = parse_month("2024-07")


def without_guards(book, statement):
    """What somebody could do who may alter the database itself."""
    guards = {"sqlite": ("update", "delete"), "postgresql": ("change",)}[book.engine.dialect.name]
    on = " ON audit_log" if book.engine.dialect.name == "postgresql" else ""
    with book.engine.begin() as conn:
        for act in guards:
            conn.execute(text(f"DROP TRIGGER audit_log_no_{act}{on}"))
        assert conn.execute(text(statement)).rowcount == 1


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit_log SET actor = '他人' WHERE entry_id = 2", ["审计记录第 2 条的内容被改动"]),
        (
            "UPDATE audit_log SET hash = '0' WHERE entry_id = 1",
            ["审计记录第 1 条的内容被改动", "审计记录第 2 条与上一条不相连"],
        ),
        ("DELETE FROM audit_log WHERE entry_id = 2", ["审计记录第 2 条缺失"]),
        (
            "UPDATE audit_log SET entry_id = 99 WHERE entry_id = 4",
            ["审计记录第 4 条缺失", "审计记录第 99 条的内容被改动"],
        ),
    ],
)
def test_a_broken_audit_chain_is_found(county, book, statement, found):
    county.pay("2024-07", [row(1, "2024-07")])
    without_guards(book, statement)
    with book.reading() as conn:
        assert audit.verify(conn) == found


def test_an_audit_log_cut_short_no_longer_ends_as_printed(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    with book.reading() as conn:
        printed = audit.head(conn)
    without_guards(book, "DELETE FROM audit_log WHERE entry_id = 4")
    with book.reading() as conn:
        assert audit.verify(conn) == []
        assert audit.head(conn) != printed


def test_people_are_numbered_once_in_the_order_of_their_identity_numbers(county, book):
    with book.reading() as conn:
        assert people.person_no_of(conn, resident_id(2)) == 2
        assert people.person_no_of(conn, "unknown") is None
        assert people.identities(conn)["person_no"].to_list() == list(range(1, 10))


def test_history_is_subtracted_and_what_was_overpaid_is_owed_back(county, book):
    county.import_history((1, "2024-06", "old_age_allowance", 4000), (2, "2024-06", "old_age_allowance", 4000))
    found = county.run("2024-07", [row(1, "2024-06")]).differences
    assert found.obligations.select("person_no", "amount_fen").rows() == [(1, 1000)]
    assert found.receivables.select("person_no", "amount_fen").rows() == [(2, 4000)]
    assert breaches(book) == []


def test_the_same_history_twice_changes_nothing_and_another_file_may_not_repeat_it(county):
    paid = (1, "2024-06", "old_age_allowance", 4000)
    assert county.import_history(paid) == 1
    assert county.import_history(paid) == 0
    with pytest.raises(BookError, match="此前已经导入:1 行"):
        county.import_history(paid, source="other")


@pytest.mark.parametrize(
    ("paid", "words"),
    [
        ([(1, "2023-12", "old_age_allowance", 4000)], "早于本系统起算月:1 行"),
        ([(1, "2024-06", "old_age_allowance", 0)], "金额不是正数"),
        ([(1, "2024-06", "old_age_allowance", 1), (1, "2024-06", "old_age_allowance", 2)], "重复:2 行"),
    ],
)
def test_history_that_is_wrong_is_refused_as_a_whole(county, paid, words):
    with pytest.raises(BookError, match=words):
        county.import_history((9, "2024-06", "old_age_allowance", 1), *paid)
    assert county.import_history((9, "2024-06", "old_age_allowance", 1)) == 1


def test_each_row_of_history_that_does_not_fit_is_told_why(county, book):
    county.run("2024-07", [])
    county.import_history((1, "2024-06", "old_age_allowance", 4000))
    rows = [(1, "2024-07"), (1, "2024-06"), (2, "2024-06"), (1, "2023-12"), (3, "2024-08")]
    frame = pl.DataFrame(
        [(person, "old_age_allowance", parse_month(month)) for person, month in rows],
        schema={name: polars_schema(Coordinated)[name] for name in KEY},
        orient="row",
    )
    with book.reading() as conn:
        codes = history.misfits(conn, CODE, frame, parse_month(county.go_live))
    assert codes.to_list() == [None, "ALREADY_IMPORTED", None, "BEFORE_GO_LIVE", "AFTER_FIRST_PAY_MONTH"]


def test_no_more_is_recovered_than_is_left(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.run("2024-08", [])
    assert recovery.recover(book, CODE, 1, RecoveryMeans.CASH, 3000, Actor(CHECKER, "t"), "凭据1") == 1
    with pytest.raises(BookError, match=r"2000|20\.00 元"):
        recovery.recover(book, CODE, 1, RecoveryMeans.CASH, 2001, Actor(CHECKER, "t"), "凭据2")
    with pytest.raises(BookError, match="凭据"):
        recovery.recover(book, CODE, 1, RecoveryMeans.CASH, 1, Actor(CHECKER, "t"), "")


def test_the_same_document_again_is_noted_once(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.run("2024-08", [])
    told = (book, CODE, 1, RecoveryMeans.CASH, 2000, Actor(CHECKER, "t"))
    assert [recovery.recover(*told, "凭据1"), recovery.recover(*told, "凭据1"), recovery.recover(*told, "凭据2")] == [
        1,
        0,
        1,
    ]
    with book.reading() as conn:
        assert receivables.unrecovered(conn, CODE)["left_fen"].to_list() == [1000]


def test_exports_have_the_columns_of_their_contract_and_identity_numbers(county, book):
    county.pay("2024-07", [row(1, "2024-07"), row(2, "2024-07", outcome="SUSPENDED")])
    county.run("2024-08", [])
    with book.reading() as conn:
        owed = exports.entitlements(conn, CODE, [JULY])
        paid = exports.payments(conn, CODE, JULY)
        back = exports.receivables(conn, CODE, parse_month("2024-08"))
    assert (owed.schema, paid.schema) == (polars_schema(EntitlementExport), polars_schema(PaymentExport))
    assert back.schema == polars_schema(ReceivableExport)
    assert paid.select("person_id", "benefit_month", "state").rows() == [(resident_id(1), "2024-07", "released")]
    assert back["amount_fen"].to_list() == [5000]
    assert owed.is_empty()  # both keys are NOT_MET by now


def write_on_a_full_disk(book, people_numbered):
    with book.writing() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count = 1")  # as many as it has
        insert_frame(conn, person, people_numbered)


def test_a_full_disk_is_told_as_one_and_nothing_is_half_written(county, book):
    if book.engine.dialect.name != "sqlite":
        pytest.skip("a server's disk is not ours to fill")
    county.pay("2024-07", [row(1, "2024-07")])
    before = rows(book, "SELECT * FROM person")
    numbered = pl.DataFrame({"person_no": range(1000, 60_000)}).select(
        "person_no", person_id=pl.col("person_no").cast(pl.String), numbered_at=pl.lit("now")
    )
    with pytest.raises(BookError, match="磁盘已满") as refused:
        write_on_a_full_disk(book, numbered)
    assert "腾出空间" in refused.value.advice
    assert rows(book, "SELECT * FROM person") == before


def test_a_book_that_somebody_is_just_making_is_waited_for(tmp_path):
    """SQLite does not wait by itself for the lock that a first write-ahead log takes."""
    file = tmp_path / "book.sqlite"
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    lets_go = threading.Timer(0.2, other.execute, ["COMMIT"])
    lets_go.start()
    made = open_book(f"sqlite:///{file}")
    lets_go.join()
    with made.reading() as conn:
        assert stored_version(conn) == SCHEMA_VERSION
    made.close()
    other.close()


def test_a_statement_is_compiled_once_for_all_books_of_a_process(tmp_path, monkeypatch):
    def looked_at(name):
        with opened(f"sqlite:///{tmp_path / name}.sqlite") as book, book.reading() as conn:
            return batches.batches_of(conn, CODE, None).schema

    for name in ("first", "second"):
        open_book(f"sqlite:///{tmp_path / name}.sqlite").close()
    told = looked_at("first")
    monkeypatch.setattr(SQLiteCompiler, "__init__", None)
    assert looked_at("second") == told
