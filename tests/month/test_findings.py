"""Every check finds what it is there to find, and nothing in a sound month; what it tells is counts."""

import polars as pl
import pytest

from contracts.months import parse_month
from contracts.tables import Coordinated
from month import findings
from month.findings import broken_rules
from month.month import opened_month
from tests import homes

ELDER, OTHER = homes.resident_id("1940-03-05"), homes.resident_id("1935-06-07")
HOPS = (
    findings.revived,
    findings.hop_to_coordinated,
    findings.more_than_one_winner,
    findings.hop_to_posted,
    findings.hop_to_payable,
    findings.hop_to_batch,
)


@pytest.fixture
def month(tmp_path):
    """Two elders, one of them without an account, run to their files."""
    home = homes.make_home(tmp_path / "home")
    people = [homes.person(ELDER), homes.person(OTHER)]
    homes.hand_in(home, "2024-07", population=people, account=[homes.account(ELDER)])
    homes.run(home, "2024-07")
    opened = opened_month(home, homes.COUNTY, parse_month("2024-07"))
    yield opened
    opened.close()


def spoil(month, table, change):
    month.tables.write(table, change(month.tables.read(table)))


def test_a_sound_month_has_no_findings(month):
    assert [hop(month) for hop in HOPS] == [{}] * len(HOPS)


def test_a_row_lost_in_coordination_is_found(month):
    spoil(month, "coordinated", lambda rows: rows.head(1))
    assert findings.hop_to_coordinated(month)["核定行数"] == 1


def test_two_winners_of_a_group_are_found(month):
    both = pl.lit("care", Coordinated.to_schema().columns["choose_group"].dtype.type)
    spoil(month, "coordinated", lambda rows: pl.concat([rows, rows]).with_columns(choose_group=both))
    assert findings.more_than_one_winner(month) == {"多于一项的人月": 2}


def test_money_booked_that_is_not_owed_is_found(month):
    spoil(month, "coordinated", lambda rows: rows.with_columns(pl.col("amount_fen") + 1))
    assert findings.hop_to_posted(month) == {"不相等的键": 2}


def test_money_booked_for_nobody_is_found(month):
    spoil(month, "coordinated", lambda rows: rows.clear())
    assert findings.hop_to_posted(month) == {"不相等的键": 2}


def test_unpaid_money_that_is_neither_payable_nor_held_is_found(month):
    spoil(month, "payable", lambda rows: rows.clear())
    assert findings.hop_to_payable(month) == {"下落不明的笔数": 1}
    assert findings.hop_to_batch(month) == {"已编批不可付的笔数": 1, "金额之差(分)": 50_00}


def test_held_money_that_is_payable_too_is_found(month):
    waiting = [row["obligation_id"] for row in unpaid(month) if row["live_batch_id"] is None]
    more = lambda rows: pl.concat([rows, rows.with_columns(obligation_id=pl.lit(waiting[0], pl.Int64))])  # noqa: E731
    spoil(month, "payable", more)
    assert findings.hop_to_payable(month) == {"既可付又暂缓的笔数": 1}


def test_a_broken_contract_is_told_in_counts_without_the_rows(month):
    spoiled = month.tables.read("coordinated").with_columns(amount_fen=pl.lit(-1, pl.Int64))
    told = broken_rules(Coordinated.to_schema(), spoiled)
    assert told
    assert all(isinstance(count, int) for count in told.values())


def test_a_death_that_was_taken_away_and_a_person_who_was_lost_are_found(month):
    died = pl.lit(parse_month("2024-05"))
    spoil(month, "accepted_population", lambda rows: rows.with_columns(died_on=died))
    assert findings.revived(month) == {"死亡日期推后的人数": 2}
    spoil(month, "evidenced_population", lambda rows: rows.clear())
    assert findings.revived(month) == {"丢失的人数": 2, "死亡日期推后的人数": 2}


def test_a_file_that_cannot_be_used_is_found_with_what_stands_instead(tmp_path):
    home = homes.make_home(tmp_path / "home")
    homes.hand_in(home, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    homes.run(home, "2024-07")
    homes.hand_in(home, "2024-08", population=[homes.person(ELDER)])
    for register in ("account", "disability"):
        (home.inbox(homes.COUNTY, parse_month("2024-08")) / f"{register}.csv").write_text("姓名\n样本\n", "utf-8")
    homes.run(home, "2024-08")
    opened = opened_month(home, homes.COUNTY, parse_month("2024-08"))
    told = {
        register: findings.unusable(opened, register) for register in ("population", "account", "disability", "claim")
    }
    opened.close()
    assert told == {
        "population": {},
        "account": {"不能使用的收件月": "2024-08", "采用的收件月": "2024-07"},
        "disability": {"不能使用的收件月": "2024-08", "采用的收件月": "没有可用的"},
        "claim": {},
    }


def unpaid(month):
    from ledger import batches

    with month.book.reading() as conn:
        return batches.unpaid(conn, homes.COUNTY).to_dicts()
