"""An answer's file → its rows under the contract's names, in the form that a profile, a layout or the file itself says.

Whatever the form, the cells then go through the intake like those of a register: a cell that cannot be read refuses its
row, and what is no data is listed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

import polars as pl

import intake
from contracts.codes import BankEvent
from contracts.columns import empty
from contracts.errors import InputError
from contracts.files import have_bytes
from contracts.money import parse_yuan, yuan_text
from contracts.tables import ChangedCell, RefusedRow
from intake import Accepted, CountyLayout
from payments.answer_forms import ANSWERED, RESULTS, AnswerForm
from payments.answer_totals import FETCH_AGAIN, NOTHING_SAID, Sum, Totals
from payments.templates import read_by

NOBODY = pl.DataFrame(schema={"person_no": pl.Int64, "person_id": pl.String})  # an answer names no person of ours


HEAD = 2048  # bytes in which a message has said what it is
MESSAGE = re.compile(rb"urn:iso:std:iso:20022:tech:xsd:(pain\.002|camt\.054)\.")
# Our number inside another text: the digits of county, month, cycle and line, and two places of the batch.
OUR_NUMBER = r"(?:^|[^0-9A-Za-z])(\d{12}[0-9A-Z]{2}\d{6})(?:$|[^0-9A-Za-z])"
THREE_DECIMALS = re.compile(r"\d+\.\d\d0")
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
WHY = ("bank_reason", "reason")


@dataclass(frozen=True)
class Answer:
    """An answer as read: its rows (accepted("results")), what was refused, the digest of the file, and its sums.

    `notices` concern the file, not a row. `short`: why nothing of it can be used though it is in its form (None: it is
    whole): it lacks a line of totals, or is not what its totals say.
    """

    taken: Accepted
    digest: str
    totals: Totals = NOTHING_SAID
    notices: tuple[str, ...] = ()
    short: InputError | None = None

    def whole(self) -> Answer:
        """This answer; InputError where it is short."""
        if self.short:
            raise self.short
        return self


class _Read(NamedTuple):
    """A file's cells, what its lines of totals say word by word, and what is wrong with them (empty: nothing)."""

    received: intake.Received
    told: dict[str, str]
    wrong: str = ""


def message_kind(path: Path) -> str:
    """`pain.002` or `camt.054`, where a file that an officer named is such a message; else empty.

    InputError where it cannot be opened, or is another message.
    """
    head = intake.open_given(path, {path.suffix.lower()})[:HEAD].replace(b"\0", b"")
    if found := MESSAGE.search(head):
        return found.group(1).decode()
    if path.suffix.lower() == ".xml":
        raise InputError("不是可读的回盘报文", "可读的是 pain.002(逐笔状态)和 camt.054(退回入账通知)", path.name)
    return ""


def read_answer(path: Path, store: Path, form: AnswerForm | CountyLayout | None = None, batch_id: str = "") -> Answer:
    """Read an answer; its bytes are kept. InputError where nothing of it can be used.

    `batch_id`: of which batch the lines are that name none, beside what the file says of that itself.
    """
    return look_into(path, store, form, batch_id).whole()


def look_into(path: Path, store: Path, form: AnswerForm | CountyLayout | None = None, batch_id: str = "") -> Answer:
    """The same of an answer that may be short; InputError where it is not in this form."""
    totals, notices, short = NOTHING_SAID, tuple[str, ...](), None
    if kind := message_kind(path):
        received, totals, notices = _message(path, store, kind)
    elif isinstance(form, AnswerForm):
        read = _table(path, store, form) if form.kind == "table" else _text(path, store, form)
        received = read.received
        totals, wrong = _totals(read.told, intake.values(received), form)
        if what := read.wrong or wrong:
            short = InputError(what, FETCH_AGAIN, path.name)
    else:
        received = _received_table(path, store, [form])
    cells = received.cells
    if isinstance(form, AnswerForm) and form.number_within:
        cells = cells.with_columns(pl.col("instruction_id").str.extract(OUR_NUMBER))
    if whose := batch_id or (totals.batch_ids[0] if len(totals.batch_ids) == 1 else ""):
        cells = _of_batch(cells, whose)
    if _says_nothing_of(cells, "instruction_id", "batch_id"):
        raise InputError(
            "回盘中没有“指令号”列,也没有“批次号”列,不知道答复的是哪一笔",
            "只有一个批次的,加 --batch 批次号;银行的列名不同的,在格式的 answer 或 layouts 目录的 results.yaml 中写明",
            path.name,
        )
    taken = intake.accept(replace(received, cells=cells), NOBODY, date.max)
    return Answer(taken, received.digest, totals, notices, short)


def _of_batch(cells: pl.DataFrame, batch_id: str) -> pl.DataFrame:
    """The lines that say at which place of a batch they stand, and not of which, stand in this one."""
    names_none = pl.all_horizontal(pl.col("instruction_id", "batch_id").is_null()) & pl.col("line_no").is_not_null()
    return cells.with_columns(batch_id=pl.when(names_none).then(pl.lit(batch_id)).otherwise("batch_id"))


