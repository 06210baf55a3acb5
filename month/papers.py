"""A month's papers: the county's forms, filled from the book, and whether they tie to it and to one another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

import rulebook
from contracts.codes import BatchState
from ledger import batches, figures, people
from month.explaining import Opened, explained_from
from month.month import Month
from reports import forms, papers
from reports.lists import LEAFED_THROUGH, where_they_live
from reports.tables import write_table


def write_papers(month: Month, folder: Path, explained: Opened) -> list[Path]:
    """Write every form that has rows; a paper too long for a sheet as CSV. What was written before goes."""
    heading = forms.Heading(_name_of(month), f"{month.manifest.pay_month:%Y年%m月}")
    rows, written = rows_of(month, explained), []
    for name, form in forms.load(month.home.forms).items():
        of_form, sheet, text = rows[form.rows], folder / f"{name}.xlsx", folder / f"{name}.csv"
        for stale in (sheet, text):
            stale.unlink(missing_ok=True)
        if of_form.height > LEAFED_THROUGH:
            written.append(write_table(of_form.select(_shown(form)), text))
        elif not of_form.is_empty():
            written.append(forms.write(form, heading, of_form, sheet))
    return written


def _shown(form: forms.Form) -> list[str]:
    return [name for name in form.columns if name != "number"]


def rows_of(month: Month, explained: Opened) -> Mapping[str, pl.DataFrame]:
    """The rows of every paper of the month."""
    population = month.tables.read("accepted_population")
    with month.book.reading() as conn:
        issued = figures.issued(conn, month.manifest.county, month.manifest.pay_month)
        concerned = pl.concat([issued.select("person_no"), explained.who.select("person_no")]).unique()
        numbers = people.identities(conn, concerned)
    dead = population.filter(pl.col("died_on").is_not_null())["person_no"].unique()
    who = numbers.join(where_they_live(population), on="person_no", how="left")
    return papers.rows_of(issued, explained.told, who, dead, month.funding)


def untied(month: Month) -> dict[str, int | str]:
    """What the papers of the month say differently from the book or from one another; nothing of previews, replays."""
    if month.is_replay or not month.tables.has("payable"):
        return {}
    county, pay_month = month.manifest.county, month.manifest.pay_month
    explained = explained_from(month.book, county, pay_month, month.tables)
    with month.book.reading() as conn:
        files = batches.batches_of(conn, county, pay_month)
    filed = files.filter(pl.col("state") != BatchState.VOIDED.value)["total_fen"].sum()
    return {**papers.ties(rows_of(month, explained), int(filed), explained.told)}


def _name_of(month: Month) -> str:
    county = month.manifest.county
    return rulebook.county_names(month.home.overlay).get(county, county)
