"""Whatever is killed at any point and done again ends in the same book and the same file bytes.

Tried are the moments after a commit that changed the book and before a file of the outbox (every one in the long walk,
a seeded part in `make test`), and a seeded few of the other points (killing.py).
"""

import random
import shutil

import pytest

from contracts.settings import Home
from tests import homes
from tests.effort import LONG, long_walk, tries
from tests.ledger import laws
from tests.scenarios import killing

SICK, DEAD, FRESH = (homes.resident_id(born) for born in ("1931-02-03", "1940-03-05", "1944-08-09"))
OTHERS = 4 if LONG else 1  # of each act
GRAPH_POINTS = 2


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """July is paid and answered; August brings a death known late, a new account and a birthday."""
    home = homes.make_home(tmp_path_factory.mktemp("kills") / "prepared", go_live_month='"2024-07"')
    people = [homes.person(SICK), homes.person(DEAD), homes.person(FRESH)]
    homes.hand_in(home, "2024-07", population=people, account=[homes.account(SICK), homes.account(DEAD)])
    homes.run(home, "2024-07")
    homes.sign(home, "2024-07")
    killing.done(killing.read_july, home)
    late = [homes.person(SICK), homes.person(DEAD, died_on="2024-06-30"), homes.person(FRESH)]
    homes.hand_in(home, "2024-08", population=late, account=[homes.account(one) for one in (SICK, DEAD, FRESH)])
    return home


def copy_of(home, path):
    shutil.copytree(home.path, path)
    return Home(path)


def state(home):
    """What is in the book and in the outbox."""
    with killing.opened(home) as book:
        assert laws.breaches(book) == []
        return laws.contents(book), homes.payment_files(home)


@pytest.fixture(scope="module")
def undisturbed(prepared, tmp_path_factory):
    """The month's life that nobody disturbs: act → the home before it, the state after it, its points."""
    told, before = {}, prepared
    for act in killing.ACTS:
        after = copy_of(before, tmp_path_factory.mktemp("kills") / act.__name__)
        points = killing.done(act, after)
        told[act] = (before, state(after), points)
        before = after
    return told


def chosen(points, count, seed):
    moving = [n for n, told in enumerate(points, start=1) if told.startswith(("after commit", "before 410721-2024"))]
    others = [n for n in range(1, len(points) + 1) if n not in moving]
    seeded, most = random.Random(seed), min(tries(len(moving)), len(moving))
    return sorted({*seeded.sample(moving, most), *seeded.sample(others, min(count, len(others)))})


@pytest.mark.parametrize("act", killing.ACTS)
def test_what_is_killed_anywhere_and_done_again_is_as_if_nothing_had_happened(undisturbed, tmp_path, act):
    before, wanted, points = undisturbed[act]
    for last in chosen(points, OTHERS, act.__name__):
        home = copy_of(before, tmp_path / str(last))
        killing.done(act, home, last)
        killing.done(act, home)
        assert state(home) == wanted, points[last - 1]
        shutil.rmtree(home.path)


@long_walk
def test_a_run_of_the_graph_killed_anywhere_and_run_again_is_as_if_nothing_had_happened(prepared, tmp_path):
    alone = copy_of(prepared, tmp_path / "alone")
    points = killing.done(killing.run_graph, alone)
    for last in random.Random(20240815).sample(range(1, len(points) + 1), GRAPH_POINTS):
        home = copy_of(prepared, tmp_path / str(last))
        killing.done(killing.run_graph, home, last)
        killing.done(killing.run_graph, home)
        assert state(home) == state(alone), points[last - 1]


def test_what_a_kill_in_the_middle_of_a_workbook_leaves_is_swept(prepared, tmp_path):
    home = copy_of(prepared, tmp_path / "home")
    folder = home.outbox / homes.COUNTY / "2024-08"
    (folder / ".x1.half").mkdir(parents=True)
    for name in (".x1.half/sheet", ".x2.half"):
        (folder / name).write_bytes(b"half")
    homes.run(home, "2024-08")
    assert [name for name in homes.payment_files(home) if "/." in name] == []
