"""A home with two months between which everything happens that a small county sees; read by several modules."""

import pytest

from contracts.months import parse_month
from month import papers as of_month
from month.explaining import explained_from
from month.month import opened_month
from tests import homes

STAYS, DIES, TURNS_90, TURNS_80 = (
    homes.resident_id(born) for born in ("1940-03-05", "1935-06-07", "1934-08-20", "1944-08-02")
)
COMES = homes.resident_id("1941-05-06")


@pytest.fixture(scope="session")
def month_of_changes(tmp_path_factory):
    """July released; in August one died in July, one turned 90, one turned 80, one's account came at last, and one is
    told of who was left out before.
    """
    home = homes.make_home(tmp_path_factory.mktemp("explained") / "home")
    everybody = [STAYS, DIES, TURNS_90, TURNS_80]
    people = [homes.person(one, f"样本{place}") for place, one in zip("甲乙丙丁", everybody, strict=True)]
    accounts = [homes.account(one, f"样本{place}") for place, one in zip("甲乙丙丁", everybody, strict=True)]
    homes.hand_in(home, "2024-07", population=people, account=accounts[1:])
    homes.run(home, "2024-07")
    homes.sign(home, "2024-07")
    died = homes.person(DIES, "样本乙", died_on="2024-07-09")
    late = homes.person(COMES, "样本戊")
    homes.hand_in(
        home,
        "2024-08",
        population=[people[0], died, *people[2:], late],
        account=[*accounts, homes.account(COMES, "样本戊")],
    )
    homes.run_whole(home, "2024-08")
    return home


@pytest.fixture(scope="session")
def told(month_of_changes):
    """The rows of August's papers, and August explained."""
    with opened_month(month_of_changes, homes.COUNTY, parse_month("2024-08")) as month:
        explained = explained_from(month.book, homes.COUNTY, parse_month("2024-08"), month.tables)
        return of_month.rows_of(month, explained), explained.told
