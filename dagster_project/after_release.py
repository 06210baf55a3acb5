"""The checks of what follows a release (month/after_release.py), asked for on the lineage page."""

from collections.abc import Iterator

import dagster as dg

from contracts.months import today
from dagster_project.resources.month_home import MonthHome
from month.after_release import LOOKS, found_by


@dg.multi_asset_check(
    name="after_release",
    specs=[dg.AssetCheckSpec(look.name, asset=look.act.value, description=look.text) for look in LOOKS],
    can_subset=True,
)
def after_release(context: dg.AssetCheckExecutionContext, month_home: MonthHome) -> Iterator[dg.AssetCheckResult]:
    """Late answers, answers that do not tie, lost fen."""
    for look in LOOKS:
        key = dg.AssetCheckKey(dg.AssetKey(look.act.value), look.name)
        if key not in context.selected_asset_check_keys:
            continue
        found = found_by(look, month_home.home, today())
        yield dg.AssetCheckResult(
            asset_key=key.asset_key,
            check_name=look.name,
            passed=not found,
            metadata=dict(found),
            severity=dg.AssetCheckSeverity.ERROR if look.is_blocking else dg.AssetCheckSeverity.WARN,
        )
