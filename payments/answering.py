"""An answer meets what went out: each line is found again, compared, and noted where it says what its instruction says.

A line is found by our instruction number; without one by batch and line, account and amount together; never by a name.
Whatever it says beside that, of amount, account and payee, must be what the instruction says. A line that says
something else is listed with both, and notes nothing. What a failure list does not name is paid only where the profile
says so and the bank's own sums leave no doubt.
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
from contracts.money import yuan_text
from contracts.row_rules import NAMES_AN_ORDER
from contracts.settings import Home
from ledger import batches, reconciled, results
from ledger.book import Book
from payments import profiles
from payments.answer_comparing import compared, listed_misfits
from payments.answer_forms import RESULTS, AnswerForm
from payments.answer_reading import Answer, look_into, message_kind, read_answer
from payments.answer_totals import UNSAID, Sum, Totals
from payments.reasons import with_reasons

NOT_DATA = pl.col("code") == RefusalCode.NOT_DATA.value
OF_FILE = pl.col("source_row") == 0
INFERRED = "银行只报失败,未列入的视为到账"


class Asked(NamedTuple):
    """What an officer says of a file beside it.

    `profile`: in whose form it is; else the form is that of the county's layout, of the profile that what it answers
    went out by, or the contract's own. `is_late`: it lists what was returned after it was paid. `batch_id`: of which
    batch lines are that name none. `accepted`: what the bank's receipt says was credited, where the file does not.
    """

    profile: str = ""
    is_late: bool = False
    batch_id: str = ""
    accepted: Sum = UNSAID


NOTHING_MORE = Asked()


@dataclass(frozen=True)
class Noted:
    """What an answer did: rows = noted + already + others + listed.

    `inferred`: lines taken as paid because a failure list does not name them. `due_again`: lines of orders refused
    whole. `missing` (ledger.results.answered_lines): lines of the batches answered of which the bank has said nothing
    final yet. `remarked` (PRINTED, remark): lines that were paid, and what the bank says beside that. `notices` concern
    the file, not a row. `refused` (RefusedRow): the rows that were not noted, with the reason.
    """

    rows: int
    noted: int
    already: int
    others: int
    listed: int
    inferred: int
    due_again: int
    notices: tuple[str, ...]
    missing: pl.DataFrame = field(repr=False)
    remarked: pl.DataFrame = field(repr=False)
    refused: pl.DataFrame = field(repr=False)


class _Orders(NamedTuple):
    """Lines of an answer that speak of a whole batch: noted, known before, lines due again, what fits nothing."""

    noted: int
    already: int
    due_again: int
    unplaced: pl.DataFrame


class _Rest(NamedTuple):
    """What a failure list does not name: the lines that were paid, and what is to be said where none can be."""

    lines: pl.DataFrame
    notices: tuple[str, ...] = ()


def note_answer(book: Book, home: Home, county: str, path: Path, by: Actor, asked: Asked = NOTHING_MORE) -> Noted:
    """Read an answer and note it; the same file again changes nothing, and no row is lost.

    InputError where the file cannot be used at all: cut, in another form, or not adding up.
    """
    answer, form = _read(book, home, county, path, asked)
    rows = answer.taken.rows.filter(~NAMES_AN_ORDER)
    lines = _lines_of(book, county, rows)
    meanings = _meanings(book, home, county, lines, form)
    placed = compared(with_reasons(rows.rename({"bank_reason": "reason_code"}), meanings), lines)
    answered = _batches_of(placed, lines, answer)
    with book.reading() as conn:
        sent = results.answered_lines(conn, county, answered)
    _require_as_sent(answer.totals, sent, path.name)
    fits = placed.filter(pl.col("misfit").is_null()).join(lines, on="instruction_id", how="semi")
    is_whole = answer.taken.rows_refused == 0 and fits["instruction_id"].n_unique() == placed.height
    rest = _Rest(sent.clear())
    if form and form.accept_by_inference and not _was_inferred(book, answer.digest):
        said = answer.totals.accepted if asked.accepted == UNSAID else asked.accepted
        rest = _rest(sent, placed, said, path.name, is_whole=is_whole)
    recorded = results.record(book, county, answer.digest, placed.select(results.ANSWER.names()), by)
    orders = _refuse_orders(book, county, answer.taken.rows.filter(NAMES_AN_ORDER), by)
    inferred = _infer(book, county, answer.digest, rest.lines, by)
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
        notices=(*refused.filter(OF_FILE)["reason"], *answer.notices, *rest.notices),
        missing=missing,
        remarked=_remarked(placed.join(recorded.refused, on="source_row", how="anti"), lines),
        refused=pl.concat([refused.filter(~NOT_DATA & ~OF_FILE), misfits]),
    )


def refuse_whole(book: Book, county: str, batch_id: str, reason: str, by: Actor) -> results.Refusal:
    """Note, on an officer's word, that the bank took nothing of a batch: all of it is due again at once."""
    return results.refuse_order(book, county, batch_id, "", reason, by)


