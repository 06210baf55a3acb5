"""Every shipped profile says how its answer looks: a sample of it reads back, and a spoilt one pays nobody wrongly."""

from types import SimpleNamespace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.codes import BankEvent
from contracts.errors import InputError
from payments import profiles, trial
from payments.answer_comparing import compared
from payments.answer_reading import read_answer
from payments.answer_sample import EVENTS, file_name_of, sample_answer
from tests.effort import tries

SHIPPED = profiles.load()
FOREIGN = {"instruction_id": "9" * 20, "batch_id": "990721-2023-01-01-01"}
FEW = tries(10)  # of each profile
ENCODINGS = ("gb18030", "gbk", "utf-8", "utf-16")


@pytest.fixture(scope="module", params=sorted(SHIPPED))
def told(request, tmp_path_factory):
    """What went out by a profile, and the answer to it."""
    profile = SHIPPED[request.param]
    lines = trial.try_out(profile).order.lines
    folder = tmp_path_factory.mktemp(request.param)
    return SimpleNamespace(profile=profile, lines=lines, folder=folder, content=sample_answer(lines, profile))


def placed(told, content):
    """What is read of an answer: of each line its instruction, what the bank says and what is wrong; None: refused."""
    path = told.folder / file_name_of(told.profile)
    path.write_bytes(content)
    try:
        answer = read_answer(path, told.folder / "store", told.profile.answer)
    except InputError:
        return None
    found = compared(answer.taken.rows, told.lines)
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
    assert dict(found.select("instruction_id", "event").rows()) == said_of(told.lines)
    assert found["misfit"].null_count() == found.height


def test_a_late_list_names_returns_only(told, tmp_path):
    text, wrong = trial.try_out(told.profile).answer(tmp_path, is_late=True)
    assert wrong == []
    assert "户名不符" in text


def lines_of(told):
    """The answer line by line, where it has lines; how many come before the first payment."""
    lines = told.content.splitlines(keepends=True)
    form = told.profile.answer
    return lines, (1 if form.kind == "table" else len(form.header)), len(form.trailer)


@given(data=st.data())
@settings(max_examples=FEW)
def test_lines_moved_lost_told_twice_foreign_or_with_cells_exchanged_pay_nobody_wrongly(told, data):
    if told.profile.kind == "pain001":
        return
    lines, before, after = lines_of(told)
    body = lines[before : len(lines) - after]
    order = data.draw(st.permutations(range(len(body))))
    body = [body[place] for place in order]
    del body[data.draw(st.integers(0, len(body))) :]
    body += data.draw(st.lists(st.sampled_from(body), max_size=2)) if body else []
    if body and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place] = data.draw(st.sampled_from(SPOILT))(told, body[place])
    found = placed(told, b"".join([*lines[:before], *body, *lines[len(lines) - after :]]))
    assert wrongly_paid(told, found) == []


def exchanged(told, line):
    """Two cells of a line in each other's place."""
    sign = b"," if told.profile.answer.kind == "table" else told.profile.answer.delimiter.encode()
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
    own = "utf-8" if told.profile.kind == "pain001" else told.profile.answer.encoding
    found = placed(told, told.content.decode(own).encode(encoding, "replace"))
    assert wrongly_paid(told, found) == []
