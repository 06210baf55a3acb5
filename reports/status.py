"""Where a month stands: its batches, what waits, what comes next and who may do it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

import polars as pl

from contracts.codes import OfficerRole
from contracts.months import month_text
from contracts.settings import Settings
from ledger import batches, cycles, figures, holds
from ledger.book import Book
from reports.summary import Labelled, not_in_force

# step → what it is called, the command that comes next, and the role that may give it
STEPS: dict[str, tuple[str, str, OfficerRole | None]] = {
    "none": ("尚未运行", "disburse run", OfficerRole.MAKER),
    "nothing_to_pay": ("已入账,没有要付的款项", "", None),
    "claimed": ("已编批,文件未生成", "disburse run", OfficerRole.MAKER),
    "rendered": ("文件已生成,待批准", "disburse approve", OfficerRole.CHECKER),
    "rejected": ("已驳回,待更正后重新运行", "disburse run", OfficerRole.MAKER),
    "approved": ("已批准,待放行", "disburse release", OfficerRole.RELEASER),
    "released": ("已放行", "", None),
}
ORDER = ("claimed", "rejected", "rendered", "approved", "released")  # the least advanced batch decides


@dataclass(frozen=True)
class MonthStatus:
    """A county's pay month at a glance. `step` is a key of STEPS."""

    county: str
    pay_month: str
    step: str
    label: str
    next_command: str
    next_officers: tuple[str, ...]
    cycles: int
    open_holds: int
    uncertain: tuple[Labelled, ...]  # money that rests on a draft or a placeholder
    batches: tuple[dict[str, object], ...]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def status_of(book: Book, settings: Settings, county: str, pay_month: date) -> MonthStatus:
    """Where a county's pay month stands, from the book."""
    with book.reading() as conn:
        of_month = cycles.cycles_of(conn, county, pay_month)
        rows = batches.batches_of(conn, county, pay_month).filter(pl.col("state") != "voided").sort("batch_id")
        waiting = holds.open_holds(conn, county)
        uncertain = figures.uncertain(conn, county, pay_month)
    states = rows["state"].to_list()
    step = next((state for state in ORDER if state in states), "nothing_to_pay" if of_month else "none")
    label, command, role = STEPS[step]
    return MonthStatus(
        county=county,
        pay_month=month_text(pay_month),
        step=step,
        label=label,
        next_command=f"{command} --county {county} --month {month_text(pay_month)}" if command else "",
        next_officers=tuple(_who_may(settings, role, county)) if role else (),
        cycles=len(of_month),
        open_holds=waiting["person_no"].n_unique(),
        uncertain=not_in_force(uncertain),
        batches=tuple(rows.select("batch_id", "part", "state", "file_name", "line_count", "total_fen").to_dicts()),
    )


def _who_may(settings: Settings, role: OfficerRole, county: str) -> list[str]:
    return [
        officer.name
        for officer in settings.officer
        if role in officer.roles and (not officer.counties or county in officer.counties)
    ]
