"""What is forecast of a month is what that month then owes, where nothing else becomes known."""

import polars as pl
import pytest
from openpyxl import load_workbook

from contracts.codes import Benefit
from contracts.errors import InputError
from contracts.months import parse_month
from ledger import figures
from ledger.book import opened
from month.forecasting import forecast_of, write
from tests import homes
from tests.cli.giving import asked, disburse

OLD, TURNS_80, ENDS = (homes.resident_id(born) for born in ("1935-03-05", "1944-09-20", "1950-02-03"))
SEPTEMBER = parse_month("2024-09")
LOW = {"household_id": "H1", "category": "低保", "area": "农村", "is_recipient": "是", "from_month": "2024-01"}


def hand_in(home, month):
    people = (OLD, TURNS_80, ENDS)
    homes.hand_in(
        home,
        month,
        population=[homes.person(one) for one in people],
        account=[homes.account(one) for one in people],
        low_income=[{"person_id": ENDS, "to_month": "2024-08", **LOW}],
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """July 2024 released: somebody turns 80 in September, a low income is known to end with August."""
    made = homes.make_home(tmp_path_factory.mktemp("home") / "home")
    hand_in(made, "2024-07")
    homes.run(made, "2024-07")
    homes.sign(made, "2024-07")
    return made


@pytest.fixture(scope="module")
def told(home):
    return forecast_of(home, homes.COUNTY)


def of(told, month, benefit):
    found = told.ahead.filter(pl.col("benefit_month") == parse_month(month), pl.col("benefit") == benefit.value)
    return found.row(0, named=True) if found.height else None


def test_birthdays_and_known_ends_move_heads_in_their_month(told):
    assert told.ahead["benefit_month"].n_unique() == 12
    august, september = (of(told, f"2024-0{number}", Benefit.OLD_AGE_ALLOWANCE) for number in (8, 9))
    assert (august["people_count"], september["people_count"], september["people_new"]) == (1, 2, 1)
    assert september["amount_fen"] - august["amount_fen"] == 50_00
    gone = of(told, "2024-09", Benefit.ELDER_SERVICE_SUBSIDY)
    assert (gone["people_count"], gone["people_gone"], gone["amount_fen"]) == (0, 1, 0)


def test_beside_it_stands_what_went_out(told):
    paid = {row["benefit"]: (row["people_count"], row["paid_fen"]) for row in told.behind.iter_rows(named=True)}
    assert paid["old_age_allowance"] == (1, 50_00)
    assert set(told.behind["pay_month"]) == {parse_month("2024-07")}
    assert told.benefits.filter(pl.col("benefit") == "old_age_allowance")["paid_fen"].item() == 50_00


def test_the_command_shows_it_and_writes_it_and_nothing_is_posted(home, tmp_path):
    before = homes.book_rows(home)
    given = ("forecast", "--county", homes.COUNTY, "--months", "3")
    said, _ = disburse(home, *given)
    assert "今后各月预计" in said
    as_json = asked(home, *given, "-o", str(tmp_path / "forecast.xlsx"))
    assert {row["benefit_month"] for row in as_json["ahead"]} == {"2024-08", "2024-09", "2024-10"}
    book = load_workbook(tmp_path / "forecast.xlsx", read_only=True)
    months = [row[0] for row in book["今后各月"].iter_rows(min_row=2, values_only=True)]
    assert months == ["2024-08", "2024-09", "2024-10"]
    assert len(list(book["近各月实发"].iter_rows())) == 2
    book.close()
    assert homes.book_rows(home) == before


def test_another_ending_is_refused(told, tmp_path):
    with pytest.raises(InputError, match=r"\.xlsx"):
        write(told, tmp_path / "forecast.doc")
    assert list(tmp_path.iterdir()) == []


def test_the_month_then_owes_it(home, told, tmp_path):
    home = homes.copied(home, tmp_path / "home")
    for month in ("2024-08", "2024-09"):
        hand_in(home, month)
    homes.run(home, "2024-09", override=("", "八月不办"))
    with opened(home.database_url) as book, book.reading() as conn:
        owed = figures.owed(conn, homes.COUNTY, SEPTEMBER).sort("benefit")
    ahead = told.ahead.filter(pl.col("benefit_month") == SEPTEMBER, pl.col("people_count") > 0).sort("benefit")
    assert ahead.select("benefit", "people_count", "amount_fen").rows() == owed.rows()
