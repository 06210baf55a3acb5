"""The book itself: its tables, its audit chain, history, and what it gives away."""

import sqlite3

import pytest

from contracts.codes import RecoveryMeans
from contracts.columns import polars_schema
from contracts.errors import BookError
from contracts.months import parse_month
from contracts.tables import EntitlementExport, PaymentExport, ReceivableExport
from ledger import audit, exports, people, recovery, tables
from tests.ledger.county import CHECKER, CODE, resident_id, row
from tests.ledger.laws import breaches

JULY = parse_month("2024-07")


def test_the_newest_migration_makes_the_tables_that_are_declared(book):
    if book.engine.dialect.name != "sqlite":
        pytest.skip("compares what SQLite keeps of its tables")
    names = {table.name: sorted(column.name for column in table.columns) for table in tables.metadata.sorted_tables}
    with sqlite3.connect(book.engine.url.database) as conn:
        made = {name: sorted(r[1] for r in conn.execute(f"PRAGMA table_info({name})")) for name in names}
    conn.close()
    assert made == names


def test_a_broken_audit_chain_is_found(county, book):
    if book.engine.dialect.name != "sqlite":
        pytest.skip("takes the guards away first")
    county.pay("2024-07", [row(1, "2024-07")])
    with sqlite3.connect(book.engine.url.database) as conn:
        conn.execute("DROP TRIGGER audit_log_no_update")
        conn.execute("UPDATE audit_log SET actor = '他人' WHERE entry_id = 2")
    conn.close()
    with book.reading() as conn:
        assert audit.verify(conn) == ["审计记录第 2 条的内容被改动"]


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
    with pytest.raises(BookError, match="已经导入过:1 行"):
        county.import_history(paid, source="other")


@pytest.mark.parametrize(
    ("paid", "words"),
    [
        ([(1, "2023-12", "old_age_allowance", 4000)], "早于 2024-01"),
        ([(1, "2024-06", "old_age_allowance", 0)], "金额不是正数"),
        ([(1, "2024-06", "old_age_allowance", 1), (1, "2024-06", "old_age_allowance", 2)], "重复:2 行"),
    ],
)
def test_history_that_is_wrong_is_refused_as_a_whole(county, paid, words):
    with pytest.raises(BookError, match=words):
        county.import_history((9, "2024-06", "old_age_allowance", 1), *paid)
    assert county.import_history((9, "2024-06", "old_age_allowance", 1)) == 1


def test_no_more_is_recovered_than_is_left(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.run("2024-08", [])
    assert recovery.recover(book, CODE, 1, RecoveryMeans.CASH, 3000, CHECKER, "t", "凭据1") == 1
    with pytest.raises(BookError, match=r"2000|20\.00 元"):
        recovery.recover(book, CODE, 1, RecoveryMeans.CASH, 2001, CHECKER, "t", "凭据2")
    with pytest.raises(BookError, match="凭据"):
        recovery.recover(book, CODE, 1, RecoveryMeans.CASH, 1, CHECKER, "t", "")


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
