"""Lists of beneficiaries: put up with their days and telephone, told when their period is over, taken down once."""

from datetime import date

import pytest
from openpyxl import load_workbook

from contracts.errors import BookError, InputError, NotAllowedError
from contracts.months import parse_month
from ledger import publishing
from month import progress
from month.auditing import looked_at
from month.month import opened_month
from month.publishing import published, put_up, take_down
from tests import homes

JULY = parse_month("2024-07")
MAKER, CHECKER = homes.actor(homes.MAKER), homes.actor(homes.CHECKER)
FROM, UNTIL = date(2024, 7, 16), date(2024, 7, 25)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made = homes.make_home(tmp_path_factory.mktemp("public") / "home")
    one = homes.resident_id("1940-03-05")
    homes.hand_in(made, "2024-07", population=[homes.person(one)], account=[homes.account(one)])
    homes.run_whole(made, "2024-07")
    return made


def up(home, until=UNTIL, telephone="0373-0000000", by=MAKER):
    return put_up(home, homes.COUNTY, JULY, by, FROM, until, telephone)


def notes(home):
    page = load_workbook(home.lists(homes.COUNTY, JULY) / "public.xlsx").worksheets[0]
    return [page.cell(row, 1).value for row in (page.max_row - 1, page.max_row)]


def matters(home):
    with homes.opened(home.database_url) as book:
        status = progress.status(home, book, homes.COUNTY, JULY)
    return [one.label for one in status.matters if one.code == "public_over"]


def hanging(home, on):
    with homes.opened(home.database_url) as book, book.reading() as conn:
        return [one.pay_month for one in publishing.over(conn, homes.COUNTY, on)]


def test_a_list_from_its_days_to_its_end(home):
    assert notes(home)[0] == "公示期:自 　　　　　　 至 　　　　　　,期满撤下。"
    with pytest.raises(NotAllowedError):
        up(home, by=CHECKER)
    with pytest.raises(InputError, match="早于起期"):
        up(home, until=date(2024, 7, 15))
    with pytest.raises(InputError, match="监督电话"):
        up(home, telephone=" ")
    with pytest.raises(BookError, match="没有张贴着的公示名单"):
        take_down(home, homes.COUNTY, JULY, MAKER, UNTIL)

    assert [path.name for path in up(home)] == ["public.xlsx"]
    assert notes(home)[0] == "公示期:自 2024年07月16日 至 2024年07月25日,期满撤下。"
    assert notes(home)[1].endswith("监督电话:0373-0000000")
    assert (home.lists(homes.COUNTY, JULY) / "roster.xlsx").exists()

    assert hanging(home, UNTIL) == []
    assert hanging(home, date(2024, 7, 26)) == ["2024-07"]
    assert matters(home) == ["2024-07 的公示名单公示到 2024-07-25,应撤下"]

    take_down(home, homes.COUNTY, JULY, MAKER, date(2024, 7, 29))
    assert matters(home) == []
    assert [one.down_on for one in published(home, homes.COUNTY)] == [date(2024, 7, 29)]
    with pytest.raises(BookError, match="没有张贴着的公示名单"):
        take_down(home, homes.COUNTY, JULY, MAKER, date(2024, 7, 29))
    up(home, until=date(2024, 8, 2))
    assert hanging(home, date(2024, 8, 3)) == ["2024-07"]


def test_who_is_new_is_found_until_a_list_with_him_has_hung_long_enough(home, tmp_path):
    """July's list hung; in August one is new, and only August's own list can have him."""
    own = homes.copied(home, tmp_path / "home")
    up(own)
    people = [homes.resident_id("1940-03-05"), homes.resident_id("1941-04-06")]
    homes.hand_in(own, "2024-08", population=map(homes.person, people), account=map(homes.account, people))

    def found(known_on):
        homes.run_whole(own, "2024-08", known_on=known_on)
        with opened_month(own, homes.COUNTY) as month:
            return looked_at(month.book, month.tables).found.filter(rule="R31")["person_no"].to_list()

    assert len(found("2024-08-15")) == 1
    put_up(own, homes.COUNTY, parse_month("2024-08"), MAKER, date(2024, 8, 15), date(2024, 8, 25), "0373-0000000")
    assert found("2024-08-23") == []
