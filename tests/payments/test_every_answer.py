"""Every way to answer, shipped or not: a sample of it reads back, and a spoilt one pays nobody wrongly."""

import re
from types import SimpleNamespace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.codes import BankEvent
from contracts.errors import InputError
from payments import profiles, trial
from payments.answer_comparing import compared
from payments.answer_forms import AnswerForm
from payments.answer_reading import read_answer
from payments.answer_sample import EVENTS, file_name_of, sample_answer
from tests.effort import tries

SHIPPED = profiles.load()
FEW = tries(10)  # of each way
ENCODINGS = ("gb18030", "gbk", "utf-8", "utf-16")
# Ways that no shipped profile has: with totals below a table, failures only.
OWN = {
    "summed": {"trailer": ["合计 {count} {total}", "成功 {accepted_count} {accepted_total} {any}"]},
    "failures": {"lists": "failures", "columns": {"指令号": "业务编号"}, "header": ["{batch_id} 失败 {count}"]},
    "failed text": {"lists": "failures", "kind": "text", "columns": {"指令号": "1", "金额": "2", "原因": "3"}},
    "failed widths": {
        "lists": "failures",
        "kind": "fixed_width",
        "columns": {"指令号": "1-20", "金额": "21-35", "原因": "36-65"},
        "trailer": ["T{count} {total}"],
    },
}
WAYS = [*((name, False) for name in sorted({*SHIPPED, *OWN})), ("generic_pipe", True), ("pain001_cnaps", True)]


@pytest.fixture(scope="module", params=WAYS, ids=lambda way: f"{way[0]}{' late' if way[1] else ''}")
def told(request, tmp_path_factory):
    """What went out, and the answer to it, or the list of what came back later."""
    name, is_late = request.param
    profile = SHIPPED[name if name in SHIPPED else "generic_pipe"]
    if name in OWN:
        profile = profile.model_copy(update={"answer": AnswerForm.model_validate(OWN[name])})
    lines = trial.try_out(profile).order.lines
    return SimpleNamespace(
        profile=profile,
        form=profile.form_of(is_late=is_late),
        lines=lines,
        path=tmp_path_factory.mktemp("told") / file_name_of(profile, is_late=is_late),
        content=sample_answer(lines, profile, is_late=is_late),
        is_late=is_late,
    )


def placed(told, content):
    """What is read of an answer: of each line its instruction, what the bank says and what is wrong; None: refused.

    Whatever is read, no row is lost.
    """
    told.path.write_bytes(content)
    try:
        taken = read_answer(told.path, told.path.parent / "store", told.form).taken
    except InputError:
        return None
    assert taken.rows_in == taken.rows.height + taken.rows_refused + taken.rows_collapsed + taken.rows_listed
    found = compared(taken.rows, told.lines)
    return found.select("instruction_id", pl.col("event").cast(pl.String), "misfit")


def said_of(lines):
    ids = lines["instruction_id"].to_list()
    return {one: EVENTS[place % len(EVENTS)].value for place, one in enumerate(ids)}


def wrongly_paid(told, found):
    """Who would be noted as paid though the bank did not say so of exactly this payment."""
    if found is None:
        return []
    said = said_of(told.lines)
    paid = found.filter(pl.col("misfit").is_null(), event=BankEvent.ACCEPTED.value)["instruction_id"]
    return [one for one in paid if one in said and said[one] != BankEvent.ACCEPTED.value]


def test_the_sample_says_of_every_line_what_the_bank_meant(told):
    found = placed(told, told.content)
    meant = said_of(told.lines)
    if told.is_late or told.form.lists == "failures":
        meant = {one: event for one, event in meant.items() if event == BankEvent.RETURNED.value}
    assert dict(found.select("instruction_id", "event").rows()) == meant
    assert found["misfit"].null_count() == found.height


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_late_list_names_returns_only(name, tmp_path):
    text, wrong = trial.try_out(SHIPPED[name]).answer(tmp_path, is_late=True)
    assert wrong == []
    assert "户名不符" in text


def in_parts(told):
    """The answer as what comes before its payments, each of them, and what comes after."""
    if told.path.suffix == ".xml":
        body = list(re.finditer(rb"(?s)<(TxInfAndSts|Ntry)>.*?</\1>", told.content))
        return told.content[: body[0].start()], [one[0] for one in body], told.content[body[-1].end() :]
    lines = told.content.splitlines(keepends=True)
    first = len(told.form.header) + (told.form.kind == "table")
    last = len(lines) - len(told.form.trailer)
    return b"".join(lines[:first]), lines[first:last], b"".join(lines[last:])


@given(data=st.data())
@settings(max_examples=FEW)
def test_lines_moved_lost_told_twice_foreign_or_with_cells_exchanged_pay_nobody_wrongly(told, data):
    before, body, after = in_parts(told)
    order = data.draw(st.permutations(range(len(body))))
    body = [body[place] for place in order]
    del body[data.draw(st.integers(0, len(body))) :]
    body += data.draw(st.lists(st.sampled_from(body), max_size=2)) if body else []
    if body and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place] = data.draw(st.sampled_from(SPOILT))(told, body[place])
    found = placed(told, b"".join([before, *body, after]))
    assert wrongly_paid(told, found) == []


def exchanged(told, line):
    """Two cells of a line in each other's place."""
    if told.path.suffix == ".xml":
        number, amount = (re.search(rb"EndToEndId>([^<]+)", line)[1], re.search(rb'"CNY">([^<]+)', line)[1])
        return line.replace(number, b"#").replace(amount, number).replace(b"#", amount)
    sign = b"," if told.form.kind == "table" else told.form.delimiter.encode()
    cells = line.rstrip(b"\r\n").split(sign)
    cells[1:4] = reversed(cells[1:4])
    return sign.join(cells) + b"\r\n"


def foreign(told, line):
    """A line of another county."""
    return line.replace(told.lines["instruction_id"][0][:14].encode(), b"41072124010101")


SPOILT = (exchanged, foreign)


@settings(max_examples=FEW)
@given(cut=st.floats(0, 1), flip=st.integers(0, 7), at=st.floats(0, 1, exclude_max=True))
def test_bytes_cut_off_or_flipped_never_end_in_a_crash(told, cut, flip, at):
    """A flipped digit makes another line of it, so nothing more can be asked; a cut end pays nobody wrongly."""
    shorter = told.content[: int(cut * len(told.content))]
    assert wrongly_paid(told, placed(told, shorter)) == []
    spoilt = bytearray(told.content)
    spoilt[int(at * len(spoilt))] ^= 1 << flip
    placed(told, bytes(spoilt))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_another_encoding_is_read_right_or_refused(told, encoding):
    own = "utf-8" if told.path.suffix == ".xml" else told.form.encoding
    found = placed(told, told.content.decode(own).encode(encoding, "replace"))
    assert wrongly_paid(told, found) == []
