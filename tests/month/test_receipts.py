"""What a run takes is what was known on its day: a re-submission counts from its own, and a database like a file."""

import sqlite3

import pytest

from contracts.errors import InputError
from ledger import receipts
from month import accepting, gathering
from tests import homes

ELDER, OTHER = homes.resident_id("1940-03-05"), homes.resident_id("1935-06-07")
FIRST = [homes.person(ELDER)]
SECOND = [homes.person(ELDER), homes.person(OTHER)]


@pytest.fixture
def home(tmp_path):
    made = homes.make_home(tmp_path / "home")
    homes.hand_in(made, "2024-07", population=FIRST, account=[homes.account(ELDER)])
    return made


def people(home, known_on):
    """How many people a run that knows of a day takes, and the manifest's digest of their register."""
    month = homes.begin(home, "2024-07", known_on=known_on)
    try:
        accepting.accept(month, "population")
        return month.tables.read("accepted_population").height, month.manifest.given("population").file_digest
    finally:
        month.close()


def history(home):
    month = homes.begin(home, "2024-07", known_on="2024-07-20")
    with month.book.reading() as conn:
        rows = receipts.history(conn, homes.COUNTY, "population")
    month.close()
    return rows.select("file_name", "known_on").rows()


def test_a_run_that_knows_of_an_earlier_day_takes_the_file_of_then(home):
    count, digest = people(home, "2024-07-10")
    assert count == 1
    homes.hand_in(home, "2024-07", population=SECOND)
    assert people(home, "2024-07-20")[0] == 2
    assert people(home, "2024-07-10") == (1, digest)
    assert people(home, "2024-07-20")[0] == 2


def test_the_same_file_again_is_no_second_receipt(home):
    people(home, "2024-07-10")
    people(home, "2024-07-20")
    assert history(home) == [("population.csv", "2024-07-10")]


def test_a_register_out_of_a_database_stands_as_it_was_for_its_stored_month(home, tmp_path, monkeypatch):
    path = tmp_path / "county.sqlite"
    with sqlite3.connect(path) as conn:
        conn.execute("CREATE TABLE cert (身份证号, 认证有效期至)")
        conn.execute("INSERT INTO cert VALUES (?, '2024-12-31')", (ELDER,))
    monkeypatch.setenv("COUNTY_DB_URL", f"sqlite:///{path}")
    settings = home.settings_file
    source = (
        f"[county.{homes.COUNTY}.sources.certification]\n"
        'url_env = "COUNTY_DB_URL"\nquery = "SELECT 身份证号, 认证有效期至 FROM cert"\n'
    )
    settings.write_text(settings.read_text("utf-8") + source, "utf-8")
    month = homes.begin(home, "2024-07")
    given = month.manifest.given("certification")
    accepting.accept(month, "certification")
    assert (given.file_name, given.inbox_month, month.tables.read("accepted_certification").height) == (
        "certification.parquet",
        "2024-07",
        1,
    )
    assert homes.begin(home, "2024-07").manifest == month.manifest
    with sqlite3.connect(path) as conn:
        conn.execute("DELETE FROM cert")
    assert gathering.kept_input(home, given).cells.height == 1
    assert homes.begin(home, "2024-07").manifest.given("certification").file_digest != given.file_digest
    homes.hand_in(home, "2024-07", certification=[])
    with pytest.raises(InputError, match="既在收件目录里,又设了数据库来源"):
        homes.begin(home, "2024-07")


def test_a_layout_is_part_of_what_a_month_is_made_from(home):
    path = home.layouts_of(homes.COUNTY) / "population.yaml"
    path.parent.mkdir(parents=True)
    bare = homes.begin(home, "2024-07").manifest
    assert "layout_digest" not in bare.model_dump_json()
    path.write_text("register: population\nwords:\n  性别: {女: 男}\n", "utf-8")
    month = homes.begin(home, "2024-07")
    assert month.manifest.digest() != bare.digest()
    path.unlink()
    counts = accepting.accept(month, "population")
    assert counts["单元格:按版式改词"] == 1
    assert month.tables.read("accepted_population")["sex"].to_list() == ["male"]
