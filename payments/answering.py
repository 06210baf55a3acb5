"""An answer meets what went out: each line is found again, compared, and noted where it says what its instruction says.

A line is found by our instruction number; without one by batch and line, account and amount together; never by a name.
Whatever it says beside that, of amount, account and payee, must be what the instruction says. A line that says
something else is listed with both, and notes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polars as pl

import intake
from contracts.actor import Actor
from contracts.codes import BankEvent, BatchState, RefusalCode, ReturnReason
from contracts.errors import BookError, InputError
from contracts.row_rules import NAMES_AN_ORDER
from contracts.settings import Home
from ledger import batches, reconciled, results
from ledger.book import Book
from payments import profiles
from payments.answer_comparing import compared, listed_misfits
from payments.answer_forms import RESULTS, AnswerForm
from payments.answer_reading import Answer, read_answer
from payments.reasons import with_reasons

NOT_DATA = pl.col("code") == RefusalCode.NOT_DATA.value
OF_FILE = pl.col("source_row") == 0
INFERRED = "银行只报失败,未列入的视为到账"


@dataclass(frozen=True)
class Noted:
    """What an answer did: rows = noted + already + others + listed.

    `inferred`: lines taken as paid because a failure list does not name them. `due_again`: lines of orders refused
    whole. `missing`: lines of the batches answered of which the bank has said nothing final yet. `notices` concern the
    file, not a row. `refused` (RefusedRow): the rows that were not noted, with the reason.
    """

    rows: int
    noted: int
    already: int
    others: int
    listed: int
    inferred: int
    due_again: int
    missing: int
    notices: tuple[str, ...]
    refused: pl.DataFrame = field(repr=False)


class _Orders(NamedTuple):
    """Lines of an answer that speak of a whole batch: noted, known before, lines due again, what fits nothing."""

    noted: int
    already: int
    due_again: int
    unplaced: pl.DataFrame


def note_answer(book: Book, home: Home, county: str, path: Path, by: Actor, profile: str = "") -> Noted:
    """Read an answer and note it; the same file again changes nothing, and no row is lost.

    `profile`: in whose form it is; else the form is that of the county's layout, of the profile that what it answers
    went out by, or the contract's own. InputError where the file cannot be used at all.
    """
    answer, form = _read(book, home, county, path, profile)
    rows = answer.taken.rows.filter(~NAMES_AN_ORDER)
    lines = _lines_of(book, county, rows)
    meanings = _meanings(book, home, county, lines, form)
    placed = compared(with_reasons(rows.rename({"bank_reason": "reason_code"}), meanings), lines)
    told = placed.select(results.ANSWER.names())
    recorded = results.record(book, county, answer.digest, told, by)
    orders = _refuse_orders(book, county, answer.taken.rows.filter(NAMES_AN_ORDER), by)
    answered = lines.join(placed, on="instruction_id", how="semi")["batch_id"].unique()
    inferred = _infer_the_rest(book, county, answer.digest, answered, by) if form and form.accept_by_inference else 0
    with book.reading() as conn:
        missing = results.still_open(conn, county, answered)
    misfits = pl.concat([listed_misfits(placed, recorded.refused), orders.unplaced])
    refused = answer.taken.refused
    return Noted(
        rows=answer.taken.rows_in,
        noted=recorded.noted + orders.noted,
        already=recorded.already + orders.already,
        others=refused.filter(NOT_DATA).height,
        listed=answer.taken.rows_refused + misfits.height,
        inferred=inferred,
        due_again=orders.due_again,
        missing=missing.height,
        notices=tuple(refused.filter(OF_FILE)["reason"]),
        refused=pl.concat([refused.filter(~NOT_DATA & ~OF_FILE), misfits]),
    )


def refuse_whole(book: Book, county: str, batch_id: str, reason: str, by: Actor) -> results.Refusal:
    """Note, on an officer's word, that the bank took nothing of a batch: all of it is due again at once."""
    return results.refuse_order(book, county, batch_id, "", reason, by)


def _read(book: Book, home: Home, county: str, path: Path, profile: str) -> tuple[Answer, AnswerForm | None]:
    known = profiles.load(home.profiles)
    if profile:
        form = profiles.of(known, profile).answer
        return read_answer(path, home.store, form), form
    if layout := intake.find_layout(home.layouts_of(county), RESULTS):
        return read_answer(path, home.store, layout), None
    for name in _went_out_by(book, county):
        form = known[name].answer if name in known else AnswerForm()
        if form != AnswerForm() and (answer := _in_form_of(book, home, county, path, name, form)):
            return answer, form
    return read_answer(path, home.store), None


def _in_form_of(book: Book, home: Home, county: str, path: Path, profile: str, form: AnswerForm) -> Answer | None:
    """The answer where it can be read in this form, and answers what went out by the profile and nothing else."""
    try:
        answer = read_answer(path, home.store, form)
    except InputError:
        return None
    lines = _lines_of(book, county, answer.taken.rows)
    answered = lines.join(compared(answer.taken.rows, lines), on="instruction_id", how="semi")["batch_id"].unique()
    by_profile = dict(_profiles_of(book, county).iter_rows())
    return answer if answered.len() and {by_profile[one] for one in answered} == {profile} else None


