"""The resource every op uses: the home, the county's lock, and the month at work.

One run at a time works on a county: the lock is a file the operating system frees when the process dies. A run that the
daemon started is called STARTED while it waits for it. So each run holds a file of its own as well: whoever has the
county's lock fails those that are called alive and hold theirs no more.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
from filelock import FileLock, Timeout
from pydantic import PrivateAttr

from contracts.actor import Actor
from contracts.settings import Home
from dagster_project.engines import CHOSEN, engine_of
from dagster_project.partitions import read_key
from dagster_project.unreached import tell_unreached
from month import gathering
from month.buckets import InBuckets
from month.month import Choices, Month, opened_month
from month.officers import require_own_run
from month.running import Done, do, holding
from month.stages import BUCKETED, Stage
from month.vouchers import known_again

ALIVE = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.CANCELING]
SECONDS_TO_BEGIN = 60  # from when a run is called started to when it holds its file


class MonthHome(dg.ConfigurableResource[Any]):
    """数据目录与总账。`path` 为空时取环境变量 DISBURSE_HOME;`officer`、`voucher` 由血缘界面填写。"""

    path: str = ""
    officer: str = ""
    voucher: str = ""
    _month: Month | None = PrivateAttr(default=None)
    _is_stopped: bool = PrivateAttr(default=False)
    _in_buckets: InBuckets | None = PrivateAttr(default=None)

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
            with _at_work(self.home, run.run_id), holding(self.home, county):
                fail_orphans(context.instance, self.home, county)
                yield self
        finally:
            if self._month is not None:
                self._month.close()
                self._month = self._in_buckets = None
            if self._is_stopped:
                tell_unreached(context.instance, run)

    def stop(self) -> None:
        """Note that an op has stopped the run."""
        self._is_stopped = True

    def signed_in(self) -> Actor | None:
        """Who started the run at the lineage page, known again, once; None where it was started elsewhere."""
        return known_again(self.home, self.officer, self.voucher) if self.officer else None

    def begin(self, county: str, pay_month: date, known_on: date, choices: Choices) -> Month:
        """Begin a month on a new manifest; the stages that follow in this run work on it."""
        self._month = gathering.begin(self.home, county, pay_month, known_on, choices)
        return self._month

    def do(self, context: dg.AssetExecutionContext, stage: Stage) -> tuple[Month, Done, dict[str, str]]:
        """Do a stage of the run's month by the engine that was chosen; what there is to tell of the engine."""
        month, chosen = self.month(context.partition_key), CHOSEN.get()
        if chosen is None:
            return month, do(month, stage), {}
        self._in_buckets = self._in_buckets or InBuckets(chosen.buckets)
        done = self._in_buckets.do(month, stage, engine_of(chosen, context))
        return month, done, self._in_buckets.told if stage is BUCKETED[0] else {}

    def month(self, partition_key: str) -> Month:
        """The month of a partition, opened once per run; on the lineage page only whoever made it goes on with it."""
        if self._month is None:
            county, pay_month = read_key(partition_key)
            self._month = opened_month(self.home, county, pay_month)
            if by := self.signed_in():
                require_own_run(self.home, county, self._month.choices, by)
        return self._month


def fail_orphans(instance: dg.DagsterInstance, home: Home, county: str) -> int:
    """Fail the runs of a county that are called alive and were killed; returns how many."""
    orphans = [
        record.dagster_run
        for record in instance.get_run_records(dg.RunsFilter(statuses=ALIVE))
        if record.dagster_run.tags.get("dagster/partition", "").startswith(f"{county}|") and _was_killed(home, record)
    ]
    for run in orphans:
        instance.report_run_failed(run, "进程被中止(重新运行时发现) The process was killed")
        _file_of(home, run.run_id).unlink(missing_ok=True)
    return len(orphans)


@contextmanager
def _at_work(home: Home, run_id: str) -> Iterator[None]:
    """Hold the file of a run; the operating system lets it go when the process dies."""
    file = _file_of(home, run_id)
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file, thread_local=False):
        yield
        file.unlink(missing_ok=True)


def _was_killed(home: Home, record: dg.RunRecord) -> bool:
    """Whether nobody holds the file of a run; one that has none yet may have been started a moment ago."""
    file = _file_of(home, record.dagster_run.run_id)
    if not file.exists():
        return time.time() - (record.start_time or record.create_timestamp.timestamp()) > SECONDS_TO_BEGIN
    try:
        with FileLock(file, timeout=0):
            return True
    except Timeout:
        return False


def _file_of(home: Home, run_id: str) -> Path:
    return home.path / "locks" / f"{run_id}.run"
