"""The inbox sensor: new or changed files are checked and decided upon at once, without posting anything."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import dagster as dg

import intake
from contracts.errors import InputError
from contracts.files import digest_of, looks_of, may_be_copying
from contracts.months import month_text
from contracts.settings import Home
from dagster_project.partitions import cycles_of, partition_key
from dagster_project.resources.month_home import MonthHome
from ledger import cycles
from ledger.book import opened

EVERY_SECONDS = 60


def inbox_sensor(job_name: str) -> dg.SensorDefinition:
    """One run of the deciding job for each county with `run_as` whose newest inbox month has changed."""

    @dg.sensor(
        name="inbox",
        job_name=job_name,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="收件目录有新文件或改动时,先算到核定为止,不入账:经办人马上看到拒收行。刚放入的文件先等 30 秒。\n\n"
        "New or changed files are decided upon at once, nothing posted; files still being copied wait.",
    )
    def inbox(context: dg.SensorEvaluationContext, month_home: MonthHome) -> Iterator[dg.RunRequest | dg.SkipReason]:
        home = month_home.home
        seen: dict[str, dict[str, str]] = json.loads(context.cursor or "{}")
        requests: list[dg.RunRequest] = []
        waiting: list[str] = []
        for county, settings in home.settings().county.items():
            month = intake.newest_month(home.inbox_of(county)) if settings.run_as else None
            if month is None:
                continue
            try:
                files = _files_of(home, county, month)
            except InputError as wrong:
                waiting.append(str(wrong))
                continue
            looks = looks_of(files)
            if any(may_be_copying(path) for path in files):
                waiting.append(f"{county} 的文件可能还在复制 A file may still be being copied")
            elif seen.get(county, {}).get("looks") != looks:
                seen[county] = {"looks": looks}
                requests += _requests(home, county, month, files)
        context.update_cursor(json.dumps(seen))
        yield from requests
        if not requests:  # Dagster takes the one or the other
            yield dg.SkipReason(";".join(waiting) or "收件目录没有变化 Nothing has changed")

    return inbox


def _files_of(home: Home, county: str, month: date) -> list[Path]:
    """The files that a run of the month would take, and the county's layouts."""
    found = intake.find_inputs(home.inbox_of(county), month, home.settings().of(county).parts)
    return [
        *sorted(file.path for files in found.values() for file in files),
        *sorted(home.layouts_of(county).glob("*.yaml")),
    ]


def _requests(home: Home, county: str, month: date, files: list[Path]) -> Iterator[dg.RunRequest]:
    """The run that decides upon these contents; contents that the month was run on ask for none."""
    key = partition_key(county, month)
    digests = {path: digest_of(path) for path in files}
    if cycles_of([county]).has_partition_key(key) and not set(digests.values()) <= _taken(home, county, month):
        contents = hashlib.sha256(
            "".join(f"{path.name}{digest}" for path, digest in digests.items()).encode()
        ).hexdigest()
        yield dg.RunRequest(run_key=f"{county}|{month_text(month)}|{contents}", partition_key=key)


def _taken(home: Home, county: str, month: date) -> set[str]:
    """The files and layouts that the month's last run in the book was made from, by digest."""
    with opened(home.database_url) as book, book.reading() as conn:
        latest = cycles.latest_run(conn, county, month)
    registers = [given for given in (latest.manifest.registers if latest else ()) if given.file_digest]
    parts = [
        part
        for given in registers
        for part in intake.files_of(home.store, given.file_name, given.file_digest, given.layout_digest)
    ]
    return {digest for part in parts for digest in (part.file_digest, part.layout_digest) if digest}
