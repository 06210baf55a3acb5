"""A register handed in as several files: one input, each part carried forward by itself, replayed like any other."""

import polars as pl
import pytest

from contracts.errors import InputError, StoppedError
from contracts.months import parse_month
from dagster_project.sensors.inbox import _taken
from intake import find_inputs
from ledger import holds, people, receipts
from ledger.grounds import GROUND
from month import accepting
from month.month import opened_month
from month.replaying import replay
from reports.summary import not_handed_in
from tests import homes

POOR, TOWN = homes.resident_id("1950-02-11"), homes.resident_id("1948-08-09")
LOW = {"household_id": "H1", "category": "低保", "is_recipient": "是", "from_month": "2021-03"}
RURAL = {"person_id": POOR, **LOW, "area": "农村"}
URBAN = {"person_id": TOWN, **LOW, "area": "城镇", "household_id": "H2"}
JULY = parse_month("2024-07")
PARTS = '{ low_income = ["农村", "城镇"] }'


def hand_in(home, month, **parts):
    people = [homes.person(POOR), homes.person(TOWN)]
    accounts = [homes.account(POOR), homes.account(TOWN)]
    homes.hand_in(home, month, population=people, account=accounts)
    for part, rows in parts.items():
        homes.hand_in(home, month, **{f"low_income-{part}": rows})


@pytest.fixture(scope="module")
def paid(tmp_path_factory):
    home = homes.make_home(tmp_path_factory.mktemp("parts") / "home", parts=PARTS)
    hand_in(home, "2024-07", 农村=[RURAL], 城镇=[URBAN])
    homes.run(home, "2024-07")
    homes.sign(home, "2024-07")
    return home


@pytest.fixture
def home(paid, tmp_path):
    return homes.copied(paid, tmp_path / "home")


def low_income(home, month):
    """The register as a run of the month takes it, and who is in it."""
    begun = homes.begin(home, month)
    try:
        counts = accepting.accept(begun, "low_income")
        return begun.manifest.given("low_income"), begun.tables.read("accepted_low_income"), counts
    finally:
        begun.close()


def test_two_parts_are_one_input_and_one_receipt(home):
    given, rows, counts = low_income(home, "2024-07")
    assert given.file_name == "低收入(农村、城镇).parts"
    assert set(rows["source_file"]) == {"low_income-农村.csv", "low_income-城镇.csv"}
    assert counts["行数"] == 2
    begun = homes.begin(home, "2024-07")
    with begun.book.reading() as conn:
        noted = receipts.history(conn, homes.COUNTY, "low_income")
    begun.close()
    assert noted["file_name"].to_list() == [given.file_name]


def test_a_part_not_handed_in_again_stands_and_its_age_is_told(home):
    hand_in(home, "2024-08", 农村=[{**RURAL, "household_id": "H9"}])
    given, rows, _ = low_income(home, "2024-08")
    assert (given.inbox_month, given.carried_months, given.lacking) == ("2024-08", 1, ("城镇",))
    assert dict(rows.select("source_file", "household_id").rows()) == {
        "low_income-农村.csv": "H9",
        "low_income-城镇.csv": "H2",
    }


def test_a_part_that_is_missing_stops_the_month_where_a_missing_register_would(home):
    home = homes.make_home(home.path, parts=PARTS, missing_register='{ low_income = "stop" }')
    hand_in(home, "2024-08", 农村=[RURAL])
    with pytest.raises(StoppedError, match=r"“低收入”名册本月没有报齐.缺 城镇.,最近一次为 2024-07"):
        low_income(home, "2024-08")


def test_what_rests_on_a_missing_part_is_held_and_what_rests_on_the_other_is_paid(home):
    home = homes.make_home(home.path, parts=PARTS, missing_register='{ low_income = "hold" }')
    hand_in(home, "2024-08", 农村=[RURAL])
    homes.run(home, "2024-08")
    month = opened_month(home, homes.COUNTY, parse_month("2024-08"))
    with month.book.reading() as conn:
        waiting = holds.open_holds(conn, homes.COUNTY)
        whose = people.identities(conn, waiting)["person_id"].to_list()
    month.close()
    assert waiting.select(GROUND).rows() == [("old_file", "low_income", "2024-07")]
    assert whose == [TOWN]


