"""Eight processes race on one county-month: one set of batches, one set of lines, nobody pays twice.

Each has a home of its own, as eight machines would, so that only the book stands between them; runs that share a home
wait for the county's lock instead, as is shown once with the graph.
"""

import shutil

import polars as pl
import pytest

from contracts.actor import Actor
from contracts.codes import HoldCode, RecoveryMeans
from contracts.months import parse_month
from contracts.settings import Home
from ledger import batches, cycles, holds, recovery, results, sealing, signing
from ledger.book import SCHEMA_VERSION, open_book
from payments import claim, profiles
from tests import homes
from tests.effort import long_walk
from tests.ledger.county import CHECKER, CODE, MAKER, RELEASER, County, row
from tests.ledger.laws import breaches, contents, rows, uncancelled
from tests.ledger.racing import COUNT
from tests.payments.rows import JULY, payable_rows

OLD = [homes.resident_id(f"{year}-03-05", 7) for year in range(1925, 1945)]
DEAD = {3: {"died_on": "2024-06-30"}}
MOVED = {5: {"moved_out_on": "2024-07-20"}, 6: {"died_on": "2024-05-31"}}
AUGUST = parse_month("2024-08")
TOO_LATE = (  # another's list, another's file
    "请从可付(payable)开始重新运行",
    "名册的原件,不能重放",
    "存档中没有该名册的原件",
)
GRAPHS = 2  # at once; each takes seconds


def registers(of_some):
    """Twenty old people, with what is told of some; everybody has an account."""
    people = [homes.person(one, **of_some.get(n, {})) for n, one in enumerate(OLD)]
    return {"population": people, "account": [homes.account(one) for one in OLD]}


def on(url, act, *told):
    """Do something with a book of one's own opening."""
    book = open_book(url)
    try:
        return act(book, *told)
    finally:
        book.close()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    home = homes.make_home(tmp_path_factory.mktemp("races") / "fresh", go_live_month='"2024-05"', pay_backlog="true")
    homes.hand_in(home, "2024-07", **registers({}))
    return home


@pytest.fixture
def august(fresh, tmp_path, book_url, monkeypatch):
    """July is paid; a home for each racer, with August's registers, and the book they share."""
    monkeypatch.setenv("DISBURSE_DATABASE_URL", book_url)
    fresh.heads.unlink(missing_ok=True)  # those of another test's book
    homes.run(fresh, "2024-07")
    homes.sign(fresh, "2024-07")
    made = [Home(tmp_path / f"home{number}") for number in range(COUNT)]
    for home in made:
        shutil.copytree(fresh.path, home.path)
        homes.hand_in(home, "2024-08", **registers(DEAD))
    return made


def run_home(number, homes_of_racers):
    """A whole run in the racer's own home: post, hold, claim, write files."""
    homes.run(homes_of_racers[number], "2024-08")


def test_whole_runs_that_race_are_as_one_run(august, racers, book_url, tmp_path, places, monkeypatch):
    assert racers.race(run_home, august, DISBURSE_DATABASE_URL=book_url) == [None] * COUNT
    files = homes.payment_files(august[0])
    assert all(homes.payment_files(home) == files for home in august)

    elsewhere = places.new()
    monkeypatch.setenv("DISBURSE_DATABASE_URL", elsewhere)
    alone = Home(tmp_path / "alone")
    shutil.copytree(august[0].path, alone.path)
    shutil.rmtree(alone.outbox)
    alone.heads.unlink()
    homes.run(alone, "2024-07")
    homes.sign(alone, "2024-07")
    homes.run(alone, "2024-08")
    assert on(book_url, contents) == on(elsewhere, contents)
    assert homes.payment_files(alone) == files


def test_runs_that_know_different_things_leave_one_set_of_lines(august, racers, book_url):
    for home in august[::2]:
        homes.hand_in(home, "2024-08", **registers(DEAD | MOVED))
    ended = racers.race(run_home, august, DISBURSE_DATABASE_URL=book_url)
    assert all(said is None or any(words in said for words in TOO_LATE) for said in ended), ended
    on(book_url, the_laws_hold)
    assert on(book_url, rows, "SELECT count(*) FROM cycle") == [(2,)]


def run_or_release(number, homes_of_racers):
    """Half of them run the corrected month, half send out what is approved."""
    if number % 2:
        homes.run(homes_of_racers[number], "2024-08")
    else:
        on(homes_of_racers[number].database_url, signing.release, CODE, AUGUST, Actor(RELEASER, "tester"))


def test_what_is_released_while_it_is_run_again_goes_out_once(august, racers, book_url):
    homes.run(august[0], "2024-08")
    on(book_url, signing.approve, CODE, AUGUST, Actor(CHECKER, "tester"))
    for home in august[1::2]:
        homes.hand_in(home, "2024-08", **registers(DEAD | MOVED))
    ended = racers.race(run_or_release, august, DISBURSE_DATABASE_URL=book_url)
    allowed = ("重新运行", "没有已批准", *TOO_LATE)
    assert all(said is None or any(words in said for words in allowed) for said in ended), ended
    on(book_url, the_laws_hold)


