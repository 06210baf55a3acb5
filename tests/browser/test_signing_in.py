"""Where officers hold passwords, whoever operates the lineage page has signed in with his own."""

import os
import re
import subprocess
import sys
import time
from datetime import date
from urllib.parse import quote

import pytest

from dagster_project.running import run_month
from month.month import Choices
from tests import homes
from tests.browser.conftest import CHROMIUM, ELDER, PARTITION, ROOT, playwright
from tests.cli.giving import asked, disburse
from tests.effort import long_walk

pytestmark = long_walk
OWN, SECOND = "坎坎伐檀兮 置之河之干", "示例经办二"
SECOND_MAKER = f'[[officer]]\nname = "{SECOND}"\nroles = ["maker"]\n'


def descriptor(*passwords):
    reads, writes = os.pipe()
    os.write(writes, "".join(f"{password}\n" for password in passwords).encode())
    os.close(writes)
    return reads


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """July was run; since then one maker holds a password, the other none."""
    made = homes.make_home(tmp_path_factory.mktemp("signing-in") / "home", run_as='""')
    made.settings_file.write_text(made.settings_file.read_text("utf-8") + SECOND_MAKER, "utf-8")
    homes.hand_in(made, "2024-07", population=[homes.person(ELDER)], account=[homes.account(ELDER)])
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DISBURSE_HOME", str(made.path))
        patched.setenv("DAGSTER_HOME", str(made.dagster))
        choices = Choices(maker=homes.MAKER, system_user="test")
        run_month(made, homes.COUNTY, date(2024, 7, 1), date(2024, 7, 15), choices)
        issued = asked(made, "officer", "add", homes.MAKER, "--as", homes.MAKER)["one_time_passwords"][homes.MAKER]
        disburse(made, "officer", "passwd", homes.MAKER, "--password-fd", str(descriptor(issued, OWN)))
        yield made


def started(officer, *passwords):
    """`disburse ui --operate` as an officer types it, his password on a descriptor."""
    reads = descriptor(*passwords)
    command = [sys.executable, "-m", "cli.main", "ui", "--operate", "--as", officer, "--port", "0"]
    return subprocess.Popen(
        [*command, "--password-fd", str(reads)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        pass_fds=(reads,),
    )


def test_who_signed_in_with_his_password_launches_runs_as_himself(home):
    served = started(homes.MAKER, OWN)
    try:
        address = next(found[0] for line in served.stdout if (found := re.search(r"http://\S+", line)))
        with playwright.sync_playwright() as browsers:
            browser = browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            page.goto(address)
            page.get_by_text("Global asset lineage").wait_for()
            own = address.partition("/enter")[0]
            before = newest(home).run_id
            page.goto(f"{own}/assets/facts?view=partitions&partition={quote(PARTITION)}")
            page.get_by_role("button", name=re.compile("Materialize")).first.click()
            page.get_by_role("button", name="Launch 1 run").click()
            page.get_by_text("Launched run").wait_for()
            browser.close()
        assert next_run(home, before).run_config["resources"]["month_home"]["config"]["officer"] == homes.MAKER
    finally:
        served.send_signal(2)
        served.wait(timeout=60)


@pytest.mark.parametrize(
    ("officer", "passwords", "told"),
    [(SECOND, (), "不能确认是本人"), (SECOND, (OWN,), "不能确认是本人"), (homes.MAKER, ("不是这个",), "密码不对")],
)
def test_who_holds_none_or_another_is_refused_before_a_page_is_opened(home, officer, passwords, told):
    served = started(officer, *passwords)
    said, _ = served.communicate(timeout=60)
    assert served.returncode != 0
    assert told in said
    assert "http://" not in said


def newest(home):
    from dagster_project.instance import open_instance

    return open_instance(home).get_runs(limit=1)[0]


def next_run(home, before, seconds=90):
    """The run that was launched after one."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (run := newest(home)).run_id != before:
            return run
        time.sleep(0.5)
    return None
