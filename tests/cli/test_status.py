"""`disburse status`: what blocks the next step and who may take it, of a month and of every county."""

import json

import polars as pl
import pytest

from contracts.actor import Actor
from contracts.codes import HoldCode
from contracts.months import parse_month
from ledger import holds, people, results, sealing, signing
from ledger.book import open_book
from ledger.story import story
from month.progress import stopped_at, tables_of
from reports.status import Seen, status_of
from tests import homes
from tests.cli.giving import disburse

ONE, TWO, NO_ACCOUNT = (homes.resident_id(born, 2) for born in ("1940-03-05", "1941-04-18", "1942-02-11"))
JULY, AUGUST = parse_month("2024-07"), parse_month("2024-08")


def said(home, *arguments, code=0):
    return "".join(disburse(home, *arguments, code=code))


def hand_in(home, month, county=homes.COUNTY):
    homes.hand_in(
        home,
        month,
        county,
        population=[homes.person(one, division_code=county) for one in (ONE, TWO, NO_ACCOUNT)],
        account=[homes.account(one) for one in (ONE, TWO)],
    )


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """July run, not yet signed."""
    made = homes.make_home(tmp_path_factory.mktemp("ran") / "home")
    hand_in(made, "2024-07")
    homes.run(made, "2024-07")
    return made


@pytest.fixture
def home(ran, tmp_path):
    return homes.copied(ran, tmp_path / "home")


@pytest.fixture
def book(home):
    opened = open_book(home.database_url)
    yield opened
    opened.close()


def status(of, book, month=JULY, **seen):
    return status_of(book, of.settings(), homes.COUNTY, month, Seen(**seen))


def matters(found):
    return {matter.code: matter for matter in found.matters}


def answer(book, person_id, event):
    with book.reading() as conn:
        number = people.person_no_of(conn, person_id)
        instruction = story(conn, number).payments["instruction_id"][-1:]
    rows = pl.DataFrame({"instruction_id": instruction, "event": [event], "reason_code": [""], "reason": [""]})
    results.record(book, homes.COUNTY, f"{person_id}{event}", rows, Actor(homes.MAKER, "test"))


def test_a_released_month_waits_for_the_bank_until_every_line_is_answered(home, book):
    homes.sign(home, "2024-07")
    found = status(home, book)
    assert (found.step, found.next_command.split()[1]) == ("released", "results")
    silent = matters(found)["unanswered"]
    assert (silent.count, silent.fen, silent.blocks, silent.owners) == (2, 100_00, True, (homes.MAKER,))
    answer(book, ONE, "accepted")
    answer(book, TWO, "unknown")
    found = status(home, book)
    assert found.step == "released"
    assert "unanswered" not in matters(found)
    assert (matters(found)["unknown"].count, matters(found)["unknown"].fen) == (1, 50_00)
    answer(book, TWO, "returned")
    found = status(home, book)
    assert (found.step, found.next_officers) == ("answered", (homes.CHECKER,))
    assert {row.code: row.count for row in found.answers} == {"accepted": 1, "returned": 1}


def test_a_month_that_cannot_be_closed_yet_says_so_before_anybody_tries(home, book):
    homes.sign(home, "2024-07")
    answer(book, ONE, "returned")  # for a reason that nobody has made out
    answer(book, TWO, "accepted")
    found = status(home, book)
    blocks = [(matter.label, matter.advice) for matter in found.matters if matter.blocks]
    assert found.step == "answered"
    assert blocks == [("还不能结账:有 1 笔退回的原因没有判明", "请与银行判明后用 disburse hold lift 解除")]


def test_a_sealed_month_is_closed_and_nothing_comes_next(home, book):
    homes.sign(home, "2024-07")
    answer(book, ONE, "accepted")
    answer(book, TWO, "accepted")
    sealing.close(book, homes.COUNTY, JULY, Actor(homes.CHECKER, "test"))
    found = status(home, book)
    assert (found.step, found.next_command) == ("closed", "")


def test_holds_name_whose_they_are(home, book):
    with book.reading() as conn:
        number = people.person_no_of(conn, ONE)
    holds.place(book, homes.COUNTY, number, HoldCode.MANUAL, "来信反映", Actor(homes.CHECKER, "test"))
    found = matters(status(home, book))
    assert found["hold:MANUAL"].owners == (homes.CHECKER,)
    assert found["hold:ACCOUNT_MISSING"].owners == (homes.MAKER,)
    assert not found["hold:MANUAL"].blocks