def the_laws_hold(book):
    """Those of tests/ledger/laws.py, of which one is: never two live attempts."""
    assert breaches(book) == []
    assert uncancelled(book) == set()
    with book.reading() as conn:
        live = batches.batches_of(conn, CODE, None).filter(~pl.col("state").is_in(["voided", "released"]))
    assert live.select("cycle_id", "part").is_unique().all()


def run_graph(number, home):
    if number < GRAPHS:
        from dagster_project.running import run_month  # of eight racers no other test's need it
        from month.month import Choices

        choices = Choices(maker=homes.MAKER, system_user="test")
        run_month(home, CODE, AUGUST, AUGUST.replace(day=15), choices)


@long_walk
def test_runs_of_the_graph_in_one_home_wait_for_each_other(august, racers, book_url):
    home = august[0]
    assert racers.race(run_graph, home, DISBURSE_DATABASE_URL=book_url) == [None] * COUNT
    on(book_url, the_laws_hold)
    assert on(book_url, rows, "SELECT count(*) FROM run JOIN cycle USING (cycle_id)") == [(2,)]
    assert on(book_url, rows, "SELECT count(*) FROM batch") == [(2,)]
    assert [name for name in homes.payment_files(home) if "/." in name] == []


@pytest.fixture
def posted(county):
    """Eight people have money to be paid."""
    county.run("2024-07", [row(n, "2024-07") for n in range(1, 9)])
    return county


def open_it(_, url):
    open_book(url).close()


def test_a_new_book_is_made_once(racers, book_url):
    assert racers.race(open_it, book_url) == [None] * COUNT
    assert on(book_url, rows, "SELECT version_num FROM alembic_version") == [(SCHEMA_VERSION,)]


def number_everybody(_, url):
    on(url, lambda book: County(book, people_count=50))


def test_a_person_gets_one_number(racers, book_url):
    racers.race(number_everybody, book_url)
    assert on(book_url, rows, "SELECT count(*), count(DISTINCT person_id), max(person_no) FROM person") == [
        (50, 50, 50)
    ]


def claim_for_an_account(number, url):
    """Everything unpaid, to an account that only this racer knows."""

    def claim_it(book):
        owed = County(book).unpaid()
        lines = owed.select("obligation_id", "person_no", "benefit", "benefit_month", "kind", "pays_fen", "attempt")
        payable = payable_rows(
            *({"n": one["person_no"], **one, "account_no": f"99000{number}"} for one in lines.iter_rows(named=True))
        )
        profile_of = dict.fromkeys(owed["benefit"].unique(), profiles.load()["generic_pipe"])
        with book.reading() as conn:
            newest = cycles.newest_cycle(conn, CODE)
        return claim.claim(book, CODE, newest, payable, profile_of, "law", Actor(MAKER, "tester"))

    return on(url, claim_it)


def test_of_claims_that_race_the_last_one_stands(posted, racers, book, book_url):
    ended = racers.race(claim_for_an_account, book_url)
    assert sorted(len(one.voided) for one in ended) == [0] + [1] * (COUNT - 1)
    with book.reading() as conn:
        live = batches.batches_of(conn, CODE, None).filter(pl.col("state") != "voided")
        assert batches.lines(conn, live["batch_id"].item())["account_no"].n_unique() == 1
    assert live["line_count"].to_list() == [8]
    assert breaches(book) == []


@long_walk
def test_what_came_back_is_sent_again_once_whoever_races_for_it(posted, racers, book, book_url):
    posted.pay("2024-07", [row(n, "2024-07") for n in range(1, 9)])
    posted.answer("returned", 1, return_reason="BANK_TECH")
    ended = racers.race(claim_for_an_account, book_url)
    won = [one for one in ended if isinstance(one, claim.Claimed)]
    assert won
    assert all("请从可付(payable)开始重新运行" in one for one in ended if one not in won), ended
    with book.reading() as conn:
        live = batches.batches_of(conn, CODE, None).filter(~pl.col("state").is_in(["voided", "released"]))
        again = batches.lines(conn, live["batch_id"].item())
    assert again.select("attempt", "amount_fen").rows() == [(2, 5000)]
    assert breaches(book) == []


def approve(number, url):
    return len(on(url, signing.approve, CODE, JULY, Actor(f"复核{number}", "tester")).signed)


def release(number, url):
    return len(on(url, signing.release, CODE, JULY, Actor(f"发放{number}", "tester")).signed)


def test_a_batch_is_approved_once_and_released_once(posted, racers, book, book_url):
    posted.claim()
    for act, step in ((approve, "approved"), (release, "released")):
        assert sorted(racers.race(act, book_url)) == [0] * (COUNT - 1) + [1]
        assert rows(book, f"SELECT count(*) FROM approval WHERE step = '{step}'") == [(1,)]
    assert breaches(book) == []


