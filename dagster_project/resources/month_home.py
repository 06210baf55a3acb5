"""The resource every op uses: the home, the county's lock, and the month at work.

One run at a time works on a county: the lock is a file the operating system frees when the process dies. A command
takes it before its run is created, so whoever holds it may be sure that another run of the county still called STARTED
was killed, and fails it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from contracts.settings import Home
from dagster_project.partitions import read_key
from dagster_project.unreached import tell_unreached
from month import gathering
from month.month import Choices, Month, opened_month
from month.running import holding

ALIVE = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.CANCELING]


class MonthHome(dg.ConfigurableResource[Any]):
    """数据目录与总账。`path` 为空时取环境变量 DISBURSE_HOME。"""

    path: str = ""
    _month: Month | None = PrivateAttr(default=None)
    _is_stopped: bool = PrivateAttr(default=False)

    @property
    def home(self) -> Home:
        """The home of this installation."""
        return Home(Path(self.path).resolve()) if self.path else Home.from_environment()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["MonthHome"]:
        """Hold the county's lock for the run, after failing the county's orphans."""
        run = context.run
        key = run.tags.get("dagster/partition") if run else None
        if run is None or key is None or context.instance is None:
            yield self
            return
        county, _ = read_key(key)
        try:
            with holding(self.home, county):
                fail_orphans(context.instance, county, run.run_id)
                yield self
        finally:
            if self._month is not None:
                self._month.close()
                self._month = None
            if self._is_stopped:
                tell_unreached(context.instance, run)

    def stop(self) -> None:
        """Note that an op has stopped the run."""
        self._is_stopped = True

    def begin(self, county: str, pay_month: date, known_on: date, choices: Choices) -> Month:
        """Begin a month on a new manifest; the stages that follow in this run work on it."""
        self._month = gathering.begin(self.home, county, pay_month, known_on, choices)
        return self._month

    def month(self, partition_key: str) -> Month:
        """The month of a partition, opened once per run."""
        if self._month is None:
            county, pay_month = read_key(partition_key)
            self._month = opened_month(self.home, county, pay_month)
        return self._month


def fail_orphans(instance: dg.DagsterInstance, county: str, own_run_id: str) -> int:
    """Fail the runs of a county that are called alive although nobody holds its lock; returns how many."""
    orphans = [
        run
        for run in instance.get_runs(dg.RunsFilter(statuses=ALIVE))
        if run.run_id != own_run_id and run.tags.get("dagster/partition", "").startswith(f"{county}|")
    ]
    for run in orphans:
        instance.report_run_failed(run, "进程被中止(重新运行时发现) The process was killed")
    return len(orphans)
