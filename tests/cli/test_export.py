"""Exports say whose decisions they give, and that a month was not run."""

import json

import polars as pl
import pytest

from tests import homes
from tests.cli.giving import asked, disburse

ELDER = homes.resident_id("1940-03-05")
JULY = ("--county", homes.COUNTY, "--month", "2024-07")
AUGUST = ("--county", homes.COUNTY, "--month", "2024-08")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """July is paid; in August it comes out that she had died in June."""
    home = homes.make_home(tmp_path_factory.mktemp("export") / "home")
    homes.hand_in(home, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    homes.run(home, "2024-07")
    homes.sign(home, "2024-07")
    homes.hand_in(home, "2024-08", population=[homes.person(ELDER, died_on="2024-06-10")])
    homes.run(home, "2024-08")
    return home


def july_of(home, tmp_path, *more):
    """What an export of July's entitlements says of July itself."""
    target = tmp_path / "entitlements.csv"
    said, _ = disburse(home, "export", "entitlements", *JULY, "-o", str(target), *more)
    return pl.read_csv(target).filter(pl.col("benefit_month") == "2024-07")["amount_fen"].to_list(), said


def test_a_month_exports_what_it_decided_and_on_asking_what_is_known_now(home, tmp_path):
    amounts, said = july_of(home, tmp_path)
    assert amounts == [5000]
    assert "按 2024-07 入账时的认定(知悉日 2024-07-15)" in said
    amounts, said = july_of(home, tmp_path, "--as-known-now")
    assert amounts == []
    assert "按现在所知" in said


@pytest.mark.parametrize("table", ["entitlements", "payments", "receivables"])
def test_a_month_that_was_not_run_says_so_and_exports_nothing(home, tmp_path, table):
    target = tmp_path / "out.csv"
    _, said = disburse(home, "export", table, *JULY[:2], "--month", "2024-09", "-o", str(target), code=7)
    assert "2024-09 还没有入账的运行" in said
    assert not target.exists()


def test_after_a_run_that_stopped_an_export_says_that_it_is_of_the_run_before(home, tmp_path):
    spoilt = home.inbox(homes.COUNTY, homes.parse_month("2024-08")) / "population.csv"
    kept = spoilt.read_bytes()
    spoilt.write_text("姓名,年龄\n样本,80\n", "utf-8")
    try:
        disburse(home, "run", *AUGUST, "--as", homes.MAKER, "--known-on", "2024-08-20", code=3)
    finally:
        spoilt.write_bytes(kept)
    target = str(tmp_path / "payments.csv")
    _, warned = disburse(home, "export", "payments", *AUGUST, "-o", target)
    assert "最近一次运行停在收件" in warned
    told = json.loads(disburse(home, "export", "payments", *AUGUST, "-o", target, "--json")[0])
    assert told["stopped_at"].startswith("收件")
    assert asked(home, "export", "payments", *JULY, "-o", target)["stopped_at"] == ""
