"""What Dagster loads: the month's graph, the jobs, the schedule, the sensors and the home."""

import dagster as dg

import rulebook
from contracts.files import keep_private
from contracts.settings import Home
from dagster_project.after_release import after_release
from dagster_project.answers import ANSWERS_JOB, answers_job
from dagster_project.comparing import lineage_check
from dagster_project.graph import month_graph
from dagster_project.partitions import cycles_of
from dagster_project.resources.month_home import MonthHome
from dagster_project.schedules.monthly import monthly_schedule
from dagster_project.sensors.answers import answers_sensor
from dagster_project.sensors.failures import failures_sensor
from dagster_project.sensors.inbox import inbox_sensor
from dagster_project.signed import signed_assets
from month.stages import PREVIEW, STAGES

keep_private()  # also where Dagster itself loads the definitions
HOME = Home.from_environment()
CYCLES = cycles_of(list(rulebook.load(*rulebook.folders(HOME.overlay)).counties()))
MONTH_JOB = "month"
DECIDE_JOB = "decide"  # everything before posting: `run --preview`

month_job = dg.define_asset_job(
    MONTH_JOB,
    selection=dg.AssetSelection.assets(*(stage.name for stage in STAGES)),
    description="一个县一个月:从收件到发放文件 One county's month, from registers to payment files",
)
decide_job = dg.define_asset_job(
    DECIDE_JOB,
    selection=dg.AssetSelection.assets(*(stage.name for stage in PREVIEW)),
    description="只算不入账:到核定为止,并写出清单 Everything up to the decisions and their lists, nothing posted",
)

defs = dg.Definitions(
    assets=[*month_graph(CYCLES), *signed_assets(CYCLES)],
    asset_checks=[lineage_check, after_release],
    jobs=[month_job, decide_job, answers_job],
    schedules=[monthly_schedule(MONTH_JOB)],
    sensors=[inbox_sensor(DECIDE_JOB), answers_sensor(ANSWERS_JOB), failures_sensor()],
    resources={"month_home": MonthHome()},
    executor=dg.in_process_executor,
)
