"""The same command in many counties: what stops one is told, the next goes on, and the command's code says so."""

import json

import pytest

from tests import homes
from tests.cli.giving import asked, disburse
from tests.effort import long_walk

ONE, OTHER, NEVER_RUN = "410721", "410902", "411102"
ELDER = homes.resident_id("1920-03-05")
JULY = ("--month", "2024-07")
MAKER, CHECKER, RELEASER = (("--as", name) for name in (homes.MAKER, homes.CHECKER, homes.RELEASER))


def hand_in(home, county, who=ELDER):
    row = homes.person(who, division_code=county)
    homes.hand_in(home, "2024-07", county, population=[row], account=[homes.account(who)])


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Two counties whose month was run; a third handed nothing in."""
    made = homes.make_home(tmp_path_factory.mktemp("city") / "home")
    for county, born in ((ONE, "1920-03-05"), (OTHER, "1921-03-05")):
        hand_in(made, county, homes.resident_id(born))
        homes.run(made, "2024-07", county=county)
    made.inbox_of(NEVER_RUN).mkdir(parents=True)
    return made


@pytest.fixture(scope="module")
def signed(home):
    """What approving all, and then releasing those of a file, told."""
    listed = home.path / "counties.txt"
    listed.write_text(f"# 本市\n{ONE} # 新乡县\n\n华龙区\n", "utf-8")
    approved, _ = disburse(home, "approve", "--all", *JULY, *CHECKER, "--yes", "--json", code=7)
    return json.loads(approved)["counties"], asked(
        home, "release", "--counties", str(listed), *JULY, *RELEASER, "--yes"
    )


def test_every_county_is_signed_on_its_own_and_one_that_never_ran_is_told(signed):
    approved, released = signed
    assert [len(approved[county]["batches"]) for county in (ONE, OTHER)] == [1, 1]
    assert "没有运行过" in approved[NEVER_RUN]["error"]
    assert {county: told["step"] for county, told in released["counties"].items()} == {
        ONE: "released",
        OTHER: "released",
    }
    assert all(told["files"] for told in released["counties"].values())


def test_an_officer_without_the_role_is_told_so_for_every_county(home, tmp_path):
    listed = tmp_path / "counties.txt"
    listed.write_text(f"{ONE}\n{OTHER}\n", "utf-8")
    _, warned = disburse(home, "approve", "--counties", str(listed), *JULY, *MAKER, "--yes", code=6)
    assert warned.count("没有复核权限") == 2
    assert f"办成 0 个县;没有办成:{ONE}、{OTHER}" in warned


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "--all", "--county", ONE, *JULY, *MAKER), "只能写一个"),
        (("run", "--all", *MAKER), "须写明月份"),
        (("run", "--all", "--preview", *JULY, *MAKER), "是一个县的事"),
        (("run", "--county", ONE, "--unfinished", *JULY, *MAKER), "只用于"),
        (("approve", "--all", "--seen", "0" * 16, *JULY, *CHECKER), "是一个县的事"),
    ],
)
def test_what_is_for_one_county_or_for_many_is_told_apart(home, words, told):
    assert told in disburse(home, *words, code=2)[1]


def test_a_file_that_lists_an_unknown_county_or_none_is_refused(home, tmp_path):
    listed = tmp_path / "counties.txt"
    listed.write_text("没有的县\n", "utf-8")
    assert "没有“没有的县”这个县" in disburse(home, "run", "--counties", str(listed), *JULY, *MAKER, code=2)[1]
    listed.write_text("# 都划掉了\n", "utf-8")
    assert "没有列县" in disburse(home, "run", "--counties", str(listed), *JULY, *MAKER, code=2)[1]


@long_walk
def test_all_counties_run_through_the_graph_and_what_is_left_runs_again(tmp_path):
    made = homes.make_home(tmp_path / "home")
    hand_in(made, ONE)
    hand_in(made, OTHER, homes.resident_id("1921-03-05"))
    made.inbox(OTHER, homes.parse_month("2024-07")).joinpath("population.csv").write_text("坏了\n", "utf-8")
    run = ("run", "--all", *JULY, *MAKER, "--known-on", "2024-07-15", "--json")
    first = json.loads(disburse(made, *run, code=3)[0])
    assert {line["county"]: line["state"] for line in first["counties"]} == {ONE: "已入账", OTHER: "没有办成"}
    hand_in(made, OTHER, homes.resident_id("1921-03-05"))
    again = json.loads(disburse(made, *run, "--unfinished")[0])
    assert {line["county"]: line["state"] for line in again["counties"]} == {ONE: "已入账", OTHER: "已入账"}
    assert again["already_done"] == 1
    assert (made.path / again["lists"]).is_file()
