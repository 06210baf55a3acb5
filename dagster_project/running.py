"""Run a county's month from the command line: the Dagster job in this process, lineage and checks recorded."""

from collections.abc import Callable
from datetime import date

from dagster import AssetCheckSeverity

from contracts.errors import OfficerError
from contracts.settings import Home
from dagster_project.guard import WATCHER, Watcher
from dagster_project.instance import open_instance, prepare_environment
from dagster_project.partitions import partition_key
from dagster_project.resources.month_home import holding
from month.month import Choices


def step_names(home: Home, preview: bool) -> list[str]:
    """The steps of a run, in no particular order."""
    prepare_environment(home)
    from dagster_project.definitions import DECIDE_JOB, MONTH_JOB, defs

    job = defs.resolve_job_def(DECIDE_JOB if preview else MONTH_JOB)
    return [node.name for node in job.graph.nodes]


def run_month(
    home: Home,
    county: str,
    pay_month: date,
    known_on: date | None,
    choices: Choices,
    *,
    preview: bool = False,
    on_step: Callable[[str], None] = lambda step: None,
) -> str:
    """Run the month's job for one county; the run's id. OfficerError where a step or a blocking check stopped it."""
    instance = open_instance(home)
    from dagster_project.definitions import DECIDE_JOB, MONTH_JOB, defs  # reads the home prepared above

    watcher = Watcher(on_step)
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
    failed = [
        f"{check.asset_key.to_user_string()}.{check.check_name}"
        for check in result.get_asset_check_evaluations()
        if not check.passed and check.severity is AssetCheckSeverity.ERROR
    ]
    if watcher.error is not None:
        raise watcher.error
    if failed:
        raise OfficerError(f"核对未通过:{'、'.join(failed)}", "请在 disburse ui 中查看该核对的明细", county)
    if not result.success:
        raise OfficerError(
            f"运行中断:{'、'.join(watcher.unexpected) or '原因见 Dagster 运行记录'}", "详情见数据目录的 logs/", county
        )
    return str(result.run_id)
