"""What an officer may not do, or not alone, is refused and kept in the audit log."""

from contextlib import nullcontext

import polars as pl
import pytest

from contracts.actor import Actor
from contracts.codes import OfficerRole
from contracts.errors import BookError, InputError, NotAllowedError, SameOfficerError
from contracts.settings import Officer
from ledger import audit
from ledger.audit_search import Sought, entries
from ledger.book import opened
from month.month import Choices
from month.officers import require, require_limit, require_to_run, two_officers
from tests import homes


@pytest.fixture
def home(tmp_path):
    return homes.make_home(tmp_path / "home")


def refused(home):
    with opened(home.database_url) as book, book.reading() as conn:
        assert audit.verify(conn) == []
        rows = entries(conn, homes.COUNTY, Sought()).filter(action="refused")
    return rows.select("actor", "object", "detail_json").rows()


def test_who_has_not_the_role_or_the_county_is_refused_and_logged(home):
    with pytest.raises(NotAllowedError):
        require(home, homes.actor(homes.MAKER), OfficerRole.CHECKER, homes.COUNTY, "close")
    assert require(home, homes.actor(homes.CHECKER), OfficerRole.CHECKER, homes.COUNTY, "close").name == homes.CHECKER
    ((actor, act, detail),) = refused(home)
    assert (actor, act) == (homes.MAKER, "close")
    assert "没有复核权限" in detail


def test_what_the_book_refuses_because_it_takes_two_is_logged_once_it_is_rolled_back(home):
    def act():
        with opened(home.database_url) as book, book.writing() as conn:
            audit.append(conn, homes.COUNTY, Actor(homes.CHECKER, "test"), "refused", "what was rolled back", {})
            raise SameOfficerError("须为不同的人")

    with pytest.raises(SameOfficerError), two_officers(home, homes.actor(homes.CHECKER), homes.COUNTY, "release"):
        act()
    assert refused(home) == [(homes.CHECKER, "release", '{"why": "须为不同的人"}')]


def test_what_the_book_refuses_for_another_reason_is_no_entry(home):
    with pytest.raises(BookError), two_officers(home, homes.actor(homes.CHECKER), homes.COUNTY, "release"):
        raise BookError("批次未经复核")
    assert refused(home) == []


def choices(maker, override_by="", reason=""):
    return Choices(maker=maker, system_user="test", override_by=override_by, override_reason=reason)


def test_nobody_agrees_to_what_he_does_himself(home):
    both = '[[officer]]\nname = "身兼两职"\nroles = ["maker", "checker"]\n'
    home.settings_file.write_text(home.settings_file.read_text("utf-8") + both, "utf-8")
    require_to_run(home, homes.COUNTY, choices("身兼两职", homes.CHECKER, "已核对"))
    with pytest.raises(SameOfficerError, match="不能自己同意继续"):
        require_to_run(home, homes.COUNTY, choices("身兼两职", "身兼两职", "已核对"))
    assert [(actor, act) for actor, act, _ in refused(home)] == [("身兼两职", "override")]


def test_a_run_is_made_by_a_maker_and_goes_on_by_a_checker_with_a_reason(home):
    with pytest.raises(NotAllowedError, match="没有经办权限"):
        require_to_run(home, homes.COUNTY, choices(homes.CHECKER))
    with pytest.raises(NotAllowedError, match="没有名为“路人甲”的经办人"):
        require_to_run(home, homes.COUNTY, choices(homes.MAKER, "路人甲", "已核对"))
    with pytest.raises(InputError, match="须写明理由"):
        require_to_run(home, homes.COUNTY, choices(homes.MAKER, homes.CHECKER, " "))


@pytest.mark.parametrize(("fen", "is_signed"), [(1_000_00, True), (1_000_01, False)])
def test_an_officer_signs_up_to_his_limit_and_not_a_fen_more(home, fen, is_signed):
    officer = Officer(name=homes.CHECKER, roles=(OfficerRole.CHECKER,), limit_yuan=1_000)
    waiting = pl.DataFrame({"batch_id": ["b1"], "total_fen": [fen]})
    with nullcontext() if is_signed else pytest.raises(NotAllowedError, match="批准限额为 1000 元"):
        require_limit(home, officer, homes.actor(homes.CHECKER), homes.COUNTY, "approve", waiting)
