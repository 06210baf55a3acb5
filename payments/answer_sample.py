"""What an answer in a profile's form looks like: for people who write profiles, and for their banks.

Every form is written as it is read; the shapes themselves are in answer_forms.py.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from contracts.codes import BankEvent
from contracts.money import yuan_text
from payments.answer_forms import ANSWERED, AnswerForm
from payments.answer_totals import UNSAID, Sum
from payments.file_forms import Pain001, Profile
from payments.templates import words_of

EVENTS = (BankEvent.ACCEPTED, BankEvent.RETURNED, BankEvent.UNKNOWN)
WHY = "户名不符"  # what the sample gives as the reason of a return
SHOWN = ("line_no", "account_no", "payee_name", "amount_fen", "instruction_id", "event", "reason")


class Answered(NamedTuple):
    """A line that went out (row of InstructionLine), and what the bank says of it."""

    line: Mapping[str, Any]
    event: BankEvent
    reason: str = ""


def file_name_of(profile: Profile, *, is_late: bool = False) -> str:
    """What a sample is called, so that it is read as what it is."""
    if isinstance(profile, Pain001):
        return "answer.xml"
    return "answer.csv" if profile.form_of(is_late=is_late).kind == "table" else "answer.txt"


def sample_answer(lines: pl.DataFrame, profile: Profile, *, is_late: bool = False) -> bytes:
    """An answer to these lines (InstructionLine): paid, returned and not known in turn; a late list of the second."""
    told = [
        Answered(line, event, WHY if event == BankEvent.RETURNED else "")
        for number, line in enumerate(lines.iter_rows(named=True))
        for event in [EVENTS[number % len(EVENTS)]]
    ]
    form = profile.form_of(is_late=is_late)
    listed = told if form.lists == "all" else [one for one in told if one.event == BankEvent.RETURNED]
    if isinstance(profile, Pain001):
        from payments.answer_messages import write_credits, write_status  # loads the XML library

        return write_credits(listed) if is_late else write_status(told)
    return written(listed, form, _sum(one for one in told if one.event == BankEvent.ACCEPTED))


def written(told: Sequence[Answered], form: AnswerForm, accepted: Sum = UNSAID) -> bytes:
    """The bytes of an answer in this form that lists these; `accepted`: what the bank says was paid in all."""
    words = _words(told, form, accepted)
    before, after = ([_filled(template, words) for template in of] for of in (form.header, form.trailer))
    if form.kind == "table":
        text = io.StringIO()
        rows = [*(line.split() for line in before), *_table(told, form), *(line.split() for line in after)]
        csv.writer(text, lineterminator="\n").writerows(rows)
        return text.getvalue().encode(form.encoding)
    lines = [_line(one, form) for one in told]
    return "".join(f"{line}\r\n" for line in (*before, *lines, *after)).encode(form.encoding)


def _line(one: Answered, form: AnswerForm) -> str:
    cells = _cells(one, form)
    if form.kind == "text":
        places = {int(place): cells[column] for column, place in form.columns.items()}
        return form.delimiter.join(places.get(place, "") for place in range(1, max(places) + 1))
    encoding = form.encoding if form.width_unit == "bytes" else "utf-32-le"
    blank, size = " ".encode(encoding), len(" ".encode(encoding))
    stretches = form.stretches()
    line = bytearray(blank * max(last for _, last in stretches.values()))
    for column, (first, last) in stretches.items():
        told = cells[column].encode(encoding)[: (last - first + 1) * size]
        line[(first - 1) * size : (first - 1) * size + len(told)] = told
    return line.decode(encoding).rstrip()


def _table(told: Sequence[Answered], form: AnswerForm) -> list[list[str]]:
    columns = {**{name: ANSWERED[name].header for name in SHOWN}, **form.columns}
    if form.lists == "failures" and "event" not in form.columns:
        del columns["event"]
    return [list(columns.values()), *([_cells(one, form)[name] for name in columns] for one in told)]


def _cells(one: Answered, form: AnswerForm) -> dict[str, str]:
    """Every column an answer may have, as this form has it."""
    line = {name: "" if one.line.get(name) is None else str(one.line[name]) for name in ANSWERED}
    word = next((word for word, event in form.states.items() if event == one.event), one.event.label)
    number = str(one.line["remark"]) if form.number_within else line["instruction_id"]
    amount = _amount(int(one.line["amount_fen"]), form)
    return line | {"event": word, "reason": one.reason, "amount_fen": amount, "instruction_id": number}


def _amount(fen: int, form: AnswerForm) -> str:
    return str(fen) if form.amount == "fen" else yuan_text(fen) + ("0" if form.amount == "yuan3" else "")


def _sum(told: Iterable[Answered]) -> Sum:
    amounts = [int(one.line["amount_fen"]) for one in told]
    return Sum(len(amounts), sum(amounts))


def _words(told: Sequence[Answered], form: AnswerForm, accepted: Sum) -> dict[str, str]:
    returned = _sum(one for one in told if one.event == BankEvent.RETURNED)
    sums = {"": _sum(told), "accepted_": accepted, "returned_": returned, "sent_": Sum()}
    words = {"batch_id": str(told[0].line["batch_id"]) if told else "", "any": ""}
    for of, (count, fen) in sums.items():
        words |= {f"{of}count": str(count), f"{of}total": _amount(fen or 0, form)}
    return words


def _filled(template: str, words: Mapping[str, str]) -> str:
    return "".join(text + words.get(word or "", "") for text, word in words_of(template))
