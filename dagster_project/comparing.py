"""Comparing the lineage with the book: what was told without a run and is not of the book is foreign, and marked so.

A stage is materialised by runs only. An act of an officer is told by reporting.tell, from the book, with the end of the
audit chain: what names another, or an act that the book never saw, was told by somebody else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import dagster as dg
from dagster._core.instance.utils import RUNLESS_RUN_ID

from contracts.codes import Act
from contracts.settings import Home
from dagster_project.instance import open_instance
from dagster_project.partitions import read_key
from dagster_project.reporting import HEAD, MARK, told_of
from dagster_project.resources.month_home import MonthHome
from ledger import audit
from ledger.acts import acted, ever_acted
from ledger.book import Transaction, opened

OF_THE_BOOK = "of_the_book"
ABOUT = (
    "血缘与总账核对:不经运行而上报的,只有总账里确有的办理才算数;别的都是外来的,以总账为准。\n\n"
    "What was reported without a run, compared with the book: anything the book does not know is foreign."
)
NEWEST_EVENTS = 10_000
TOLD_WITHOUT_RUN = {dg.DagsterEventType.ASSET_MATERIALIZATION, dg.DagsterEventType.ASSET_OBSERVATION}
EVALUATED = dg.DagsterEventType.ASSET_CHECK_EVALUATION


@dataclass(frozen=True)
class Foreign:
    """Something the lineage was told that is not of the book."""

    asset: str
    partition: str


def foreign(home: Home) -> list[Foreign]:
    """What is foreign among the newest events that came without a run, the oldest first; read-only."""
    kinds = {*TOLD_WITHOUT_RUN, EVALUATED}
    with open_instance(home) as instance:
        records = instance.get_records_for_run(RUNLESS_RUN_ID, of_type=kinds, limit=NEWEST_EVENTS, ascending=False)
    events = [one.event_log_entry.dagster_event for one in reversed(records.records)]
    return list(_foreign(home, [event for event in events if event is not None]))


def _foreign(home: Home, events: list[dg.DagsterEvent]) -> Iterator[Foreign]:
    with opened(home.database_url) as book, book.reading() as conn:
        for county, of_county in groupby(sorted(events, key=_county), key=_county):
            told = list(of_county)
            known = _Known(conn, county) if county else None
            for event in told:
                if not (known and known.has(event)) and not _is_own_check(event):
                    yield Foreign(_asset(event), event.partition or "")


def _county(event: dg.DagsterEvent) -> str:
    """The county of the event's partition; empty where it names none."""
    try:
        return read_key(event.partition or "")[0]
    except ValueError:
        return ""


def _asset(event: dg.DagsterEvent) -> str:
    key = event.asset_check_evaluation_data.asset_key if event.event_type is EVALUATED else event.asset_key
    return key.to_user_string() if key else ""


def _is_own_check(event: dg.DagsterEvent) -> bool:
    return event.event_type is EVALUATED and event.asset_check_evaluation_data.check_name == OF_THE_BOOK


class _Known:
    """What the book knows of one county's months."""

    def __init__(self, conn: Transaction, county: str) -> None:
        self._conn = conn
        self._now = {(one.act.value, one.pay_month): one for one in acted(conn, county)}
        self._ever = {(act.value, month) for act, month in ever_acted(conn, county)}

    def has(self, event: dg.DagsterEvent) -> bool:
        """Whether the event tells of an act as the book has it, or had it before it was done again."""
        done = (_asset(event), read_key(event.partition or "")[1])
        if event.event_type is not dg.DagsterEventType.ASSET_MATERIALIZATION or done not in self._ever:
            return False
        told: dict[str, Any] = {name: one.value for name, one in event.materialization.metadata.items()}
        head = str(told.get(HEAD, ""))
        now = self._now.get(done)
        is_as_now = now is None or told.get(MARK) != now.mark or told == told_of(now, head)
        return is_as_now and not audit.missing(self._conn, [head])


def checks_of(home: Home) -> list[dg.AssetCheckEvaluation]:
    """The check of each act. What is foreign and no act's is counted with the first: it signs all that is before it."""
    found: dict[str, list[Foreign]] = {act: [] for act in Act.values()}
    for one in foreign(home):
        found[one.asset if one.asset in found else Act.APPROVED.value].append(one)
    return [
        dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey(act),
            check_name=OF_THE_BOOK,
            passed=not of_act,
            metadata={"外来记录": len(of_act), "哪里": "、".join(sorted({_place(one) for one in of_act})[:10])},
            severity=dg.AssetCheckSeverity.ERROR,
        )
        for act, of_act in found.items()
    ]


def _place(one: Foreign) -> str:
    return f"{one.asset} {one.partition}".strip()


def mark_foreign(home: Home) -> None:
    """Evaluate the check of each act, outside any run."""
    with open_instance(home) as instance:
        for evaluated in checks_of(home):
            instance.report_runless_asset_event(evaluated)


def warning_of(home: Home) -> str:
    """One line for the officer; empty where everything told is of the book."""
    found = foreign(home)
    if not found:
        return ""
    places = "、".join(sorted({_place(one) for one in found})[:3])
    return f"血缘界面上有 {len(found)} 条外来记录({places}),不是本程序所报,不算数:一切以总账为准"


@dg.multi_asset_check(
    name="lineage",
    specs=[dg.AssetCheckSpec(OF_THE_BOOK, asset=act, description=ABOUT) for act in Act.values()],
    can_subset=True,
)
def lineage_check(context: dg.AssetCheckExecutionContext, month_home: MonthHome) -> Iterator[dg.AssetCheckResult]:
    """The same, asked for on the lineage page."""
    for one in checks_of(month_home.home):
        if one.asset_check_key not in context.selected_asset_check_keys:
            continue
        yield dg.AssetCheckResult(
            asset_key=one.asset_key,
            check_name=one.check_name,
            passed=one.passed,
            metadata=one.metadata,
            severity=one.severity,
        )
