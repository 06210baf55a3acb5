"""The mutation score says no more than was tried: benchmarks/mutants.py, by a module and tests made for it."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
MODULE = """LEAST = 3


def is_many(count: int) -> bool:
    return count > LEAST and count != 7
"""
TESTS = """def test_many():
    assert is_many(4)


def test_few():
    assert not is_many(2)
"""


@pytest.fixture(scope="module")
def driver():
    """The modules of the driver."""
    sys.path.insert(0, str(BENCHMARKS))
    import faults
    import mutants
    import outcomes

    yield mutants, faults, outcomes
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture
def project(tmp_path):
    (tmp_path / "room.py").write_text(MODULE, "utf-8")
    (tmp_path / "test_room.py").write_text(TESTS, "utf-8")
    return tmp_path


@pytest.fixture
def faults_of(driver, project):
    return list(driver[1].faults(project, "room.py"))


def known(driver, project):
    """What is kept, read anew."""
    outcomes = driver[2]
    outcomes.forget()
    return outcomes.Outcomes(project, project / "tried" / "room.json")


def test_each_fault_is_one_place_turned_round(faults_of):
    assert [(one.was, one.now) for one in faults_of] == [
        ("3", "4"),
        ("count > LEAST and count != 7", "count > LEAST or count != 7"),
        ("count > LEAST", "count >= LEAST"),
        ("count != 7", "count == 7"),
        ("7", "8"),
    ]
    assert [one.statement for one in faults_of] == [0, 5, 5, 5, 5]


def test_an_outcome_holds_until_the_module_or_a_test_it_rests_on_reads_otherwise(driver, project, faults_of):
    outcomes, (fault, other) = driver[2], faults_of[:2]
    kept = known(driver, project)
    kept.keep(fault, outcomes.Outcome.of(project, fault, "test_room.py::test_many", ["test_room.py::test_few"]))
    kept.keep(other, outcomes.Outcome.of(project, other, "", ["test_room.py::test_few"]))

    def holds():
        now = known(driver, project)
        return now.of(fault) is not None, now.of(other) is not None

    assert holds() == (True, True)
    (project / "room.py").write_text(MODULE.replace("LEAST = 3", "LEAST  =  3  # at least"), "utf-8")
    assert holds() == (True, True)
    (project / "test_room.py").write_text(TESTS.replace("(2)", "(1)"), "utf-8")
    assert holds() == (True, False)
    (project / "room.py").write_text(MODULE.replace("7", "9"), "utf-8")
    assert holds() == (False, False)


def test_what_was_not_noticed_is_tried_again_by_tests_that_were_not_asked(driver, project, faults_of):
    outcome = driver[2].Outcome.of(project, faults_of[0], "", ["test_room.py::test_few"])
    assert outcome.is_settled(["test_room.py::test_few"])
    assert not outcome.is_settled(["test_room.py::test_few", "test_room.py::test_many"])
    assert replace(outcome, noticed="test_room.py::test_many").is_settled(["another"])


def test_only_where_everything_was_tried_a_score_is_told(driver):
    mutants = driver[0]
    assert (
        mutants.Count(every=10, same=2, noticed=6, survived=2)
        .row("x")
        .endswith("| 10 | 2 | 8 | 6 | 0 | 2 | 0 | 75.0 % |")
    )
    partly = mutants.Count(every=100, same=0, noticed=45, survived=5)
    assert "no score: 45.0 % to 95.0 % for certain, 8" in partly.row("x")
    assert replace(partly, is_sample=False).row("x").endswith("| 50 | no score: 45.0 % to 95.0 % for certain |")


def test_a_sample_tells_more_the_more_of_the_whole_it_is(driver):
    few, many, all_but_one = (driver[0].interval(9 * n, 10 * n, 1000) for n in (2, 50, 99))
    assert few[0] < many[0] < 0.9 < many[1] < few[1]
    assert all_but_one[1] - all_but_one[0] < 0.01


def test_the_order_of_trying_is_drawn_whatever_else_there_is(driver, faults_of):
    drawn = driver[0].drawn(faults_of, 1)
    assert driver[0].drawn(faults_of[::-1], 1) == drawn
    assert driver[0].drawn([one for one in faults_of if one != drawn[0]], 1) == drawn[1:]
    assert driver[0].drawn(faults_of, 2) != drawn


def test_what_is_said_to_change_nothing_is_there(driver):
    """A place that is written anew is judged anew."""
    mutants, faults, _ = driver
    there = {
        one.key for room in mutants.ROOMS.values() for path in room.modules for one in faults.faults(mutants.ROOT, path)
    }
    meant = json.loads(mutants.EQUIVALENT.read_text("utf-8"))
    assert set(meant) <= there
    assert all(meant.values())
