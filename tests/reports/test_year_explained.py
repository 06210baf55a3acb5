"""A calendar year's money: its months side by side, every line adding up to the year, to the fen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from contracts.codes import Benefit, Flow, Movement
from contracts.errors import BookError
from month.explaining import explained_year
from reports.month_explained import BenefitMonth, FlowLine, MoveLine
from reports.year_explained import MONTHS, explain_year, total_of_lines, write
from tests import homes
from tests.cli.giving import asked
from tests.reports import unexplained


@pytest.fixture(scope="module")
def year(month_of_changes):
    """The home of conftest: July and August of 2024 ran."""
    return explained_year(month_of_changes, homes.COUNTY, 2024)


def at(line, month):
    return line.of_months[MONTHS.index(month)]


def test_a_year_opens_with_the_month_before_it_and_closes_with_its_last(year):
    (one,) = year.benefits
    assert [(line.label, at(line, "07"), at(line, "08"), line.of_year) for line in one.people] == [
        ("上期人数", 0, 3, 0),
        ("新增:更正上期:新登记(此前没有记录)", 0, 1, 1),
        ("新增:到龄", 0, 1, 1),
        ("新增:首次运行", 3, 0, 3),
        ("减少:死亡", 0, 1, 1),
        ("本期人数", 3, 4, 4),
    ]
    assert (one.fen_before.of_year, total_of_lines(one.moves).of_year, one.fen_now.of_year) == (0, 250_00, 250_00)


def test_what_was_owed_in_its_months_becomes_what_is_in_their_files(year):
    (one,) = year.benefits
    assert [(line.label, at(line, "07"), at(line, "08"), line.of_year) for line in one.money] == [
        ("应发", 150_00, 250_00, 400_00),
        ("补发:情况迟报", 0, 50_00, 50_00),
        ("暂缓:缺少账户", -50_00, 0, -50_00),
        ("以前月份的,暂缓解除", 0, 50_00, 50_00),
        ("文件合计", 100_00, 350_00, 450_00),
    ]


def test_a_month_that_never_ran_is_empty_and_named(year):
    assert at(year.total.owed, "01") is None
    assert year.silent[:1] == ("2024-01",)
    assert len(year.silent) == 10


def test_a_year_without_a_run_is_nothing_to_explain(month_of_changes):
    with pytest.raises(BookError, match="没有运行过"):
        explained_year(month_of_changes, homes.COUNTY, 2023)


def test_it_is_a_workbook_of_twelve_columns_and_the_year(year, tmp_path):
    book = load_workbook(write(year, tmp_path / "year.xlsx"))
    assert book.sheetnames == ["2024年应发到文件", "2024年应发变动", "2024年人数变动"]
    first, *rows = book["2024年应发到文件"].iter_rows(values_only=True)
    assert first[2:] == (*(f"{month}月(元)" for month in range(1, 13)), "全年(元)")
    assert rows[0] == ("合计", "应发", *[None] * 6, 150, 250, *[None] * 4, 400)


def test_an_officer_asks_for_it(month_of_changes):
    told = asked(month_of_changes, "explain-year", "--county", homes.COUNTY, "--year", "2024", "--json")
    assert told["total"]["in_files"]["of_year"] == 450_00


FEN = st.integers(0, 300).map(lambda yuan: yuan * 100)
CAUSES = st.lists(
    st.tuples(st.sampled_from(list(Movement)), st.booleans(), FEN), max_size=4, unique_by=lambda one: one[:2]
)
FLOWS = st.lists(
    st.tuples(st.sampled_from(list(Flow)), st.integers(-300_00, 300_00)), max_size=4, unique_by=lambda one: one[0]
)
OF_MONTH = st.dictionaries(st.sampled_from(list(Benefit)), st.tuples(CAUSES, FLOWS), max_size=3)


class Told:
    """A month as far as a year reads it."""

    def __init__(self, month, benefits):
        self.pay_month, self.benefits = f"2024-{month}", benefits
        self.total = summed(benefits)


def summed(benefits):
    """All benefits of a month as one, without the code under test."""
    moves = [line for one in benefits for line in one.moves]
    flows = [line for one in benefits for line in one.flows]
    figures = [sum(getattr(one, name) for one in benefits) for name in ("people_before", "fen_before")]
    now = [sum(getattr(one, name) for one in benefits) for name in ("people_now", "fen_now")]
    return BenefitMonth("", "合计", *figures, moves, *now, flows, sum(one.fen_in_files for one in benefits))


def month_of(benefit, before, causes, flows):
    """A benefit's month after one of which `before` says the heads and the fen: everybody who comes brings money."""
    moves = [
        MoveLine(benefit, cause, f"更正上期:{cause.label}" if is_late else cause.label, is_late, 1, 0, 0, fen)
        for cause, is_late, fen in causes
    ]
    people, fen = before[0] + len(moves), before[1] + sum(line.fen for line in moves)
    lines = [FlowLine(benefit, flow, flow.label, 1, flow_fen) for flow, flow_fen in flows]
    in_files = fen + sum(line.fen for line in lines)
    return BenefitMonth(benefit, benefit.label, *before, moves, people, fen, lines, in_files)


@given(st.dictionaries(st.sampled_from(MONTHS), OF_MONTH, min_size=1))
def test_whatever_the_months_say_every_line_of_the_year_adds_up(said):
    stands, months = {}, []
    for number in sorted(said):
        drawn = [one for one in Benefit if one in said[number] or stands.get(one, (0, 0)) != (0, 0)]
        told = [month_of(one, stands.get(one, (0, 0)), *said[number].get(one, ((), ()))) for one in drawn]
        stands |= {Benefit(one.benefit): (one.people_now, one.fen_now) for one in told}
        months.append(Told(number, told))
    year = explain_year(homes.COUNTY, "2024", months)
    assert list(unexplained.left_of_year(year, [MONTHS.index(number) for number in sorted(said)])) == []
