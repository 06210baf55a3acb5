"""An answer's file → its rows under the contract's names, in the form that a profile, a layout or the file itself says.

Whatever the form, the cells then go through the intake like those of a register: a cell that cannot be read refuses its
row, and what is no data is listed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

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
WHY = ("bank_reason", "reason")


@dataclass(frozen=True)
class Answer:
    """An answer as read: its rows (accepted("results")), what was refused, the digest of the file, and its sums.

    `notices` concern the file, not a row.
    """

    taken: Accepted
    digest: str
    totals: Totals = NOTHING_SAID
    notices: tuple[str, ...] = ()


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
    totals, notices = NOTHING_SAID, tuple[str, ...]()
    if kind := message_kind(path):
        received, totals, notices = _message(path, store, kind)
    elif isinstance(form, AnswerForm) and form.kind != "table":
        received, totals = _text(path, store, form)
    else:
        layout = intake.read_layout(form.layout_text(), RESULTS) if isinstance(form, AnswerForm) else form
        received = intake.receive(path, RESULTS, store, layout)
    if problem := received.problem():
        raise problem
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
    return Answer(taken, received.digest, totals, notices)


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


def _text(path: Path, store: Path, form: AnswerForm) -> tuple[intake.Received, Totals]:
    content = intake.open_given(path, {path.suffix.lower()})  # a bank's program may call its answers anything
    lines = _lines(content, form, path.name)
    before, after = len(form.header), len(form.trailer)
    if len(lines) < before + after:
        raise _cut(path.name)
    told: dict[str, str] = {}
    body = lines[before : len(lines) - after]
    numbered = [*enumerate(form.header), *enumerate(form.trailer, start=len(lines) - after)]
    for place, template in numbered:
        found = read_by(template, lines[place])
        if found is None:
            raise InputError(f"第 {place + 1} 行不是约定的写法", f"应为 {template}", path.name)
        told |= {word: text.strip() for word, text in found.items()}
    cells = _cells(body, form, path.name, before)
    return _received(path, store, content, cells), _totals(told, cells, form, path.name)


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


def _totals(told: dict[str, str], cells: pl.DataFrame, form: AnswerForm, name: str) -> Totals:
    """What the lines of totals say; InputError, and nothing is read, where they do not say what the lines below are."""
    said = {of: _said(told, of, form, name) for of in ("", "accepted_", "returned_", "sent_")}
    rows = {
        "": cells,
        "returned_": cells.filter(event=BankEvent.RETURNED.label),
        **({"accepted_": cells.filter(event=BankEvent.ACCEPTED.label)} if form.lists == "all" else {}),
    }
    for of, below in rows.items():
        count, fen = said[of]
        if count is not None and count != below.height:
            raise InputError(f"汇总行写 {count} 笔,明细为 {below.height} 笔", FETCH_AGAIN, name)
        if fen is not None and fen != sum(_fen(cell) or 0 for cell in below["amount_fen"] if cell):
            raise InputError("汇总行的总金额与明细之和不符", FETCH_AGAIN, name)
    batch_id = told.get("batch_id")
    return Totals((batch_id,) if batch_id else (), said["sent_"], said["accepted_"])


def _said(told: dict[str, str], of: str, form: AnswerForm, name: str) -> Sum:
    count, total = told.get(f"{of}count"), told.get(f"{of}total")
    fen = None if total is None else _fen(_in_yuan(total, form))
    if (count is not None and not count.isdecimal()) or (total is not None and fen is None):
        raise InputError("汇总行的笔数或金额不是数", FETCH_AGAIN, name)
    return Sum(None if count is None else int(count), fen)


def _fen(text: str) -> int | None:
    try:
        return parse_yuan(text)
    except ValueError:
        return None
