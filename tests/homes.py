"""A home with registers in its inbox, run step by step as the graph does, without Dagster."""

import csv
import re
import shutil
import subprocess
import sys
from datetime import date

from contracts.actor import Actor
from contracts.columns import columns_of
from contracts.months import parse_month
from contracts.registers import INBOX_FILES
from contracts.settings import Home
from ledger import overrides
from ledger.book import opened
from month import gathering, packaging, signing
from month.month import Choices
from month.running import run_month, work
from month.stages import BY_NAME, REPLAYED, STAGES
from month.store import Store
from payments.outbox import HEAD

COUNTY = "410721"
MAKER, CHECKER, RELEASER = "示例经办", "示例复核", "示例发放"
SERVICE = "定时运行"
OFFICERS = (
    "".join(
        f'[[officer]]\nname = "{name}"\nroles = ["{role}"]\n'
        for name, role in ((MAKER, "maker"), (CHECKER, "checker"), (RELEASER, "releaser"))
    )
    + f'[[service]]\nname = "{SERVICE}"\n'
)
BANK = {"bank_name": "示例农村商业银行", "bank_code": "999100000011"}
HERE = {"division_code": "410721", "township": "示范镇", "village": "示范村", "hukou_type": "农村"}


def resident_id(born, number=1):
    """An identity number of a region that exists nowhere, with the right check digit; `born` is YYYY-MM-DD."""
    body = f"990721{born.replace('-', '')}{number:03d}"
    weighed = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return body + "10X98765432"[weighed % 11]


def make_home(path, county=COUNTY, **settings):
    """A home of one county; `settings` are keys of its section in disburse.toml, as TOML text."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    carried = {"run_as": f'"{SERVICE}"', "missing_register": '{ population = "carry" }', **settings}
    told = "".join(f"{key} = {value}\n" for key, value in carried.items())
    (path / "disburse.toml").write_text(
        f'[county.{county}]\n{told}[county.{county}.profiles]\nold_age_allowance = "yikatong_list"\n{OFFICERS}', "utf-8"
    )
    return Home(path)


def copied(home, path):
    """A home of one's own with all that happened in another: what a run costs is spent once for many tests."""
    shutil.copytree(home.path, path)
    return Home(path)


def hand_in(home, month, county=COUNTY, **registers):
    """Put registers, or parts of them (low_income-农村), into a month's inbox: rows by column name, the rest empty."""
    folder = home.inbox(county, parse_month(month))
    folder.mkdir(parents=True, exist_ok=True)
    for register, rows in registers.items():
        columns = list(columns_of(INBOX_FILES[register.partition("-")[0]]))
        with (folder / f"{register}.csv").open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(column.header for column in columns)
            for row in rows:
                unknown = row.keys() - {column.name for column in columns}
                assert not unknown, unknown
                writer.writerow(row.get(column.name, "") for column in columns)


def handed_in(home, month, county=COUNTY):
    """What was put into a month's inbox, by register, as hand_in takes it."""
    told = {}
    for path in home.inbox(county, parse_month(month)).glob("*.csv"):
        names = [column.name for column in columns_of(INBOX_FILES[path.stem.partition("-")[0]])]
        with path.open(encoding="utf-8", newline="") as opened:
            told[path.stem] = [dict(zip(names, row, strict=True)) for row in list(csv.reader(opened))[1:]]
    return told


def person(person_id, name="样本", **more):
    """A row of the population register; the birth date is the identity number's."""
    born = f"{person_id[6:10]}-{person_id[10:12]}-{person_id[12:14]}"
    return {"person_id": person_id, "name": name, "sex": "女", "birth_date": born, **HERE, **more}


def account(person_id, name="样本", **more):
    """A row of the account register."""
    own = {"payee_id": person_id, "relationship": "本人", "account_no": f"99{person_id[6:17]}"}
    return {"person_id": person_id, "payee_name": name, **own, **BANK, **more}