def _says_nothing_of(cells: pl.DataFrame, *names: str) -> bool:
    return cells.height > 0 and all(cells[name].null_count() == cells.height for name in names)


def _message(path: Path, store: Path, kind: str) -> tuple[intake.Received, Totals, tuple[str, ...]]:
    from payments.answer_messages import read_message  # loads the XML library

    content = path.read_bytes()
    told = read_message(content, kind, path.name)
    cells = _as_cells([{"source_row": number, **row} for number, row in enumerate(told.rows, start=1)], path.name)
    return _received(path, store, content, cells), told.totals, tuple(told.notices)


def _received(path: Path, store: Path, content: bytes, cells: pl.DataFrame) -> intake.Received:
    """An answer whose cells were read here, its bytes kept."""
    digest = hashlib.sha256(content).hexdigest()
    have_bytes(intake.original_path(store, path.name, digest), content)
    return intake.Received(RESULTS, path.name, digest, cells, empty(RefusedRow), empty(ChangedCell))


def _as_cells(rows: Sequence[Mapping[str, object]], name: str) -> pl.DataFrame:
    texts = dict.fromkeys(ANSWERED, pl.String())
    schema = {"source_file": pl.String(), "source_sheet": pl.String(), "source_row": pl.Int64(), **texts}
    return pl.DataFrame([{"source_file": name, "source_sheet": "", **row} for row in rows], schema=schema)


def _received_table(path: Path, store: Path, layouts: Iterable[CountyLayout | None]) -> intake.Received:
    """By the first of these layouts that fits; InputError of the first where none does."""
    problems = []
    for layout in layouts:
        received = intake.receive(path, RESULTS, store, layout)
        problem = received.problem()
        if problem is None:
            return received
        problems.append(problem)
    raise problems[0]


def _table(path: Path, store: Path, form: AnswerForm) -> _Read:
    """Rows below a header; lines of totals are rows of their own, before or after those of the payments."""
    received = _received_table(path, store, [intake.read_layout(text, RESULTS) for text in form.layout_texts()])
    if form.amount != "yuan":
        amounts = pl.col("amount_fen").str.strip_chars().map_elements(partial(_in_yuan, form=form), pl.String)
        received = replace(received, cells=received.cells.with_columns(amounts))
    if not form.header and not form.trailer:
        return _Read(received, {})
    rows = intake.written_rows(received, store)
    found = [_only_row(template, rows) for template in (*form.header, *form.trailer)]
    if None in found:
        return _Read(received, {}, f"应恰有一行“{(*form.header, *form.trailer)[found.index(None)]}”")
    places = [row for row, _ in filter(None, found)]
    received = intake.set_aside(received, places)
    payments = received.cells["source_row"].to_list()
    told, wrong = _together(said for _, said in filter(None, found))
    before, after = places[: len(form.header)], places[len(form.header) :]
    if payments and (max([0, *before]) > min(payments) or min([*after, max(payments)]) < max(payments)):
        wrong = "汇总行不在约定的位置"
    return _Read(received, told, wrong)


def _only_row(template: str, rows: pl.DataFrame) -> tuple[int, dict[str, str]] | None:
    """The one row that is written so, and what it says; None where there is none or several.

    A row may end where its template has {any} still to come.
    """
    wanted = " ".join(template.split())
    each = ((row, read_by(wanted, text), read_by(wanted, f"{text} ")) for row, text in rows.iter_rows())
    told = [(row, open_end if said is None else said) for row, said, open_end in each]
    written = [(row, said) for row, said in told if said is not None]
    return written[0] if len(written) == 1 else None


def _together(told: Iterable[Mapping[str, str]]) -> tuple[dict[str, str], str]:
    """What several lines of totals say, and what is wrong where two of them say something else of the same."""
    words: dict[str, str] = {}
    for line in told:
        for word, text in line.items():
            if words.setdefault(word, text.strip()) != text.strip():
                return words, "各汇总行所写的不一致"
    return words, ""


def _text(path: Path, store: Path, form: AnswerForm) -> _Read:
    content = intake.open_given(path, {path.suffix.lower()})  # a bank's program may call its answers anything
    lines = _lines(content, form, path.name)
    before, after = len(form.header), len(form.trailer)
    if len(lines) < before + after:
        raise _cut(path.name)
    told = []
    body = lines[before : len(lines) - after]
    numbered = [*enumerate(form.header), *enumerate(form.trailer, start=len(lines) - after)]
    for place, template in numbered:
        found = read_by(template, lines[place])
        if found is None:
            raise InputError(f"第 {place + 1} 行不是约定的写法", f"应为 {template}", path.name)
        told.append(found)
    cells = _cells(body, form, path.name, before)
    return _Read(_received(path, store, content, cells), *_together(told))


