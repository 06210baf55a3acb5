"""What an officer may not do, or not alone, is refused and kept in the audit log."""

import pytest

from contracts.codes import OfficerRole
from contracts.errors import BookError, NotAllowedError, SameOfficerError
from ledger import audit
from ledger.book import opened
from month.officers import require, require_another, two_officers
from tests import homes


@pytest.fixture
def home(tmp_path):
    return homes.make_home(tmp_path / "home")


def refused(home):
    with opened(home.database_url) as book, book.reading() as conn:
        assert audit.verify(conn) == []
        rows = audit.entries(conn, homes.COUNTY, 9).filter(action="refused")
    return rows.select("actor", "object", "detail_json").rows()


def test_who_has_not_the_role_or_the_county_is_refused_and_logged(home):
    with pytest.raises(NotAllowedError):
        require(home, homes.MAKER, OfficerRole.CHECKER, homes.COUNTY, "close")
    assert require(home, homes.CHECKER, OfficerRole.CHECKER, homes.COUNTY, "close").name == homes.CHECKER
    ((actor, act, detail),) = refused(home)
    assert (actor, act) == (homes.MAKER, "close")
    assert "没有复核权限" in detail


def test_what_the_book_refuses_because_it_takes_two_is_logged_once_it_is_rolled_back(home):
    def act():
        with opened(home.database_url) as book, book.writing() as conn:
            audit.append(conn, homes.COUNTY, homes.CHECKER, "test", "refused", "what was rolled back", {})
            raise SameOfficerError("须为不同的人")

    with pytest.raises(SameOfficerError), two_officers(home, homes.CHECKER, homes.COUNTY, "release"):
        act()
    assert refused(home) == [(homes.CHECKER, "release", '{"why": "须为不同的人"}')]


def test_what_the_book_refuses_for_another_reason_is_no_entry(home):
    with pytest.raises(BookError), two_officers(home, homes.CHECKER, homes.COUNTY, "release"):
        raise BookError("批次未经复核")
    assert refused(home) == []


def test_nobody_agrees_to_what_he_does_himself(home):
    require_another(home, homes.MAKER, homes.CHECKER, homes.COUNTY, "override")
    with pytest.raises(SameOfficerError, match="不能自己同意继续"):
        require_another(home, homes.MAKER, homes.MAKER, homes.COUNTY, "override")
    assert [(actor, act) for actor, act, _ in refused(home)] == [(homes.MAKER, "override")]
