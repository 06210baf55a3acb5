"""The sensor of answers: what the bank drops into a county's folder is read as `disburse results` would read it."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg

from contracts.files import digest_of, looks_of
from dagster_project.answers import config_of
from dagster_project.resources.month_home import MonthHome
from month import answers

EVERY_SECONDS = 60


def answers_sensor(job_name: str) -> dg.SensorDefinition:
    """One run for each county with `run_as` and `answers_folder` in whose folder there is anything new."""

    @dg.sensor(
        name="answers",
        job_name=job_name,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="回盘收件目录(answers_folder)有新文件时读入,与 disburse results 同样核对;"
        "读不了的移到一边、写明原因,不反复读。\n\n"
        "New answers are read as `disburse results` reads them; what cannot be used is put aside, with the reason.",
    )
    def seen(context: dg.SensorEvaluationContext, month_home: MonthHome) -> Iterator[dg.RunRequest | dg.SkipReason]:
        home = month_home.home
        before: dict[str, str] = json.loads(context.cursor or "{}")
        looks: dict[str, str] = {}
        requests: list[dg.RunRequest] = []
        copying: list[str] = []
        for county, settings in home.settings().county.items():
            found = answers.waiting(home, county) if settings.run_as else answers.Waiting()
            looks[county] = looks_of(found.ready)
            if found.ready and before.get(county) != looks[county]:
                requests.append(_request(county, found.ready))
            if found.copying:
                copying.append(f"{county} 的回盘可能还在复制 An answer may still be being copied")
        context.update_cursor(json.dumps(looks))
        yield from requests
        if not requests:  # Dagster takes the one or the other
            yield dg.SkipReason(";".join(copying) or "没有新的回盘 No new answer")

    return seen


def _request(county: str, files: Sequence[Path]) -> dg.RunRequest:
    """The run that reads these contents; the same contents in the same state ask for one run only."""
    contents = hashlib.sha256("".join(sorted(map(digest_of, files))).encode()).hexdigest()
    key = hashlib.sha256(f"{contents}{looks_of(files)}".encode()).hexdigest()
    return dg.RunRequest(run_key=f"{county}|{key}", run_config=config_of(county), tags={"county": county})
