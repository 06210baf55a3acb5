"""What a backlog costs from the book to the bank and back where a line pays a payee's months together.

    python benchmarks/payees.py --people 1000000

The first month of a generated county, with 24 months of backlog, all of it in the layout of `yikatong_18`. Posted,
claimed into files, signed, and answered by the platform's own file: every 300th line returned, the others paid. All
in this one process, each step measured by itself: CPU seconds, and the peak of the process meanwhile.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from county_month import generate
from watch import Stopwatch
from years import COUNTY, FIRST, MAKER, SETTINGS, sign

from contracts.actor import Actor
from contracts.codes import BankEvent
from contracts.settings import Home
from ledger import batches
from ledger.book import opened
from month import closing
from month.gathering import begin
from month.month import Choices
from month.running import holding, work
from month.stages import STAGES
from payments import profiles
from payments.answer_sample import WHY, Answered, file_name_of, written

PROFILE = "yikatong_18"
LAST = "batch"
RETURNED = 300  # every so many lines one comes back
CHOICES = Choices(maker=MAKER, system_user="benchmark")
BY_PROFILE = SETTINGS.replace("run_as", f'default_profile = "{PROFILE}"\nrun_as', 1)


def run(home: Home, told: Callable[..., Any]) -> None:
    """The month as the plain runner does it, to its files."""
    with holding(home, COUNTY), begin(home, COUNTY, FIRST, FIRST.replace(day=10), CHOICES) as month:
        for stage in STAGES:
            told(str(stage.group), work, month, stage)
            if stage.group == LAST:
                return


def answer_files(home: Home, folder: Path) -> Iterator[Path]:
    """What the platform answers to every file, in the profile's own form."""
    profile = profiles.load()[PROFILE]
    with opened(home.database_url) as book, book.reading() as conn:
        for batch_id in batches.batches_of(conn, COUNTY, FIRST)["batch_id"].sort():
            path = folder / batch_id / file_name_of(profile)
            path.parent.mkdir()
            path.write_bytes(written(list(answers(batches.lines(conn, batch_id))), profile.form_of(is_late=False)))
            yield path


def answers(lines: pl.DataFrame) -> Iterator[Answered]:
    """What the platform says of each line."""
    for number, line in enumerate(lines.iter_rows(named=True), start=1):
        is_back = number % RETURNED == 0
        yield Answered(line, BankEvent.RETURNED if is_back else BankEvent.ACCEPTED, WHY if is_back else "")


def counts(home: Home) -> dict[str, int]:
    """How many files, lines, obligations and fen the month has."""
    with opened(home.database_url) as book, book.reading() as conn:
        known = batches.batches_of(conn, COUNTY, FIRST)
        obligations = sum(batches.items(conn, batch_id).height for batch_id in known["batch_id"])
    told = known.select(pl.len().alias("files"), pl.col("line_count", "total_fen").sum()).row(0, named=True)
    return {**told, "obligations": obligations}


def main() -> None:
    """Measure one county's first month."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, default=20_000)
    asked.add_argument("--keep", type=Path, help="the home, kept here")
    given = asked.parse_args()

    watches: dict[str, Stopwatch] = defaultdict(Stopwatch)

    def told(step: str, act: Callable[..., Any], *about: object) -> None:
        watches[step].measured(step, act, *about)

    with tempfile.TemporaryDirectory() as folder:
        home = Home(given.keep or Path(folder) / "home")
        generate(home.path, given.people)
        (home.path / "disburse.toml").write_text(BY_PROFILE, "utf-8")
        run(home, told)
        print(counts(home), flush=True)
        told("sign", sign, home, FIRST)
        files = list(answer_files(home, Path(folder)))
        by = Actor(MAKER, "benchmark")
        told("answer", lambda: [closing.read_results(home, COUNTY, path, by) for path in files])
    for step, watch in watches.items():
        print(f"{step}: {watch.told[step]:.1f} CPU s, {watch.peak_mib:,} MiB")


if __name__ == "__main__":
    main()
