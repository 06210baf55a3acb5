"""What went out and is not settled, by age in working days: overdue answers by the profile's deadline, returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from contracts.codes import BankEvent, Benefit, OpenPayment
from contracts.columns import polars_schema
from contracts.settings import Home
from contracts.tables import AgeingExport
from ledger import ageing
from ledger.book import Transaction
from payments.file_forms import Layout
from payments.profiles import SHIPPED, files_in, read_profile
from payments.working_days import WorkingDays, working_days

_DUE_BY_DEFAULT = Layout.model_fields["answer_due"].default
_WHAT = (
    pl.when(pl.col("bank_event") == BankEvent.UNKNOWN.value)
    .then(pl.lit(OpenPayment.UNKNOWN.value))
    .otherwise(pl.lit(OpenPayment.UNANSWERED.value))
)


@dataclass(frozen=True)
class Aged:
    """Everything of one kind that is open. `overdue_*`: of which the answer was due before the day asked for."""

    what: str
    lines: int
    fen: int
    since: date  # of the oldest
    working_days: int  # since then
    overdue_lines: int
    overdue_fen: int
    due_on: date | None  # of the first that was due; None: nothing is overdue


@dataclass(frozen=True)
class Ageing:
    """All of it, by kind, and the years whose holidays nobody has entered and that were counted with."""

    kinds: tuple[Aged, ...] = ()
    unannounced: tuple[int, ...] = ()


NOTHING_OPEN = Ageing()


def aged(home: Home, conn: Transaction, county: str, on: date) -> Ageing:
    """What of a county is open on a day, summed; of cycles that are not closed."""
    waiting = ageing.unanswered_by_batch(conn, county).with_columns(what=_WHAT)
    back = ageing.came_back(conn, county).select("since", "amount_fen", line_count=pl.lit(1, pl.Int64))
    columns = ("what", "profile", "since", "line_count", "amount_fen")
    every = pl.concat(
        [
            waiting.select(columns),
            back.with_columns(what=pl.lit(OpenPayment.RETURNED.value), profile=pl.lit(None, pl.String)).select(columns),
        ]
    )
    if every.is_empty():
        return NOTHING_OPEN
    days = working_days(home)
    rows = _counted(home, days, every, on)
    counted_with = [*rows["since"], *rows["due_on"].drop_nulls(), on]
    kinds = [_of_kind(what, rows.filter(what=what.value)) for what in OpenPayment]
    unannounced = days.unannounced(min(counted_with), max(counted_with))
    return Ageing(tuple(one for one in kinds if one), tuple(unannounced))


def listed(home: Home, conn: Transaction, county: str, on: date, *, closed_too: bool = False) -> pl.DataFrame:
    """The same line by line, returned money month by month: AgeingExport, the oldest first."""
    waiting = ageing.unanswered(conn, county, closed_too=closed_too).with_columns(
        what=_WHAT, reason=pl.lit(None, pl.String), held_by=pl.lit(None, pl.Int64)
    )
    back = ageing.came_back(conn, county).with_columns(what=pl.lit(OpenPayment.RETURNED.value))
    schema = polars_schema(AgeingExport)
    columns = [name for name in schema if name not in ("working_days", "due_on", "is_overdue")]
    parts = [part.select(*(pl.col(name).cast(schema[name]) for name in columns), "profile") for part in (waiting, back)]
    rows = _counted(home, working_days(home), pl.concat(parts), on)
    told = rows.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
    return told.sort("since", "batch_id", "line_no", "period_from")


def _counted(home: Home, days: WorkingDays, rows: pl.DataFrame, on: date) -> pl.DataFrame:
    """Rows with `what`, `profile` and `since`, and of each working_days, due_on and is_overdue on a day."""
    is_answer = pl.col("what") != OpenPayment.RETURNED.value
    pairs = rows.filter(is_answer).select("profile", "since").unique()
    within = {name: _due(home, name) for name in pairs["profile"].unique()}
    due = pairs.with_columns(
        due_on=pl.Series([days.after(since, within[name]) for name, since in pairs.iter_rows()], dtype=pl.Date)
    )
    stretches = rows.select("since").unique()
    passed = stretches.with_columns(
        working_days=pl.Series([days.between(since, on) for since in stretches["since"]], dtype=pl.Int64)
    )
    told = rows.join(passed, on="since").join(due, on=["profile", "since"], how="left")
    is_due = is_answer & pl.col("due_on").is_not_null()
    return told.with_columns(
        due_on=pl.when(is_due).then("due_on"),
        is_overdue=is_due & (pl.col("due_on") < pl.lit(on)).fill_null(value=False),
    )


def _due(home: Home, name: str) -> int:
    """The deadline of a profile as it stands today; of one that is gone or wrong the usual one."""
    path = {path.stem: path for path in files_in(SHIPPED, home.profiles)}.get(name)
    profile = read_profile(path)[0] if path else None
    return profile.answer_due if profile else _DUE_BY_DEFAULT


def _of_kind(what: OpenPayment, rows: pl.DataFrame) -> Aged | None:
    if rows.is_empty():
        return None
    late = rows.filter("is_overdue")
    lines, fen = rows.select(pl.sum("line_count"), pl.sum("amount_fen")).row(0)
    late_lines, late_fen = late.select(pl.sum("line_count"), pl.sum("amount_fen")).row(0)
    oldest = rows.sort("since").row(0, named=True)
    first_due = late["due_on"].to_list()
    return Aged(
        what.value,
        lines,
        fen,
        oldest["since"],
        oldest["working_days"],
        late_lines,
        late_fen,
        min(first_due, default=None),
    )


def in_words(rows: pl.DataFrame) -> pl.DataFrame:
    """A list (AgeingExport) as officers read it: what is open and of which benefit in Chinese."""
    kinds = {one.value: one.label for one in OpenPayment}
    benefits = {one.value: one.label for one in Benefit}
    return rows.with_columns(
        pl.col("what").cast(pl.String).replace(kinds), pl.col("benefit").cast(pl.String).replace(benefits)
    )
