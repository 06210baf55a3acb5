"""The month explained to the fen: last month's regular money, why this month's differs, and what of it is in the files.

    owed last month, as decided then  + movements, those learnt late first  = owed this month
    owed this month  + flows (arrears, holds, set-offs, sent again …)  = in this month's files

Both hold exactly, for each benefit and in all, and for heads: before + new − gone = now. A head is a person's benefit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date

import polars as pl

from contracts.codes import Benefit, Cause, CorrectionGround, Flow, HoldCode, Kind, Movement, Outcome
from contracts.errors import BookError
from contracts.months import add_months, month_text
from ledger import cycles, explained
from ledger.book import Transaction
from reports import documents, movements
from reports.movements import KEY

FIRST_TIME = "首次计算"
LATE = "更正上期"  # it was so in the earlier month already, and was learnt since


@dataclass(frozen=True)
class MoveLine:
    """One cause of a benefit: heads and fen that came, went and changed. `is_late`: true of the month before already,
    and learnt since.
    """

    benefit: str
    cause: str
    label: str
    is_late: bool
    people_new: int
    people_gone: int
    people_changed: int
    fen: int


@dataclass(frozen=True)
class FlowLine:
    """One reason why a benefit's money owed and its money in the files differ; fen is signed."""

    benefit: str
    flow: str
    label: str
    people: int
    fen: int


@dataclass(frozen=True)
class BenefitMonth:
    """One benefit, or all of them (`benefit` empty). Heads are people of a benefit."""

    benefit: str
    label: str
    people_before: int
    fen_before: int
    moves: tuple[MoveLine, ...]
    people_now: int
    fen_now: int
    flows: tuple[FlowLine, ...]
    fen_in_files: int

    @property
    def people_new(self) -> int:
        """新增."""
        return sum(line.people_new for line in self.moves)

    @property
    def people_gone(self) -> int:
        """减少."""
        return sum(line.people_gone for line in self.moves)

    @property
    def difference(self) -> tuple[int, int, int]:
        """What does not add up, in heads, fen owed and fen in the files: nothing."""
        return (
            self.people_before + self.people_new - self.people_gone - self.people_now,
            self.fen_before + sum(line.fen for line in self.moves) - self.fen_now,
            self.fen_now + sum(line.fen for line in self.flows) - self.fen_in_files,
        )


@dataclass(frozen=True)
class Change:
    """A person whose money of a benefit differs most."""

    label: str
    name: str
    village: str
    cause: str
    fen_before: int
    fen_now: int


@dataclass(frozen=True)
class MonthExplained:
    """A county's pay month against an earlier one; `since` is empty where nothing ran before.

    `people`: who moved, columns of MOVED. `money`: whose money flowed, columns of FLOWED. `no_longer_set`: what waits
    for a standard, with what it was paid by and what counts now, in an officer's words.
    """

    county: str
    since: str
    pay_month: str
    benefits: tuple[BenefitMonth, ...]
    people: pl.DataFrame
    money: pl.DataFrame
    no_longer_set: tuple[str, ...]

    @property
    def total(self) -> BenefitMonth:
        """All benefits together, causes of the same name added up; a person of two benefits is two heads."""
        every = self.benefits
        return BenefitMonth(
            benefit="",
            label="合计",
            people_before=sum(one.people_before for one in every),
            fen_before=sum(one.fen_before for one in every),
            moves=tuple(_moves("", self.people)),
            people_now=sum(one.people_now for one in every),
            fen_now=sum(one.fen_now for one in every),
            flows=tuple(_flows("", self.money)),
            fen_in_files=sum(one.fen_in_files for one in every),
        )

    def as_dict(self) -> dict[str, object]:
        """For JSON; people are opened by the workbook."""
        return {
            "county": self.county,
            "since": self.since,
            "pay_month": self.pay_month,
            "benefits": [asdict(one) for one in self.benefits],
            "total": asdict(self.total),
            "no_longer_set": list(self.no_longer_set),
        }


