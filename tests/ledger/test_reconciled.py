"""The book beside itself: law 11, hash totals, and equal pay that the key does not exclude."""

import sqlite3

import polars as pl
import pytest

from contracts.actor import Actor
from contracts.months import parse_month
from ledger import laws, reconciled, results
from tests.ledger.county import CODE, MAKER, row

JULY = parse_month("2024-07")


@pytest.fixture
def paid(county, book):
    """Two people's July, of one benefit; one was answered."""
    if book.engine.dialect.name != "sqlite":
        pytest.skip("takes the guards away first")
    county.pay("2024-07", [row(1, "2024-07"), row(2, "2024-07", 6000)])
    county.answer("accepted", 1)
    return book


def spoil(book, table, statement):
    with sqlite3.connect(book.engine.url.database) as conn:
        conn.execute(f"DROP TRIGGER {table}_no_update")
        conn.execute(statement)
    conn.close()


def asked(book, law, *told):
    with book.reading() as conn:
        return list(law(conn, *told))


def test_a_line_sent_under_another_benefit_than_it_pays_is_found(paid):
    assert asked(paid, laws.what_went_out_is_answered_or_open) == []
    spoil(paid, "instruction", "UPDATE instruction SET benefit = 'elder_care_subsidy' WHERE line_no = 1")
    found = asked(paid, laws.what_went_out_is_answered_or_open)
    assert sum("账上所付与送出的不等" in one for one in found) == 2


def test_an_amount_that_is_neither_paid_nor_waits_is_found(paid):
    assert asked(paid, laws.every_owed_fen_is_somewhere, CODE) == []
    spoil(paid, "obligation", "UPDATE obligation SET amount_fen = 7000 WHERE person_no = 1")
    (found,) = asked(paid, laws.every_owed_fen_is_somewhere, CODE)
    assert "未付的与待付清单不符" in found
    with paid.reading() as conn:
        assert reconciled.accounted(conn, CODE)["difference"].to_list() == [2000]


@pytest.mark.parametrize("column", ["account_no", "amount_fen"])
def test_two_lines_that_change_places_keep_heads_and_sums_and_not_the_hash_total(paid, column):
    def figures():
        with paid.reading() as conn:
            return reconciled.sent_and_answered(conn, CODE, JULY).row(0, named=True)

    before = figures()
    with sqlite3.connect(paid.engine.url.database) as conn:
        conn.execute("DROP TRIGGER instruction_no_update")
        first, second = (one for (one,) in conn.execute(f"SELECT {column} FROM instruction ORDER BY line_no"))
        conn.execute(f"UPDATE instruction SET {column} = CASE line_no WHEN 1 THEN ? ELSE ? END", (second, first))
    conn.close()
    after = figures()
    assert (after["sent_lines"], after["sent_fen"]) == (before["sent_lines"], before["sent_fen"])
    assert after["sent_hash"] != before["sent_hash"]


def test_equal_pay_of_one_benefit_and_period_by_two_batches_is_told_until_one_comes_back(county, book):
    county.pay("2024-07", [row(1, "2024-07")])
    county.pay("2024-08", [row(1, "2024-07", 10000), row(1, "2024-08")])
    with book.reading() as conn:
        (told,) = reconciled.paid_alike(conn, CODE).iter_rows(named=True)
        assert reconciled.paid_alike(conn, "999999").is_empty()
    assert (told["benefit"], told["period_from"], told["amount_fen"], told["lines"]) == (
        "old_age_allowance",
        "2024-07",
        5000,
        2,
    )
    rows = pl.DataFrame(
        {"instruction_id": [told["last_id"]], "event": ["returned"], "reason_code": [""], "reason": [""]}
    )
    results.record(book, CODE, "bank-1", rows, Actor(MAKER, "tester"))
    with book.reading() as conn:
        assert reconciled.paid_alike(conn, CODE).is_empty()
