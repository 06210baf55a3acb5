"""A backfill over months and counties, as Dagster makes one: each partition in a run of its own, made by the service.

Only with LONG=1 (`.ci/run`): it runs a dozen county-months.
"""

import pytest

from contracts.months import parse_month
from dagster_project.definitions import MONTH_JOB, defs
from dagster_project.instance import open_instance
from month import closing
from tests import effort, homes
from tests.ledger.laws import breaches

pytestmark = effort.long_walk
COUNTIES, MONTHS = ("410721", "410902"), ("2024-07", "2024-08")
ELDERS = dict(zip(COUNTIES, (homes.resident_id("1940-03-05"), homes.resident_id("1941-04-06")), strict=True))
COUNTED = ("obligation", "withdrawal", "receivable", "cycle", "run", "batch", "instruction", "bank_event")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Two counties, an elder in each, and both months' registers."""
    made = homes.make_home(tmp_path / "home")
    own, _, officers = made.settings_file.read_text("utf-8").partition("[[officer]]")
    two = "".join(own.replace(homes.COUNTY, county) for county in COUNTIES)
    made.settings_file.write_text(f"{two}[[officer]]{officers}", "utf-8")
    for county, elder in ELDERS.items():
        here = {"division_code": county}
        for month in MONTHS:
            homes.hand_in(made, month, county, population=[homes.person(elder, **here)], account=[homes.account(elder)])
    monkeypatch.setenv("DISBURSE_HOME", str(made.path))
    return made


def backfill(home, months, counties=COUNTIES):
    """Run the job for every partition, in Dagster's order; partition → how its run ended."""
    ended = {}
    with open_instance(home) as instance:
        for key in sorted(f"{county}|{month}" for county in counties for month in months):
            done = defs.resolve_job_def(MONTH_JOB).execute_in_process(
                instance=instance,
                partition_key=key,
                tags={"dagster/backfill": "b1"},
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                raise_on_error=False,
            )
            ended[key] = done
    return ended


def counted(home):
    with homes.opened(home.database_url) as book:
        assert breaches(book) == []
        with book.reading() as conn:
            return {name: conn.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() for name in COUNTED}


def shown(done, asset):
    (told,) = done.asset_materializations_for_node(asset)
    return told.metadata


def test_a_backfill_over_what_is_paid_and_closed_compares_and_pays_nothing_twice(home):
    for county in COUNTIES:
        homes.run(home, MONTHS[0], county=county)
        homes.sign(home, MONTHS[0], county)
    july = parse_month(MONTHS[0])
    closed = COUNTIES[0]
    with homes.opened(home.database_url) as book, book.reading() as conn:
        rows = conn.exec_driver_sql("SELECT instruction_id FROM instruction WHERE batch_id LIKE ?", (f"{closed}%",))
        (number,) = rows.fetchone()
    answer = home.path / "answer.csv"
    answer.write_text(f"指令号,状态\n{number},成功\n", "utf-8")
    closing.read_results(home, closed, answer, homes.actor(homes.MAKER))
    closing.close_month(home, closed, july, homes.actor(homes.CHECKER))
    paid = {path.name: path.read_bytes() for path in home.outbox.rglob("*") if path.is_file()}

    assert all(done.success for done in backfill(home, MONTHS).values())
    first = counted(home)
    assert (first["obligation"], first["bank_event"]) == (4, 1)
    stored = sorted(path.name for path in home.store.glob("*/*/*"))

    again = backfill(home, ("2024-06", *MONTHS))
    assert counted(home) == first
    assert sorted(path.name for path in home.store.glob("*/*/*")) == stored
    assert {path.name: path.read_bytes() for path in home.outbox.rglob("*") if path.is_file()} == paid
    assert {key: done.success for key, done in again.items()} == {
        f"{county}|{month}": month in MONTHS for county in COUNTIES for month in ("2024-06", *MONTHS)
    }
    for county in COUNTIES:
        past, newest = again[f"{county}|2024-07"], again[f"{county}|2024-08"]
        assert shown(past, "manifest")["重算核对(不入账)"].value is True
        told = [record.data["结果"] for record in shown(past, "posted")["重算核对"].records]
        assert told[-1] == "没有"
        assert shown(newest, "manifest")["重算核对(不入账)"].value is False
