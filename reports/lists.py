"""The lists a run leaves for the clerk, as workbooks: who is held and why, and which register rows were refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from contracts.codes import RefusalCode
from contracts.columns import headers, polars_schema
from contracts.months import month_text
from contracts.registers import REGISTER_LABELS
from contracts.tables import HoldExport, RefusedRow
from ledger import exports
from ledger.book import Book
from payments import grounds
from reports.tables import write_table

ReadTable = Callable[[str], pl.DataFrame]


def write_lists(book: Book, folder: Path, county: str, pay_month: date, read: ReadTable) -> list[Path]:
    """Write the held people and the refused rows of a month; a list without rows is not written.

    `read` gives a table of the run's stage: accepted_population, refused_rows.
    """
    target = folder / county / month_text(pay_month)
    held = held_people(book, county, read("accepted_population"))
    refused = refused_rows(read("refused_rows"))
    lists = (
        ("held.xlsx", held, "暂缓人员", headers(HoldExport)),
        ("refused.xlsx", refused, "拒收行", headers(RefusedRow)),
    )
    written = []
    for name, rows, sheet, titles in lists:
        path = target / name
        if rows.is_empty():
            path.unlink(missing_ok=True)
        else:
            written.append(write_table(rows, path, titles, sheet))
    return written


def held_people(book: Book, county: str, population: pl.DataFrame, *, with_number: bool = False) -> pl.DataFrame:
    """Open holds with whom they concern, why, what to do and how much waits: HoldExport, in order of township.

    `population`: the accepted register. `with_number` adds hold_id, which lifts a hold.
    """
    with book.reading() as conn:
        rows = exports.holds(conn, county)
    people = population.unique("person_no", keep="last", maintain_order=True).select(
        "person_no", "name", "township", "village", "phone"
    )
    wordings = [grounds.told(row["code"], row["ground"]) for row in rows.select("code", "ground").iter_rows(named=True)]
    by_rule = pl.Series([worded.reason for worded in wordings], dtype=pl.String)
    said = pl.col("reason").replace("", None)  # an officer's own words, where an officer placed it
    worded = rows.with_columns(
        reason=pl.coalesce(said, by_rule), advice=pl.Series([one.advice for one in wordings], dtype=pl.String)
    ).join(people, on="person_no", how="left", maintain_order="left")
    shown = [*(["hold_id"] if with_number else []), *polars_schema(HoldExport).names()]
    return worded.select(shown).sort("township", "village", "person_id", nulls_last=True)


def refused_rows(refused: pl.DataFrame) -> pl.DataFrame:
    """Refused rows in Chinese words, in order of file and row; without the internal number."""
    labels = {code.value: code.label for code in RefusalCode}
    return (
        refused.drop("person_no")
        .with_columns(pl.col("register").replace(REGISTER_LABELS), pl.col("code").cast(pl.String).replace(labels))
        .sort("register", "source_file", "source_row", maintain_order=True)
    )