def _read(book: Book, home: Home, county: str, path: Path, asked: Asked) -> tuple[Answer, AnswerForm | None]:
    known = profiles.load(home.profiles)
    if asked.profile:
        form = profiles.of(known, asked.profile).form_of(is_late=asked.is_late)
        return read_answer(path, home.store, form, asked.batch_id), form
    used = [name for name in _went_out_by(book, county) if name in known]
    by_profile = {name: known[name].form_of(is_late=asked.is_late) for name in used}
    if message_kind(path):
        answer = read_answer(path, home.store)
        return answer, _form_of_sender(book, county, answer, by_profile)
    if not asked.is_late and (layout := intake.find_layout(home.layouts_of(county), RESULTS)):
        return read_answer(path, home.store, layout, asked.batch_id), None
    misfits: list[InputError] = []
    for name, form in [(name, form) for name, form in by_profile.items() if form != AnswerForm()]:
        try:
            found = look_into(path, home.store, form, asked.batch_id)
        except InputError as misfit:
            misfits.append(misfit)
            continue
        if _answers_only(book, county, found, name):
            return found.whole(), form  # never read in another form for want of its totals
    own = AnswerForm(lists="failures") if asked.is_late else None
    try:
        return read_answer(path, home.store, own, asked.batch_id), None
    except InputError as misfit:
        raise (misfits[0] if misfits and len(by_profile) == 1 else misfit) from None


def _form_of_sender(book: Book, county: str, answer: Answer, by_profile: Mapping[str, AnswerForm]) -> AnswerForm | None:
    """The form of the one profile that everything went out by which a message answers."""
    lines = _lines_of(book, county, answer.taken.rows)
    answered = _batches_of(compared(answer.taken.rows, lines), lines, answer)
    sent_by = _profiles_of(book, county).filter(pl.col("batch_id").is_in(answered.implode()))["profile"].unique()
    return by_profile.get(sent_by.item()) if sent_by.len() == 1 else None


def _batches_of(placed: pl.DataFrame, lines: pl.DataFrame, answer: Answer) -> pl.Series:
    """The batches that an answer is about: of its lines, and those that it names itself."""
    of_lines = lines.join(placed, on="instruction_id", how="semi")["batch_id"]
    return pl.concat([of_lines, pl.Series(answer.totals.batch_ids, dtype=pl.String)]).unique().sort()


def _answers_only(book: Book, county: str, answer: Answer, profile: str) -> bool:
    """Whether an answer is about what went out by the profile, and nothing else."""
    lines = _lines_of(book, county, answer.taken.rows)
    answered = lines.join(compared(answer.taken.rows, lines), on="instruction_id", how="semi")["batch_id"].unique()
    by_profile = dict(_profiles_of(book, county).iter_rows())
    return {by_profile[one] for one in answered} == {profile}


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


