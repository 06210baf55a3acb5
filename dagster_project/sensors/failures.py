"""The sensor of failures: what ran unattended and failed is noted where officers look, in an officer's words."""

from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg

from dagster_project.partitions import read_key
from dagster_project.resources.month_home import MonthHome
from month import failures

PARTITION, COUNTY = "dagster/partition", "county"
NOT_OURS = "运行没有正常结束:进程被中止,或 Dagster 出了错"  # Dagster's own words may quote anything


def failures_sensor() -> dg.SensorDefinition:
    """Notes of failed runs of a month or of a county's answers, for `status` and for whoever signs."""

    @dg.run_failure_sensor(
        name="failures",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="定时、收件和界面上的运行失败时记下,status、批准和审阅页都会说;同一件事再办时撤去。\n\n"
        "A failed run is noted for officers, until the same is begun again.",
    )
    def failed(context: dg.RunFailureSensorContext, month_home: MonthHome) -> dg.SkipReason | None:
        run = context.dagster_run
        key = PARTITION if PARTITION in run.tags else COUNTY
        if key not in run.tags:
            return dg.SkipReason("不是某县的运行 Not a county's run")
        (newest,) = context.instance.get_runs(dg.RunsFilter(tags={key: run.tags[key]}), limit=1)
        if newest.run_id != run.run_id:
            return dg.SkipReason("同一件事此后又运行过 The same has been run since")
        county, about = _what(run.tags[key]) if key == PARTITION else (run.tags[key], failures.ANSWERS)
        step, what = _why(context.get_step_failure_events())
        at = datetime.now(UTC).isoformat(timespec="seconds")
        failures.note(month_home.home, county, failures.Failed(about, at, step, what))
        return None

    return failed


def _what(partition: str) -> tuple[str, str]:
    county, _ = read_key(partition)
    return county, partition.partition("|")[2]


def _why(events: Sequence[dg.DagsterEvent]) -> tuple[str, str]:
    """The step that failed first and an officer's words; only what an op of ours said itself."""
    for event in events:
        said = event.step_failure_data.user_failure_data
        if said is not None and said.description:
            return event.step_key or "", said.description
    return "", NOT_OURS
