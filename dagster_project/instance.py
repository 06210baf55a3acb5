"""The Dagster instance of a home: DAGSTER_HOME inside DISBURSE_HOME, no telemetry, no captured output."""

import os
import warnings

import dagster as dg
from filelock import FileLock

from contracts.files import keep_private, write_whole
from contracts.settings import Home

INSTANCE_YAML = """\
# Written by disburse. No telemetry, no captured output (it could hold personal data), one run at a time.
telemetry: {enabled: false}
storage:
  custom:
    module: dagster_project.storage
    class: Storage
    config: {base_dir: {env: DAGSTER_HOME}}
nux: {enabled: false}
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
concurrency:
  runs: {max_concurrent_runs: 1}
run_monitoring: {enabled: true}
"""


def prepare_environment(home: Home) -> None:
    """Point Dagster at the home: its folder, its settings, and where the definitions look for the registers."""
    keep_private()
    settings = home.dagster / "dagster.yaml"
    if not settings.exists() or settings.read_text("utf-8") != INSTANCE_YAML:
        write_whole(settings, INSTANCE_YAML.encode())
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    os.environ["DISBURSE_HOME"] = str(home.path)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"


def open_instance(home: Home) -> dg.DagsterInstance:
    """The instance of a home."""
    prepare_environment(home)
    for early in (dg.BetaWarning, dg.PreviewWarning):
        warnings.filterwarnings("ignore", category=early)
    with FileLock(home.dagster / ".opening"):  # two that make Dagster's databases at once leave them broken for good
        return dg.DagsterInstance.get()