def institution(**more):
    """A row of the register of institutions."""
    own = {"institution_id": "YL01", "name": "示范镇敬老院", "account_name": "示范镇敬老院"}
    return own | {"account_no": "9900000000011001"} | BANK | more


def in_institution(person_id, self_care="全自理"):
    """A row of the low-income register: 特困, cared for in the institution."""
    return {
        "person_id": person_id,
        "household_id": person_id[-6:],
        "category": "特困",
        "area": "农村",
        "is_recipient": "是",
        "support_mode": "集中",
        "self_care": self_care,
        "institution_id": "YL01",
        "from_month": "2024-01",
    }


def begin(home, month, county=COUNTY, known_on=None, by=None, override=("", "")):
    """A month on its manifest, made by the maker unless by somebody else."""
    pay_month = parse_month(month)
    known = date.fromisoformat(known_on) if known_on else pay_month.replace(day=15)
    return gathering.begin(
        home,
        county,
        pay_month,
        known,
        Choices.of(by or actor(MAKER), actor(override[0]) if override[0] else None, override[1]),
    )


def actor(name):
    """An officer at work on the machine of the tests."""
    return Actor(name, "test")


def decide(month):
    """Every stage before posting."""
    for stage in REPLAYED:
        work(month, stage)


def do(month, *stages):
    """Stages by name; the counts of each."""
    return [work(month, BY_NAME[name]) for name in stages]


def run(home, month, **how):
    """Run a month to its payment files, without looking for findings; returns the counts of posting and of batching."""
    begun = begin(home, month, **how)
    try:
        decide(begun)
        posted, _, batched = do(begun, "posted", "payable", "batch")
        return posted, batched
    finally:
        begun.close()


def run_whole(home, month, known_on=None, stages=STAGES, **choices):
    """Run a month as any door does: every stage, its findings, its lists; `choices` beside maker and system user."""
    pay_month = parse_month(month)
    known = date.fromisoformat(known_on) if known_on else pay_month.replace(day=15)
    run_month(home, COUNTY, pay_month, known, Choices(maker=MAKER, system_user="test", **choices), stages)


def sign(home, month, county=COUNTY):
    """Approve and release a month, without telling Dagster."""
    signing.approve(home, county, parse_month(month), actor(CHECKER))
    signing.release(home, county, parse_month(month), actor(RELEASER))


def check_package(package, *more):
    """What the stand-alone checker says of a package, in a Python that sees nothing but its own library.

    Exit code and text.
    """
    command = [sys.executable, "-I", "-S", package.with_name(packaging.CHECKER.name), package, *more]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def released(path, people, **settings):
    """A home whose July 2024 went out: people by identity number, each with an account of his own."""
    home = make_home(path, **settings)
    hand_in(home, "2024-07", population=map(person, people), account=map(account, people))
    run(home, "2024-07")
    sign(home, "2024-07")
    return home


def book_rows(home):
    """Every row of every table of the book but for instants, as text: two books that hold the same are equal."""
    import sqlite3

    with sqlite3.connect(home.path / "book.sqlite") as conn:
        conn.row_factory = sqlite3.Row
        tables = [r[0] for r in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {
            table: sorted(
                str({key: value for key, value in dict(row).items() if not key.endswith("_at") and "hash" not in key})
                for row in conn.execute(f"SELECT * FROM {table}")
            )
            for table in tables
        }


def payment_files(home):
    """Path → bytes of every payment file, of those that wait and of those that went out; a chain's end is of a time."""
    files = [path for root in (home.review, home.outbox) for path in root.rglob("*") if path.is_file()]
    of_the_chain = re.compile(HEAD.encode() + b".*\n")
    return {path.relative_to(home.path).as_posix(): of_the_chain.sub(b"", path.read_bytes()) for path in files}


def overridden(home, month, county=COUNTY):
    """Who let a month go on that a control had stopped."""
    with opened(home.database_url) as book, book.reading() as conn:
        return overrides.of_month(conn, county, parse_month(month))


def tables_of(home, month, county=COUNTY):
    """The tables of a month as it was last begun."""
    return Store(home).current(county, parse_month(month))
