"""What is found again in the store is believed for its content: nobody is paid by a row that somebody edited there."""

import shutil

import polars as pl
import pytest
from sqlalchemy import text

from contracts.errors import BookError, InputError, StoppedError
from intake import receiving
from ledger import proving
from ledger.book import opened
from month.month import Month
from month.running import work
from month.stages import BY_NAME
from tests import homes

PEOPLE = tuple(homes.resident_id(born) for born in ("1940-03-05", "1938-02-11", "1935-06-07", "1936-01-02"))
VICTIM = PEOPLE[0]
OTHER_ACCOUNT = "9999999999999999"


@pytest.fixture(scope="module")
def paid(tmp_path_factory):
    """July is run; four people, each with an account."""
    made = homes.make_home(tmp_path_factory.mktemp("content") / "home", shrink_stop_at_least=2)
    homes.hand_in(made, "2024-07", population=map(homes.person, PEOPLE), account=map(homes.account, PEOPLE))
    homes.run(made, "2024-07")
    return made


@pytest.fixture
def home(paid, tmp_path, monkeypatch):
    """A copy, in a process that has read nothing yet."""
    monkeypatch.setattr(receiving, "_READ_HERE", {})
    return homes.copied(paid, tmp_path / "home")


def edited(rows, column="account_no"):
    """Everything of a table sent to another account."""
    is_long = pl.col(column).str.len_chars() > 5
    return rows.with_columns(pl.when(is_long).then(pl.lit(OTHER_ACCOUNT)).otherwise(column).alias(column))


def edit(path):
    """The same in a table of the store."""
    edited(pl.read_parquet(path)).write_parquet(path)


def left(home, table, month="2024-07"):
    (path,) = (home.store / homes.COUNTY / month).glob(f"*/{table}.parquet")
    return path


def accounts(home):
    """Every account that a payment file of the home prints."""
    with opened(home.database_url) as book, book.reading() as conn:
        return set(conn.execute(text("SELECT account_no FROM instruction")).scalars())


def own_accounts():
    return {homes.account(one)["account_no"] for one in PEOPLE}


def test_a_reading_that_was_edited_is_read_anew_from_the_original(home):
    found = (home.store / "received").glob("*-account.csv-*.arrow")
    (reading,) = (one for one in found if not one.stem.endswith(("-changed", "-refused")))
    edited(pl.read_ipc(reading)).write_ipc(reading)
    homes.hand_in(home, "2024-08", population=map(homes.person, PEOPLE))
    homes.run(home, "2024-08")
    assert accounts(home) == own_accounts()


def test_rows_that_stand_in_for_a_gap_are_made_anew_where_they_were_edited(home):
    edit(left(home, "accepted_account"))
    spoilt = {**homes.account(VICTIM), "account_no": ""}
    homes.hand_in(
        home, "2024-08", population=map(homes.person, PEOPLE), account=[spoilt, *map(homes.account, PEOPLE[1:])]
    )
    homes.run(home, "2024-08")
    standing = homes.tables_of(home, "2024-08").read("accepted_account")
    assert set(standing["account_no"]) == own_accounts()
    assert accounts(home) == own_accounts()
    with opened(home.database_url) as book, book.reading() as conn:
        assert proving.prove(conn).problems == ()


def test_a_former_month_that_is_gone_is_made_anew_and_the_controls_stand(home):
    shutil.rmtree(home.store / homes.COUNTY / "2024-07")
    homes.hand_in(home, "2024-08", population=map(homes.person, PEOPLE[:1]), account=map(homes.account, PEOPLE))
    with pytest.raises(StoppedError, match="人口"):
        homes.run(home, "2024-08")
    homes.hand_in(home, "2024-08", population=map(homes.person, PEOPLE[:3]), account=map(homes.account, PEOPLE))
    homes.run(home, "2024-08")
    assert homes.tables_of(home, "2024-08").read("gaps_population").height == 1


def test_without_the_originals_the_month_stops(home):
    shutil.rmtree(home.store / homes.COUNTY / "2024-07")
    for original in (home.store / "received").glob("*.csv"):
        original.unlink()
    homes.hand_in(home, "2024-08", population=map(homes.person, PEOPLE), account=map(homes.account, PEOPLE[1:]))
    with pytest.raises(InputError, match="原件"):
        homes.run(home, "2024-08")


def test_an_original_that_was_changed_is_not_read(home):
    original = next(one for one in (home.store / "received").glob("*.csv") if "account" not in one.name)
    with original.open("a", encoding="utf-8") as opened_file:
        opened_file.write("\n")
    shutil.rmtree(home.store / homes.COUNTY / "2024-07")
    homes.hand_in(home, "2024-08", population=map(homes.person, PEOPLE), account=map(homes.account, PEOPLE[1:]))
    with pytest.raises(BookError, match="已不是当时的"):
        homes.run(home, "2024-08")


def test_whom_to_pay_is_read_as_this_run_accepted_it_however_later_the_step_is_taken(home):
    """One asset materialised by hand, after somebody was in the store."""
    edit(left(home, "accepted_account"))
    with opened(home.database_url) as book:
        begun = Month(home, book, homes.tables_of(home, "2024-07"))
        with pytest.raises(BookError, match="accepted_account 已不是本次运行写出的"):
            work(begun, BY_NAME["payable"])
    assert accounts(home) == own_accounts()
