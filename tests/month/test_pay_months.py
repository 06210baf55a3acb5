"""A benefit paid at the end of each quarter: every month is decided and booked, the money waits for its pay month."""

import pytest

from contracts.months import month_text, parse_month
from ledger import fate
from ledger.book import opened
from ledger.proving import prove
from month.explaining import explained
from month.forecasting import forecast_of
from month.review_page import review_of
from reports.lists import held_for_programs
from reports.status import status_of
from tests import homes
from tests.cases.reading import write_overlay
from tests.cli.giving import asked

ONE, DEAD, LATE = (homes.resident_id(f"1940-0{month}-05") for month in (3, 4, 5))
QUARTERLY = {
    "level": homes.COUNTY, "parameter": "old_age_allowance.pay_months", "value": "3、6、9、12", "unit": "months",
    "effective_from": "2024-08-01", "issued_on": "2024-06-01", "role": "fixed", "status": "in_force",
}  # fmt: skip
MONTHS = ("2024-08", "2024-09", "2024-10")


@pytest.fixture(scope="module")
def quarter(tmp_path_factory):
    """A home after three months, and the status of each: one dies in August, one has an account from October on."""
    home = homes.make_home(tmp_path_factory.mktemp("quarter"), go_live_month='"2024-08"')
    write_overlay([QUARTERLY], home.path / "policies")
    stood = {}
    for month in MONTHS:
        died = {"died_on": "2024-08-20"} if month > "2024-08" else {}
        people = [homes.person(ONE), homes.person(DEAD, name="样本逝", **died), homes.person(LATE)]
        accounts = [homes.account(ONE), homes.account(DEAD), *([homes.account(LATE)] if month > "2024-09" else [])]
        homes.hand_in(home, month, population=people, account=accounts)
        homes.run(home, month)
        with opened(home.database_url) as book:
            stood[month] = status_of(book, home.settings(), homes.COUNTY, parse_month(month))
        if month > "2024-08":
            homes.sign(home, month)
    return home, stood


def paid_in(home, month):
    """Whose months are in the files of a pay month, by the end of the identity number."""
    with opened(home.database_url) as book, book.reading() as conn:
        rows = fate.of_pay_month(conn, homes.COUNTY, parse_month(month)).drop_nulls("batch_id")
    of_month = rows.filter(rows["batch_id"].str.contains(month)).select("person_no", "benefit_month")
    return sorted((number, month_text(owed)) for number, owed in of_month.iter_rows())


def test_what_is_posted_before_the_pay_month_is_booked_and_waits(quarter):
    home, stood = quarter
    assert paid_in(home, "2024-08") == []
    (waiting,) = [one for one in stood["2024-08"].matters if one.code.startswith("due:")]
    assert (waiting.label, waiting.count, waiting.owners, waiting.blocks) == ("未到发放月:2024-09 发放", 3, (), False)
    assert not any("NOT_YET_DUE" in one.code for one in stood["2024-08"].matters)


def test_the_month_explained_and_the_person_tell_the_pay_month(quarter):
    home, _ = quarter
    (line,) = explained(home, homes.COUNTY, parse_month("2024-08"), None).told.benefits
    assert "暂缓:未到发放月,2024-09 发放" in [flow.label for flow in line.flows]
    (county,) = asked(home, "person", "--number", "1")["counties"]
    assert "2024-09 发放(《用例假设的标准》(用例) overlay)" in county["holds"][0]["reason"]
    assert "不必办理" in county["holds"][0]["advice"]


def test_in_the_pay_month_everything_since_goes_out_also_to_who_died_before_it(quarter):
    home, _ = quarter
    assert paid_in(home, "2024-09") == [(1, "2024-08"), (1, "2024-09"), (2, "2024-08")]
    with opened(home.database_url) as book, book.reading() as conn:
        assert prove(conn).problems == ()


def test_what_was_due_and_held_goes_out_once_the_hold_ends_in_whatever_month(quarter):
    home, _ = quarter
    assert paid_in(home, "2024-10") == [(3, "2024-08"), (3, "2024-09")]


def test_who_only_waits_for_the_pay_month_is_not_among_those_held(quarter):
    home, stood = quarter
    assert stood["2024-10"].open_holds == 2
    month = homes.begin(home, "2024-10")
    with opened(home.database_url) as book:
        assert held_for_programs(book, homes.COUNTY, month.tables.read("accepted_population")).is_empty()
    month.close()


def test_the_forecast_counts_money_in_the_month_in_which_it_is_paid(quarter):
    """In October: two are alive, and what waits already is paid in December with November's and December's."""
    home, _ = quarter
    ahead = forecast_of(home, homes.COUNTY, count=3).months_ahead
    assert [month_text(at) for at in ahead["benefit_month"]] == ["2024-11", "2024-12", "2025-01"]
    assert ahead["amount_fen"].to_list() == [100_00] * 3
    assert ahead["pays_fen"].to_list() == [0, 3 * 100_00, 0]


def test_the_review_an_officer_asks_for_shows_the_months_ahead(quarter, tmp_path):
    home, _ = quarter
    target = review_of(home, homes.COUNTY, parse_month("2024-10"), tmp_path / "review.html", is_masked=True)
    page = target.read_text("utf-8")
    assert "今后各月预计发放(元)" in page
    assert "300.00(2 人次)" in page
