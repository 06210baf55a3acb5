"""One person under several numbers, on the way through months: lists, officers' decisions, replays."""

import polars as pl
import pytest
from click.testing import CliRunner

from cli.main import disburse
from contracts.codes import GapDecision
from contracts.errors import BookError, InputError, NotAllowedError
from contracts.months import parse_month
from ledger import cycles, holds, people, receivables
from ledger.book import opened
from ledger.story import story
from month import holding, identifying, signing
from month.replaying import replay
from tests import homes

OLD, NEW, OTHER = (homes.resident_id("1940-03-06", n) for n in (2, 4, 6))
AUGUST = parse_month("2024-08")
MAKER = homes.actor(homes.MAKER)


def registers(*ids):
    return {
        "population": [homes.person(one, "样本甲" if one != OTHER else "样本乙") for one in ids],
        "account": [homes.account(one, account_no="9940030600001" if one != OTHER else "9941040700002") for one in ids],
    }


@pytest.fixture(scope="module")
def renumbered(tmp_path_factory):
    """July 2024 paid under the old number; in August the new one stands in its place."""
    made = homes.make_home(tmp_path_factory.mktemp("renumbered") / "home")
    homes.hand_in(made, "2024-07", **registers(OLD, OTHER))
    homes.run(made, "2024-07")
    homes.sign(made, "2024-07")
    homes.hand_in(made, "2024-08", **registers(NEW, OTHER))
    homes.run(made, "2024-08")
    return made


@pytest.fixture
def home(renumbered, tmp_path):
    return homes.copied(renumbered, tmp_path / "home")


def join(home, old=OLD, new=NEW):
    return identifying.join(home, homes.COUNTY, old, new, "户籍证明", MAKER)


def books(home, read):
    with opened(home.database_url) as book, book.reading() as conn:
        return read(conn)


def gap_of(home, person_id, register="population"):
    waiting = books(home, lambda conn: holds.open_holds(conn, homes.COUNTY))
    number = books(home, lambda conn: people.person_no_of(conn, person_id))
    gap = waiting.filter(pl.col("person_no") == number, pl.col("ground") == "gap", pl.col("subject") == register)
    return gap["hold_id"].item()


def test_the_list_names_both_numbers_and_the_one_that_waits(home):
    from reports.lists import same_people

    tables = homes.tables_of(home, "2024-08")
    with opened(home.database_url) as book:
        read = [tables.read(name) for name in ("same_people", "gone_people", "accepted_population")]
        told = same_people(book, homes.COUNTY, *read)
        [row] = told.to_dicts()
        assert {row["person_id"], row["other_id"]} == {OLD, NEW}
        assert (row["name"], row["absent"], row["held"]) == ("样本甲", OLD, NEW)
        assert row["evidence"] == "一个号码已不在人口名册"
        join(home)
        assert same_people(book, homes.COUNTY, *read).is_empty()


def test_a_number_split_off_and_in_no_register_is_a_gap_and_owes_nothing_before_an_officer_decides(home):
    join(home)
    homes.run(home, "2024-08")
    homes.sign(home, "2024-08")
    identifying.split(home, homes.COUNTY, OLD, NEW, "不是同一人", MAKER)
    homes.hand_in(home, "2024-09", **registers(NEW, OTHER))
    homes.run(home, "2024-09")
    for register in ("population", "account"):
        gap_of(home, OLD, register)
    assert books(home, lambda conn: receivables.owed_back(conn, homes.COUNTY)).is_empty()
    homes.hand_in(home, "2024-10", **registers(NEW, OTHER))
    homes.run(home, "2024-10")  # what stood in goes on standing
    holding.lift(home, homes.COUNTY, gap_of(home, OLD), "不见了", GapDecision.ACCEPT_GONE, MAKER)
    homes.run(home, "2024-10")
    assert not books(home, lambda conn: receivables.owed_back(conn, homes.COUNTY)).is_empty()


