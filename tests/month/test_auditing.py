"""A finding that stops the batch stops it until an officer has decided, and is not asked again while it is the same."""

import json

import openpyxl
import polars as pl
import pytest

from contracts.codes import FindingDecision
from contracts.errors import BookError, InputError, NotAllowedError, OfficerError, SameOfficerError
from contracts.months import parse_month
from ledger import audit_search, batches, people
from ledger.book import opened
from month import auditing, holding, progress
from month.month import opened_month
from tests import homes

OLD, YOUNGER = homes.resident_id("1930-03-05"), homes.resident_id("1940-06-07")
ACCEPT, CORRECT, HOLD = FindingDecision.ACCEPT, FindingDecision.CORRECT, FindingDecision.HOLD
STOPPED = "须先办理的疑点都已办理.*R36百岁老人核实 1"
PACK = """
documents: {own: {title: 本县规定, number: 测试}}
source: {document: own, clause: 第一条, note: 九十周岁以上先核实再发}
rules:
  R36: {blocks: yes, limit: 90}
"""


@pytest.fixture(scope="module")
def asking(tmp_path_factory):
    """Two elders, of whom the older has to be seen at home before he is paid: so the county's pack says."""
    made = homes.make_home(tmp_path_factory.mktemp("asking") / "home")
    own = made.overlay / "410721_新乡县"
    own.mkdir(parents=True)
    (own / "audit.yaml").write_text(PACK, "utf-8")
    people = [homes.person(OLD), homes.person(YOUNGER)]
    homes.hand_in(made, "2024-07", population=people, account=[homes.account(OLD), homes.account(YOUNGER)])
    return made


@pytest.fixture
def fresh(asking, tmp_path):
    """No month was run."""
    return homes.copied(asking, tmp_path / "home")


@pytest.fixture(scope="module")
def once_stopped(asking, tmp_path_factory):
    made = homes.copied(asking, tmp_path_factory.mktemp("stopped") / "home")
    with pytest.raises(OfficerError, match=STOPPED) as told:
        homes.run_whole(made, "2024-07")
    assert "disburse finding decide" in told.value.advice
    return made


@pytest.fixture
def home(once_stopped, tmp_path):
    """The finding has stopped July."""
    return homes.copied(once_stopped, tmp_path / "home")


def decide(home, who, decision, *, until=None, reason="已入户核实", finding=None):
    ids = [finding] if finding else auditing.listed(home, homes.COUNTY, is_open=True)["finding_id"].to_list()
    last = parse_month(until) if until else None
    return auditing.decide(home, homes.COUNTY, ids, decision, reason, homes.actor(who), last)


def run_and_sign(home, month):
    homes.run_whole(home, month)
    homes.sign(home, month)


def paid(home, month):
    """Whose money is in the month's batches, and how much."""
    with opened_month(home, homes.COUNTY, parse_month(month)) as at_work:
        return at_work.tables.read("payable").select("person_id", "pays_fen").rows()


def test_a_finding_stops_the_batch_until_it_is_accepted_and_is_asked_again_when_that_is_over(home):
    with opened_month(home, homes.COUNTY) as month, month.book.reading() as conn:
        assert batches.batches_of(conn, homes.COUNTY, None).is_empty()
    (row,) = auditing.listed(home, homes.COUNTY).to_dicts()
    assert (row["person_id"], row["rule"], row["state"], row["effect"]) == (OLD, "R36 百岁老人核实", "未办理", "不编批")
    decide(home, homes.CHECKER, ACCEPT, until="2024-08")
    run_and_sign(home, "2024-07")
    (row,) = auditing.listed(home, homes.COUNTY).to_dicts()
    assert row["state"].startswith("认可照发到 2024-08:已入户核实(示例复核")
    run_and_sign(home, "2024-08")
    assert len(paid(home, "2024-08")) == 2
    with pytest.raises(OfficerError, match=STOPPED):
        homes.run_whole(home, "2024-09")


def test_to_hold_lets_the_others_be_paid_and_a_lifted_hold_asks_again(home):
    (hold_id,) = decide(home, homes.MAKER, HOLD, reason="待入户")
    homes.run_whole(home, "2024-07")
    assert paid(home, "2024-07") == [(YOUNGER, 50_00)]
    assert auditing.listed(home, homes.COUNTY, is_open=True).is_empty()
    holding.lift(home, homes.COUNTY, hold_id, "已入户", None, homes.actor(homes.MAKER))
    with pytest.raises(OfficerError, match="R36"):
        homes.run_whole(home, "2024-07")
    with opened_month(home, homes.COUNTY) as month, month.book.reading() as conn:
        person_no = people.person_no_of(conn, OLD)
        about = audit_search.about_person(conn, homes.COUNTY, person_no)
        acts = audit_search.Sought(acts=["finding"], about=about)
        (entry,) = audit_search.entries(conn, homes.COUNTY, acts).to_dicts()
    assert (entry["actor"], json.loads(entry["detail_json"])) == (
        homes.MAKER,
        {"decision": "hold", "rule": "R36", "until": "", "reason": "待入户"},
    )


