"""A register that was not handed in this month is carried forward, held or stops the month, as the county says."""

import pytest

from contracts.errors import InputError, StoppedError
from contracts.months import parse_month
from ledger import batches, holds
from ledger.grounds import GROUND
from month.month import opened_month
from month.reviewing import review
from reports.summary import not_handed_in
from tests import homes

ELDER, TEKUN = homes.resident_id("1940-03-05"), homes.resident_id("1935-06-07")


@pytest.fixture(scope="module")
def paid(tmp_path_factory):
    """An elder and a 特困 elder, paid for July 2024; August has a new population only."""
    home = homes.make_home(tmp_path_factory.mktemp("paid") / "home", missing_register="{}")
    people = [homes.person(ELDER), homes.person(TEKUN)]
    tekun = {"household_id": "H1", "category": "特困", "area": "农村", "is_recipient": "否", "self_care": "全自理"}
    low_income = [{"person_id": TEKUN, "support_mode": "分散", "from_month": "2024-01", **tekun}]
    accounts = [homes.account(ELDER), homes.account(TEKUN)]
    homes.hand_in(home, "2024-07", population=people, account=accounts, low_income=low_income)
    homes.run(home, "2024-07")
    homes.sign(home, "2024-07")
    homes.hand_in(home, "2024-08", population=people)
    return home


@pytest.fixture
def county(paid, tmp_path):
    """That home, when its county has settled on a policy."""

    def says(policy):
        home = homes.copied(paid, tmp_path / "home")
        return homes.make_home(home.path, missing_register=policy)

    return says


def held(home):
    """Benefit and ground of every open hold, in August."""
    month = opened_month(home, homes.COUNTY, parse_month("2024-08"))
    with month.book.reading() as conn:
        waiting = holds.open_holds(conn, homes.COUNTY)
        told = waiting.join(batches.unpaid(conn, homes.COUNTY), on="obligation_id").select("benefit", *GROUND).rows()
    month.close()
    return sorted(told)


def without(home, month):
    """The registers that a run did without."""
    stage = homes.tables_of(home, month)
    return not_handed_in(stage.read("intake_counts"), stage.read("refused_rows"))


def hand_in_nonsense(home, month):
    (home.inbox(homes.COUNTY, parse_month(month)) / "low_income.csv").write_text("姓名,年龄\n样本,80\n", "utf-8")


def test_it_is_carried_forward_unless_the_county_says_otherwise(county):
    home = county("{}")
    homes.run(home, "2024-08")
    assert held(home) == []


def test_what_rests_on_it_is_held_and_nothing_else_until_it_comes(county):
    home = county('{ low_income = "hold" }')
    homes.run(home, "2024-08")
    assert {benefit for benefit, *_ in held(home)} == {"tekun_living", "tekun_care"}
    assert {tuple(ground) for _, *ground in held(home)} == {("old_file", "low_income", "2024-07")}
    july = home.inbox(homes.COUNTY, parse_month("2024-07")) / "low_income.csv"
    (home.inbox(homes.COUNTY, parse_month("2024-08")) / "low_income.csv").write_bytes(july.read_bytes())
    homes.run(home, "2024-08")
    assert held(home) == []


def test_a_register_no_condition_looks_at_concerns_every_benefit(county):
    home = county('{ account = "hold" }')
    homes.run(home, "2024-08")
    assert {tuple(ground) for _, *ground in held(home)} == {("old_file", "account", "2024-07")}
    assert {benefit for benefit, *_ in held(home)} >= {"old_age_allowance", "tekun_living"}


def test_it_stops_the_month_until_an_officer_says_go_on(county):
    home = county('{ low_income = "stop" }')
    with pytest.raises(StoppedError, match="“低收入”名册本月没有报送,最近一次为 2024-07"):
        homes.run(home, "2024-08")
    homes.run(home, "2024-08", override=(homes.CHECKER, "已核对"))
    assert held(home) == []
    homes.run(home, "2024-08", override=(homes.CHECKER, "已核对"))
    (line,) = homes.overridden(home, "2024-08")
    assert line.told == "名册未到:“低收入”名册本月没有报送,最近一次为 2024-07;示例复核同意继续,理由:已核对"
    assert review(home, homes.COUNTY, parse_month("2024-08")).overridden == (line,), "told before it is signed"
    assert line.override.manifest == homes.tables_of(home, "2024-08").manifest.digest()


