"""The monthly schedule: every night it starts the counties whose day has come."""

from collections.abc import Iterator

import dagster as dg

from contracts.months import first_of, month_text
from dagster_project.partitions import TIMEZONE, partition_key
from dagster_project.resources.month_home import MonthHome

NIGHTLY = "0 2 * * *"


def monthly_schedule(job_name: str) -> dg.ScheduleDefinition:
    """One run per county on its `schedule_day`, for the month of that day; made by the county's `run_as`."""

    @dg.schedule(
        job_name=job_name,
        cron_schedule=NIGHTLY,
        execution_timezone=TIMEZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="每夜检查:到了 schedule_day 的县,以 run_as 为经办人运行当月发放;批准与放行仍由人办理。\n\n"
        "Starts the month of every county whose day has come; approval and release stay with people.",
    )
    def monthly(
        context: dg.ScheduleEvaluationContext, month_home: MonthHome
    ) -> Iterator[dg.RunRequest | dg.SkipReason]:
        day = context.scheduled_execution_time.date()
        due = [
            county
            for county, settings in month_home.home.settings().county.items()
            if settings.run_as and settings.schedule_day == day.day
        ]
        if not due:
            yield dg.SkipReason("今天没有县到发放日 No county is due today")
        for county in due:
            month = first_of(day)
            yield dg.RunRequest(run_key=f"{county}|{month_text(month)}", partition_key=partition_key(county, month))

    return monthly
