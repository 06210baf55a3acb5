"""A month's papers: the county's forms, filled from the book, and whether they tie to it and to one another."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

import rulebook
from contracts.codes import BatchState
from contracts.months import month_text
from contracts.settings import Home
from ledger import batches, figures, people, publishing, returns
from month.ahead import ahead_of
from month.auditing import listed_of
from month.explaining import Opened, explained_from
from month.funding import orders_of
from month.made import Made
from month.month import Month, opened_month
from month.side_by_side import side_by_side
from reports import coming, cover, form_pdf, form_sheet, forms, papers
from reports.lists import LEAFED_THROUGH, where_they_live
from reports.tables import write_table

WRITTEN = "papers"  # of Month.at_hand


class Written(NamedTuple):
    """The month explained, and the rows of its papers."""

    explained: Opened
    rows: Mapping[str, pl.DataFrame]


def worked_out(month: Month) -> Written:
    """Both, from the book as it stands."""
    explained = explained_from(month.book, month.manifest.county, month.manifest.pay_month, month.tables)
    return Written(explained, rows_of(month, explained))


def papers_again(
    home: Home,
    county: str,
    pay_month: date,
    folder: Path | None = None,
    *,
    is_pdf: bool = False,
    only: Collection[str] = (),
) -> list[Path]:
    """Write a month's papers as the book stands now, to the month's own folder or another; `is_pdf`: as PDF too.

    With them go the findings to verify and what the twelve months after it bring, which no run waits for. `only`: just
    the papers of these rows.

    BookError where the month never ran; InputError where PDFs cannot be made here. The book is read only.
    """
    with opened_month(home, county, pay_month) as month:
        rows = worked_out(month).rows
        ahead = {} if only else {"coming": _coming(month), "findings": _to_verify(month)}
        wanted = {name: of_form for name, of_form in {**rows, **ahead}.items() if not only or name in only}
        return _write(month, Made(folder or home.lists(county, pay_month)), wanted, only, is_pdf=is_pdf)


def write_papers(month: Month, made: Made, rows: Mapping[str, pl.DataFrame]) -> list[Path]:
    """Write every form of the month that has rows, but a sheet that lies there already as it would be written.

    What else was written before goes, also of months ahead.
    """
    return _write(month, made, rows)


def _write(
    month: Month, made: Made, rows: Mapping[str, pl.DataFrame], only: Collection[str] = (), *, is_pdf: bool = False
) -> list[Path]:
    """Write the forms of these rows; a paper too long for a sheet as CSV. Others go, unless only these are wanted."""
    if is_pdf:
        form_pdf.require()
    known, heading = forms.load(month.home.forms), _heading(month)
    papers_of = {
        name: [*forms.filled(name, form, heading, rows[form.rows])] for name, form in known.items() if form.rows in rows
    }
    every = [(made.folder / below, paper, is_pdf) for of_form in papers_of.values() for below, paper in of_form]
    contents = {_sheet(path): form_sheet.content(paper) for path, paper, _ in every if not _is_text(paper)}
    lying = {sheet for sheet, content in contents.items() if made.has(sheet, content)}
    for name in papers_of if only else known:
        _clear(made.folder, name, but=lying)
    to_write = [one for one in every if is_pdf or _sheet(one[0]) not in lying]
    written = side_by_side(_written, to_write, [paper.rows.height for _, paper, _ in to_write])
    for sheet, content in contents.items():
        if sheet not in lying:
            made.note(sheet, content)
    of_each = {path: paths for (path, _, _), paths in zip(to_write, written, strict=True)}
    return [lies for path, _, _ in every for lies in of_each.get(path, [_sheet(path)])]


def _heading(month: Month) -> forms.Heading:
    """What the month's papers carry; the days and the telephone of its published list, once it was put up."""
    county, pay_month = month.manifest.county, month.manifest.pay_month
    heading = forms.Heading(_name_of(month), f"{pay_month:%Y年%m月}")
    with month.book.reading() as conn:
        up = publishing.of_county(conn, county).get(month_text(pay_month))
    if up is None:
        return heading
    days = {"public_from": up.from_on, "public_until": up.until_on}
    told = {name: f"{day:%Y年%m月%d日}" for name, day in days.items()}
    return replace(heading, public={**told, "telephone": up.telephone})


