"""A real browser on the lineage page that an officer has open. `.ci/run` installs it; without it nothing is tried."""

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from month.month import Choices
from tests import homes

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is installed by .ci/run")
CHROMIUM = shutil.which("chromium")
ROOT = Path(__file__).parents[2]
ELDER = homes.resident_id("1940-03-05")
PARTITION = f"{homes.COUNTY}|2024-08"
PAST = f"{homes.COUNTY}|2024-07"
FOREIGN = "foreign.example"  # to the browser a host of its own, at this machine


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home whose July was paid and whose August was run; nothing of August is approved."""
    made = homes.make_home(tmp_path_factory.mktemp("home") / "home", run_as='""')
    homes.hand_in(made, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DISBURSE_HOME", str(made.path))
        patched.setenv("DAGSTER_HOME", str(made.dagster))
        from dagster_project.running import run_month

        choices = Choices(maker=homes.MAKER, system_user="test")
        run_month(made, homes.COUNTY, date(2024, 7, 1), date(2024, 7, 15), choices)
        homes.sign(made, "2024-07")
        homes.hand_in(made, "2024-08", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
        run_month(made, homes.COUNTY, date(2024, 8, 1), date(2024, 8, 15), choices)
        yield made


@pytest.fixture(scope="module")
def address(home):
    """Where `disburse ui --operate` lets the officer in."""
    command = [sys.executable, "-m", "cli.main", "ui", "--operate", "--as", homes.MAKER, "--port", "0", "--json"]
    served = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ)
    try:
        yield json.loads("".join(iter(served.stdout.readline, "}\n")) + "}")["address"]
    finally:
        served.send_signal(signal.SIGINT)
        served.wait(timeout=60)


@pytest.fixture(scope="module")
def page(address):
    """The officer's browser, on the lineage page."""
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", f"--host-resolver-rules=MAP {FOREIGN} 127.0.0.1"]
        )
        opened = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        opened.goto(address)
        opened.get_by_text("Global asset lineage").wait_for()
        yield opened
        browser.close()


@pytest.fixture(scope="module")
def own(address):
    """The page's own origin."""
    return address.partition("/enter")[0]


@pytest.fixture
def runs(home):
    """The runs there are, newest first, asked for anew each time."""
    from dagster_project.instance import open_instance

    return lambda: open_instance(home).get_runs()