def _remarked(placed: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The lines that an answer calls paid, and says something more of: PRINTED and remark, in order."""
    words = pl.concat_str("reason_code", "reason", separator=" ", ignore_nulls=True).str.strip_chars()
    paid = placed.filter(event=BankEvent.ACCEPTED.value).select("instruction_id", remark=words)
    told = lines.join(paid.filter(pl.col("remark") != ""), on="instruction_id")
    return told.unique("instruction_id").sort("batch_id", "line_no")


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


def _require_as_sent(totals: Totals, sent: pl.DataFrame, name: str) -> None:
    """What the bank says a batch was when it came must be what went out; InputError, and nothing is noted, else."""
    ours = Sum(sent.height, int(sent["amount_fen"].sum() or 0))
    if sent.height and not _agree(totals.original, ours):
        what = f"银行写原批 {_words(totals.original)},该批发出 {_words(ours)}"
        raise InputError(what, "整份未读入;请与银行核实收到的是哪一份文件", name)


def _was_inferred(book: Book, digest: str) -> bool:
    with book.reading() as conn:
        return reconciled.noted_from(conn, inferred_source(digest))[0].height > 0


def _rest(sent: pl.DataFrame, placed: pl.DataFrame, said: Sum, name: str, *, is_whole: bool) -> _Rest:
    """The lines that a failure list does not name, where the bank says that so many and so much was credited.

    Nothing where a line of the list fits nothing, or the bank has told no sums; InputError where they are others.
    """
    if not is_whole:
        return _Rest(sent.clear(), ("有未能记入的行:没有列入失败清单的各笔没有视为到账",))
    if None in said:
        advice = "有回单的加 --accepted 笔数 --accepted-yuan 金额"
        return _Rest(sent.clear(), (f"银行没有说成功多少笔、多少元:没有列入失败清单的各笔没有视为到账;{advice}",))
    named = sent.join(placed.filter(event=BankEvent.ACCEPTED.value), on="instruction_id", how="semi")
    is_returned = (pl.col("bank_event") == BankEvent.RETURNED.value).fill_null(value=False)
    unnamed = sent.join(placed, on="instruction_id", how="anti").filter(~is_returned)
    paid = pl.concat([named, unnamed])
    ours = Sum(paid.height, int(paid["amount_fen"].sum() or 0))
    if said != ours:
        what = f"银行写成功 {_words(said)},除去失败清单应为 {_words(ours)}"
        raise InputError(what, "清单可能不全,整份未读入;请向银行重新取", name)
    return _Rest(unnamed.filter((pl.col("bank_event") != BankEvent.ACCEPTED.value).fill_null(value=True)))


def _infer(book: Book, county: str, digest: str, lines: pl.DataFrame, by: Actor) -> int:
    """Note as paid what a failure list does not name; how many."""
    rows = lines.select(
        "instruction_id",
        event=pl.lit(BankEvent.ACCEPTED.value, BankEvent.dtype()),
        reason_code=pl.lit(""),
        reason=pl.lit(INFERRED),
    ).sort("instruction_id")
    return results.record(book, county, inferred_source(digest), rows, by).noted


def _agree(said: Sum, ours: Sum) -> bool:
    """Whether what is said is so; what is not said is no contradiction."""
    return all(one is None or one == two for one, two in zip(said, ours, strict=True))


def _words(told: Sum) -> str:
    parts = [f"{told.heads} 笔"] if told.heads is not None else []
    return "、".join([*parts, *([f"{yuan_text(told.fen)} 元"] if told.fen is not None else [])])


def differs_from_noted(book: Book, home: Home, county: str, digest: str) -> int | None:
    """How many lines of an answer say something else than the book noted of it, read again from the store.

    In whichever form of the present fits best. None where the answer is no file: inferred, or a refused order.
    """
    kept = next((path for path in (home.store / "received").glob(f"{digest}*") if _digest_in(path) == digest), None)
    if kept is None:
        return None
    names = ["", *sorted(profiles.load(home.profiles))]
    forms = (Asked(name, is_late=is_late) for is_late in (False, True) for name in names)
    counted = (_differences(book, home, county, kept, digest, asked) for asked in forms)
    return min((count for count in counted if count is not None), default=1)


def _differences(book: Book, home: Home, county: str, path: Path, digest: str, asked: Asked) -> int | None:
    """The same in one form; None where the file cannot be read in it."""
    try:
        answer, _ = _read(book, home, county, path, asked)
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
