"""Blocking checks: nothing downstream runs on a table that breaks its contract, or on totals that do not meet.

Others only warn: the run goes on, and whoever looks at the lineage sees why not everything is as it should be.
"""

from collections.abc import Callable

import dagster as dg
import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from dagster_project.guard import guarded
from dagster_project.resources.month_home import MonthHome
from month.month import Month

Finding = Callable[[Month], dict[str, int | str]]  # what is wrong; empty: nothing


def broken_rules(schema: pa.DataFrameSchema, table: pl.DataFrame) -> dict[str, int | str]:
    """How many rows break which rule. Counts only: the rows themselves hold people."""
    try:
        schema.validate(table, lazy=True)
    except SchemaErrors as broken:
        cases = broken.failure_cases.select(
            pl.col("column").cast(pl.String).fill_null("表"), pl.col("check").cast(pl.String).fill_null("")
        )
        return {f"{column} {check}": count for column, check, count in cases.group_by(cases.columns).len().iter_rows()}
    return {}


def blocking_check(asset: str, name: str, description: str, find: Finding) -> dg.AssetChecksDefinition:
    """A check on the month of the partition being run."""
    return _check(asset, name, description, find, is_blocking=True)


def warning_check(asset: str, name: str, description: str, find: Finding) -> dg.AssetChecksDefinition:
    """The same, but what it finds stops nothing."""
    return _check(asset, name, description, find, is_blocking=False)


def _check(asset: str, name: str, description: str, find: Finding, *, is_blocking: bool) -> dg.AssetChecksDefinition:
    severity = dg.AssetCheckSeverity.ERROR if is_blocking else dg.AssetCheckSeverity.WARN

    @dg.asset_check(asset=dg.AssetKey(asset), name=name, description=description, blocking=is_blocking)
    def check(context: dg.AssetCheckExecutionContext, month_home: MonthHome) -> dg.AssetCheckResult:
        with guarded(f"{asset}.{name}", month_home.home):
            findings = find(month_home.month(context.partition_key))
            return dg.AssetCheckResult(passed=not findings, severity=severity, metadata=dict(findings))

    return check


def contract_check(
    asset: str, table: str, schema: pa.DataFrameSchema, name: str = "contract"
) -> dg.AssetChecksDefinition:
    """The table as stored against its contract, every value. `name`: where an asset has several tables."""

    def find(month: Month) -> dict[str, int | str]:
        return broken_rules(schema, month.stage.read(table))

    return blocking_check(asset, name, "逐值核对数据契约 Every value against the contract", find)