def _clear(folder: Path, name: str, but: Collection[Path]) -> None:
    of_each = folder / name
    if not any(path.parent == of_each for path in but):
        shutil.rmtree(of_each, ignore_errors=True)
    own = (folder / f"{name}.{suffix}" for suffix in ("xlsx", "csv", "pdf"))
    for path in (*own, *(path for path in of_each.glob("*") if path.is_file())):
        if path not in but:
            path.unlink(missing_ok=True)


def _sheet(path: Path) -> Path:
    return path.with_name(f"{path.name}.xlsx")


def _is_text(paper: forms.Filled) -> bool:
    """Whether it is too long to leaf through."""
    return paper.rows.height > LEAFED_THROUGH


def _written(path: Path, paper: forms.Filled, is_pdf: bool) -> list[Path]:
    if _is_text(paper):
        told = paper.rows.select(name for name in paper.form.columns if name != "number")
        return [write_table(told, path.with_name(f"{path.name}.csv"))]
    written = [form_sheet.write(paper, _sheet(path))]
    if is_pdf:
        written.append(form_pdf.write(paper, path.with_name(f"{path.name}.pdf")))
    return written


def rows_of(month: Month, explained: Opened) -> Mapping[str, pl.DataFrame]:
    """The rows of every paper of the month."""
    population, pay_month = month.tables.read("accepted_population"), month.manifest.pay_month
    with month.book.reading() as conn:
        issued = figures.issued(conn, month.manifest.county, pay_month)
        origins = returns.sent_again(conn, month.manifest.county, pay_month)
        concerned = pl.concat([issued.select("person_no"), explained.who.select("person_no")]).unique()
        numbers = people.identities(conn, concerned)
        orders = orders_of(month.home, conn, month.manifest.county, pay_month)
    dead = population.filter(pl.col("died_on").is_not_null())["person_no"].unique()
    who = numbers.join(where_they_live(population), on="person_no", how="left")
    decided = month.tables.scan("coordinated").filter(pl.col("benefit_month") == pay_month).collect()
    ground = cover.Ground(month.manifest, month.rules, decided, month.funding)
    told = papers.rows_of(issued, origins, explained.told, who, dead, orders)
    return {**told, "cover": cover.rows(ground, issued)}


def _to_verify(month: Month) -> pl.DataFrame:
    """The findings that no officer has decided, with room for what is found on the spot."""
    room = pl.lit(None, dtype=pl.String)
    return listed_of(month, is_open=True).with_columns(verdict=room, verified_by=room)


def _coming(month: Month) -> pl.DataFrame:
    """Whose money changes in the twelve months after the pay month."""
    of_ahead = ahead_of(month)
    ahead = coming.coming(of_ahead.decided, month.registers, of_ahead.rules)
    with month.book.reading() as conn:
        numbers = people.identities(conn, ahead.select("person_no").unique())
    lives = where_they_live(month.tables.read("accepted_population"))
    return papers.coming_rows(ahead, numbers.join(lives, on="person_no", how="left"))


def untied(month: Month) -> dict[str, int | str]:
    """What the papers of the month say differently from the book or from one another; nothing of previews, replays.

    Looked at are the rows that the run has just written, where it has; else they are worked out from the book.
    """
    if month.is_replay or not month.tables.has("payable"):
        return {}
    county, pay_month = month.manifest.county, month.manifest.pay_month
    written: Written | None = month.at_hand.pop(WRITTEN, None)
    explained, rows = written or worked_out(month)
    with month.book.reading() as conn:
        files = batches.batches_of(conn, county, pay_month)
    filed = files.filter(pl.col("state") != BatchState.VOIDED.value)["total_fen"].sum()
    return {**papers.ties(rows, int(filed), explained.told)}


def _name_of(month: Month) -> str:
    county = month.manifest.county
    return rulebook.county_names(month.home.overlay).get(county, county)