def test_a_register_never_received_stops_the_month_too(tmp_path):
    home = homes.make_home(tmp_path / "home", missing_register='{ disability = "stop" }')
    homes.hand_in(home, "2024-07", population=[homes.person(ELDER)])
    with pytest.raises(StoppedError, match="“残疾”名册本月没有报送,从未收到可用的"):
        homes.run(home, "2024-07")


@pytest.mark.parametrize(
    ("policy", "words"),
    [('{ lowincome = "hold" }', "不认识的名册:lowincome"), ('{ institution = "hold" }', "供养机构")],
)
def test_a_policy_that_cannot_be_is_refused(policy, words, tmp_path):
    with pytest.raises(InputError, match=words):
        homes.make_home(tmp_path / "home", missing_register=policy).settings()


def test_the_run_says_which_registers_it_did_without(county):
    home = county("{}")
    homes.run(home, "2024-08")
    told = without(home, "2024-08")
    assert [(line.register, line.inbox_month, line.carried_months) for line in told[:2]] == [
        ("low_income", "2024-07", 1),
        ("account", "2024-07", 1),
    ]
    assert ("disability", "") in [(line.register, line.inbox_month) for line in told]
    assert "population" not in [line.register for line in told]


@pytest.mark.parametrize("policy", ["{}", '{ low_income = "hold" }'])
def test_a_file_that_cannot_be_used_is_no_file_and_is_told(county, policy):
    home = county(policy)
    hand_in_nonsense(home, "2024-08")
    homes.run(home, "2024-08")
    (told,) = [line for line in without(home, "2024-08") if line.register == "low_income"]
    assert (told.inbox_month, told.carried_months) == ("2024-07", 0)
    assert told.unusable.startswith("缺少必需的列“身份证号”;缺少必需的列“户编号”")
    assert {tuple(ground) for _, *ground in held(home)} == (
        set() if policy == "{}" else {("old_file", "low_income", "2024-07")}
    )


def test_a_file_sent_again_for_the_same_month_that_cannot_be_used_is_told_too(county):
    home = county("{}")
    july = home.inbox(homes.COUNTY, parse_month("2024-07")) / "low_income.csv"
    (home.inbox(homes.COUNTY, parse_month("2024-08")) / "low_income.csv").write_bytes(july.read_bytes())
    homes.run(home, "2024-08")
    assert "low_income" not in [line.register for line in without(home, "2024-08")]
    hand_in_nonsense(home, "2024-08")
    homes.run(home, "2024-08")
    (told,) = [line for line in without(home, "2024-08") if line.register == "low_income"]
    assert told.unusable
    assert told.inbox_month == "2024-08"


def test_a_file_that_cannot_be_used_stops_the_month_where_a_missing_one_would(county):
    home = county('{ low_income = "stop" }')
    hand_in_nonsense(home, "2024-08")
    with pytest.raises(StoppedError, match="“低收入”名册本月报送的不能使用,最近一次为 2024-07"):
        homes.run(home, "2024-08")


def test_a_first_file_that_cannot_be_used_leaves_nobody_in_the_register_and_says_so(tmp_path):
    home = homes.make_home(tmp_path / "home")
    homes.hand_in(home, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    hand_in_nonsense(home, "2024-07")
    homes.run(home, "2024-07")
    (told,) = [line for line in without(home, "2024-07") if line.register == "low_income"]
    assert told.inbox_month == ""
    assert told.unusable


def test_a_file_with_a_header_only_says_that_nobody_is_left_and_an_officer_is_asked_about_each(county):
    home = county("{}")
    homes.hand_in(home, "2024-08", low_income=[])
    homes.run(home, "2024-08")
    stage = homes.tables_of(home, "2024-08")
    assert "low_income" not in [line.register for line in without(home, "2024-08")]
    assert stage.read("gaps_low_income").height == 1
    month = opened_month(home, homes.COUNTY, parse_month("2024-08"))
    with month.book.reading() as conn:
        assert holds.open_holds(conn, homes.COUNTY).select(GROUND).rows() == [("gap", "low_income", "VANISHED")]
    month.close()


def test_a_month_paid_long_ago_is_compared_whatever_the_county_says_now(county):
    home = county("{}")
    homes.run(home, "2024-08")
    homes.sign(home, "2024-08")
    homes.hand_in(home, "2024-09", population=[homes.person(ELDER), homes.person(TEKUN)])
    homes.run(home, "2024-09")
    county_now = homes.make_home(home.path, missing_register='{ low_income = "stop" }')
    homes.run(county_now, "2024-08")
    with pytest.raises(StoppedError):
        homes.run(county_now, "2024-09")
