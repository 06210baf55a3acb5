"""Working days as the State Council's notices have them; an unannounced year has its weekends and says so."""

from datetime import date, timedelta

import pytest

from contracts.errors import InputError
from contracts.settings import Home
from payments.working_days import working_days


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def test_the_notices_of_each_year_leave_this_many_working_days(home):
    days = working_days(home)
    counted = {year: days.between(date(year - 1, 12, 31), date(year, 12, 31)) for year in (2024, 2025, 2026, 2027)}
    assert counted == {2024: 251, 2025: 248, 2026: 248, 2027: 261}  # of 2027 only weekends are known


def test_before_and_after_a_long_holiday_weekends_are_worked(home):
    days = working_days(home)
    assert days.after(date(2024, 9, 27), 1) == date(2024, 9, 29)  # a Sunday
    assert days.after(date(2024, 9, 27), 3) == date(2024, 10, 8)
    assert days.after(date(2024, 10, 11), 1) == date(2024, 10, 12)  # a Saturday
    assert days.between(date(2024, 9, 30), date(2024, 10, 8)) == 1
    assert days.after(date(2026, 2, 13), 2) == date(2026, 2, 24)


def test_the_day_itself_does_not_count_and_counting_back_gives_what_was_counted(home):
    days = working_days(home)
    for start in (date(2024, 1, 1) + timedelta(days=n) for n in range(0, 1100, 37)):
        for count in (1, 3, 10):
            due = days.after(start, count)
            assert days.is_working(due)
            assert days.between(start, due) == count
            assert days.between(start, due - timedelta(days=1)) == count - 1


def test_a_year_that_nobody_has_announced_is_told(home):
    days = working_days(home)
    assert days.unannounced(date(2024, 12, 30), date(2026, 1, 2)) == []
    assert days.unannounced(date(2026, 12, 30), date(2028, 1, 2)) == [2027, 2028]


def test_a_county_enters_a_year_once_it_is_announced(home):
    (home.path / "working_days.yaml").write_text(
        '"2027":\n  source: 某通知\n  status: in_force\n'
        "  holidays: [[2027-01-01, 2027-01-03]]\n  workdays: [2027-01-09]\n",
        "utf-8",
    )
    days = working_days(home)
    assert days.unannounced(date(2026, 1, 1), date(2027, 12, 31)) == []
    assert not days.is_working(date(2027, 1, 1))
    assert days.is_working(date(2027, 1, 9))
    assert not days.is_working(date(2024, 10, 1))


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ("holidays: [[2027-01-03, 2027-01-01]]", "先写第一天"),
        ("holidays: [[2026-01-01, 2026-01-03]]", "别的年份"),
        ("holidays: [[2027-01-01, 2027-01-03]]\n  workdays: [2027-01-04]", "周六、周日"),
        ("workdays: []", "须写 holidays"),
    ],
)
def test_what_cannot_be_a_year_is_refused_with_its_place(home, told, wrong):
    text = f'"2027":\n  source: 某通知\n  status: in_force\n  {told}\n'
    (home.path / "working_days.yaml").write_text(text, "utf-8")
    with pytest.raises(InputError, match=wrong) as refused:
        working_days(home)
    assert "working_days.yaml:" in str(refused.value)
