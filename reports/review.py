"""The review of a month: one HTML file without server, network or script, that prints to A4 and needs no colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from contracts.codes import BatchState, HoldCode
from reports.html import as_html
from reports.masking import masked_name
from reports.month_explained import BenefitMonth, Change, MonthExplained
from reports.summary import Labelled, part_label

WIDEST = 330  # of a bar, in the chart's own units
PEOPLE_SHOWN = 50  # of a cause; the workbook of the explained month has them all
AGES = (0, 60, 65, 70, 80, 90, 100)


@dataclass(frozen=True)
class Bar:
    """One bar of a chart; `width` in the chart's units."""

    label: str
    count: int
    fen: int
    width: int


@dataclass(frozen=True)
class Chart:
    """Bars under a title; `unit` is what is counted."""

    title: str
    unit: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class HoldLine:
    """Open holds of one code: people, fen they keep back, the oldest and its age in days."""

    label: str
    people: int
    fen: int
    since: str
    days: int


@dataclass(frozen=True)
class FindingLine:
    """What one audit rule found: people, fen, and of them how many an officer holds, has corrected, accepts, or owes.

    `stops`: the batch is not made while one of them is open.
    """

    rule: str
    owner: str
    stops: bool
    people: int
    fen: int
    hold: int
    correct: int
    accept: int
    open: int


@dataclass(frozen=True)
class SignedFile:
    """One batch with its file and who signed it; empty where nobody has."""

    batch_id: str
    label: str
    state: str
    lines: int
    fen: int
    file_name: str
    file_digest: str
    maker: str
    checker: str
    releaser: str


@dataclass(frozen=True)
class ReviewPage:
    """Everything the page shows, in its order."""

    county: str
    month: str
    state: str
    cautions: tuple[str, ...]
    overridden: tuple[str, ...]  # what stopped the month, and who let it go on
    next_command: str
    next_officers: tuple[str, ...]
    explained: MonthExplained
    charts: tuple[Chart, ...]
    trend: Chart
    ahead: Chart | None  # the months ahead, where they were worked out
    largest: tuple[Change, ...]
    movers: Mapping[str, tuple[Change, ...]]  # by the cause's label, the largest changes of each
    holds: tuple[HoldLine, ...]
    findings: tuple[FindingLine, ...]
    not_checked: tuple[str, ...]  # rules whose data no register carries, and which is lacking
    unanswered: tuple[Labelled, ...]
    uncertain: tuple[Labelled, ...]
    unconfirmed: tuple[str, ...]
    payees: tuple[str, ...]  # what the lines of the files are
    files: tuple[SignedFile, ...]
    is_masked: bool = False

    @property
    def lines(self) -> tuple[BenefitMonth, ...]:
        """Each benefit, then all."""
        return (*self.explained.benefits, self.explained.total)

    def masked(self) -> ReviewPage:
        """The same for finance: no name is whole, and nobody's village is told."""
        movers = {cause: _masked(changes) for cause, changes in self.movers.items()}
        return replace(self, largest=_masked(self.largest), movers=movers, is_masked=True)


def _masked(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(replace(one, name=masked_name(one.name), village="") for one in changes)


def html(page: ReviewPage) -> str:
    """The page as one self-contained file."""
    return as_html("review.html.j2", page=page, most=PEOPLE_SHOWN)


def charts(roster: pl.DataFrame, births: pl.DataFrame, pay_month: date) -> tuple[Chart, ...]:
    """The money of the files by benefit, township and age. `births`: person_no, birth_date."""
    age = (
        pay_month.year - pl.col("birth_date").dt.year() - (pay_month.month < pl.col("birth_date").dt.month()).cast(int)
    )
    band = pl.lit("(无出生日期)")
    for low, label in zip(AGES, _bands(), strict=True):
        band = pl.when(age >= low).then(pl.lit(label)).otherwise(band)
    known = roster.join(births, on="person_no", how="left").with_columns(band=band)
    by = (("benefit", "按项目(元)"), ("township", "按乡镇(元)"), ("band", "按年龄(元)"))
    return tuple(_chart(title, "人", _sums(known, column)) for column, title in by)


def _bands() -> Iterator[str]:
    for low, high in zip(AGES, (*AGES[1:], None), strict=True):
        yield f"{low}—{high - 1}岁" if low and high else f"{low}岁以上" if low else f"{high}岁以下"


def _sums(known: pl.DataFrame, column: str) -> list[tuple[str, int, int]]:
    """The most money first; ages in their order."""
    sums = known.group_by(column).agg(pl.col("person_no").n_unique().cast(pl.Int64), pl.col("amount_fen").sum())
    rows = sums.sort("amount_fen", column, descending=[True, False]).rows()
    places = {band: place for place, band in enumerate(_bands())}
    return sorted(rows, key=lambda row: places.get(row[0], len(places))) if column == "band" else rows


def trend(months: Sequence[tuple[str, int, int]]) -> Chart:
    """The files of pay months, each (month, lines, fen)."""
    return _chart("各发放月文件合计(元)", "笔", months)


def months_ahead(months: Sequence[tuple[str, int, int]]) -> Chart:
    """What is forecast of the months after, each (month, heads, fen paid in it)."""
    return _chart("今后各月预计发放(元),只按已知的年龄、终止和标准", "人次", months)


def _chart(title: str, unit: str, sums: Sequence[tuple[str, int, int]]) -> Chart:
    most = max((fen for _, _, fen in sums), default=0) or 1
    return Chart(title, unit, tuple(Bar(label, count, fen, WIDEST * fen // most) for label, count, fen in sums))


def hold_lines(waiting: pl.DataFrame, known_on: date) -> tuple[HoldLine, ...]:
    """Open holds (ledger.exports.holds) by code, the oldest first; money under two codes is counted under each.

    Their age counts to `known_on`, or to the newest hold where that is later.
    """
    today = max([known_on, *(date.fromisoformat(day) for day in waiting["since"])])
    sums = waiting.group_by("code").agg(
        people=pl.col("person_no").n_unique().cast(pl.Int64), fen=pl.col("held_fen").sum(), since=pl.col("since").min()
    )
    return tuple(
        HoldLine(
            HoldCode.label_of(row["code"]),
            row["people"],
            row["fen"],
            row["since"],
            (today - date.fromisoformat(row["since"])).days,
        )
        for row in sums.sort("since", "code").iter_rows(named=True)
    )


def signed_files(rows: pl.DataFrame) -> tuple[SignedFile, ...]:
    """Batches that are not voided (ledger.batches.batches_of), each with its file and signatures."""
    live = rows.filter(pl.col("state") != BatchState.VOIDED.value).sort("batch_id")
    return tuple(
        SignedFile(
            row["batch_id"],
            part_label(row),
            BatchState.label_of(row["state"]),
            row["line_count"],
            row["total_fen"],
            row["file_name"] or "",
            row["file_digest"] or "",
            row["maker"] or "",
            row["checker"] or "",
            row["releaser"] or "",
        )
        for row in live.iter_rows(named=True)
    )
