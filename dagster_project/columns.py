"""Which columns each column of a stage's table comes from, as Dagster keeps it: from what the contracts declare.

A column of the same name in a table that the stage reads is where it comes from: one word has one meaning. What has
another name there says so in its contract (`comes_from`). What a stage makes itself (an outcome, a sum) has none.
"""

import dagster as dg
import pandera.polars as pa

from contracts.columns import ColumnFacts, columns_of_schema
from month.month import settled_table
from month.stages import BY_NAME, Stage


def column_lineage(stage: Stage) -> dg.TableColumnLineage | None:
    """Of the table that bears the stage's name; None where it writes none, or nothing of it comes from another."""
    contract = stage.writes.get(stage.name)
    read = {table: schema for table in stage.reads if (schema := _contract(table)) is not None}
    found = {
        column.name: [dg.TableColumnDep(dg.AssetKey(table), name) for table, name in _sources(column, read)]
        for column in (columns_of_schema(contract) if contract else ())
    }
    known = {name: deps for name, deps in found.items() if deps}
    return dg.TableColumnLineage(deps_by_column=known) if known else None


def comes_from(lineage: dg.TableColumnLineage | None, column: str) -> str:
    """The same of one column, in words: the catalogue lists columns and draws no line between them."""
    sources = lineage.deps_by_column.get(column, []) if lineage else []
    told = [f"{one.asset_key.to_user_string()}.{one.column_name}" for one in sources]
    return f"取自 {'、'.join(told)}" if told else ""


def _contract(table: str) -> pa.DataFrameSchema | None:
    """The contract of a table that bears its stage's name: only such a one is an asset."""
    stage = BY_NAME.get(table)
    return stage.writes.get(table) if stage else None


def _sources(column: ColumnFacts, read: dict[str, pa.DataFrameSchema]) -> list[tuple[str, str]]:
    told = [source.split(".") for source in column.comes_from]
    declared = [(settled_table(register), name) for register, name in told if settled_table(register) in read]
    same = [(table, column.name) for table, schema in read.items() if column.name in schema.columns]
    return declared or same
