"""The steps of a month without Dagster: one manifest binds them, and what cannot go on says why."""

import polars as pl
import pytest

from contracts.actor import Actor
from contracts.errors import BookError, InputError, StoppedError
from ledger import receipts
from month import accepting, booking
from tests import homes

ELDER, OTHER = homes.resident_id("1940-03-05"), homes.resident_id("1935-06-07")


@pytest.fixture(scope="module")
def once_ran(tmp_path_factory):
    made = homes.make_home(tmp_path_factory.mktemp("ran") / "home")
    homes.hand_in(made, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    homes.run(made, "2024-07")
    return made


@pytest.fixture
def ran(once_ran, tmp_path):
    """An elder's July, run to its payment files."""
    return homes.copied(once_ran, tmp_path / "home")


@pytest.fixture
def home(tmp_path):
    """An elder's July, not run."""
    made = homes.make_home(tmp_path / "home")
    homes.hand_in(made, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    return made


def test_posting_refuses_tables_of_another_manifest(home):
    first = homes.begin(home, "2024-07")
    homes.decide(first)
    homes.hand_in(home, "2024-07", population=[homes.person(ELDER), homes.person(OTHER)])
    second = homes.begin(home, "2024-07")
    assert second.manifest.digest() != first.manifest.digest()
    with pytest.raises(BookError, match="不属于当前清单"):
        booking.post(second)


def test_batching_refuses_a_list_of_another_manifest(ran):
    homes.hand_in(ran, "2024-07", population=[homes.person(ELDER), homes.person(OTHER)])
    second = homes.begin(ran, "2024-07")
    with pytest.raises(BookError, match="payable 不属于当前清单"):
        booking.batch(second)


def test_batching_refuses_a_list_from_before_a_release(ran):
    homes.sign(ran, "2024-07")
    again = homes.begin(ran, "2024-07")
    with pytest.raises(BookError, match="可付清单已不是总账现在的样子"):
        booking.batch(again)


def test_the_same_inputs_are_the_same_manifest(ran):
    assert homes.begin(ran, "2024-07").manifest == homes.tables_of(ran, "2024-07").manifest


def test_a_month_without_a_population_register_says_where_to_put_it(tmp_path):
    empty = homes.make_home(tmp_path / "empty")
    with pytest.raises(InputError, match=r"没有收到人口名册.*inbox/410721/2024-07/population\.csv"):
        homes.begin(empty, "2024-07")


def test_an_older_month_that_never_ran_is_not_opened_any_more(ran):
    with pytest.raises(InputError, match="2024-07 已经发放,2024-06 不能再作为发放月"):
        homes.begin(ran, "2024-06")


def test_months_before_the_first_need_history_or_a_word_of_the_county(tmp_path):
    early = homes.make_home(tmp_path / "early", go_live_month='"2024-01"')
    homes.hand_in(early, "2024-07", population=[homes.person(ELDER)])
    with pytest.raises(InputError, match=r"go_live_month 2024-01 早于首个发放月 2024-07.*pay_backlog"):
        homes.begin(early, "2024-07")


def test_a_backlog_is_paid_as_arrears_where_the_county_says_so(tmp_path):
    late = homes.make_home(tmp_path / "late", go_live_month='"2024-05"', pay_backlog="true")
    homes.hand_in(late, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    posted, batched = homes.run(late, "2024-07")
    assert posted["新增应付笔数"] == 3
    assert batched["发放金额"] == 3 * 50_00


def test_a_register_not_handed_in_this_month_is_carried_forward_with_its_age(ran):
    homes.sign(ran, "2024-07")
    homes.run(ran, "2024-08")
    (counted,) = homes.tables_of(ran, "2024-08").read("counts_population").to_dicts()
    assert counted["carried_months"] == 1
    assert counted["inbox_month"] == "2024-07"


def test_what_a_month_run_by_an_earlier_version_kept_still_stands(ran):
    """Its code lists were shorter, and it did not count so much."""
    homes.sign(ran, "2024-07")
    stage = homes.tables_of(ran, "2024-07")
    rows = stage.read("accepted_account")
    shorter = pl.Enum([rows["relationship"][0]])
    stage.write("accepted_account", rows.with_columns(pl.col("relationship").cast(pl.String).cast(shorter)))
    stage.write("counts_claim", stage.read("counts_claim").drop("used_month"))
    homes.hand_in(ran, "2024-08", population=[homes.person(ELDER)], account=[homes.account(ELDER, account_no="无")])
    homes.run(ran, "2024-08")
    now = homes.tables_of(ran, "2024-08").read("accepted_account")
    assert (now.schema, now.height) == (rows.schema, 1)


def test_a_register_that_loses_most_people_stops_the_month(tmp_path):
    many = [homes.resident_id("1940-03-05", number) for number in range(1, 41)]
    home = homes.make_home(tmp_path / "many")
    homes.hand_in(home, "2024-07", population=[homes.person(one) for one in many])
    homes.run(home, "2024-07")
    homes.hand_in(home, "2024-08", population=[homes.person(one) for one in many[:10]])
    with pytest.raises(StoppedError, match="上次 40 人,其中 30 人本月没有可采用的行"):
        homes.run(home, "2024-08")
    with homes.begin(home, "2024-08", override=(homes.CHECKER, "已核对")) as begun:
        homes.do(begun, "accepted_population")
    (line,) = homes.overridden(home, "2024-08")
    assert line.told.startswith("名册缩水:“人口”名册:上次 40 人,其中 30 人本月没有可采用的行")
    accept_file(home, "2024-08", "population")
    posted, _ = homes.run(home, "2024-08")
    assert posted["应追回笔数"] == 0, "the vanished stand in with their last rows, held"


def test_a_register_with_many_refused_rows_stops_the_month_until_an_officer_says_go_on(tmp_path):
    home = homes.make_home(tmp_path / "wrong")
    right = [homes.person(homes.resident_id("1940-03-05", number)) for number in range(1, 41)]
    homes.hand_in(home, "2024-07", population=[{**row, "birth_date": "1940-03-06"} for row in right[:20]] + right[20:])
    with pytest.raises(StoppedError, match="40 行中有 20 行被拒收"):
        homes.run(home, "2024-07")
    homes.run(home, "2024-07", override=(homes.CHECKER, "已核对"))
    (line,) = homes.overridden(home, "2024-07")
    assert line.told.startswith("拒收过多:“人口”名册:40 行中有 20 行被拒收")


def accept_file(home, month, register):
    """An officer takes the newest file of a register although a threshold stops it."""
    begun = homes.begin(home, month)
    given = next(item for item in begun.manifest.registers if item.name == register)
    receipts.accept_file(begun.book, homes.COUNTY, given, Actor(homes.MAKER, "test"), "已核对")
    begun.close()


def test_whoever_is_in_a_register_but_not_in_the_population_is_listed(home):
    row = {"person_id": OTHER, "household_id": "H1", "category": "低保", "area": "农村", "is_recipient": "是"}
    homes.hand_in(home, "2024-07", low_income=[{**row, "from_month": "2024-01"}])
    begun = homes.begin(home, "2024-07")
    homes.decide(begun)
    assert accepting.list_refused(begun)["人口名册中没有此人:不算待遇"] == 1
