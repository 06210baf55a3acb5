"""The stories: each is in the county's files, and is told to officers."""

import inspect

import polars as pl
import pytest

from generator import cast as stories_of
from generator.cast import STORIES, cast
from generator.stage import Stage

MONTHS = ("2024-07", "2024-08", "2024-09")


@pytest.fixture(scope="module")
def stories(months):
    return {story.name: story for story in cast(Stage("410721", months[0]))}


@pytest.fixture(scope="module")
def rows_of(county, read, stories):
    """(story, register, month) → its rows in the county's files."""

    def rows(story, register, month):
        return read(county / month, register).filter(pl.col("身份证号").is_in(stories[story].person_ids))

    return rows


def test_every_story_is_told_in_chinese(stories):
    assert all(any("一" <= char <= "鿿" for char in story.telling) for story in stories.values())


def test_no_story_is_left_out():
    written = [
        name for name, told in inspect.getmembers(stories_of, inspect.isfunction) if told.__module__ == cast.__module__
    ]
    told = [name for name in written if not name.startswith("_") and name != "cast"]
    assert set(told) == {story.__name__ for story in STORIES}


def test_nobody_is_in_two_stories(stories):
    people = [person for story in stories.values() for person in story.person_ids]
    assert len(people) == len(set(people))


def test_every_row_of_a_story_is_in_the_file_of_its_months(county, read, stories):
    for number, month in enumerate(MONTHS, start=1):
        for story in stories.values():
            for row in story.rows:
                found = read_once(read, county / month, row.register)
                same = found.filter(pl.col("身份证号") == row.cells["person_id"])
                assert same.is_empty() <= (not row.stands_in(number)), (story.name, row.register, month)


_read = {}


def read_once(read, folder, register):
    return _read.setdefault((folder, register), read(folder, register))


def test_a_late_death_is_known_only_in_the_third_month(rows_of):
    known = [rows_of("late_death", "population", month)["死亡日期"].to_list() for month in MONTHS]
    assert known == [[None], [None], ["2024-07-18"]]


def test_an_account_missing_at_first_comes_later(rows_of):
    there = [rows_of("account_in_the_third_month", "account", month).height for month in MONTHS]
    assert there == [0, 0, 1]


def test_a_grade_is_corrected_and_corrected_back(rows_of):
    grades = [
        rows_of("grade_corrected_and_corrected_back", "disability", month)["残疾等级"].to_list() for month in MONTHS
    ]
    assert grades == [["2"], ["3"], ["2"]]


def test_a_change_is_back_dated(rows_of):
    starts = [rows_of("dibao_added_late", "low_income", month)["起始年月"].to_list() for month in MONTHS]
    assert starts == [[], [], ["2024-07"]]


def test_a_row_vanishes_and_comes_back(rows_of):
    assert [rows_of("vanished_and_back", "population", month).height for month in MONTHS] == [1, 0, 1]
