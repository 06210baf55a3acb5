"""From what officers released last month to what waits now, cause by cause; and who draws nothing is told."""

from dataclasses import replace

import polars as pl
import pytest

from contracts.codes import Outcome
from contracts.months import parse_month
from ledger.book import opened
from month.listing import left
from reports.bridge import bridge
from reports.not_drawn import nobody_draws, not_drawn
from tests import homes

STAYS, DIES, TURNS_90, TURNS_80 = (
    homes.resident_id(born) for born in ("1940-03-05", "1935-06-07", "1934-08-20", "1944-08-02")
)
JULY, AUGUST = parse_month("2024-07"), parse_month("2024-08")


@pytest.fixture(scope="module")
def august(tmp_path_factory):
    """July released; in August one died in July, one turned 90, one turned 80, and one's account came at last."""
    home = homes.make_home(tmp_path_factory.mktemp("bridge") / "home")
    everybody = [STAYS, DIES, TURNS_90, TURNS_80]
    people = [homes.person(one, f"样本{place}") for place, one in zip("甲乙丙丁", everybody, strict=True)]
    accounts = [homes.account(one, f"样本{place}") for place, one in zip("甲乙丙丁", everybody, strict=True)]
    homes.hand_in(home, "2024-07", population=people, account=accounts[1:])
    homes.run(home, "2024-07")
    homes.sign(home, "2024-07")
    died = homes.person(DIES, "样本乙", died_on="2024-07-09")
    homes.hand_in(home, "2024-08", population=[people[0], died, *people[2:]], account=accounts)
    homes.run_whole(home, "2024-08")
    return home


def of(home, month=AUGUST):
    with opened(home.database_url) as book, book.reading() as conn:
        return bridge(conn, homes.COUNTY, month)


def test_the_files_follow_from_last_months_by_causes_that_add_up(august):
    (line,) = of(august).lines
    assert (line.people_before, line.fen_before) == (2, 100_00)
    assert (line.people_gone, line.fen_gone) == (1, 50_00)
    assert (line.people_new, line.fen_new) == (2, 100_00)
    assert (line.people_changed, line.fen_changed) == (1, 50_00)
    assert (line.people_now, line.fen_now) == (3, 200_00)
    assert (line.fen_earlier, line.fen_in_files) == (50_00, 250_00), "July of the one whose account came at last"
    assert line.fen_before - line.fen_gone + line.fen_new + line.fen_changed == line.fen_now
    assert line.people_before - line.people_gone + line.people_new == line.people_now


def test_the_sum_of_all_benefits_is_told_too(august):
    told = of(august)
    assert replace(told.total, benefit=told.lines[0].benefit, label=told.lines[0].label) == told.lines[0]


def test_the_largest_changes_come_first(august):
    first, *others = of(august).changes
    assert (first.name, first.fen_before, first.fen_now) == ("样本甲", 0, 100_00)
    assert [(one.name, one.fen_before, one.fen_now) for one in others] == [
        ("样本丙", 50_00, 100_00),
        ("样本乙", 50_00, 0),
        ("样本丁", 0, 50_00),
    ]


def test_a_first_month_follows_from_nothing(august):
    (line,) = of(august, JULY).lines
    assert (line.people_before, line.fen_before, line.people_now, line.fen_now) == (0, 0, 2, 100_00)


def test_last_month_is_told_as_it_was_signed_and_as_it_is_known_now(august):
    (line,) = left(august, homes.COUNTY, AUGUST).summary.benefits
    assert (line.people_before, line.fen_before) == (3, 150_00), "who had no account was owed all the same"
    assert (line.people_issued_before, line.fen_issued_before) == (2, 100_00)


def rows(*outcomes):
    told = [
        {"person_no": number, "benefit": benefit, "benefit_month": AUGUST, "outcome": outcome, "would_be_fen": 60_00}
        for number, (benefit, outcome) in enumerate(outcomes)
    ]
    return pl.DataFrame(told, schema_overrides={"benefit_month": pl.Date, "would_be_fen": pl.Int64})


UNCLAIMED = ("disability_care_subsidy", Outcome.NOT_CLAIMED.value)
DRAWN = ("disability_care_subsidy", Outcome.ENTITLED.value)
CARE = {"disability_care_subsidy": ["disability"]}


def test_who_meets_the_conditions_and_draws_nothing_is_counted_with_the_money():
    (line,) = not_drawn(rows(UNCLAIMED, UNCLAIMED, DRAWN), AUGUST)
    assert (line.label, line.outcome_label, line.people, line.would_be_fen) == (
        "重度残疾人护理补贴",
        "未申请",
        2,
        120_00,
    )


@pytest.mark.parametrize(
    ("decided", "never", "told"),
    [
        ([UNCLAIMED] * 15, ["claim"], "重度残疾人护理补贴 0 人领取(名册收下残疾 15 行):15 人条件具备,从未收到申请名册"),
        ([UNCLAIMED] * 15, [], "重度残疾人护理补贴 0 人领取(名册收下残疾 15 行):15 人条件具备,没有一人的申请已获审批"),
        ([], ["disability"], "重度残疾人护理补贴 0 人领取:从未收到残疾名册"),
        ([UNCLAIMED, DRAWN], ["claim"], None),
        ([], [], None),
    ],
)
def test_a_group_in_which_nobody_draws_says_what_is_lacking(decided, never, told):
    in_registers = {"disability": len(decided)}
    found = nobody_draws(rows(DRAWN, *decided)[1:], AUGUST, CARE, never, in_registers)
    assert [one.told for one in found] == ([told] if told else [])


def test_a_run_leaves_what_is_silent(august):
    silence = left(august, homes.COUNTY, AUGUST).silence
    assert "困难残疾人生活补贴 0 人领取:从未收到低收入、残疾名册" in [one.told for one in silence.nobody_draws]
