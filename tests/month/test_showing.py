"""What the stages show on the lineage page: changes, files, registers, what a replay compared; papers by their name."""

import json

import pytest

from month.month import opened_month
from month.showing import paper, shown
from month.stages import BY_NAME, STAGES
from tests import homes

ELDER, YOUNGER = homes.resident_id("1940-03-05"), homes.resident_id("1944-08-05")
JULY, AUGUST = "2024-07", "2024-08"
NAME, ACCOUNT = "标记某某", "9966554433221100"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """July paid; in August somebody turns 80 and the accounts are July's."""
    made = homes.make_home(tmp_path_factory.mktemp("home") / "home")
    people = [homes.person(ELDER, NAME), homes.person(YOUNGER, NAME)]
    accounts = [homes.account(one, NAME, account_no=f"{ACCOUNT}{one[6:10]}") for one in (ELDER, YOUNGER)]
    homes.hand_in(made, JULY, population=people, account=accounts)
    homes.run_whole(made, JULY)
    homes.sign(made, JULY)
    homes.hand_in(made, AUGUST, population=people)
    homes.run_whole(made, AUGUST)
    return made


@pytest.fixture(scope="module")
def august(home):
    with opened_month(home, homes.COUNTY) as month:
        yield {stage.name: shown(month, stage) for stage in STAGES}


def rows(found):
    (told,) = found.tables.values()
    return [tuple(row.values()) for row in told]


def test_the_month_is_told_against_the_one_before(august):
    assert rows(august["listed"]) == [("高龄津贴", "1 → 2", "50.00 → 100.00", "50.00", "0.00")]


def test_files_are_told_with_who_signed(august, home):
    ((batch, label, state, lines, yuan, *signed, _),) = rows(august["batch"])
    assert (batch, label, state, lines, yuan) == ("410721-2024-08-01-01", "高龄津贴", "待批准", 2, "100.00")
    assert signed == [homes.MAKER, "", ""]
    with homes.begin(home, JULY) as july:
        assert rows(shown(july, BY_NAME["batch"]))[0][5:8] == (homes.MAKER, homes.CHECKER, homes.RELEASER)


def test_registers_are_told_by_age_and_not_by_file(august):
    told = {row[0]: row[1:3] for row in rows(august["manifest"])}
    assert (told["人口"], told["账户"], told["残疾"]) == ((AUGUST, 0), (JULY, 1), ("从未收到", 0))


def test_a_past_month_worked_out_again_says_what_it_compared(home):
    with homes.begin(home, JULY) as july:
        homes.decide(july)
        found = rows(shown(july, BY_NAME["posted"]))
    assert found == [("重算的核定与当时入账的核定", "比较 1 人月"), ("不同之处", "没有")]


def test_the_newest_month_compares_nothing(august):
    assert august["posted"].tables == {}


def test_the_page_comes_first_among_the_papers_and_each_is_there_by_its_name(home, august):
    names = august["listed"].papers
    assert names[0].startswith("review")
    assert any("/" in name for name in names), names
    assert all(paper(home, homes.COUNTY, AUGUST, name) for name in names)


@pytest.mark.parametrize(
    "asked",
    [
        (homes.COUNTY, AUGUST, "../2024-07/roster.xlsx"),
        (homes.COUNTY, AUGUST, "nothing.xlsx"),
        (homes.COUNTY, "2024-8", "roster.xlsx"),
        ("..", AUGUST, "roster.xlsx"),
        ("410721/..", AUGUST, "roster.xlsx"),
    ],
)
def test_nothing_else_of_the_home_is_a_paper(home, asked):
    assert paper(home, *asked) is None


def test_nobody_is_shown(august):
    told = json.dumps([dict(one.tables) for one in august.values()], ensure_ascii=False)
    assert not any(secret in told for secret in (ELDER, YOUNGER, NAME, ACCOUNT))
