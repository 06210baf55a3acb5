"""What the checks of a month look for: broken contracts, and heads and sums that do not meet at a hop.

A finding is a count or a month under a Chinese label, never a person; nothing found is an empty mapping.
"""

from __future__ import annotations

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from contracts.codes import Benefit, Outcome
from contracts.columns import is_as_declared
from contracts.registers import label_of
from contracts.tables import IntakeCount
from ledger import batches, totals
from month.month import EVIDENCED_POPULATION, Month

KEY = ["person_no", "benefit", "benefit_month"]
Found = dict[str, int | str]


def broken_rules(schema: pa.DataFrameSchema, table: pl.DataFrame) -> Found:
    """How many rows break which rule. Counts only: the rows themselves hold people."""
    if is_as_declared(table, schema):
        return {}
    try:
        schema.validate(table, lazy=True)
    except SchemaErrors as broken:
        cases = broken.failure_cases.select(
            pl.col("column").cast(pl.String).fill_null("表"), pl.col("check").cast(pl.String).fill_null("")
        )
        return {f"{column} {check}": count for column, check, count in cases.group_by(cases.columns).len().iter_rows()}
    return {}


def old_registers(month: Month) -> Found:
    """Registers of which no file came this month, or not of every part, and how many months old what stands is."""
    old = [given for given in month.manifest.registers if given.file_digest and not given.is_new]
    return {f"{label_of(given.name)}沿用月数": given.carried_months for given in old}


def lost_rows(month: Month, register: str) -> Found:
    """Rows of a register's file that were neither accepted nor refused nor collapsed."""
    return broken_rules(IntakeCount.to_schema(), month.tables.read(f"counts_{register}"))


def unusable(month: Month, register: str) -> Found:
    """The month of a register's file that cannot be used, and of the rows that stand instead."""
    counts = month.tables.read(f"counts_{register}").row(0, named=True)
    if not counts["is_refused_whole"]:
        return {}
    return {"不能使用的收件月": counts["inbox_month"], "采用的收件月": counts["used_month"] or "没有可用的"}


def revived(month: Month) -> Found:
    """People whom the match lists lost, or whose day of death they took away or put off."""
    before, after = (
        month.tables.read(table).group_by("person_no").agg(pl.col("died_on").min())
        for table in ("accepted_population", EVIDENCED_POPULATION)
    )
    joined = before.join(after.with_columns(is_kept=True), on="person_no", how="left")
    later = pl.col("died_on_right").is_null() | (pl.col("died_on_right") > pl.col("died_on"))
    found = {
        "丢失的人数": joined["is_kept"].null_count(),
        "死亡日期推后的人数": joined.filter(pl.col("died_on").is_not_null() & later).height,
    }
    return {label: count for label, count in found.items() if count}


def hop_to_coordinated(month: Month) -> Found:
    """Every entitled row came through, with its would-be amount."""
    entitled = pl.concat([month.tables.scan(f"entitled_{benefit}") for benefit in Benefit])
    before = entitled.select(pl.len(), pl.col("would_be_fen").sum()).collect().row(0)
    after = month.tables.scan("coordinated").select(pl.len(), pl.col("would_be_fen").sum()).collect().row(0)
    return {} if before == after else {"应享行数": before[0], "核定行数": after[0]}


def more_than_one_winner(month: Month) -> Found:
    """Person-months in which a choose-higher group pays twice."""
    paid = month.tables.scan("coordinated").filter(
        pl.col("outcome") == Outcome.ENTITLED.value, pl.col("choose_group").is_not_null()
    )
    twice = paid.group_by("person_no", "benefit_month", "choose_group").len().filter(pl.col("len") > 1).collect()
    return {"多于一项的人月": twice.height} if twice.height else {}


def hop_to_posted(month: Month) -> Found:
    """Keys of the window whose booked money is not what is owed; keys without a known amount are left out."""
    if month.is_replay:
        return {}
    window = month.manifest.window()
    with month.book.reading() as conn:
        booked = totals.booked(conn, month.manifest.county, window[0], window[-1], month.identity)
    owed = month.tables.read("coordinated").filter(pl.col("benefit_month").is_in(window))
    joined = owed.select(*KEY, "amount_fen").join(booked, on=KEY, how="full", coalesce=True)
    known = joined.join(owed.filter(pl.col("amount_fen").is_null()), on=KEY, how="anti").fill_null(0)
    wrong = known.filter(pl.col("amount_fen") != pl.col("booked_fen"))
    return {"不相等的键": wrong.height} if wrong.height else {}


def hop_to_payable(month: Month) -> Found:
    """Money of the book that is neither payable nor held."""
    if month.is_replay:
        return {}
    with month.book.reading() as conn:
        unpaid = batches.unpaid(conn, month.manifest.county, month.identity)
    rows = month.tables.read("payable")
    is_held = pl.col("held_by").is_not_null()
    lost = unpaid.filter(~is_held).join(rows, on="obligation_id", how="anti")
    twice = rows.join(unpaid.filter(is_held), on="obligation_id", how="semi")
    found = {"下落不明的笔数": lost.height, "既可付又暂缓的笔数": twice.height}
    return {label: count for label, count in found.items() if count}


def hop_to_batch(month: Month) -> Found:
    """Payable money that is in no live batch, and the other way round."""
    if month.is_replay:
        return {}
    with month.book.reading() as conn:
        unpaid = batches.unpaid(conn, month.manifest.county)
    claimed = unpaid.filter(pl.col("live_batch_id").is_not_null())
    rows = month.tables.read("payable")
    found = {
        "可付未编批的笔数": rows.join(claimed, on="obligation_id", how="anti").height,
        "已编批不可付的笔数": claimed.join(rows, on="obligation_id", how="anti").height,
        "金额之差(分)": int(claimed["pays_fen"].sum() or 0) - int(rows["pays_fen"].sum() or 0),
    }
    return {label: count for label, count in found.items() if count}
