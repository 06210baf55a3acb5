"""An answer's file → its rows under the contract's names, in the form that a profile, a layout or the file itself says.

Whatever the form, the cells then go through the intake like those of a register: a cell that cannot be read refuses its
row, and what is no data is listed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

import intake
from contracts.codes import BankEvent
from contracts.columns import empty
from contracts.errors import InputError
from contracts.files import write_whole
from contracts.money import parse_yuan, yuan_text
from contracts.tables import ChangedCell, RefusedRow
from intake import Accepted, CountyLayout
from payments.answer_forms import ANSWERED, RESULTS, AnswerForm
from payments.templates import read_by

NOBODY = pl.DataFrame(schema={"person_no": pl.Int64, "person_id": pl.String})  # an answer names no person of ours


@dataclass(frozen=True)
class Answer:
    """An answer as read: its rows (accepted("results")), what was refused, and the digest of the file."""

    taken: Accepted
    digest: str


def read_answer(path: Path, store: Path, form: AnswerForm | CountyLayout | None = None) -> Answer:
    """Read an answer; its bytes are kept. InputError where nothing of it can be used."""
    if isinstance(form, AnswerForm) and form.kind == "text":
        received = _text(path, store, form)
    else:
        layout = intake.read_layout(form.layout_text(), RESULTS) if isinstance(form, AnswerForm) else form
        received = intake.receive(path, RESULTS, store, layout)
    if problem := received.problem():
        raise problem
    if _says_nothing_of(received.cells, "instruction_id", "batch_id"):
        raise InputError(
            "回盘中没有“指令号”列,也没有“批次号”列,不知道答复的是哪一笔",
            "银行的列名不同的,请在格式的 answer 或 layouts 目录的 results.yaml 中写明",
            path.name,
        )
    return Answer(intake.accept(received, NOBODY, date.max), received.digest)


def _says_nothing_of(cells: pl.DataFrame, *names: str) -> bool:
    return cells.height > 0 and all(cells[name].null_count() == cells.height for name in names)


def _text(path: Path, store: Path, form: AnswerForm) -> intake.Received:
    content = intake.open_given(path, {path.suffix.lower()})  # a bank's program may call its answers anything
    digest = hashlib.sha256(content).hexdigest()
    kept = intake.original_path(store, path.name, digest)
    if not kept.exists():
        write_whole(kept, content)
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
        told |= found
    cells = _cells(body, form, path.name, before)
    _require_totals(told, cells, path.name)
    return intake.Received(RESULTS, path.name, digest, cells, empty(RefusedRow), empty(ChangedCell))


def _lines(content: bytes, form: AnswerForm, name: str) -> list[str]:
    try:
        lines = content.decode(form.encoding).removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError:
        raise InputError(f"文件不是 {form.encoding} 编码", "请核对是否选对了文件或格式", name) from None
    if lines[-1] != "":
        raise _cut(name)
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _cut(name: str) -> InputError:
    return InputError("文件不完整,最后一行没有写完", "请重新向银行取回盘,整份未读入", name)


def _cells(body: list[str], form: AnswerForm, name: str, before: int) -> pl.DataFrame:
    """The cells of every line by their places, in words the contract knows."""
    width = max(int(place) for place in form.columns.values())
    rows = [line.split(form.delimiter, width) for line in body]  # what stands behind is not ours
    for number, cells in enumerate(rows, start=before + 1):
        if len(cells) < width:
            raise InputError(
                f"第 {number} 行只有 {len(cells)} 栏,应有 {width} 栏", "请重新向银行取回盘,整份未读入", name
            )
    told = {ours: [rows[at][int(place) - 1].strip() for at in range(len(rows))] for ours, place in form.columns.items()}
    if form.amount == "fen" and "amount_fen" in told:
        told["amount_fen"] = [yuan_text(int(cell)) if cell.isdecimal() else cell for cell in told["amount_fen"]]
    if "event" in told:
        told["event"] = [form.states[cell].label if cell in form.states else cell for cell in told["event"]]
    else:
        told["event"] = [BankEvent.RETURNED.label] * len(rows)
    return pl.DataFrame(
        {
            "source_file": [name] * len(rows),
            "source_sheet": [""] * len(rows),
            "source_row": list(range(before + 1, before + 1 + len(rows))),
            **{column: told.get(column, [None] * len(rows)) for column in ANSWERED},
        },
        schema={
            "source_file": pl.String,
            "source_sheet": pl.String,
            "source_row": pl.Int64,
            **dict.fromkeys(ANSWERED, pl.String),
        },
    )


def _require_totals(told: dict[str, str], cells: pl.DataFrame, name: str) -> None:
    """What the lines of totals say must be what the lines below add up to; InputError, and nothing is read, else."""
    events = {
        "": pl.lit(True),
        "accepted_": pl.col("event") == BankEvent.ACCEPTED.label,
        "returned_": pl.col("event") == BankEvent.RETURNED.label,
    }
    for of, which in events.items():
        rows = cells.filter(which)
        if (said := told.get(f"{of}count")) is not None and said.strip() != str(rows.height):
            raise InputError(f"汇总行写 {said} 笔,明细为 {rows.height} 笔", "请重新向银行取回盘,整份未读入", name)
        if (said := told.get(f"{of}total")) is not None and _fen(said) != sum(
            _fen(cell) or 0 for cell in rows["amount_fen"] if cell
        ):
            raise InputError("汇总行的总金额与明细之和不符", "请重新向银行取回盘,整份未读入", name)


def _fen(text: str) -> int | None:
    try:
        return parse_yuan(text)
    except ValueError:
        return None