def read_results(_, url, answers):
    return on(url, results.record, CODE, "digest of the file", answers, Actor(MAKER, "tester")).noted


def test_a_result_file_is_read_once(posted, racers, book, book_url):
    posted.claim()
    posted.sign("2024-07")
    posted.release("2024-07")
    lines = pl.DataFrame(rows(book, "SELECT instruction_id FROM instruction"), schema=["instruction_id"], orient="row")
    answers = lines.with_columns(event=pl.lit("returned"), reason_code=pl.lit("1"), reason=pl.lit("账号已注销"))
    assert sorted(racers.race(read_results, book_url, answers)) == [0] * (COUNT - 1) + [8]
    assert rows(book, "SELECT count(*) FROM bank_event") == rows(book, "SELECT count(*) FROM hold") == [(8,)]
    assert breaches(book) == []


def close_it(number, url):
    return len(on(url, sealing.close, CODE, JULY, Actor(f"复核{number}", "tester")))


@pytest.fixture
def paid_to_the_end(posted, book, book_url):
    """July is paid and answered; nothing of it is open, and its close may succeed."""
    posted.claim()
    posted.sign("2024-07")
    posted.release("2024-07")
    lines = pl.DataFrame(rows(book, "SELECT instruction_id FROM instruction"), schema=["instruction_id"], orient="row")
    answers = lines.with_columns(event=pl.lit("accepted"), reason_code=pl.lit(""), reason=pl.lit(""))
    assert read_results(0, book_url, answers) == 8
    return posted


def test_a_month_is_closed_once(paid_to_the_end, racers, book, book_url):
    assert sorted(racers.race(close_it, book_url)) == [0] * (COUNT - 1) + [1]
    assert rows(book, "SELECT count(*) FROM seal") == [(1,)]
    with book.reading() as conn:
        assert sealing.verify(conn) == []
    assert breaches(book) == []


def close_or_go_on(number, url):
    """Some close July, some claim the supplement that a late difference made, some sign it, some send it out."""
    acts = (close_it, claim_for_an_account, approve, release)
    return acts[number % len(acts)](number, url)


def test_a_close_that_races_the_claim_approval_and_release_of_a_supplement_seals_whole_cycles(
    paid_to_the_end, racers, book, book_url
):
    """Whoever is first: a sealed cycle has taken nothing since, and nothing that waits was sealed."""
    paid_to_the_end.run("2024-07", [row(n, "2024-07") for n in range(1, 10)])  # a ninth is owed July too
    ended = racers.race(close_or_go_on, book_url)
    assert any(not isinstance(said, str) for said in ended), ended
    with book.reading() as conn:
        assert sealing.verify(conn) == []
        sealed = {seal.cycle.sequence for seal in sealing.seals_of(conn, CODE)}
        open_batches = batches.batches_of(conn, CODE, None).filter(~pl.col("state").is_in(["voided", "released"]))
    assert breaches(book) == []
    if sealed == {1, 2}:
        assert open_batches.is_empty()
    close_to_the_end(book_url)
    with book.reading() as conn:
        assert sealing.verify(conn) == []
        assert [seal.cycle.sequence for seal in sealing.seals_of(conn, CODE)] == [1, 2]
    assert breaches(book) == []


def close_to_the_end(url):
    """Whatever the race left, the same acts one after the other end the month."""
    on(url, lambda book: County(book).claim())
    for act in (approve, release):
        act(0, url)
    lines = on(
        url,
        rows,
        "SELECT instruction_id FROM instruction WHERE batch_id NOT IN"
        " (SELECT batch_id FROM batch_event WHERE event = 'voided')",
    )
    answers = pl.DataFrame(lines, schema=["instruction_id"], orient="row").with_columns(
        event=pl.lit("accepted"), reason_code=pl.lit(""), reason=pl.lit("")
    )
    on(url, results.record, CODE, "the last answer", answers, Actor(MAKER, "tester"))
    close_it(1, url)


def lift(number, url, hold_id):
    return on(url, holds.lift, CODE, hold_id, Actor(f"复核{number}", "tester"), "已核实")


def test_a_hold_is_lifted_once(posted, racers, book, book_url):
    hold_id = holds.place(book, CODE, 1, HoldCode.MANUAL.value, "待核", Actor(CHECKER, "tester"))
    ended = racers.race(lift, book_url, hold_id)
    assert ended.count(None) == 1
    assert all("没有这条未解除的暂缓" in said for said in ended if said)


def take_cash(number, url):
    return on(url, recovery.recover, CODE, 1, RecoveryMeans.CASH, 1000, Actor(CHECKER, "tester"), f"凭据{number}")


def test_no_more_is_recovered_than_is_owed_back(posted, racers, book, book_url):
    posted.claim()
    posted.sign("2024-07")
    posted.release("2024-07")
    posted.run("2024-08", [row(n, "2024-07") for n in range(2, 9)])
    ended = racers.race(take_cash, book_url)
    assert ended.count(1) == 5
    assert all("尚未追回" in said for said in ended if said != 1)
    assert breaches(book) == []
