"""The job that reads the answers of one county, as its service."""

from typing import Any

import dagster as dg

from dagster_project.guard import guarded
from dagster_project.reporting import tell
from dagster_project.resources.month_home import MonthHome
from month.answers import Tried, read_waiting
from month.officers import service

ANSWERS_JOB = "answers"


class OfCounty(dg.Config):
    """Whose answers are read."""

    county: str


def config_of(county: str) -> dict[str, Any]:
    """What a run is told so that it reads a county's answers."""
    return {"ops": {"read_answers": {"config": {"county": county}}}}


@dg.op(description="读入回盘收件目录里的文件,同 disburse results Read what lies in the folder of answers")
def read_answers(context: dg.OpExecutionContext, config: OfCounty, month_home: MonthHome) -> None:
    """Read each as by hand; what cannot be used is told in `status` and lies aside with its reason."""
    with guarded("results", month_home.home, month_home.stop):
        tried = read_waiting(month_home.home, config.county, service(month_home.home, config.county))
        if warning := tell(month_home.home, config.county):
            context.log.warning(warning)
    context.add_output_metadata(counted(tried))


def counted(tried: list[Tried]) -> dict[str, int]:
    """What came of the files, as metadata: counts, never a file's name."""
    noted = [one.answered.noted for one in tried if one.answered]
    return {
        "读入文件": len(noted),
        "读不了的文件": sum(one.refused is not None for one in tried),
        "记入": sum(one.noted for one in noted),
        "此前已知": sum(one.already for one in noted),
        "未能记入": sum(one.listed for one in noted),
        "视为到账": sum(one.inferred for one in noted),
        "重新应付": sum(one.due_again for one in noted),
    }


@dg.job(name=ANSWERS_JOB, description="读入回盘 The bank's answers, read by the county's service")
def answers_job() -> None:
    """One op."""
    read_answers()
