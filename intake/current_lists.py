"""A bare list of today's people becomes rows with months, by comparison with the rows that stood before.

A row goes on where person and everything but the months are as before; a new one begins; one that is no longer there
ends with the month before the list's. Comparing again with its own result changes nothing. docs/decisions/0071.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import polars as pl

from contracts.codes import FirstList, GapDecision, ListChange, Vanished
from contracts.columns import polars_schema
from contracts.months import add_months
from contracts.registers import MONTHS, PROVENANCE, empty_register
from contracts.settings import CurrentList
from contracts.tables import ListedChange
from intake.accepting import Accepted
from intake.gaps import deciding, refused_people

PERSON = "person_no"


class ListedMonths(NamedTuple):
    """The rows with their months (contracts.registers.accepted), and what the list changes (ListedChange).

    People who are held have no row: their rows from before stand in as a gap (intake/gaps.py).
    """

    rows: pl.DataFrame
    changes: pl.DataFrame


def months_of_list(
    accepted: Accepted, previous: pl.DataFrame | None, inbox_month: date, rule: CurrentList, decisions: pl.DataFrame
) -> ListedMonths:
    """Give the rows of a current list their months.

    `accepted`: of the list, whose months may be null. `previous`: the rows that stood before, None for a first list.
    `decisions` (intake.gaps.DECISIONS): whom an officer lets go ends, also where the rule holds those who vanish.
    """
    listed, register = accepted.rows, accepted.register
    before = empty_register(register) if previous is None else previous
    let_go = deciding(decisions.filter(pl.col("register") == register), GapDecision.ACCEPT_GONE)
    doubted = refused_people(accepted).join(let_go, on=PERSON, how="anti")
    said = [name for name in listed.columns if name not in (*MONTHS, *PROVENANCE)]
    running = running_rows(before, inbox_month)
    current = running_rows(listed, inbox_month)
    since = running.sort("from_month").select(*said, since="from_month").unique(said, keep="first")
    compared = current.join(
        since.with_columns(is_known=True), on=said, how="left", nulls_equal=True, maintain_order="left"
    )
    unchanged = compared.filter("is_known").with_columns(from_month="since").select(listed.columns)
    begun = _begun(compared.filter(pl.col("is_known").is_null()).select(listed.columns), before, inbox_month, rule)
    over = running.join(current, on=said, how="anti", nulls_equal=True).join(doubted, on=PERSON, how="anti")
    vanished = over.join(listed, on=PERSON, how="anti").join(let_go, on=PERSON, how="anti")
    held = vanished.clear() if rule.vanished is Vanished.END_BEFORE_INBOX_MONTH else vanished
    ended = _ended(over.join(held, on=PERSON, how="anti"), inbox_month)
    rows = pl.concat([_ended_rows(before, inbox_month), unchanged, begun, ended, _told_ended(listed, inbox_month)])
    changes = [
        _told(register, begun.join(running, on=PERSON, how="anti"), ListChange.BEGUN, pl.col("from_month")),
        _told(register, begun.join(running, on=PERSON, how="semi"), ListChange.CHANGED, pl.col("from_month")),
        _told(register, ended.join(listed, on=PERSON, how="anti"), ListChange.ENDED, pl.col("to_month")),
        _told(register, held, ListChange.HELD, pl.lit(inbox_month)),
    ]
    return ListedMonths(
        rows.join(held, on=PERSON, how="anti").unique().sort(PERSON, *PROVENANCE, "from_month"),
        pl.concat(changes).join(doubted, on=PERSON, how="anti").unique().sort("change", PERSON, "month"),
    )


def running_rows(rows: pl.DataFrame, month: date) -> pl.DataFrame:
    """The rows that have not ended before a month."""
    return rows.filter(~_has_ended(month))


def _ended_rows(rows: pl.DataFrame, month: date) -> pl.DataFrame:
    return rows.filter(_has_ended(month))


def _has_ended(month: date) -> pl.Expr:
    return (pl.col("to_month") < month).fill_null(False)


def _ended(over: pl.DataFrame, inbox_month: date) -> pl.DataFrame:
    """Rows ended with the month before the list's; one that had begun no earlier never ran."""
    began_before = (pl.col("from_month") < inbox_month).fill_null(True)
    return over.filter(began_before).with_columns(to_month=pl.lit(add_months(inbox_month, -1)))


def _told_ended(listed: pl.DataFrame, inbox_month: date) -> pl.DataFrame:
    """Rows that the list itself says have ended, as they are; without a beginning they ran in their last month."""
    return _ended_rows(listed, inbox_month).with_columns(from_month=pl.coalesce(*MONTHS))


def _begun(new: pl.DataFrame, before: pl.DataFrame, inbox_month: date, rule: CurrentList) -> pl.DataFrame:
    """New rows with their first month: the list's own only for people who never had a row, and where the rule says."""
    after_confirmation = (
        [pl.col("confirmed_on").dt.month_start().dt.offset_by("1mo")] if "confirmed_on" in new.columns else []
    )
    stated = pl.coalesce("from_month", *after_confirmation, pl.lit(inbox_month))
    strangers = new.join(before, on=PERSON, how="anti", maintain_order="left")
    if rule.first_list is FirstList.FROM_GIVEN:
        strangers = strangers.with_columns(from_month=stated)
    else:
        strangers = strangers.with_columns(from_month=pl.lit(inbox_month))
    known = new.join(before, on=PERSON, how="semi", maintain_order="left")
    return pl.concat([strangers, known.with_columns(from_month=pl.lit(inbox_month))])


def _told(register: str, rows: pl.DataFrame, change: ListChange, month: pl.Expr) -> pl.DataFrame:
    said = rows.select(PERSON, register=pl.lit(register), change=pl.lit(change.value), month=month)
    return said.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(ListedChange).items())
