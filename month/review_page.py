"""The review of a month as one HTML file, as the book stands; written by every run, and whenever asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

import rulebook
from audit.told import by_rule, not_checked
from contracts.codes import BatchState
from contracts.files import write_whole
from contracts.months import add_months, month_text
from contracts.settings import Home
from ledger import batches, exports, figures, overrides
from ledger.fate import UNANSWERED
from month.auditing import looked_at, records
from month.cautions import cautions
from month.forecasting import forecast_from
from month.month import Month, opened_month
from month.papers import Written, worked_out
from payments.profiles import unconfirmed
from reports import review
from reports.status import status_of
from reports.summary import Labelled, not_in_force

MONTHS = 12


def review_of(home: Home, county: str, pay_month: date, target: Path, *, is_masked: bool) -> Path:
    """Write the review of a month that ran to `target` (.html), as the book stands now, whole or not at all.

    `is_masked`: for finance, without whole names. BookError where the month never ran.
    """
    with opened_month(home, county, pay_month) as month:
        page = replace(_page(month, worked_out(month)), ahead=review.months_ahead(_forecast(month)))
    return _written(page.masked() if is_masked else page, target)


def write_reviews(month: Month, folder: Path, written: Written) -> list[Path]:
    """Write the review of a month at work, and the variant for finance."""
    page = _page(month, written)
    return [_written(page, folder / "review.html"), _written(page.masked(), folder / "review_masked.html")]


def _written(page: review.ReviewPage, target: Path) -> Path:
    write_whole(target, review.html(page).encode())
    return target


def _page(month: Month, written: Written) -> review.ReviewPage:
    explained = written.explained
    county, pay_month = month.manifest.county, month.manifest.pay_month
    months = _months(pay_month)
    status = status_of(month.book, month.home.settings(), county, pay_month)
    births = month.tables.read("accepted_population").select("person_no", "birth_date").unique("person_no", keep="last")
    looked = looked_at(month.book, month.tables)
    with month.book.reading() as conn:
        every = batches.batches_of(conn, county, None)
        waiting = exports.holds(conn, county)
        uncertain = figures.uncertain(conn, county, pay_month)
        told = cautions(month.home, conn, county, pay_month)
        let_go = overrides.of_month(conn, county, pay_month)
        said = figures.answers(conn, county, months[0], months[-1])
    released = every.filter(pl.col("state") != BatchState.VOIDED.value)
    return review.ReviewPage(
        county=rulebook.county_names(month.home.overlay).get(county, county),
        month=month_text(pay_month),
        state=status.label,
        cautions=told,
        overridden=tuple(one.told for one in let_go),
        next_command=status.next_command,
        next_officers=status.next_officers,
        explained=explained.told,
        charts=review.charts(written.rows["roster"], births, pay_month),
        trend=review.trend(_filed(released, pay_month)),
        ahead=None,  # a run does not wait for twelve months more
        largest=explained.largest,
        movers=explained.of_causes,
        holds=review.hold_lines(waiting, month.manifest.known_on),
        findings=tuple(
            review.FindingLine(**line) for line in by_rule(looked.found, looked.decisions, looked.undecided)
        ),
        not_checked=not_checked(records(month)),
        unanswered=tuple(_unanswered(said)),
        uncertain=not_in_force(uncertain),
        unconfirmed=unconfirmed(month.home, released.filter(pl.col("pay_month") == pay_month)),
        payees=status.payees,
        files=review.signed_files(every.filter(pl.col("pay_month") == pay_month)),
    )


def _months(pay_month: date) -> list[date]:
    return [add_months(pay_month, back) for back in range(1 - MONTHS, 1)]


def _forecast(month: Month) -> list[tuple[str, int, int]]:
    rows = forecast_from(month).months_ahead.select("benefit_month", "people_count", "pays_fen").rows()
    return [(month_text(at), people, fen) for at, people, fen in rows]


def _filed(live: pl.DataFrame, pay_month: date) -> list[tuple[str, int, int]]:
    sums = live.group_by("pay_month").agg(pl.col("line_count", "total_fen").sum())
    of = {month: (lines, fen) for month, lines, fen in sums.iter_rows()}
    return [(month_text(at), *of[at]) for at in _months(pay_month) if at in of]


def _unanswered(said: pl.DataFrame) -> Iterator[Labelled]:
    """What each pay month waits for (figures.answers), in order."""
    waiting = said.filter(UNANSWERED).group_by("pay_month").agg(pl.col("line_count", "amount_fen").sum())
    for at, lines, fen in waiting.sort("pay_month").iter_rows():
        yield Labelled("", month_text(at), lines, fen)
