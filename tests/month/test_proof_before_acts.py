"""What officers sign, send and close is proved first: a book that somebody wrote into is not signed."""

import sqlite3

import pytest

from contracts.errors import BookError
from contracts.months import parse_month
from ledger.book import opened
from ledger.tables import create_guards
from month import closing, signing
from month.health import examine
from tests import homes

JULY = parse_month("2024-07")
PEOPLE = tuple(homes.resident_id(born) for born in ("1940-03-05", "1938-02-11"))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """July waits to be approved."""
    made = homes.make_home(tmp_path_factory.mktemp("proof") / "home")
    people = [homes.person(one) for one in PEOPLE]
    homes.hand_in(made, "2024-07", population=people, account=map(homes.account, PEOPLE))
    homes.run(made, "2024-07")
    return made


@pytest.fixture
def home(run, tmp_path):
    return homes.copied(run, tmp_path / "home")


def write_past_the_guards(home, statement):
    with sqlite3.connect(home.path / "book.sqlite") as conn:
        for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            conn.execute(f"DROP TRIGGER {name}")
        conn.execute(statement)
    conn.close()
    with opened(home.database_url) as book, book.writing() as conn:
        create_guards(conn)


def approve(home):
    return signing.approve(home, homes.COUNTY, JULY, homes.actor(homes.CHECKER))


def release(home):
    return signing.release(home, homes.COUNTY, JULY, homes.actor(homes.RELEASER))


def close(home):
    return closing.close_month(home, homes.COUNTY, JULY, homes.actor(homes.CHECKER))


def signatures(home):
    with sqlite3.connect(home.path / "book.sqlite") as conn:
        return [step for (step,) in conn.execute("SELECT step FROM approval ORDER BY approval_id")]


def test_more_owed_by_a_version_nobody_decided_is_not_approved(home):
    columns = "benefit, outcome, would_be_fen, fact_code, county, benefit_month, person_no"
    write_past_the_guards(
        home,
        f"INSERT INTO entitlement_version ({columns}, run_id, version_no, amount_fen)"
        f" SELECT {columns}, run_id, 2, 99999900 FROM entitlement_version WHERE person_no = 1 AND amount_fen > 0",
    )
    with pytest.raises(BookError, match=r"账簿自证不通过.*应发 999,999\.00 元"):
        approve(home)
    assert signatures(home) == ["made"]


def test_what_another_approved_than_the_log_knows_is_not_released(home):
    approve(home)
    write_past_the_guards(home, "UPDATE approval SET officer = '路人甲' WHERE step = 'approved'")
    with pytest.raises(BookError, match="经办人 审计记录为“示例复核”,总账为“路人甲”"):
        release(home)
    assert signatures(home) == ["made", "approved"]


def test_a_month_is_closed_by_a_whole_book_only_and_doctor_looks_deep_where_asked(home):
    approve(home)
    release(home)
    write_past_the_guards(
        home,
        "INSERT INTO bank_event (event_id, instruction_id, event, reason_code, reason, source_digest, source_row,"
        " recorded_at) SELECT line_no, instruction_id, 'accepted', '', '', 'nobody', line_no, 'now' FROM instruction",
    )
    with pytest.raises(BookError, match="成功笔数 审计记录为“0”,总账为“2”"):
        close(home)
    assert all(one.is_well for one in examine(home) if one.what.startswith("总账"))
    assert [one.what for one in examine(home, deep=True) if not one.is_well] == ["总账自证"]
