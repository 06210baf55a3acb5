"""Runs that race against an open daemon: the sensor decides on what comes in while commands run the same month.

Only with LONG=1 (`.ci/run`): each process brings Dagster with it.
"""

import os
import subprocess
import sys
import time

from dagster_project.instance import open_instance
from tests import effort, homes
from tests.dagster_project.test_running import RUN, rows

pytestmark = effort.long_walk
COMMANDS = 3
SECONDS = 180


def ended(home):
    """How many runs of the sensor have ended, and how."""
    runs = [one for one in open_instance(home).get_runs() if one.job_name == "decide"]
    return [one.status.value for one in runs if one.is_finished]


def test_commands_and_the_sensor_on_one_month_leave_it_as_one_run_does(home, tmp_path):
    for path in home.inbox_of(homes.COUNTY).rglob("*.*"):
        os.utime(path, (time.time() - 60,) * 2)  # it has lain there long enough for the sensor
    open_instance(home)
    env = os.environ | {"DAGSTER_HOME": str(home.dagster)}
    daemon = subprocess.Popen(
        [sys.executable, "-m", "dagster._daemon", "run", "-m", "dagster_project.definitions"],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + SECONDS
        while not any(one.job_name == "decide" for one in open_instance(home).get_runs()):
            assert time.monotonic() < until, "the sensor asks for nothing"
            time.sleep(0.2)
        command = [sys.executable, "-c", RUN, "2024-07", time.strftime("%Y-%m-%d")]
        commands = [subprocess.Popen(command, env=env) for _ in range(COMMANDS)]
        assert [one.wait(SECONDS) for one in commands] == [0] * COMMANDS
        while not ended(home):
            assert time.monotonic() < until, "the sensor's run does not end"
            time.sleep(0.2)
    finally:
        daemon.terminate()
        daemon.wait(60)
    assert set(ended(home)) == {"SUCCESS"}
    assert (rows(home, "obligation"), rows(home, "cycle"), rows(home, "batch")) == (1, 1, 1)
    assert [path.name for path in home.path.rglob("*.part*")] == []
