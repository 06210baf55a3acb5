"""What approving and releasing a month takes, and how much of it the book's proof of what is signed.

    python benchmarks/signing.py HOME

HOME: of `county_month.py --step generate` and `--step first`, nothing of it signed. A copy of the book is signed.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from years import CHECKER, COUNTY, FIRST, RELEASER

from contracts.actor import Actor, system_user
from contracts.settings import Home
from ledger import proving, signing
from ledger.book import opened
from month.signing import approve, release


def timed(name: str, act: Callable[[], Any]) -> None:
    """Do something and print its CPU and wall seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    print(f"{name}: {time.process_time() - cpu:.1f} CPU s, {time.perf_counter() - wall:.1f} s", flush=True)


def prove_waiting(home: Home) -> None:
    """What is proved before a month is signed."""
    with opened(home.database_url) as book, book.reading() as conn:
        waiting = signing.waiting(conn, COUNTY, FIRST)
        print(f"{waiting.height} batches, {waiting['line_count'].sum():,} lines")
        proving.prove_batches(conn, COUNTY, waiting["batch_id"].to_list()).require(COUNTY)


def prove_whole(home: Home) -> None:
    """What `audit verify` and closing prove."""
    with opened(home.database_url) as book, book.reading() as conn:
        proving.prove(conn).require(COUNTY)


def main() -> None:
    """Sign a copy of the home's month."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        shutil.copytree(sys.argv[1], home.path, ignore=shutil.ignore_patterns("inbox"))
        timed("proof of what is signed", lambda: prove_waiting(home))
        for act, officer in ((approve, CHECKER), (release, RELEASER)):
            by = Actor(officer, system_user())
            timed(act.__name__, lambda act=act, by=by: act(home, COUNTY, FIRST, by))  # type: ignore[misc]
        timed("proof of the whole book", lambda: prove_whole(home))


if __name__ == "__main__":
    main()