def test_to_correct_goes_on_stopping_until_the_register_is_right(home):
    decide(home, homes.MAKER, CORRECT, reason="出生日期有误,已退派出所")
    with pytest.raises(OfficerError, match="R36"):
        homes.run_whole(home, "2024-07")
    right = [homes.person(OLD, died_on="2024-05-06"), homes.person(YOUNGER)]
    homes.hand_in(home, "2024-07", population=right, account=[homes.account(OLD), homes.account(YOUNGER)])
    homes.run_whole(home, "2024-07")
    assert auditing.listed(home, homes.COUNTY).is_empty()


def test_who_decides_what_and_with_which_words(home):
    with pytest.raises(NotAllowedError):
        decide(home, homes.MAKER, ACCEPT, until="2024-08")
    with pytest.raises(NotAllowedError):
        decide(home, homes.RELEASER, HOLD)
    with pytest.raises(InputError, match="到哪个月"):
        decide(home, homes.CHECKER, ACCEPT)
    with pytest.raises(InputError, match="到哪个月"):
        decide(home, homes.MAKER, HOLD, until="2024-08")
    with pytest.raises(InputError, match="早于本月"):
        decide(home, homes.CHECKER, ACCEPT, until="2024-06")
    with pytest.raises(InputError, match="理由"):
        decide(home, homes.CHECKER, ACCEPT, until="2024-08", reason=" ")
    with pytest.raises(InputError, match="本月没有编号 abc 的疑点"):
        decide(home, homes.MAKER, HOLD, finding="abc")
    two_roles = (
        (home.path / "disburse.toml").read_text("utf-8").replace('roles = ["maker"]', 'roles = ["maker", "checker"]')
    )
    (home.path / "disburse.toml").write_text(two_roles, "utf-8")
    with pytest.raises(SameOfficerError):
        decide(home, homes.MAKER, ACCEPT, until="2024-08")
    assert auditing.listed(home, homes.COUNTY, is_open=True).height == 1


def test_a_stopped_month_leaves_its_list_with_a_sheet_for_each_department(home):
    folder = home.lists(homes.COUNTY, parse_month("2024-07"))
    book = openpyxl.load_workbook(folder / "findings.xlsx")
    assert book.sheetnames == ["各条规则", "民政局"]
    assert book["各条规则"].max_row == 37
    header, row = book["民政局"].iter_rows(values_only=True)
    assert dict(zip(header, row, strict=True))["身份证号"] == OLD
    assert pl.read_csv(folder / "findings.csv")["责任部门"].to_list() == ["民政局"]


def test_status_and_signatures_wait_for_a_finding_that_came_after_the_batch(fresh):
    (fresh.overlay / "410721_新乡县" / "audit.yaml").unlink()
    homes.run_whole(fresh, "2024-07")
    (fresh.overlay / "410721_新乡县" / "audit.yaml").write_text(PACK, "utf-8")
    with pytest.raises(OfficerError, match="R36"):
        homes.run_whole(fresh, "2024-07")
    with opened(fresh.database_url) as book:
        told = progress.status(fresh, book, homes.COUNTY, parse_month("2024-07"))
    (matter,) = (one for one in told.matters if one.code == "findings_stopping")
    assert (told.step, matter.count, matter.blocks) == ("findings", 1, True)
    assert told.next_command == "disburse finding list --county 410721 --month 2024-07"
    with pytest.raises(BookError, match="1 条须先办理的疑点未办理"):
        homes.sign(fresh, "2024-07")


def test_the_review_page_tells_each_rule_and_how_it_was_decided_and_names_nobody(home):
    decide(home, homes.CHECKER, ACCEPT, until="2024-08")
    homes.run_whole(home, "2024-07")
    page = (home.lists(homes.COUNTY, parse_month("2024-07")) / "review.html").read_text("utf-8")
    told = page.partition("六、疑点及其办理")[2].partition("<h2>")[0]
    assert "R36 百岁老人核实(不办理不编批)</td><td>民政局</td>" in told
    assert [told.count(f'<td class="n">{figure}</td>') for figure in (0, 1)] == [3, 2]
    assert "R34 财政供养人员享受低保(缺财政供养人员名单)" in told
    assert OLD not in told


def test_a_person_paid_by_two_counties_of_one_home_is_found(fresh):
    (fresh.overlay / "410721_新乡县" / "audit.yaml").unlink()
    there = {"population": [homes.person(YOUNGER, division_code="410902")], "account": [homes.account(YOUNGER)]}
    homes.hand_in(fresh, "2024-07", county="410902", **there)
    homes.run(fresh, "2024-07", county="410902")
    with pytest.raises(OfficerError, match="R09跨县重复 1"):
        homes.run_whole(fresh, "2024-07")
    (row,) = auditing.listed(fresh, homes.COUNTY).to_dicts()
    assert (row["person_id"], row["evidence"], row["benefits"]) == (YOUNGER, "华龙区 同月在发", "高龄津贴")