def _lines(content: bytes, form: AnswerForm, name: str) -> list[str]:
    try:
        text = content.decode(form.encoding)
    except UnicodeDecodeError:
        raise _wrong_encoding(form, name) from None
    if "\0" in text or (form.encoding != "utf-8" and _is_utf8(content)):
        raise _wrong_encoding(form, name)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if lines[-1] != "":
        raise _cut(name)
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _is_utf8(content: bytes) -> bool:
    """Whether bytes with more than ASCII in them are UTF-8: what reads so is hardly ever anything else."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not content.isascii()


def _wrong_encoding(form: AnswerForm, name: str) -> InputError:
    return InputError(f"文件不是 {form.encoding} 编码", "请核对是否选对了文件或格式", name)


def _cut(name: str) -> InputError:
    return InputError("文件不完整,最后一行没有写完", FETCH_AGAIN, name)


def _cells(body: list[str], form: AnswerForm, name: str, before: int) -> pl.DataFrame:
    """The cells of every line by their places, in words the contract knows."""
    rows: list[dict[str, object]] = []
    for number, line in enumerate(body, start=before + 1):
        told = _by_width(line, form, number, name) if form.kind == "fixed_width" else _by_sign(line, form, number, name)
        rows.append({"source_row": number, "event": BankEvent.RETURNED.label, **_in_our_words(told, form)})
    return _as_cells(rows, name)


def _in_our_words(told: dict[str, str], form: AnswerForm) -> dict[str, str | None]:
    words: dict[str, str | None] = {column: cell.strip() or None for column, cell in told.items()}
    amount, event = words.get("amount_fen"), words.get("event")
    if amount:
        words["amount_fen"] = _in_yuan(amount, form)
    if event in form.states:
        words["event"] = form.states[event].label
    return words


def _in_yuan(amount: str, form: AnswerForm) -> str:
    """An amount as the contract has it; what is none of the form's goes on as it is, and is refused there."""
    if form.amount == "fen":
        return yuan_text(int(amount)) if amount.isdecimal() else f"{amount} 分"
    return amount[:-1] if form.amount == "yuan3" and THREE_DECIMALS.fullmatch(amount) else amount


def _by_sign(line: str, form: AnswerForm, number: int, name: str) -> dict[str, str]:
    width = max(int(place) for place in form.columns.values())
    cells = line.split(form.delimiter, width)  # what stands behind is not ours
    if len(cells) < width:
        raise InputError(f"第 {number} 行只有 {len(cells)} 栏,应有 {width} 栏", FETCH_AGAIN, name)
    return {column: cells[int(place) - 1] for column, place in form.columns.items()}


def _by_width(line: str, form: AnswerForm, number: int, name: str) -> dict[str, str]:
    """By places in the form's unit; only what may be empty anyway may be left out at a line's end."""
    units = line if form.width_unit == "characters" else line.encode(form.encoding)
    places = form.stretches()
    if len(units) < max(first for column, (first, _) in places.items() if column not in WHY):
        raise InputError(f"第 {number} 行只有 {len(units)} 位,不够长", FETCH_AGAIN, name)
    cut = {column: units[first - 1 : last] for column, (first, last) in places.items()}
    try:
        return {column: part if isinstance(part, str) else part.decode(form.encoding) for column, part in cut.items()}
    except UnicodeDecodeError:
        raise InputError(f"第 {number} 行的位置与格式不符,切开了汉字", FETCH_AGAIN, name) from None


def _totals(told: Mapping[str, str], rows: pl.DataFrame, form: AnswerForm) -> tuple[Totals, str]:
    """What the lines of totals say, and where they do not say what the payments are (empty: they do).

    `rows`: the values of every row, also of those that will be refused (intake.values).
    """
    batch_id = told.get("batch_id")
    try:
        said = {of: _said(told, of, form) for of in ("", "accepted_", "returned_", "sent_")}
    except ValueError:
        return NOTHING_SAID, "汇总行的笔数或金额不是数"
    below = {
        "": rows,
        "returned_": rows.filter(pl.col("event") == BankEvent.RETURNED.value),
        **({"accepted_": rows.filter(pl.col("event") == BankEvent.ACCEPTED.value)} if form.lists == "all" else {}),
    }
    wrong = [what for of, part in below.items() if (what := _unlike(said[of], part))]
    totals = Totals((batch_id,) if batch_id else (), said["sent_"], said["accepted_"])
    return totals, wrong[0] if wrong else ""


def _unlike(said: Sum, rows: pl.DataFrame) -> str:
    if said.heads is not None and said.heads != rows.height:
        return f"汇总行写 {said.heads} 笔,明细为 {rows.height} 笔"
    if said.fen is not None and said.fen != rows["amount_fen"].sum():
        return "汇总行的总金额与明细之和不符"
    return ""


def _said(told: Mapping[str, str], of: str, form: AnswerForm) -> Sum:
    """Sums of one kind as a line of totals says them; ValueError where one is no number."""
    count, total = told.get(f"{of}count"), told.get(f"{of}total")
    return Sum(
        None if count is None else int(THOUSANDS.sub("", count)),
        None if total is None else parse_yuan(_in_yuan(THOUSANDS.sub("", total), form)),
    )