MOVED = {
    "person_no": pl.Int64(),
    "benefit": Benefit.dtype(),
    "cause": pl.String(),
    "is_late": pl.Boolean(),
    "correction": pl.String(),
    "before_fen": pl.Int64(),
    "after_fen": pl.Int64(),
}
FLOWED = {
    "person_no": pl.Int64(),
    "benefit": Benefit.dtype(),
    "benefit_month": pl.Date(),
    "flow": pl.String(),
    "label": pl.String(),
    "fen": pl.Int64(),
}


def explain_month(
    conn: Transaction, county: str, pay_month: date, facts: pl.DataFrame, since: date | None = None
) -> MonthExplained:
    """Explain a pay month that ran, against the one before it or `since`. Read-only.

    `facts`: contracts.tables.Facts of the month's run; without rows, causes go by the decisions alone. BookError where
    one of the months never ran.
    """
    until = _run_of(conn, county, pay_month)
    start = since or cycles.pay_month_before(conn, county, pay_month)
    now = explained.decided(conn, county, pay_month, until)
    if start is None:
        then, people = movements.NOTHING, _first(now)
    else:
        then = explained.decided(conn, county, start, _run_of(conn, county, start))
        people = _moved(conn, county, (start, pay_month), until, then, now, facts)
    books = explained.booked(conn, county, pay_month, until)
    money = _flowed(now, books, explained.owed_back(conn, county, pay_month), pay_month)
    filed = books.group_by("benefit").agg(fen=pl.col("filed_fen").sum())
    return MonthExplained(
        county,
        month_text(start) if start else "",
        month_text(pay_month),
        tuple(_benefits(then, now, people, money, filed)),
        people,
        money,
        tuple(_no_longer_set(people, then, now, explained.rate_values(conn))),
    )


def cause_labels() -> pl.Expr:
    """The label of each row of MOVED, as MoveLine has it."""
    label = pl.col("cause").replace({code.value: code.label for code in Movement})
    return pl.when("is_late").then(pl.format("{}:{}", pl.lit(LATE), label)).otherwise(label)


def a_year_before(pay_month: date) -> date:
    """The same month of the year before."""
    return add_months(pay_month, -12)


def _run_of(conn: Transaction, county: str, pay_month: date) -> int:
    run = explained.last_run(conn, county, pay_month)
    if run is None or cycles.latest_run(conn, county, pay_month) is None:
        raise BookError(
            "这个月没有运行过,无从比较", "请另选月份(disburse status 列出已运行的月份)", month_text(pay_month)
        )
    return run


def _first(now: pl.DataFrame) -> pl.DataFrame:
    """Everybody is new where nothing ran before."""
    return now.filter(pl.col("fen") > 0).select(
        *KEY,
        cause=pl.lit(Movement.FIRST_RUN.value),
        is_late=False,
        correction=pl.lit(None, pl.String),
        before_fen=0,
        after_fen="fen",
    )


def _moved(
    conn: Transaction,
    county: str,
    months: tuple[date, date],
    until: int,
    then: pl.DataFrame,
    now: pl.DataFrame,
    facts: pl.DataFrame,
) -> pl.DataFrame:
    start, pay_month = months
    between = explained.decided(conn, county, start, until)
    places = movements.places(explained.rate_values(conn))
    told = {month: movements.facts_told(facts.filter(pl.col("benefit_month") == month)) for month in months}
    grounds = between.select(*KEY, pl.col("correction").cast(pl.String))
    late = movements.moved(then, between, movements.NO_FACTS, told[start], places).join(grounds, on=KEY, how="left")
    since = movements.moved(between, now, told[start], told[pay_month], places)
    return pl.concat(
        [late.with_columns(is_late=True), since.with_columns(correction=pl.lit(None, pl.String), is_late=False)],
        how="diagonal",
    ).select(pl.col(name).cast(dtype) for name, dtype in MOVED.items())


