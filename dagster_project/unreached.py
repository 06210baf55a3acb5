"""Checks that a stopped run never came to: they say so, in place of Dagster's “Execution failed”.

Dagster plans every check when a run starts, and calls each one that was not evaluated failed once the run is.
"""

from __future__ import annotations

import dagster as dg

NOT_RUN = "未运行:本次运行在此之前已停下 Not run: the run stopped before"
PLANNED, EVALUATED = dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED, dg.DagsterEventType.ASSET_CHECK_EVALUATION


def tell_unreached(instance: dg.DagsterInstance, run: dg.DagsterRun) -> int:
    """Evaluate each planned check that was not reached as a warning without a finding; how many there were."""
    reached = {(one.asset_key, one.check_name) for one in _told(instance, run, EVALUATED)}
    unreached = [one for one in _told(instance, run, PLANNED) if (one.asset_key, one.check_name) not in reached]
    for planned in unreached:
        evaluation = dg.AssetCheckEvaluation(
            asset_key=planned.asset_key,
            check_name=planned.check_name,
            passed=False,
            metadata={},
            severity=dg.AssetCheckSeverity.WARN,
            description=NOT_RUN,
            partition=run.tags.get("dagster/partition"),
        )
        event = dg.DagsterEvent(EVALUATED.value, run.job_name, event_specific_data=evaluation)
        instance.report_dagster_event(event, run.run_id)
    return len(unreached)


def _told(instance: dg.DagsterInstance, run: dg.DagsterRun, kind: dg.DagsterEventType) -> list[dg.AssetCheckEvaluation]:
    """What a run's events of a kind are about: asset_key, check_name."""
    records = instance.get_records_for_run(run.run_id, of_type=kind).records
    events = [record.event_log_entry.dagster_event for record in records]
    return [event.event_specific_data for event in events if event is not None]  # type: ignore[misc] # by its kind
