"""A past cycle replayed through the command: equal where nothing was touched, and every touched byte is found."""

import hashlib
import json
import shutil
import sqlite3
from contextlib import contextmanager
from datetime import date

import polars as pl
import pytest

from contracts.actor import Actor
from contracts.codes import GapDecision, HoldGround
from contracts.errors import BookError
from contracts.workbooks import CREATED, new_workbook
from ledger import holds
from ledger.book import open_book
from month import replaying
from month.replaying import OnlyRead
from payments import bodies, file_forms, profiles
from tests import homes
from tests.cli.test_one_month import asked, disburse

ELDER, POOR, LATE, SIXTY = (homes.resident_id(day) for day in ("1940-03-05", "1950-02-11", "1935-06-07", "1964-08-09"))
LOW = {"household_id": "H1", "category": "低保", "area": "农村", "is_recipient": "是", "from_month": "2021-03"}
JULY, AUGUST = (("--county", homes.COUNTY, "--month", month) for month in ("2024-07", "2024-08"))


def hand_in(home, month, *people, **more):
    rows = {"population": people, "account": [homes.account(one["person_id"]) for one in people], **more}
    homes.hand_in(home, month, **rows)


@pytest.fixture(scope="module")
def paid(tmp_path_factory):
    """July paid; in August somebody new, a death in June that nobody had known, and 低保 for one who turns sixty
    and was in no list but the population; then a supplement of August, where nobody had died.
    """
    home = homes.make_home(tmp_path_factory.mktemp("replay") / "home", recovery_stop_at_least=9)
    both = (homes.person(POOR), homes.person(SIXTY))
    hand_in(home, "2024-07", homes.person(ELDER), *both, low_income=[{"person_id": POOR, **LOW}])
    homes.run(home, "2024-07")
    homes.sign(home, "2024-07")
    dead = homes.person(ELDER, died_on="2024-06-20")
    low_income = [{"person_id": POOR, **LOW}, {"person_id": SIXTY, **LOW, "household_id": "H2"}]
    hand_in(home, "2024-08", dead, *both, homes.person(LATE), low_income=low_income)
    homes.run(home, "2024-08")
    homes.sign(home, "2024-08")
    hand_in(home, "2024-08", homes.person(ELDER), *both, homes.person(LATE))
    homes.run(home, "2024-08", known_on="2024-08-20")
    return home


@pytest.fixture
def home(paid, tmp_path):
    """A copy that a test may touch."""
    return homes.copied(paid, tmp_path / "home")


