"""Whether a month costs the same in the twenty-fourth month of a book as in the second.

    python benchmarks/years.py --people 20000 --months 24

The first month pays 24 months of backlog, is rejected and claimed anew, so that the book holds a large voided batch.
Every month is run, signed, sent and answered (all accepted) in this one process, in a new home; register files are
those of the first month again. CPU seconds, so that other work on the machine does not show.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from contracts.actor import Actor
from contracts.codes import BankEvent
from contracts.months import add_months, month_text
from contracts.settings import Home
from ledger import batches, results
from ledger.book import Book, opened

COUNTY, FIRST, BACKLOG = "410721", date(2026, 1, 1), 23
MAKER, CHECKER, RELEASER = "经办甲", "复核乙", "发放丙"
SETTINGS = f"""[county.{COUNTY}]
run_as = "{MAKER}"
go_live_month = "{month_text(add_months(FIRST, -BACKLOG))}"
pay_backlog = true
recovery_stop_per_mille = 1000
""" + "".join(
    f'[[officer]]\nname = "{name}"\nroles = ["{role}"]\n'
    for name, role in ((MAKER, "maker"), (CHECKER, "checker"), (RELEASER, "releaser"))
)


def home_of(path: Path, people: int, months: int) -> Home:
    """A home with the register files of every month."""
    import generator

    path.mkdir(mode=0o700)
    (path / "disburse.toml").write_text(SETTINGS, "utf-8")
    generator.generate(path / "inbox", COUNTY, people, [FIRST], xlsx=False)
    for later in range(1, months):
        folder = path / "inbox" / COUNTY
        shutil.copytree(folder / month_text(FIRST), folder / month_text(add_months(FIRST, later)))
    return Home(path)


def run(home: Home, pay_month: date) -> None:
    """Registers in, payment files and lists out."""
    from month.month import Choices
    from month.running import run_month

    run_month(home, COUNTY, pay_month, pay_month.replace(day=10), Choices(maker=MAKER, system_user="benchmark"))


def sign(home: Home, pay_month: date) -> None:
    """Approve and release."""
    from month import signing

    signing.approve(home, COUNTY, pay_month, Actor(CHECKER, "benchmark"))
    signing.release(home, COUNTY, pay_month, Actor(RELEASER, "benchmark"))


def answer(home: Home, pay_month: date) -> None:
    """The bank has paid everything."""
    with opened(home.database_url) as book:
        with book.reading() as conn:
            known = batches.batches_of(conn, COUNTY, pay_month).filter(pl.col("releaser").is_not_null())
            sent = [batches.lines(conn, batch_id).select("instruction_id") for batch_id in known["batch_id"]]
        told = {"event": BankEvent.ACCEPTED.value, "reason_code": "", "reason": ""}
        rows = pl.concat(sent).with_columns(**{name: pl.lit(word) for name, word in told.items()})
        results.record(book, COUNTY, f"answers {pay_month}", rows, Actor(MAKER, "benchmark"))


def unpaid(book: Book) -> int:
    """How much has not gone out."""
    with book.reading() as conn:
        return batches.unpaid(conn, COUNTY).height


def timed(step: str, work: object, *given: object) -> float:
    """CPU seconds of one step."""
    started = time.process_time()
    work(*given)  # type: ignore[operator]
    return time.process_time() - started


def main() -> None:
    """Pay the months one after another and say what each cost."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, default=20_000)
    asked.add_argument("--months", type=int, default=24)
    asked.add_argument("--keep", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = home_of(given.keep or Path(folder) / "home", given.people, given.months)
        from month import signing

        print("first", round(timed("run", run, home, FIRST), 2), flush=True)
        signing.reject(home, COUNTY, FIRST, Actor(CHECKER, "benchmark"), "再核")
        for number in range(given.months):
            pay_month = add_months(FIRST, number)
            told = [timed("", step, home, pay_month) for step in (run, sign, answer)]
            with opened(home.database_url) as book:
                told.append(timed("", unpaid, book))
            print(number + 1, [round(one, 2) for one in told], flush=True)


if __name__ == "__main__":
    main()