def test_a_part_that_never_came_is_told(tmp_path):
    home = homes.make_home(tmp_path / "home", parts=PARTS)
    hand_in(home, "2024-07", 农村=[RURAL])
    homes.run(home, "2024-07")
    stage = homes.tables_of(home, "2024-07")
    (told,) = [
        line
        for line in not_handed_in(stage.read("intake_counts"), stage.read("refused_rows"))
        if line.register == "low_income"
    ]
    assert (told.lacking, told.inbox_month, told.carried_months) == ("城镇", "2024-07", 0)


def test_a_part_that_cannot_be_used_leaves_the_register_of_before(home):
    hand_in(home, "2024-08", 城镇=[URBAN])
    folder = home.inbox(homes.COUNTY, parse_month("2024-08"))
    titled = "城镇低保\n" + (folder / "low_income-城镇.csv").read_text("utf-8")
    (folder / "low_income-城镇.csv").write_text(titled, "utf-8")
    (folder / "low_income-农村.csv").write_text("姓名\n样本\n", "utf-8")
    _, rows, counts = low_income(home, "2024-08")
    assert rows.height == 2
    refused = homes.tables_of(home, "2024-08").read("refused_low_income").filter(pl.col("code") == "NOT_DATA")
    assert refused.select("source_file", "source_row").rows() == [("low_income-城镇.csv", 1)]
    assert counts["来文行数"] == 0


def test_a_layout_of_one_part_fills_in_what_only_that_part_lacks(home):
    folder = home.layouts_of(homes.COUNTY)
    folder.mkdir(parents=True)
    (folder / "low_income-城镇.yaml").write_text("register: low_income-城镇\ndefaults: {城乡: 城镇}\n", "utf-8")
    hand_in(home, "2024-08", 农村=[RURAL])
    text = "身份证号,户编号,类别,是否保障对象,起始年月\n" + f"{TOWN},H2,低保,是,2021-03\n"
    (home.inbox(homes.COUNTY, parse_month("2024-08")) / "low_income-城镇.csv").write_text(text, "utf-8")
    _, rows, _ = low_income(home, "2024-08")
    assert dict(rows.select("household_id", "area").rows()) == {"H1": "rural", "H2": "urban"}


def test_a_run_that_knows_of_a_day_before_the_second_part_reads_the_first_with_its_own_layout(tmp_path):
    home = homes.make_home(tmp_path / "home", parts=PARTS)
    folder = home.layouts_of(homes.COUNTY)
    folder.mkdir(parents=True)
    (folder / "low_income-农村.yaml").write_text("register: low_income-农村\nwords: {类别: {甲类: 低保}}\n", "utf-8")
    hand_in(home, "2024-07", 农村=[{**RURAL, "category": "甲类"}])
    known_then = homes.begin(home, "2024-07", known_on="2024-07-10")
    known_then.close()
    hand_in(home, "2024-07", 城镇=[URBAN])
    for day, count in (("2024-07-20", 2), ("2024-07-10", 1)):
        month = homes.begin(home, "2024-07", known_on=day)
        accepting.accept(month, "low_income")
        rows = month.tables.read("accepted_low_income")
        month.close()
        assert rows["category"].cast(pl.String).to_list() == ["dibao"] * count, day


def test_a_month_made_of_parts_is_replayed_to_the_byte(home):
    assert replay(home, homes.COUNTY, JULY).differences == ()


def test_a_part_altered_in_the_store_is_found(home):
    given, _, _ = low_income(home, "2024-07")
    part = next(path for path in (home.store / "received").glob("*.csv") if "H2" in path.read_text("utf-8"))
    part.write_text(part.read_text("utf-8").replace("H2", "H3"), "utf-8")
    told = replay(home, homes.COUNTY, JULY).differences
    assert [(one.kind, one.name, one.what) for one in told] == [
        ("输入", "low_income", "名册原件 low_income-城镇.csv 的 SHA-256 与清单不符")
    ]
    assert given.file_digest


def test_a_lost_list_of_parts_is_named(home):
    (listing,) = (home.store / "received").glob("*.parts")
    listing.unlink()
    with pytest.raises(InputError, match="原件"):
        replay(home, homes.COUNTY, JULY)


def test_files_that_the_month_was_run_on_are_known_to_the_sensor(home):
    files = find_inputs(home.inbox_of(homes.COUNTY), JULY, {"low_income": ("农村", "城镇")})["low_income"]
    from contracts.files import digest_of

    assert {digest_of(file.path) for file in files} <= _taken(home, homes.COUNTY, JULY)
