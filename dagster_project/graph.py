"""The month's graph, made from the table of stages: an asset for each stage, its deps, its contracts and its checks."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import dagster as dg
import pandera.polars as pa

from contracts.actor import Actor, plain_name
from contracts.codes import Code
from contracts.errors import NotAllowedError
from contracts.money import yuan_label
from contracts.months import month_text, today
from contracts.settings import Home
from dagster_project.columns import column_lineage, comes_from
from dagster_project.groups import group_of, told_of_group
from dagster_project.guard import guarded
from dagster_project.page.addresses import address_of
from dagster_project.partitions import read_key
from dagster_project.resources.month_home import MonthHome
from month import showing
from month.month import Choices, Counts, Month
from month.officers import service
from month.running import Done, do
from month.stages import RECEIVED, STAGES, Finding, Stage, upstream
from month.vouchers import known_again

Cycles = dg.PartitionsDefinition[str]


class RunChoices(dg.Config):
    """What the person who starts a run may say. 空项取默认。"""

    known_on: str = ""
    maker: str = ""
    override_by: str = ""
    override_reason: str = ""
    voucher: str = ""
    override_voucher: str = ""

    def choices(self, home: Home, county: str, signed_in: Actor | None) -> Choices:
        """Who makes the run and lets it go on, each known again; without a maker it is the county's service.

        `signed_in`: at the lineage page, who makes it and nobody else. NotAllowedError where a name is not enough.
        """
        if signed_in and self.maker and signed_in.officer != plain_name(self.maker):
            raise NotAllowedError(
                f"登录的是“{signed_in.officer}”,不能以“{self.maker}”的名义运行", "请由本人登录", county
            )
        by = signed_in or (known_again(home, self.maker, self.voucher) if self.maker else service(home, county))
        agrees = known_again(home, self.override_by, self.override_voucher) if self.override_by else None
        return Choices.of(by, agrees, self.override_reason)


def month_graph(cycles: Cycles) -> list[dg.AssetsDefinition]:
    """Every asset from the manifest to what the run leaves."""
    return [_manifest(cycles), *(_stage_asset(stage, cycles) for stage in STAGES if stage is not RECEIVED)]


def _manifest(cycles: Cycles) -> dg.AssetsDefinition:
    """The root: the only one that is told anything by whoever starts the run."""

    def manifest(
        context: dg.AssetExecutionContext, config: RunChoices, month_home: MonthHome
    ) -> Iterator[dg.MaterializeResult[None]]:
        county, pay_month = read_key(context.partition_key)
        with guarded(RECEIVED.name, month_home.home, month_home.stop):
            choices = config.choices(month_home.home, county, month_home.signed_in())
            known_on = date.fromisoformat(config.known_on) if config.known_on else today()
            month = month_home.begin(county, pay_month, known_on, choices)
            yield from _materialized(month, do(month, RECEIVED), _of_manifest(month))

    return _asset(RECEIVED, cycles, manifest)


def _stage_asset(stage: Stage, cycles: Cycles) -> dg.AssetsDefinition:
    """An asset whose body is one stage; its checks are yielded by the same op."""

    def asset(context: dg.AssetExecutionContext, month_home: MonthHome) -> Iterator[dg.MaterializeResult[None]]:
        with guarded(stage.name, month_home.home, month_home.stop):
            yield from _materialized(*month_home.do(context, stage))

    return _asset(stage, cycles, asset)


def _asset(stage: Stage, cycles: Cycles, body: Callable[..., Iterator[Any]]) -> dg.AssetsDefinition:
    contract, lineage = stage.writes.get(stage.name), column_lineage(stage)
    return dg.asset(
        name=stage.name,
        group_name=group_of(stage.group),
        deps=[dg.AssetKey(name) for name in upstream(stage)],
        description=stage.text,
        partitions_def=cycles,
        metadata={
            **told_of_group(stage.group),
            **({"dagster/column_schema": table_schema(contract, lineage)} if contract else {}),
            **({"dagster/column_lineage": lineage} if lineage else {}),
        },
        kinds=set(stage.kinds),
        check_specs=[_check_spec(stage, finding) for finding in stage.findings],
    )(body)


def _check_spec(stage: Stage, finding: Finding) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        finding.name, asset=dg.AssetKey(stage.name), description=finding.text, blocking=finding.is_blocking
    )


def _materialized(month: Month, done: Done, more: Mapping[str, Any]) -> Iterator[dg.MaterializeResult[None]]:
    """What the stage did and what its findings found; then what stops the month, in the officer's words."""
    metadata = {**told(done.counts), **more, **_shown(month, done.stage)}
    yield dg.MaterializeResult(metadata=metadata, check_results=_check_results(done))
    if done.problem:
        raise done.problem


def _check_results(done: Done) -> list[dg.AssetCheckResult]:
    return [
        dg.AssetCheckResult(
            check_name=finding.name,
            passed=not found,
            severity=dg.AssetCheckSeverity.ERROR if finding.is_blocking else dg.AssetCheckSeverity.WARN,
            metadata=dict(found),
        )
        for finding, found in done.found.items()
    ]


def _of_manifest(month: Month) -> dict[str, Any]:
    return {
        "清单摘要": month.manifest.digest(),
        "政策包摘要": month.manifest.pack_digest,
        "知悉日": month.manifest.known_on.isoformat(),
        "重算核对(不入账)": month.is_replay,
    }


def _shown(month: Month, stage: Stage) -> dict[str, Any]:
    """Short tables, and papers as links that the lineage page serves (page/papers.py)."""
    found = showing.shown(month, stage)
    tables: dict[str, Any] = {
        title: dg.MetadataValue.table(
            [dg.TableRecord(dict(row)) for row in rows],
            dg.TableSchema([dg.TableColumn(name, type(value).__name__) for name, value in rows[0].items()]),
        )
        for title, rows in found.tables.items()
        if rows
    }
    told_trouble = {"未能显示": found.trouble} if found.trouble else {}
    county, pay_month = month.manifest.county, month_text(month.manifest.pay_month)
    links = {name: address_of(county, pay_month, name) for name in found.papers}
    pages = {name: dg.MetadataValue.url(link) for name, link in links.items() if name.endswith(".html")}
    others = [f"- [{name}]({link})" for name, link in links.items() if name not in pages]
    return {**told_trouble, **tables, **pages, **({"表册": dg.MetadataValue.md("\n".join(others))} if others else {})}


def told(counts: Counts) -> dict[str, Any]:
    """Counts as metadata: amounts in yuan, everything else as numbers. Never a person."""
    shown: dict[str, Any] = {
        label: f"{yuan_label(value)} 元" if label.endswith("金额") else value for label, value in counts.items()
    }
    if "行数" in counts:
        shown["dagster/row_count"] = counts["行数"]
    return shown


def table_schema(schema: pa.DataFrameSchema, lineage: dg.TableColumnLineage | None = None) -> dg.TableSchema:
    """A contract as Dagster's catalogue shows it; each column says where it comes from, as `lineage` has it."""
    columns = []
    for name, declared in schema.columns.items():
        facts: dict[str, Any] = declared.metadata or {}
        code: type[Code] | None = facts.get("code")
        said = (facts.get("header", ""), declared.description or "", comes_from(lineage, name))
        texts = dict.fromkeys(text for text in said if text)
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
