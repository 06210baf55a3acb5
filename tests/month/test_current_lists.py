"""A county that hands in bare lists of today's people: months by comparison, from the file to what is paid."""

import pytest

from contracts.errors import InputError
from contracts.months import parse_month
from reports.preview import by_change
from tests import homes

ONE, TWO = homes.resident_id("1940-03-05"), homes.resident_id("1935-06-07")
BARE = ["身份证号", "户编号", "类别", "城乡", "是否保障对象", "供养方式", "自理能力", "供养机构"]


def hand_in_list(home, month, *people):
    """A list of 特困 people whose file has no months."""
    folder = home.inbox(homes.COUNTY, parse_month(month))
    folder.mkdir(parents=True, exist_ok=True)
    lines = [",".join(BARE), *(f"{one},H1,特困,农村,否,分散,全自理," for one in people)]
    (folder / "low_income.csv").write_text("\n".join(lines) + "\n", "utf-8")


def county(path, **settings):
    home = homes.make_home(path, **settings)
    people, accounts = [homes.person(one) for one in (ONE, TWO)], [homes.account(one) for one in (ONE, TWO)]
    homes.hand_in(home, "2024-07", population=people, account=accounts)
    return home


@pytest.fixture(scope="module")
def paid(tmp_path_factory):
    """Both were on July's list, and paid."""
    home = county(tmp_path_factory.mktemp("paid") / "home", current_lists="{ low_income = {} }")
    hand_in_list(home, "2024-07", ONE, TWO)
    homes.run(home, "2024-07")
    homes.sign(home, "2024-07")
    return home


@pytest.fixture
def home(paid, tmp_path):
    return homes.copied(paid, tmp_path / "home")


def living(home, month):
    """How many people are owed 特困基本生活 in each month."""
    rows = homes.tables_of(home, month).read("coordinated")
    counted = rows.filter(rows["benefit"] == "tekun_living").group_by("benefit_month").len().sort("benefit_month")
    return [count for _, count in counted.rows()]


def test_who_leaves_the_list_is_owed_up_to_the_month_before_and_nothing_is_owed_back(home):
    hand_in_list(home, "2024-08", ONE)
    posted, _ = homes.run(home, "2024-08")
    assert living(home, "2024-08") == [2, 1]
    assert posted["应追回笔数"] == 0
    [told] = by_change(homes.tables_of(home, "2024-08").read("list_changes"))
    assert (told["label"], told["change_label"], told["month"], told["people"]) == ("低收入", "终止", "2024-07", 1)


def test_running_again_changes_nothing(home):
    hand_in_list(home, "2024-08", ONE)
    homes.run(home, "2024-08")
    before = homes.tables_of(home, "2024-08").read("accepted_low_income")
    posted, _ = homes.run(home, "2024-08")
    assert (posted["新增应付笔数"], posted["撤回笔数"]) == (0, 0)
    assert homes.tables_of(home, "2024-08").read("accepted_low_income").equals(before)


def test_a_list_carried_forward_says_the_same_again(home):
    homes.run(home, "2024-08")
    assert living(home, "2024-08") == [2, 2]
    assert homes.tables_of(home, "2024-08").read("list_changes").is_empty()


def test_without_the_setting_a_file_without_months_is_refused_whole_and_says_why(tmp_path):
    home = county(tmp_path / "plain")
    hand_in_list(home, "2024-07", ONE)
    homes.run(home, "2024-07")
    stage = homes.tables_of(home, "2024-07")
    assert stage.read("accepted_low_income").is_empty()
    refused = stage.read("refused_low_income")
    assert set(refused["code"]) == {"MONTHS_ABSENT"}
    assert "current_lists" in refused["advice"][0]


def test_a_register_without_months_cannot_be_a_current_list(tmp_path):
    with pytest.raises(InputError, match="没有起止年月的名册:disability"):
        homes.make_home(tmp_path / "home", current_lists="{ disability = {} }").settings()