def bytes_of(home):
    files = {path: path for path in home.path.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "-wal"))}
    return {path.relative_to(home.path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def found(home, *month):
    """The differences of a replay that fails, as kind and name; what it said names nobody."""
    out, err = disburse(home, "replay", *month, "--json", code=7)
    assert not [one for one in (ELDER, POOR, LATE, SIXTY, "样本") if one in out + err]
    told = json.loads(out)
    return [(difference["kind"], difference["name"]) for difference in told["differences"]]


def stage(home, month):
    """The folder of the month's first manifest."""
    return sorted((home.store / homes.COUNTY / month).glob("*/manifest.json"), key=lambda p: p.stat().st_mtime)[
        0
    ].parent


def given(home, register):
    """What July's manifest says of a register."""
    manifest = json.loads((stage(home, "2024-07") / "manifest.json").read_text("utf-8"))
    return next(one for one in manifest["registers"] if one["name"] == register)


@pytest.mark.parametrize(
    ("month", "sequence", "decided"),
    [(JULY, 1, 2), (AUGUST, 1, 6), (AUGUST, 2, 7)],
    ids=["July", "August", "supplement"],
)
def test_a_cycle_is_rebuilt_as_it_was_whatever_came_later_and_nothing_changes(home, month, sequence, decided):
    before = bytes_of(home)
    told = asked(home, "replay", *month, "--sequence", str(sequence))
    assert told["differences"] == []
    assert (told["sequence"], told["files"] > 0, told["tables_not_kept"]) == (sequence, True, [])
    assert told["tables"] > 30
    assert told["decisions"] == decided
    assert told["code_then"] == told["code_now"]
    assert bytes_of(home) == before


def test_the_last_cycle_is_meant_where_none_is_named(home):
    assert asked(home, "replay", *AUGUST)["sequence"] == 2
    assert "与当时逐字节相同" in disburse(home, "replay", *JULY)[0]


def test_a_month_run_again_after_later_ones_is_still_equal(home):
    homes.run(home, "2024-07")
    assert asked(home, "replay", *JULY)["differences"] == []


def test_a_payment_file_altered_by_one_byte_is_found(home):
    file = sorted((home.outbox / homes.COUNTY / "2024-07").glob("*.txt"))[0]
    content = bytearray(file.read_bytes())
    content[-3] ^= 1
    file.write_bytes(content)
    assert found(home, *JULY) == [("文件", file.name)]


def test_a_payment_file_that_is_gone_is_found(home):
    file = sorted((home.outbox / homes.COUNTY / "2024-07").glob("*.txt"))[0]
    file.unlink()
    assert found(home, *JULY) == [("文件", file.name)]


def test_a_tampered_register_of_the_stage_is_found(home):
    table = stage(home, "2024-07") / "accepted_population.parquet"
    pl.read_parquet(table).with_columns(name=pl.lit("某某")).write_parquet(table)
    assert found(home, *JULY) == [("表", "accepted_population")]


def test_a_tampered_original_is_found_though_what_was_read_from_it_is_kept(home):
    digest = given(home, "population")["file_digest"]
    original = home.store / "received" / f"{digest}.csv"
    original.write_bytes(original.read_bytes().replace(b"1940", b"1941"))
    assert found(home, *JULY) == [("输入", "population")]


def test_tampered_policies_are_found(home):
    pack = sorted((home.store / "packs").rglob("*.yaml"))[0]
    pack.write_text(pack.read_text("utf-8") + "\n# 改\n", "utf-8")
    assert found(home, *JULY) == [("输入", "packs")]


def test_a_decision_that_the_book_has_otherwise_is_found(home):
    """The book refuses to be changed, so its guard is taken off first."""
    with sqlite3.connect(home.path / "book.sqlite") as conn:
        guards = conn.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'entitlement_version'"
        )
        for (guard,) in guards.fetchall():
            conn.execute(f"DROP TRIGGER {guard}")
        conn.execute("UPDATE entitlement_version SET fact_code = fact_code + 1 WHERE benefit_month = '2024-07'")
    assert ("核定", "高龄津贴") in found(home, *JULY)


def test_a_stage_that_was_cleared_away_is_said_and_the_rest_is_compared(home):
    shutil.rmtree(home.store / homes.COUNTY)
    told = asked(home, "replay", *AUGUST)
    assert (told["tables"], told["decisions"], told["differences"]) == (0, 7, [])
    assert "coordinated" in told["tables_not_kept"]


@pytest.mark.parametrize(("gone", "said"), [("received", "“人口”名册的原件"), ("packs", "政策")])
def test_a_stored_input_that_is_missing_is_named(home, gone, said):
    shutil.rmtree(home.store / gone)
    _, err = disburse(home, "replay", *JULY, code=3)
    assert f"存档中没有{said}" in err


def test_a_cycle_that_never_was_is_refused(home):
    disburse(home, "replay", *JULY, "--sequence", "2", code=7)
    disburse(home, "replay", "--county", homes.COUNTY, "--month", "2024-06", code=7)


def test_a_difference_is_told_with_the_versions_of_the_program(home, monkeypatch):
    monkeypatch.setattr(replaying, "code_version", lambda: "9.9.9+000000000000")
    told = replaying.replay(home, homes.COUNTY, date(2024, 7, 1))
    assert (told.is_other_code, told.differences) == (True, ())


def test_a_replay_cannot_write_to_the_book(home):
    opened = open_book(home.database_url)
    try:
        with pytest.raises(BookError), OnlyRead(opened.engine).writing():
            pass
    finally:
        opened.close()


def test_settings_of_today_stop_no_replay(home):
    told = home.settings_file.read_text("utf-8")
    strict = (
        "shrink_stop_per_mille = 0\nshrink_stop_at_least = 0\nrefused_stop_per_mille = 0\nshared_account_most = 1\n"
    )
    carried = 'missing_register = { population = "carry" }'
    assert carried in told
    stopping = f'{strict}missing_register = {{ population = "stop", low_income = "stop" }}'
    home.settings_file.write_text(told.replace(carried, stopping), "utf-8")
    assert asked(home, "replay", *AUGUST)["differences"] == []


def test_what_officers_decided_of_gaps_is_an_input(home):
    """Somebody is gone from September's population and an officer accepts that: an input of the next run."""
    hand_in(home, "2024-09", homes.person(POOR), homes.person(LATE), homes.person(SIXTY))
    homes.run(home, "2024-09")
    book = open_book(home.database_url)
    with book.reading() as conn:
        gaps = holds.open_holds(conn, homes.COUNTY).filter(pl.col("ground") == HoldGround.GAP.value)
    holds.lift(
        book, homes.COUNTY, gaps["hold_id"][0], Actor(homes.MAKER, "test"), "已核实迁出", GapDecision.ACCEPT_GONE
    )
    book.close()
    homes.run(home, "2024-09")
    september = ("--county", homes.COUNTY, "--month", "2024-09")
    decisions = homes.tables_of(home, "2024-09").path("decisions")
    assert pl.read_parquet(decisions).height == 1
    assert asked(home, "replay", *september)["differences"] == []
    shutil.copy(stage(home, "2024-07") / "decisions.parquet", decisions)  # not the manifest's
    assert found(home, *september) == [("表", "decisions")]
    (stage(home, "2024-07") / "decisions.parquet").unlink()
    assert "decisions" in disburse(home, "replay", *JULY, code=3)[1]


def test_a_supplement_without_a_run_of_its_own_was_made_by_the_run_before(tmp_path):
    """Somebody's money is held while the rest goes out; when the hold is lifted, nothing but a batch is added."""
    home = homes.make_home(tmp_path / "home")
    hand_in(home, "2024-07", homes.person(ELDER), homes.person(LATE))
    homes.run(home, "2024-07")
    book = open_book(home.database_url)
    hold = holds.place(book, homes.COUNTY, 1, "MANUAL", "待核实", Actor(homes.MAKER, "test"))
    homes.run(home, "2024-07")
    homes.sign(home, "2024-07")
    holds.lift(book, homes.COUNTY, hold, Actor(homes.MAKER, "test"), "已核实")
    book.close()
    homes.run(home, "2024-07")
    first, second = (asked(home, "replay", *JULY, "--sequence", sequence) for sequence in "12")
    assert (first["run_id"], first["files"], first["differences"]) == (1, 1, [])
    assert (second["run_id"], second["files"], second["differences"]) == (1, 1, [])


def test_a_layout_is_an_input(tmp_path):
    home = homes.make_home(tmp_path / "home")
    path = home.layouts_of(homes.COUNTY) / "population.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("register: population\nwords:\n  性别: {女: 男}\n", "utf-8")
    hand_in(home, "2024-07", homes.person(ELDER))
    homes.run(home, "2024-07")
    path.unlink()
    assert asked(home, "replay", *JULY)["differences"] == []
    (kept,) = (home.store / "layouts").glob("*.yaml")
    kept.write_text(kept.read_text("utf-8") + "\n", "utf-8")
    assert found(home, *JULY) == [("输入", "population")]
    kept.unlink()
    assert "“人口”名册的版式" in disburse(home, "replay", *JULY, code=3)[1]


def edit_profiles(home):
    """The county has its own form of both shipped profiles: another sheet name, another delimiter."""
    home.profiles.mkdir(exist_ok=True)
    for name, old, new in (
        ("yikatong_list", "sheet: 发放清单", "sheet: 清单"),
        ("generic_pipe", 'delimiter: "|"', 'delimiter: ";"'),
    ):
        text = (profiles.SHIPPED / f"{name}.yaml").read_text("utf-8")
        assert old in text
        (home.profiles / f"{name}.yaml").write_text(text.replace(old, new), "utf-8")


def kept_profile(home, name):
    """Where the one form of a profile is kept."""
    (found,) = (path for path in (home.store / "profiles").iterdir() if f'"{name}"' in path.read_text("utf-8"))
    return found


def told_by_verify(home, code=0):
    out, _ = disburse(home, "verify", *JULY, "--json", code=code)
    told = json.loads(out)
    return [(finding["file_name"][-4:], finding["what"]) for finding in told["findings"]]


def replayed(home):
    """Replay July here, where a test may change the program: the ending of each file that differs, and in what."""
    told = replaying.replay(home, homes.COUNTY, date(2024, 7, 1))
    return [(difference.name[-4:], difference.what) for difference in told.differences]


def test_bank_profiles_changed_after_the_release_change_nothing_for_what_was_sent(home):
    edit_profiles(home)
    assert asked(home, "replay", *JULY)["differences"] == []
    assert told_by_verify(home) == []


def test_a_kept_bank_profile_altered_by_hand_is_found(home):
    path = kept_profile(home, "generic_pipe")
    path.write_bytes(path.read_bytes().replace(b'"delimiter":"|"', b'"delimiter":";"'))
    assert replayed(home) == [(".txt", "存档的银行格式已被改动,无法重写")]
    assert told_by_verify(home, code=7) == [(".txt", "存档的银行格式已被改动,无法重读")]


def test_where_no_bank_profile_was_kept_the_present_one_serves_as_long_as_it_is_the_same(home):
    shutil.rmtree(home.store / "profiles")
    assert (replayed(home), told_by_verify(home)) == ([], [])
    edit_profiles(home)
    files, whats = zip(*replayed(home), strict=True)
    assert sorted(files) == [".txt", "xlsx"]
    assert all("没有存档,现有的已不在、已改动" in what and what.endswith("无法重写") for what in whats)
    assert all(what.endswith("无法重读") for _, what in told_by_verify(home, code=7))


def test_another_version_of_the_spreadsheet_library_is_told_only_where_the_bytes_are_others(home, monkeypatch):
    then = f"xlsxwriter {file_forms.version('xlsxwriter')}"
    monkeypatch.setattr(file_forms, "version", lambda library: "99.0")
    assert replayed(home) == []

    @contextmanager
    def packed_otherwise(path):
        with new_workbook(path) as book:
            book.set_properties({"created": CREATED, "title": "99"})
            yield book

    monkeypatch.setattr(bodies, "new_workbook", packed_otherwise)
    [(file, what)] = replayed(home)
    assert file == "xlsx"
    assert f"当时由 {then} 写出,现为 xlsxwriter 99.0" in what