def _no_longer_set(
    people: pl.DataFrame, then: pl.DataFrame, now: pl.DataFrame, values: Mapping[int, str]
) -> Iterator[str]:
    lost = people.filter(pl.col("cause") == Movement.UNSET.value).select(KEY).unique()
    rates = lost.join(then.select(*KEY, before="rate_no"), on=KEY, how="left").join(
        now.select(*KEY, after="rate_no"), on=KEY, how="left"
    )
    told = rates.group_by("benefit").agg(pl.len(), pl.col("before", "after").drop_nulls().unique().sort())
    for benefit, count, before, after in told.sort("benefit").iter_rows():
        was, is_now = (documents.of_amounts(values[rate] for rate in side) for side in (before, after))
        yield documents.no_longer_set(benefit, count, Movement.UNSET.label, was, is_now)


def _flowed(now: pl.DataFrame, books: pl.DataFrame, owed_back: pl.DataFrame, pay_month: date) -> pl.DataFrame:
    """FLOWED: every fen between what is owed for the month and what is in its files."""
    is_history = pl.col("kind") == Kind.HISTORY.value
    is_own = pl.col("is_posted") & (pl.col("benefit_month") == pay_month)
    of_month = pl.lit(pay_month)
    back = owed_back.with_columns(benefit_month=of_month, cause=pl.col("cause").cast(pl.String))
    posted, older = books.filter(pl.col("is_posted"), ~is_history), books.filter(~pl.col("is_posted"))
    first_fen = pl.col("filed_fen") - pl.col("again_fen")
    posted = posted.with_columns(
        rest_fen=pl.col("amount_fen") - pl.col("withdrawn_fen") - pl.col("set_off_fen") - first_fen
    )
    arrears = posted.filter(~is_own)
    is_held = pl.col("hold_code").is_not_null()
    left, overtaken = posted.filter(pl.col("rest_fen") > 0), posted.filter(pl.col("rest_fen") < 0)
    again = books.filter(pl.col("again_fen") > 0)
    carried = older.filter(first_fen > 0).with_columns(fen=first_fen)
    parts = [
        _part(books.filter(is_history), Flow.HISTORY, -pl.col("amount_fen")),
        _part(back, Flow.OWED_BACK, pl.col("fen"), _labels("cause", Cause)),
        *_unsettled(now, books.filter(is_own), owed_back, of_month),
        _part(arrears, Flow.ARREARS, pl.col("amount_fen"), _labels("correction", CorrectionGround, FIRST_TIME)),
        _part(arrears.filter(pl.col("withdrawn_fen") > 0), Flow.WITHDRAWN, -pl.col("withdrawn_fen")),
        _part(posted.filter(pl.col("set_off_fen") > 0), Flow.SET_OFF, -pl.col("set_off_fen")),
        _part(left.filter(is_held), Flow.HELD, -pl.col("rest_fen"), _why_held()),
        _part(left.filter(~is_held), Flow.WAITING, -pl.col("rest_fen")),
        _part(overtaken, Flow.TAKEN_AFTER_RETURN, -pl.col("rest_fen")),
        _part(carried.filter("was_held"), Flow.LIFTED, pl.col("fen")),
        _part(carried.filter(~pl.col("was_held")), Flow.CARRIED, pl.col("fen")),
        _part(again, Flow.AGAIN, pl.col("again_fen")),
    ]
    return pl.concat(parts)


def _unsettled(
    now: pl.DataFrame, own: pl.DataFrame, owed_back: pl.DataFrame, of_month: pl.Expr
) -> Iterator[pl.DataFrame]:
    """Where the book holds another sum of the month than is owed: no standard is set, or numbers were parted."""
    booked = own.group_by(KEY).agg(booked_fen=(pl.col("amount_fen") - pl.col("withdrawn_fen")).sum())
    back = owed_back.group_by(KEY).agg(back_fen=pl.col("fen").sum())
    joined = now.join(booked, on=KEY, how="full", coalesce=True).join(back, on=KEY, how="full", coalesce=True)
    fen = pl.col("booked_fen").fill_null(0) - pl.col("back_fen").fill_null(0) - pl.col("fen").fill_null(0)
    differ = joined.with_columns(fen=fen, benefit_month=of_month).filter(pl.col("fen") != 0)
    is_unset = (pl.col("outcome") == Outcome.STANDARD_NOT_SET.value).fill_null(value=False)
    yield _part(differ.filter(is_unset), Flow.UNSET, pl.col("fen"))
    yield _part(differ.filter(~is_unset), Flow.SPLIT, pl.col("fen"))


