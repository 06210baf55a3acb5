"""Why a month's money differs from the month's before, to the fen, and how much of it is in the files."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from contracts.codes import Benefit, Movement, Outcome
from contracts.errors import BookError
from contracts.months import parse_month
from ledger.book import opened
from month.explaining import explained, explained_from
from month.listing import left
from reports import movements
from tests import homes

JULY, AUGUST = parse_month("2024-07"), parse_month("2024-08")


@pytest.fixture
def august(month_of_changes):
    """The home of conftest."""
    return month_of_changes


def of(home, month=AUGUST, since=None):
    return explained(home, homes.COUNTY, month, since)


def moves(benefit):
    return {
        (line.cause, line.is_late): (line.people_new, line.people_gone, line.people_changed, line.fen)
        for line in benefit.moves
    }


def flows(benefit):
    return {line.label: line.fen for line in benefit.flows}


def test_each_cause_has_its_heads_and_its_money(august):
    (line,) = of(august).told.benefits
    assert (line.people_before, line.fen_before) == (3, 150_00), "who had no account was owed all the same"
    assert moves(line) == {
        (Movement.NEWLY_LISTED, True): (1, 0, 0, 50_00),
        (Movement.DEATH, False): (0, 1, 0, -50_00),
        (Movement.TURNED, False): (1, 0, 0, 50_00),
        (Movement.BAND, False): (0, 0, 1, 50_00),
    }
    assert (line.people_now, line.fen_now) == (4, 250_00)


def test_what_is_owed_becomes_what_is_in_the_files(august):
    (line,) = of(august).told.benefits
    assert flows(line) == {"补发:情况迟报": 50_00, "以前月份的,暂缓解除": 50_00}
    assert line.fen_in_files == 350_00
    assert line.difference == (0, 0, 0)


def test_a_first_month_follows_from_nothing(august):
    (line,) = of(august, JULY).told.benefits
    assert moves(line) == {(Movement.FIRST_RUN, False): (3, 0, 0, 150_00)}
    assert flows(line) == {"暂缓:缺少账户": -50_00}, "as it was then, whatever was lifted since"
    assert line.difference == (0, 0, 0)


def test_a_month_without_a_run_is_nothing_to_compare_with(august):
    with pytest.raises(BookError, match="没有运行过"):
        of(august, since=parse_month("2024-01"))


def test_all_benefits_together_add_up_too(august):
    told = of(august).told
    assert told.total.difference == (0, 0, 0)
    assert told.total.fen_now == sum(line.fen_now for line in told.benefits)


def test_each_cause_opens_to_its_people(august):
    opened = of(august)
    names = dict(opened.who.select("person_no", "name").iter_rows())
    told = {(names[row["person_no"]], row["cause"]) for row in opened.told.people.iter_rows(named=True)}
    assert told == {
        ("样本乙", Movement.DEATH),
        ("样本丙", Movement.BAND),
        ("样本丁", Movement.TURNED),
        ("样本戊", Movement.NEWLY_LISTED),
    }
    assert {change.name for change in opened.largest} == {name for name, _ in told}


def test_every_run_leaves_it_as_a_workbook(august):
    written = august.lists(homes.COUNTY, AUGUST) / "explained.xlsx"
    book = load_workbook(written)
    assert book.sheetnames == ["本月说明", "人员变动", "金额去向"]
    assert {row[1].value for row in book["人员变动"].iter_rows(min_row=2)} == {"样本乙", "样本丙", "样本丁", "样本戊"}


def test_without_the_facts_of_the_run_the_sums_are_the_same(august):
    with opened(august.database_url) as book:
        (line,) = explained_from(book, homes.COUNTY, AUGUST, None).told.benefits
    assert (line.fen_before, line.fen_now, line.difference) == (150_00, 250_00, (0, 0, 0))


def test_last_month_is_told_as_it_was_signed_and_as_it_is_known_now(august):
    (line,) = left(august, homes.COUNTY, AUGUST).summary.benefits
    assert (line.people_before, line.fen_before) == (4, 200_00)
    assert (line.people_issued_before, line.fen_issued_before) == (2, 100_00)


def test_a_run_leaves_what_is_silent(august):
    silence = left(august, homes.COUNTY, AUGUST).silence
    assert "困难残疾人生活补贴 0 人领取:从未收到低收入、残疾名册" in [one.told for one in silence.nobody_draws]


DECISIONS = st.lists(
    st.tuples(
        st.sampled_from(list(Outcome)),
        st.sampled_from([0, 50_00, 100_00]),
        st.integers(0, 2**40),
        st.none() | st.integers(1, 3),
    ),
    max_size=6,
)
PLACES = pl.DataFrame({"rate_no": [1, 2, 3], "place": ["a", "b", "b"]})


def decided(rows):
    """The n-th row is of the n-th person; only who is entitled has money."""
    told = [
        (number, Benefit.OLD_AGE_ALLOWANCE.value, outcome.value, fen if outcome == Outcome.ENTITLED else 0, code, rate)
        for number, (outcome, fen, code, rate) in enumerate(rows)
    ]
    return pl.DataFrame(told, schema=movements.DECISION, orient="row")


def known(rows):
    told = [(number, code % 2 == 0, code % 3 == 0, code) for number, (_, _, code, _) in enumerate(rows)]
    return pl.DataFrame(told, schema=movements.NO_FACTS.schema, orient="row")


@given(DECISIONS, DECISIONS, st.booleans())
def test_whatever_two_months_say_the_causes_add_up(then, now, has_facts):
    earlier, later = decided(then), decided(now)
    facts = (known(then), known(now)) if has_facts else (movements.NO_FACTS, movements.NO_FACTS)
    rows = movements.moved(earlier, later, *facts, PLACES)
    assert (rows["after_fen"] - rows["before_fen"]).sum() == later["fen"].sum() - earlier["fen"].sum()
    heads = [rows.filter(pl.col(side) == 0).height for side in ("before_fen", "after_fen")]
    assert heads[0] - heads[1] == (later["fen"] > 0).sum() - (earlier["fen"] > 0).sum()
    assert set(rows["cause"]) <= set(Movement.values())
    assert rows["person_no"].is_unique().all()
