"""A month run by mistake, taken back by an officer; the right months follow, with every paper and check of theirs."""

import pytest

from contracts.errors import InputError, NotAllowedError
from contracts.months import parse_month
from ledger import proving
from ledger.book import opened
from month.explaining import explained
from month.replaying import replay
from month.taking_back import take_back
from tests import homes

FIRST, SECOND = homes.resident_id("1940-03-05"), homes.resident_id("1941-03-05")
MONTHS = ("2024-07", "2024-08", "2024-09")


def hand_in(home, month, *ids):
    homes.hand_in(
        home,
        month,
        population=[homes.person(one) for one in ids],
        account=[homes.account(one) for one in ids],
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """July went out; September was run before August, from a register that lacked a person, and taken back."""
    made = homes.make_home(tmp_path_factory.mktemp("back") / "home")
    hand_in(made, "2024-07", FIRST, SECOND)
    homes.run_whole(made, "2024-07")
    homes.sign(made, "2024-07")
    hand_in(made, "2024-09", FIRST)
    homes.run_whole(made, "2024-09", override_by=homes.CHECKER, override_reason="误")
    return made


def waiting(home):
    return sorted(path.name for path in home.path.glob("review/**/*.xlsx"))


def test_the_review_page_tells_who_let_it_go_on(home):
    page = (home.reports / homes.COUNTY / "2024-09" / "review.html").read_text("utf-8")
    assert "<b>叫停后继续:</b>月份或知悉日:" in page
    assert f"{homes.MAKER}同意继续,理由:误。" in page


def test_an_officer_takes_it_back_and_the_months_go_on(home):
    assert waiting(home)
    with pytest.raises(NotAllowedError):
        take_back(home, homes.COUNTY, parse_month("2024-09"), homes.actor(homes.CHECKER), "误运行")
    with pytest.raises(InputError, match="须写明理由"):
        take_back(home, homes.COUNTY, parse_month("2024-09"), homes.actor(homes.MAKER), " ")
    take_back(home, homes.COUNTY, parse_month("2024-09"), homes.actor(homes.MAKER), "误运行")
    assert waiting(home) == []
    for month in MONTHS[1:]:
        hand_in(home, month, FIRST, SECOND)
        homes.run_whole(home, month)
        homes.sign(home, month)
        told = explained(home, homes.COUNTY, parse_month(month)).told
        assert (told.total.fen_before, told.total.fen_now, told.total.fen_in_files) == (10000, 10000, 10000)
        assert replay(home, homes.COUNTY, parse_month(month)).differences == ()
    with opened(home.database_url) as book, book.reading() as conn:
        assert proving.prove(conn).problems == ()
