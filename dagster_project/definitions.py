"""What Dagster loads: the month's graph, its checks, the job, the schedule, the sensor and the home."""

import os

import dagster as dg

import rulebook
from contracts.settings import Home
from dagster_project.assets.graph import month_graph
from dagster_project.assets.received import manifest_asset
from dagster_project.assets.signed import signed_assets
from dagster_project.checks.month import month_checks
from dagster_project.partitions import cycles_of
from dagster_project.resources.month_home import MonthHome
from dagster_project.schedules.monthly import monthly_schedule
from dagster_project.sensors.inbox import inbox_sensor

HOME = Home.from_environment()
CYCLES = cycles_of(list(rulebook.load(*rulebook.folders(HOME.overlay)).counties()))
MONTH_JOB = "month"
DECIDE_JOB = "decide"  # everything before posting: `run --preview`

_assets = [manifest_asset(CYCLES), *month_graph(CYCLES)]
_checks = month_checks()
_decided = dg.AssetSelection.assets("coordinated", "refused_rows").upstream()

month_job = dg.define_asset_job(
    MONTH_JOB,
    selection=dg.AssetSelection.assets(*(asset.key for asset in _assets)),
    description="一个县一个月:从收件到发放文件 One county's month, from registers to payment files",
)
decide_job = dg.define_asset_job(
    DECIDE_JOB, selection=_decided, description="只算不入账:到核定为止 Everything up to the decisions, nothing posted"
)

defs = dg.Definitions(
    assets=[*_assets, *signed_assets(CYCLES)],
    asset_checks=_checks,
    jobs=[month_job, decide_job],
    schedules=[monthly_schedule(MONTH_JOB)],
    sensors=[inbox_sensor(DECIDE_JOB)],
    resources={"month_home": MonthHome(path=os.environ.get("DISBURSE_HOME", ""))},
    executor=dg.in_process_executor,
)
