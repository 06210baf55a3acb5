"""How every asset is made: one guarded step on the month of its partition, with its contract shown in the catalogue."""

from collections.abc import Callable, Sequence
from typing import Any

import dagster as dg
import pandera.polars as pa

from contracts.codes import Code
from contracts.money import yuan_label
from dagster_project.guard import guarded
from dagster_project.resources.month_home import MonthHome
from month.month import Counts, Month

Step = Callable[[Month], Counts]


def table_schema(schema: pa.DataFrameSchema) -> dg.TableSchema:
    """A contract as Dagster's catalogue shows it."""
    columns = []
    for name, declared in schema.columns.items():
        facts: dict[str, Any] = declared.metadata or {}
        code: type[Code] | None = facts.get("code")
        texts = dict.fromkeys(text for text in (facts.get("header", ""), declared.description or "") if text)
        columns.append(
            dg.TableColumn(
                name,
                type=str(declared.dtype.type).split("(")[0],
                description=" · ".join(texts),
                constraints=dg.TableColumnConstraints(
                    nullable=bool(declared.nullable),
                    other=[" / ".join(f"{member.value} {member.label}" for member in code)] if code else [],
                ),
                tags={"unit": facts["unit"]} if facts.get("unit") else {},
            )
        )
    return dg.TableSchema(columns=columns)


def told(counts: Counts) -> dict[str, Any]:
    """Counts as metadata: amounts in yuan, everything else as numbers. Never a person."""
    shown: dict[str, Any] = {
        label: f"{yuan_label(value)} 元" if label.endswith("金额") else value for label, value in counts.items()
    }
    if "行数" in counts:
        shown["dagster/row_count"] = counts["行数"]
    return shown


def stage_asset(
    name: str,
    step: Step,
    *,
    group: str,
    deps: Sequence[str],
    description: str,
    cycles: dg.PartitionsDefinition[str],
    contract: pa.DataFrameSchema | None = None,
    kinds: frozenset[str] = frozenset({"polars", "parquet"}),
) -> dg.AssetsDefinition:
    """An asset of the month's graph; its body is one step."""

    @dg.asset(
        name=name,
        group_name=group,
        deps=[dg.AssetKey(dep) for dep in deps],
        description=description,
        partitions_def=cycles,
        metadata={"dagster/column_schema": table_schema(contract)} if contract else {},
        kinds=set(kinds),
    )
    def asset(context: dg.AssetExecutionContext, month_home: MonthHome) -> dg.MaterializeResult[None]:
        with guarded(name, month_home.home):
            return dg.MaterializeResult(metadata=told(step(month_home.month(context.partition_key))))

    return asset
