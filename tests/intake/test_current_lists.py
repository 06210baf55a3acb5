"""A bare list of today's people becomes months: who goes on, begins, changes, ends; again, nothing changes."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from contracts.codes import GapDecision
from contracts.settings import CurrentList
from intake import DECISIONS, accept, months_of_list, receive, running_rows, stand_in

MAY, JUNE, JULY, AUGUST, SEPTEMBER = (date(2024, month, 1) for month in (5, 6, 7, 8, 9))
NONE_DECIDED = pl.DataFrame(schema=DECISIONS)
ENDS, HOLDS = CurrentList(), CurrentList(vanished="hold")
GIVEN = CurrentList(first_list="from_given")


@pytest.fixture
def listed(received_rows, known_on, resident_id, row):
    """A list of people by serial, with the cells that differ from a right row; none of them says a month."""
    ids = sorted(resident_id(serial=serial) for serial in range(1, 10))
    numbers = pl.DataFrame({"person_id": ids, "person_no": range(1, 10)}, schema_overrides={"person_no": pl.Int64})

    def accepted(register="low_income", **people):
        rows = [
            row(register, resident_id(serial=int(name[1:])), **{"from_month": "", **cells})
            for name, cells in people.items()
        ]
        return accept(received_rows(register, rows), numbers, known_on, is_current_list=True)

    return accepted


def months(rows):
    """(person, category, first, last) of every row."""
    return rows.sort("person_no", "from_month").select("person_no", "category", "from_month", "to_month").rows()


def changes(compared):
    return compared.changes.select("change", "person_no", "month").rows()


def test_a_list_without_months_is_not_refused(listed):
    assert listed(p1={}).refused.is_empty()
    assert listed("family_planning", p1={}).refused.is_empty()


def test_a_file_without_month_columns_is_read_and_not_complained_of(tmp_path, store, known_on, number_people, row):
    cells = row("family_planning")
    path = tmp_path / "family_planning.csv"
    path.write_text(f"身份证号,类别\n{cells['person_id']},{cells['kind']}\n", "utf-8")
    received = receive(path, "family_planning", store)
    numbers = number_people([received])
    accepted = accept(received, numbers, known_on, is_current_list=True)
    assert (accepted.rows.height, accepted.refused.height) == (1, 0)
    assert set(accept(received, numbers, known_on).refused["code"]) == {"MONTHS_ABSENT", "VALUE_MISSING"}


def test_the_first_list_begins_with_its_inbox_month(listed):
    compared = months_of_list(listed(p1={"from_month": "2020-01"}), None, JULY, ENDS, NONE_DECIDED)
    assert months(compared.rows) == [(1, "dibao", JULY, None)]
    assert changes(compared) == [("BEGUN", 1, JULY)]


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        ({"from_month": "2020-01"}, date(2020, 1, 1)),
        ({"confirmed_on": "2024-03-15"}, date(2024, 4, 1)),
        ({}, JULY),
    ],
)
def test_or_with_the_month_the_list_states_where_the_county_says_so(cells, first, listed):
    compared = months_of_list(listed(p1=cells), None, JULY, GIVEN, NONE_DECIDED)
    assert months(compared.rows) == [(1, "dibao", first, None)]


@pytest.fixture
def july(listed):
    """Three people on the list of July."""
    return months_of_list(listed(p1={}, p2={}, p3={}), None, JULY, ENDS, NONE_DECIDED).rows


def test_the_next_list_goes_on_begins_changes_and_ends(july, listed):
    compared = months_of_list(listed(p1={}, p2={"category": "低保边缘"}, p4={}), july, AUGUST, ENDS, NONE_DECIDED)
    assert months(compared.rows) == [
        (1, "dibao", JULY, None),
        (2, "dibao", JULY, JULY),
        (2, "margin", AUGUST, None),
        (3, "dibao", JULY, JULY),
        (4, "dibao", AUGUST, None),
    ]
    assert changes(compared) == [("BEGUN", 4, AUGUST), ("CHANGED", 2, AUGUST), ("ENDED", 3, JULY)]


def test_comparing_with_its_own_result_changes_nothing(july, listed):
    august = listed(p1={}, p2={"category": "低保边缘"}, p4={})
    once = months_of_list(august, july, AUGUST, ENDS, NONE_DECIDED)
    again = months_of_list(august, once.rows, AUGUST, ENDS, NONE_DECIDED)
    assert again.rows.equals(once.rows)
    assert again.changes.is_empty()


def test_after_a_skipped_month_the_vanished_ran_until_the_month_before_the_list(july, listed):
    compared = months_of_list(listed(p1={}), july, SEPTEMBER, ENDS, NONE_DECIDED)
    assert months(compared.rows)[1:] == [(2, "dibao", JULY, AUGUST), (3, "dibao", JULY, AUGUST)]


def test_one_who_comes_back_begins_anew_and_the_months_between_are_not_his(july, listed):
    away = months_of_list(listed(p2={}, p3={}), july, AUGUST, GIVEN, NONE_DECIDED).rows
    back = months_of_list(listed(p1={"from_month": "2020-01"}, p2={}, p3={}), away, SEPTEMBER, GIVEN, NONE_DECIDED)
    assert months(back.rows)[:2] == [(1, "dibao", JULY, JULY), (1, "dibao", SEPTEMBER, None)]
    assert changes(back) == [("BEGUN", 1, SEPTEMBER)]


def test_a_list_sent_again_for_its_month_takes_back_what_it_began(july, listed):
    compared = months_of_list(listed(p1={}, p2={"category": "低保边缘"}), july, JULY, ENDS, NONE_DECIDED)
    assert months(compared.rows) == [(1, "dibao", JULY, None), (2, "margin", JULY, None)]


def test_where_the_county_holds_the_vanished_their_rows_stand_as_a_gap(july, listed):
    august = listed(p1={}, p2={})
    compared = months_of_list(august, july, AUGUST, HOLDS, NONE_DECIDED)
    assert changes(compared) == [("HELD", 3, AUGUST)]
    assert months(compared.rows) == [(1, "dibao", JULY, None), (2, "dibao", JULY, None)]


def test_an_officer_lets_go_of_a_held_one_who_then_ends_and_keeps_his_past(july, listed):
    decided = pl.DataFrame([("low_income", 3, GapDecision.ACCEPT_GONE.value)], schema=DECISIONS, orient="row")
    compared = months_of_list(listed(p1={}, p2={}), july, AUGUST, HOLDS, decided)
    assert months(compared.rows)[-1] == (3, "dibao", JULY, JULY)


def test_one_whose_row_was_refused_has_not_vanished(july, listed):
    august = listed(p1={}, p2={}, p3={"category": "不详"})
    compared = months_of_list(august, july, AUGUST, ENDS, NONE_DECIDED)
    assert changes(compared) == []
    stood = stand_in(replace(august, rows=compared.rows), july, NONE_DECIDED)
    assert months(stood.rows)[-1] == (3, "dibao", JULY, None)
    assert stood.gaps["person_no"].to_list() == [3]


def test_a_row_that_says_it_has_ended_is_taken_as_it_is(listed):
    told = {"from_month": "2024-01", "to_month": "2024-05"}
    compared = months_of_list(listed(p1=told), None, JULY, ENDS, NONE_DECIDED)
    assert months(compared.rows) == [(1, "dibao", date(2024, 1, 1), MAY)]
    assert changes(compared) == []


def test_people_whose_rows_have_ended_need_not_be_on_the_list(july, listed):
    august = months_of_list(listed(p1={}, p2={}), july, AUGUST, ENDS, NONE_DECIDED).rows
    assert running_rows(august, AUGUST)["person_no"].to_list() == [1, 2]
