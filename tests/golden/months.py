"""The three months of the sample county, run and released; what came of them, as text that reads well in a diff.

After a change that is meant: `python -m tests.golden.months` writes the expected texts anew; read the diff.
"""

import json
import shutil
import tempfile
from pathlib import Path

from contracts.months import parse_month
from contracts.settings import Home
from ledger import exports
from ledger.book import open_book
from reports.summary import summarise
from tests import homes

ROOT = Path(__file__).parents[2]
EXPECTED = Path(__file__).parent / "expected"
MONTHS = ("2024-07", "2024-08", "2024-09")


def run_sample(path):
    """A home of the sample county after three released months."""
    shutil.copytree(ROOT / "fixtures/sample", path)
    home = Home(path)
    for month in MONTHS:
        homes.run(home, month)
        homes.sign(home, month)
    return home


def texts(home):
    """File name → text: the summary, the payments and the receivables of each month."""
    told = {}
    book = open_book(home.database_url)
    for month in MONTHS:
        pay_month = parse_month(month)
        counts = homes.tables_of(home, month).read("intake_counts")
        summary = summarise(book, homes.COUNTY, pay_month, counts).as_dict()
        summary["files"] = [
            {name: value for name, value in file.items() if name != "file_digest"} for file in summary["files"]
        ]
        told[f"{month}-summary.json"] = json.dumps(summary, ensure_ascii=False, indent=1) + "\n"
        with book.reading() as conn:
            told[f"{month}-payments.csv"] = exports.payments(conn, homes.COUNTY, pay_month).write_csv()
            told[f"{month}-receivables.csv"] = exports.receivables(conn, homes.COUNTY, pay_month).write_csv()
    book.close()
    return told


if __name__ == "__main__":
    EXPECTED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts(run_sample(Path(folder) / "home")).items():
            (EXPECTED / name).write_text(text, "utf-8")