def test_a_rejected_batch_blocks_with_the_reason_and_by_whom(home, book):
    signing.reject(book, homes.COUNTY, JULY, Actor(homes.CHECKER, "test"), "金额有疑问")
    found = status(home, book)
    assert found.step == "rejected"
    rejected = matters(found)["rejected"]
    assert homes.CHECKER in rejected.label
    assert "金额有疑问" in rejected.label
    assert rejected.blocks


def test_a_file_that_is_gone_or_was_edited_blocks(home, book):
    assert "file" not in matters(status(home, book, home=home))
    (file,) = (path for path in home.review.rglob("*.xlsx"))
    whole = file.read_bytes()
    file.write_bytes(whole + b" ")
    edited = matters(status(home, book, home=home))["file"]
    assert "已被改动" in edited.label
    assert edited.blocks
    file.unlink()
    assert "不在 review" in matters(status(home, book, home=home))["file"].label
    file.write_bytes(whole)
    homes.sign(home, "2024-07")
    (file,) = home.outbox.rglob("*.xlsx")
    file.unlink()
    assert "file" not in matters(status(home, book, home=home))


def test_what_no_run_may_carry_needs_an_officer(home, book):
    listed = tables_of(home, homes.COUNTY, JULY).read("beyond_window")
    assert "action_required" not in matters(status(home, book, beyond_window=listed))
    key = {"person_no": [1], "benefit": ["old_age_allowance"], "benefit_month": [parse_month("2020-01")]}
    too_old = pl.DataFrame({**key, "booked_fen": [50_00], "entitled_fen": [20_00]}, schema=listed.schema)
    line = matters(status(home, book, beyond_window=too_old))["action_required"]
    assert (line.count, line.fen) == (1, 30_00)
    assert "action required" in line.label


def test_a_month_tells_the_checker_which_registers_it_does_without(home):
    homes.sign(home, "2024-07")
    homes.hand_in(home, "2024-08", population=[homes.person(one) for one in (ONE, TWO, NO_ACCOUNT)])
    (home.inbox(homes.COUNTY, AUGUST) / "disability.csv").write_text("姓名\n样本\n", "utf-8")
    homes.run(home, "2024-08")
    told = json.loads(said(home, "status", "--county", homes.COUNTY, "--json"))
    found = {matter["code"]: matter for matter in told["matters"] if matter["code"].startswith("register:")}
    assert set(found) == {"register:account", "register:disability"}
    assert found["register:account"]["label"] == "名册:账户本月没有报送,沿用 2024-07 的(1 个月前)"
    assert found["register:disability"]["label"].startswith("名册:残疾报送的文件不能使用(缺少必需的列")
    assert not any(matter["blocks"] for matter in found.values())


def test_a_run_that_was_stopped_says_where(home, book):
    assert stopped_at(book, tables_of(home, homes.COUNTY, JULY)) == ""
    hand_in(home, "2024-08")
    begun = homes.begin(home, "2024-08")
    tables = tables_of(home, homes.COUNTY, AUGUST)
    assert stopped_at(book, tables).startswith("收件(人口、")
    homes.decide(begun)
    begun.close()
    assert stopped_at(book, tables) == "入账"
    found = status(home, book, AUGUST, stopped_at="入账")
    assert matters(found)["run_stopped"].blocks


def test_earlier_months_that_nobody_closed_are_named(home, book):
    homes.sign(home, "2024-07")
    hand_in(home, "2024-08")
    homes.run(home, "2024-08")
    line = matters(status(home, book, AUGUST))["earlier_open"]
    assert "2024-07" in line.label
    assert line.owners == (homes.CHECKER,)
    assert not line.blocks


def test_without_a_month_the_newest_is_told_with_the_next_step_first(home):
    first, following, *_ = said(home, "status", "--county", homes.COUNTY).splitlines()
    assert first == "410721 2024-07:文件已生成,待批准"
    assert following.strip() == f"下一步:disburse approve --county 410721 --month 2024-07 --as {homes.CHECKER}"


def test_without_a_county_every_county_has_its_line(home):
    hand_in(home, "2024-07", "410902")
    (home.path / "disburse.toml").write_text(
        (home.path / "disburse.toml").read_text("utf-8") + '[county.411102]\nrun_as = "x"\n', "utf-8"
    )
    told = json.loads(said(home, "status", "--json"))
    assert [(one["county"], one["step"]) for one in told["counties"]] == [("410721", "rendered"), ("410902", "none")]
    assert told["without_registers"] == ["411102"]
    assert "还没有收到名册:411102" in said(home, "status")


def test_a_county_nobody_knows_says_what_to_do(home):
    assert "请把名册放入 inbox" in said(home, "status", "--county", "411102", code=7)
