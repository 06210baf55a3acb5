"""Posting: what is owed minus what was booked, month after month."""

import polars as pl
import pytest
from sqlalchemy import func, select

from contracts.errors import StoppedError
from ledger import tables
from ledger.posting import StopLimits
from tests.ledger.county import CODE, row


def money(frame):
    return sorted(frame.select("person_no", pl.col("benefit_month").dt.strftime("%Y-%m"), "amount_fen").rows())


def counts(book):
    with book.reading() as conn:
        return {
            table.name: conn.execute(select(func.count()).select_from(table)).scalar()
            for table in tables.metadata.sorted_tables
        }


def test_the_first_month_owes_everything_as_regular(county):
    posted = county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07", 10000)])
    assert money(posted.differences.obligations) == [(1, "2024-07", 5000), (2, "2024-07", 10000)]
    assert posted.differences.obligations["kind"].unique().to_list() == ["regular"]
    assert (posted.cycle.sequence, posted.run.run_id, posted.is_replay) == (1, 1, False)


def test_a_second_run_writes_no_row_at_all(county, book):
    rows = [row(1, "2024-07"), row(2, "2024-07", outcome="SUSPENDED"), row(3, "2024-07", outcome="STANDARD_NOT_SET")]
    county.run("2024-07", rows)
    before = counts(book)
    again = county.run("2024-07", rows)
    assert again.run is None
    assert counts(book) == before


def test_an_earlier_month_that_is_owed_now_is_arrears(county):
    county.run("2024-07", [row(1, "2024-07")])
    posted = county.run("2024-08", [row(1, "2024-06"), row(1, "2024-07"), row(1, "2024-08")])
    kinds = posted.differences.obligations.select("kind", pl.col("benefit_month").dt.month()).rows()
    assert kinds == [("arrears", 6), ("regular", 8)]


def test_what_waits_is_withdrawn_and_its_batch_voided(county, book):
    county.run("2024-07", [row(1, "2024-07"), row(2, "2024-07")])
    county.claim()
    found = county.run("2024-07", [row(2, "2024-07")]).differences
    assert money(found.withdrawals) == [(1, "2024-07", 5000)]
    assert found.receivables.is_empty()
    assert found.voided == (f"{CODE}-2024-07-01-01",)
    assert county.unpaid().select("person_no", "live_batch_id").rows() == [(2, None)]


def test_what_has_gone_out_is_owed_back(county):
    county.pay("2024-07", [row(1, "2024-07")])
    county.dies(1, "2024-06")
    found = county.run("2024-08", []).differences
    assert money(found.receivables) == [(1, "2024-07", 5000)]
    assert found.receivables["cause"].to_list() == ["DEATH"]
    assert found.withdrawals.is_empty()


def test_a_run_that_takes_back_too_much_stops(county):
    rows = [row(n, "2024-07") for n in range(1, 9)]
    county.pay("2024-07", rows)
    limits = StopLimits(per_mille=10, at_least=2)
    with pytest.raises(StoppedError, match=r"2 人共 100\.00 元"):
        county.run("2024-08", rows[2:], limits)
    assert county.run("2024-08", rows[1:], limits).run is not None