def test_who_may_be_somebody_else_is_not_let_go_before_that_is_decided(home):
    hold_id = gap_of(home, OLD)
    with pytest.raises(BookError, match="疑为同一人"):
        holding.lift(home, homes.COUNTY, hold_id, "不见了", GapDecision.ACCEPT_GONE, MAKER)
    identifying.split(home, homes.COUNTY, OLD, NEW, "不是同一人", MAKER)
    homes.run(home, "2024-08")
    holding.lift(home, homes.COUNTY, gap_of(home, OLD), "不见了", GapDecision.ACCEPT_GONE, MAKER)


def test_after_the_join_nobody_owes_anything_and_every_register_row_is_his(home):
    join(home)
    homes.run(home, "2024-08")
    assert books(home, lambda conn: receivables.owed_back(conn, homes.COUNTY)).is_empty()
    assert homes.tables_of(home, "2024-08").read("register_gaps").is_empty()
    assert homes.tables_of(home, "2024-08").read("same_people").is_empty()


def test_each_number_keeps_the_ground_of_its_own_decision(home):
    """Both have a first version of July: the ground was looked up by the version's number alone."""
    join(home)
    told = books(home, lambda conn: story(conn, people.person_no_of(conn, OLD), homes.COUNTY, parse_month("2024-07")))
    assert dict(zip(told.obligations["kind"], told.obligations["correction"], strict=True)) == {
        "regular": None,
        "arrears": "LATE_FACT",
    }


def test_what_was_claimed_before_a_decision_is_not_signed_before_the_next_run(home):
    join(home)
    with pytest.raises(BookError, match="编批之后认定过号码"):
        signing.approve(home, homes.COUNTY, AUGUST, homes.actor(homes.CHECKER))
    homes.run(home, "2024-08")
    signing.approve(home, homes.COUNTY, AUGUST, homes.actor(homes.CHECKER))
    identifying.split(home, homes.COUNTY, OLD, NEW, "误认", MAKER)
    with pytest.raises(BookError, match="disburse run --county 410721 --month 2024-08"):
        signing.release(home, homes.COUNTY, AUGUST, homes.actor(homes.RELEASER))
    join(home)  # decided as the run knew it
    signing.release(home, homes.COUNTY, AUGUST, homes.actor(homes.RELEASER))


def test_a_month_is_replayed_by_the_decisions_known_then(home):
    homes.sign(home, "2024-08")
    join(home)
    homes.hand_in(home, "2024-09", **registers(OLD, OTHER))
    homes.run(home, "2024-09")
    identifying.split(home, homes.COUNTY, OLD, NEW, "误认", MAKER)
    digests = books(
        home,
        lambda conn: [
            cycles.latest_run(conn, homes.COUNTY, parse_month(month)).manifest.identity_digest
            for month in ("2024-07", "2024-08", "2024-09")
        ],
    )
    assert [bool(digest) for digest in digests] == [False, False, True]
    for month in ("2024-08", "2024-09"):
        assert replay(home, homes.COUNTY, parse_month(month)).differences == ()


def test_only_an_officer_of_the_county_decides_and_only_of_numbers_that_were_seen(home):
    with pytest.raises(NotAllowedError):
        identifying.join(home, homes.COUNTY, OLD, NEW, "证明", homes.actor("路人"))
    with pytest.raises(InputError, match="没有这个身份证号"):
        join(home, OLD, homes.resident_id("1999-01-01"))
    with pytest.raises(BookError, match="须有凭据"):
        identifying.join(home, homes.COUNTY, OLD, NEW, " ", MAKER)


def test_the_command_joins_splits_and_still_tells_a_persons_story(home):
    def said(*words, ids=(OLD, NEW)):
        asked = ["--home", str(home.path), "person", *words]
        done = CliRunner().invoke(disburse, asked, input="\n".join(ids))
        assert done.exit_code == 0, done.output
        return done.output

    decided = ("--county", homes.COUNTY, "--document", "证明1号", "--as", homes.MAKER)
    assert "已认定为同一人" in said("join", "-", "-", *decided)
    assert "没有变化" in said("join", "-", "-", *decided)
    homes.run(home, "2024-08")
    for told in (said("-", ids=[OLD]), said("--county", homes.COUNTY, "-", ids=[NEW])):
        assert "认定为同一人的号码" in told
        assert "样本甲" in told
        assert "已发到 2024-07" in told
    assert "已认定为两个人" in said("split", "-", "-", *decided)
