"""Whose earlier rows still stand."""

import polars as pl
import pytest

from contracts.codes import GapDecision
from contracts.columns import polars_schema
from contracts.tables import RegisterGap
from intake import DECISIONS, accept, stand_in

NONE_DECIDED = pl.DataFrame(schema=DECISIONS)


@pytest.fixture
def month_of(received_rows, known_on, resident_id, row):
    """The accepted rows of a month: of each serial, the cells that differ from a right row."""
    everybody = pl.DataFrame({"person_id": sorted(resident_id(serial=serial) for serial in range(1, 60))})
    numbers = everybody.select("person_id", person_no=pl.int_range(1, 1 + pl.len(), dtype=pl.Int64))

    def month(register, people, extra=()):
        rows = [row(register, resident_id(serial=serial), **cells) for serial, cells in people.items()]
        rows += [row(register, resident_id(serial=serial), **cells) for serial, cells in extra]
        return accept(received_rows(register, rows), numbers, known_on)

    return month


def grounds(stood):
    return dict(stood.gaps.select("person_no", "ground").iter_rows())


def test_in_the_first_month_there_is_nobody_to_stand_in_for(month_of):
    first = month_of("population", {1: {}, 2: {"birth_date": "1944-08-01"}})
    stood = stand_in(first, None, NONE_DECIDED)
    assert stood.rows["person_no"].to_list() == [1]
    assert grounds(stood) == {2: "REFUSED"}


def test_the_last_rows_stand_for_one_who_vanished_and_one_who_was_refused(month_of):
    before = month_of("population", {1: {}, 2: {"township": "旧镇"}, 3: {"township": "旧镇"}}).rows
    now = month_of("population", {1: {}, 2: {"birth_date": "1944-08-01"}})
    stood = stand_in(now, before, NONE_DECIDED)
    assert stood.rows["township"].to_list() == ["示范镇", "旧镇", "旧镇"]
    assert grounds(stood) == {2: "REFUSED", 3: "VANISHED"}
    assert stood.gaps.schema == polars_schema(RegisterGap)


def test_two_accounts_that_contradict_one_another_leave_the_last_one(month_of):
    before = month_of("account", {1: {}}).rows
    now = month_of("account", {1: {}}, extra=[(1, {"account_no": "99000721469914307"})])
    stood = stand_in(now, before, NONE_DECIDED)
    assert stood.rows["account_no"].to_list() == ["99000721469914306"]
    assert grounds(stood) == {1: "AMBIGUOUS"}


def test_a_row_refused_only_as_a_duplicate_leaves_no_doubt(month_of):
    now = month_of("population", {1: {}}, extra=[(1, {})])
    stood = stand_in(now, None, NONE_DECIDED)
    assert (stood.rows.height, grounds(stood)) == (1, {})


def test_a_changed_row_is_a_correction_and_no_gap(month_of):
    before = month_of("population", {1: {"township": "旧镇"}}).rows
    stood = stand_in(month_of("population", {1: {}}), before, NONE_DECIDED)
    assert (stood.rows["township"].to_list(), grounds(stood)) == (["示范镇"], {})


@pytest.mark.parametrize(("decision", "people"), [(GapDecision.ACCEPT_GONE, [1]), (GapDecision.KEEP, [1, 2])])
def test_an_officers_decision_ends_the_gap(decision, people, month_of):
    before = month_of("population", {1: {}, 2: {}}).rows
    decided = pl.DataFrame([("population", 2, decision.value)], schema=DECISIONS, orient="row")
    stood = stand_in(month_of("population", {1: {}}), before, decided)
    assert (stood.rows["person_no"].to_list(), grounds(stood)) == (people, {})


def test_a_decision_about_another_register_changes_nothing(month_of):
    before = month_of("population", {1: {}, 2: {}}).rows
    decided = pl.DataFrame([("account", 2, GapDecision.ACCEPT_GONE.value)], schema=DECISIONS, orient="row")
    assert grounds(stand_in(month_of("population", {1: {}}), before, decided)) == {2: "VANISHED"}


def test_standing_in_again_changes_nothing(month_of):
    before = month_of("population", {1: {}, 2: {}, 3: {}}).rows
    now = month_of("population", {1: {}, 2: {"birth_date": "1944-08-01"}})
    once = stand_in(now, before, NONE_DECIDED)
    again = stand_in(now, once.rows, NONE_DECIDED)
    assert again.rows.equals(once.rows)
    assert again.gaps.equals(once.gaps)
