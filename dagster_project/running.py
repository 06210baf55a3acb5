"""Run a county's month from the command line: the Dagster job in this process, lineage and checks recorded."""

from collections.abc import Callable
from datetime import date

from contracts.errors import OfficerError
from contracts.settings import Home
from dagster_project.guard import WATCHER, Watcher
from dagster_project.instance import open_instance
from dagster_project.partitions import partition_key
from month.month import Choices
from month.running import holding


def run_month(
    home: Home,
    county: str,
    pay_month: date,
    known_on: date | None,
    choices: Choices,
    *,
    preview: bool = False,
    on_stage: Callable[[str], None] = lambda name: None,
) -> str:
    """Run the month's job for one county; the run's id. OfficerError where a step or a blocking check stopped it."""
    instance = open_instance(home)
    from dagster_project.definitions import DECIDE_JOB, MONTH_JOB, defs  # reads the home prepared above

    watcher = Watcher(on_stage)
    token = WATCHER.set(watcher)
    try:
        with holding(home, county):
            result = defs.resolve_job_def(DECIDE_JOB if preview else MONTH_JOB).execute_in_process(
                instance=instance,
                partition_key=partition_key(county, pay_month),
                run_config={
                    "ops": {
                        "manifest": {
                            "config": {
                                "known_on": known_on.isoformat() if known_on else "",
                                "maker": choices.maker,
                                "override_by": choices.override_by,
                                "override_reason": choices.override_reason,
                            }
                        }
                    },
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                },
                raise_on_error=False,
            )
    finally:
        WATCHER.reset(token)
    if watcher.error is not None:
        raise watcher.error
    if not result.success:
        raise OfficerError("运行中断:原因见 Dagster 运行记录", "请在 disburse ui 中查看该次运行", county)
    return str(result.run_id)
