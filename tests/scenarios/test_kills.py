"""A run killed at any point and run again ends in the same book and the same file bytes.

The points are every commit to the book (just before it, and just after) and every file put in its place. All that move
the book or the outbox are tried, and a seeded few of the others.
"""

import random
import shutil
import subprocess
import sys

import pytest

from tests import homes

SICK, DEAD, FRESH = (homes.resident_id(born) for born in ("1931-02-03", "1940-03-05", "1944-08-09"))
CHILD = """
import os, signal, sys
from contextlib import contextmanager
from pathlib import Path
from contracts.settings import Home
from ledger.book import Book
from tests import homes

path, last = sys.argv[1], int(sys.argv[2])
reached = 0

def point(name):
    global reached
    reached += 1
    if last == 0:
        print(reached, name)
    elif reached == last:
        os.kill(os.getpid(), signal.SIGKILL)

writing, replace = Book.writing, Path.replace

@contextmanager
def counted_writing(self):
    with writing(self) as conn:
        yield conn
        point("before commit")
    point("after commit")

def counted_replace(self, target):
    point(f"before {Path(target).name}")
    return replace(self, target)

Book.writing, Path.replace = counted_writing, counted_replace
homes.run(Home(Path(path)), "2024-08")
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """July is paid; August brings a death known late, a new account and a birthday."""
    home = homes.make_home(tmp_path_factory.mktemp("kills") / "prepared", go_live_month='"2024-07"')
    people = [homes.person(SICK), homes.person(DEAD), homes.person(FRESH)]
    homes.hand_in(home, "2024-07", population=people, account=[homes.account(SICK), homes.account(DEAD)])
    homes.run(home, "2024-07")
    homes.sign(home, "2024-07")
    late = [homes.person(SICK), homes.person(DEAD, died_on="2024-06-30"), homes.person(FRESH)]
    homes.hand_in(home, "2024-08", population=late, account=[homes.account(one) for one in (SICK, DEAD, FRESH)])
    return home


def run_killed(home, last):
    told = subprocess.run(
        [sys.executable, "-c", CHILD, str(home.path), str(last)], capture_output=True, text=True, check=False
    )
    return told.returncode, told.stdout.splitlines()


def copy_of(prepared, path):
    shutil.copytree(prepared.path, path)
    return homes.Home(path)


@pytest.fixture(scope="module")
def undisturbed(prepared, tmp_path_factory):
    """The book and the files of a run nobody killed, and its points."""
    home = copy_of(prepared, tmp_path_factory.mktemp("kills") / "undisturbed")
    code, points = run_killed(home, 0)
    assert code == 0
    return homes.book_rows(home), homes.outbox_bytes(home), points


def chosen(points):
    """Every point of the book and of the outbox, and a few of the store."""
    moving = [n for n, told in enumerate(points, start=1) if "commit" in told or "410721-2024" in told]
    others = [n for n in range(1, len(points) + 1) if n not in moving]
    return sorted({*moving, *random.Random(20240815).sample(others, 4)})


def test_a_run_killed_anywhere_and_run_again_is_as_if_nothing_had_happened(prepared, undisturbed, tmp_path):
    book, files, points = undisturbed
    for last in chosen(points):
        home = copy_of(prepared, tmp_path / str(last))
        code, _ = run_killed(home, last)
        assert code == -9, points[last - 1]
        homes.run(home, "2024-08")
        assert homes.book_rows(home) == book, points[last - 1]
        assert homes.outbox_bytes(home) == files, points[last - 1]
        shutil.rmtree(home.path)


def test_what_a_kill_in_the_middle_of_a_workbook_leaves_is_swept(prepared, tmp_path):
    home = copy_of(prepared, tmp_path / "home")
    folder = home.outbox / homes.COUNTY / "2024-08"
    (folder / ".workbook.x1").mkdir(parents=True)
    for name in (".workbook.x1/sheet", ".410721-2024-08-01-01.xlsx.x2"):
        (folder / name).write_bytes(b"half")
    homes.run(home, "2024-08")
    assert [name for name in homes.outbox_bytes(home) if "/." in name] == []