def _labels(column: str, codes: type[Cause | CorrectionGround | HoldCode], empty: str = "") -> pl.Expr:
    labels = {code.value: code.label for code in codes}
    return pl.col(column).cast(pl.String).replace(labels).fill_null(empty)


def _why_held() -> pl.Expr:
    """Why money waits; what waits for its pay month, until which."""
    why = _labels("hold_code", HoldCode)
    is_early = pl.col("hold_code") == HoldCode.NOT_YET_DUE.value
    return pl.when(is_early).then(pl.format("{},{} 发放", why, "hold_detail")).otherwise(why)


def _part(rows: pl.DataFrame, flow: Flow, fen: pl.Expr, why: pl.Expr | None = None) -> pl.DataFrame:
    label = pl.lit(flow.label) if why is None else pl.format("{}:{}", pl.lit(flow.label), why)
    told = rows.with_columns(flow=pl.lit(flow.value), label=label, fen=fen)
    return told.select(pl.col(name).cast(dtype) for name, dtype in FLOWED.items())


def _benefits(
    then: pl.DataFrame, now: pl.DataFrame, people: pl.DataFrame, money: pl.DataFrame, filed: pl.DataFrame
) -> Iterator[BenefitMonth]:
    for benefit in Benefit:
        is_of = pl.col("benefit") == benefit.value
        before, after = (rows.filter(is_of, pl.col("fen") > 0) for rows in (then, now))
        moves, flows = (
            tuple(_moves(benefit.value, people.filter(is_of))),
            tuple(_flows(benefit.value, money.filter(is_of))),
        )
        in_files = filed.filter(is_of)
        if before.is_empty() and after.is_empty() and in_files.is_empty() and not moves and not flows:
            continue
        yield BenefitMonth(
            benefit.value,
            benefit.label,
            before.height,
            _sum(before),
            moves,
            after.height,
            _sum(after),
            flows,
            _sum(in_files),
        )


def _sum(rows: pl.DataFrame) -> int:
    return int(rows["fen"].sum())


_ORDER = {code.value: place for place, code in enumerate((*Movement, *Flow))}


def place_of(line: MoveLine | FlowLine) -> tuple[bool, int, str]:
    """By what lines are put in order, the label last: what was learnt late first, then as the causes are listed."""
    if isinstance(line, MoveLine):
        return not line.is_late, _ORDER[line.cause], line.label
    return False, _ORDER[line.flow], line.label


def _moves(benefit: str, rows: pl.DataFrame) -> list[MoveLine]:
    is_new, is_gone = pl.col("before_fen") == 0, pl.col("after_fen") == 0
    sums = rows.group_by("is_late", "cause").agg(
        people_new=is_new.sum().cast(pl.Int64),
        people_gone=is_gone.sum().cast(pl.Int64),
        people_changed=(~is_new & ~is_gone).sum().cast(pl.Int64),
        fen=(pl.col("after_fen") - pl.col("before_fen")).sum(),
    )
    told = sums.with_columns(label=cause_labels())
    return sorted((MoveLine(benefit, **row) for row in told.iter_rows(named=True)), key=place_of)


def _flows(benefit: str, rows: pl.DataFrame) -> list[FlowLine]:
    sums = rows.group_by("flow", "label").agg(people=pl.struct(KEY).n_unique().cast(pl.Int64), fen=pl.col("fen").sum())
    return sorted((FlowLine(benefit, **row) for row in sums.iter_rows(named=True)), key=place_of)
