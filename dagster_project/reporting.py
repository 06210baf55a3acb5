"""Telling Dagster what officers did after the run, as runless materialisations: lineage goes on beyond the files.

An act that is in the book is done. What Dagster could not be told then is told the next time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import dagster as dg

from contracts.codes import Act
from contracts.errors import OfficerError
from contracts.money import yuan_label
from contracts.settings import Home
from dagster_project.instance import open_instance
from dagster_project.partitions import partition_key
from ledger import audit
from ledger.acts import Acted, acted
from ledger.book import opened

MARK = "标记"
HEAD = "审计链尾"
NEWEST_EVENTS = 10_000  # of one act and county: months times repeated acts


def tell(home: Home, county: str) -> str:
    """Report every act on the county's months that the book has and the lineage lacks; a warning where that fails.

    The warning is one line for the officer, empty where all is told. Raises nothing.
    """
    try:
        with opened(home.database_url) as book, book.reading() as conn:
            known, head = acted(conn, county), audit.head(conn)
        with open_instance(home) as instance:
            _report(instance, county, known, head)
    except OfficerError as trouble:
        return f"提醒:已办理完毕,但未能记入血缘界面({trouble.what}),下次办理时补记"
    except Exception as trouble:  # whatever Dagster's storage may raise: the act stands
        return f"提醒:已办理完毕,但未能记入血缘界面({type(trouble).__name__}),下次办理时补记"
    return ""


def _report(instance: dg.DagsterInstance, county: str, known: Iterable[Acted], head: str) -> None:
    for act in Act:
        of_act = {partition_key(county, one.pay_month): one for one in known if one.act is act}
        told = _marks(instance, act, list(of_act)) if of_act else {}
        for partition, one in of_act.items():
            if told.get(partition) != one.mark:
                instance.report_runless_asset_event(
                    dg.AssetMaterialization(asset_key=act.value, partition=partition, metadata=told_of(one, head))
                )


def _marks(instance: dg.DagsterInstance, act: Act, partitions: list[str]) -> dict[str, str]:
    """The mark of the newest materialisation of each partition."""
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(act.value), asset_partitions=partitions)
    found: dict[str, str] = {}
    for record in instance.fetch_materializations(wanted, limit=NEWEST_EVENTS).records:  # the newest first
        seen = record.asset_materialization
        if seen and seen.partition and seen.partition not in found:
            found[seen.partition] = str(seen.metadata[MARK].value) if MARK in seen.metadata else ""
    return found


def told_of(one: Acted, head: str) -> dict[str, Any]:
    """Counts and digests, never a person; and where the audit chain ended, outside the book."""
    label = {Act.ANSWERED: "已有回盘笔数", Act.CLOSED: "结账时待查笔数"}.get(one.act, "笔数")
    money = {} if one.fen is None else {"金额": f"{yuan_label(one.fen)} 元"}
    signed = {"签字": "、".join(one.officers)} if one.officers else {}
    return {label: one.lines, **money, **signed, MARK: one.mark, HEAD: head}