def _went_out_by(book: Book, county: str) -> list[str]:
    return _profiles_of(book, county)["profile"].unique().sort().to_list()


def _profiles_of(book: Book, county: str) -> pl.DataFrame:
    """The profile of each batch that has gone out: batch_id, profile."""
    with book.reading() as conn:
        known = batches.batches_of(conn, county, None)
    return known.filter(pl.col("state") == BatchState.RELEASED.value).select("batch_id", "profile")


def _lines_of(book: Book, county: str, rows: pl.DataFrame) -> pl.DataFrame:
    """What went out and may be meant by these rows, as printed."""
    with book.reading() as conn:
        return results.sent_lines(
            conn, county, rows["instruction_id"], rows.filter(pl.col("instruction_id").is_null())["batch_id"]
        )


def _meanings(
    book: Book, home: Home, county: str, lines: pl.DataFrame, form: AnswerForm | None
) -> Mapping[str, ReturnReason]:
    """What the bank's words mean: by the form, or by the profiles that these lines went out by."""
    if form:
        return form.reasons
    known = profiles.load(home.profiles)
    sent_by = _profiles_of(book, county).join(lines, on="batch_id", how="semi")["profile"].unique().sort()
    return {word: meant for name in sent_by if name in known for word, meant in known[name].answer.reasons.items()}


def _refuse_orders(book: Book, county: str, orders: pl.DataFrame, by: Actor) -> _Orders:
    noted, already, due_again, unplaced = 0, 0, 0, []
    for row in orders.iter_rows(named=True):
        code, words = row["bank_reason"] or "", row["reason"] or ""
        try:
            done = results.refuse_order(book, county, row["batch_id"], code, words, by)
        except BookError:
            unplaced.append(row["source_row"])
            continue
        noted, already = noted + (not done.is_known), already + done.is_known
        due_again += done.due_again
    rows = orders.filter(pl.col("source_row").is_in(unplaced)).with_columns(
        said=pl.lit(""), code=pl.lit(RefusalCode.ANSWER_UNPLACED.value)
    )
    return _Orders(noted, already, due_again, listed_misfits(rows, rows.select("source_row", "code")))


def _infer_the_rest(book: Book, county: str, digest: str, batch_ids: pl.Series, by: Actor) -> int:
    """Lines that a failure list does not name were paid, where the profile says so; how many."""
    with book.reading() as conn:
        rest = results.still_open(conn, county, batch_ids).filter(pl.col("bank_event").is_null())
    rows = rest.select(
        "instruction_id",
        event=pl.lit(BankEvent.ACCEPTED.value, BankEvent.dtype()),
        reason_code=pl.lit(""),
        reason=pl.lit(INFERRED),
    ).sort("instruction_id")
    return results.record(book, county, inferred_source(digest), rows, by).noted


def differs_from_noted(book: Book, home: Home, county: str, digest: str) -> int | None:
    """How many lines of an answer say something else than the book noted of it, read again from the store.

    In whichever form of the present fits best. None where the answer is no file: inferred, or a refused order.
    """
    kept = next((path for path in (home.store / "received").glob(f"{digest}*") if _digest_in(path) == digest), None)
    if kept is None:
        return None
    forms = ["", *sorted(profiles.load(home.profiles))]
    counted = (_differences(book, home, county, kept, digest, profile) for profile in forms)
    return min((count for count in counted if count is not None), default=1)


def _differences(book: Book, home: Home, county: str, path: Path, digest: str, profile: str) -> int | None:
    """The same in one form; None where the file cannot be read in it."""
    try:
        answer, _ = _read(book, home, county, path, profile)
    except InputError:
        return None
    rows = answer.taken.rows.filter(~NAMES_AN_ORDER)
    placed = compared(rows, _lines_of(book, county, rows))
    with book.reading() as conn:
        noted, listed = reconciled.noted_from(conn, digest)
        said = placed.filter(pl.col("misfit").is_null(), ~pl.col("source_row").is_in(listed.to_list()))
        told = said.select("instruction_id", pl.col("event").cast(pl.String)).drop_nulls("instruction_id").unique()
        ever = reconciled.events_of(conn, told["instruction_id"])
    key = ["instruction_id", "event"]
    in_book = [frame.with_columns(pl.col("event").cast(pl.String)) for frame in (ever, noted)]
    return told.join(in_book[0], on=key, how="anti").height + in_book[1].join(told, on=key, how="anti").height


def _digest_in(path: Path) -> str:
    return path.name.partition(".")[0]


def inferred_source(digest: str) -> str:
    """The source of answers that a failure list of that digest does not write down."""
    return hashlib.sha256(f"inferred {digest}".encode()).hexdigest()
