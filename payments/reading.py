"""A payment file read back by its own means: bytes → cells. Shares no code with the writers, only the profile.

Used by `verify.py` only. Whatever cannot be read is a sentence among the `problems`, never an exception.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook

from payments.file_forms import NUMBERS, Delimited, Fitted, FixedWidth, Pain001, Printed, Profile, Xlsx

LINE_ENDS = {"CRLF": b"\r\n", "LF": b"\n"}


@dataclass
class FileRead:
    """The cells of every payee line as text, the totals the file states, and what could not be read."""

    rows: list[list[str]] = field(default_factory=list)
    totals: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_file(path: Path, profile: Profile) -> FileRead:
    """Read a file as its profile says it should be."""
    if isinstance(profile, Xlsx):
        return _read_xlsx(path, profile)
    if isinstance(profile, Pain001):
        return _read_pain001(path, profile)
    found = FileRead()
    pieces = path.read_bytes().split(LINE_ENDS[profile.newline])
    if profile.final_newline and pieces.pop() != b"":
        found.problems.append("文件末尾不完整")
    before, after = len(profile.header), len(profile.trailer)
    if len(pieces) < before + after:
        found.problems.append("汇总行不全")
        return found
    head, body, foot = pieces[:before], pieces[before : len(pieces) - after], pieces[len(pieces) - after :]
    try:
        if isinstance(profile, Delimited):
            _read_delimited(found, head + foot, body, profile)
        else:
            _read_fixed(found, head + foot, body, profile)
    except UnicodeDecodeError:
        found.problems.append(f"文件不是 {profile.encoding} 编码")
    return found


def read_roster(path: Path) -> FileRead:
    """Read the roster beside a file: every row below the headers as text, money with two decimals."""
    found = FileRead()
    try:
        with path.open("rb") as opened:
            table = CalamineWorkbook.from_filelike(opened).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError:
        found.problems.append("供养人员名单不是可读的 xlsx")
        return found
    for cells in table[1:]:
        found.rows.append(
            [_number_text(Printed.AMOUNT, cell) if isinstance(cell, float) else str(cell) for cell in cells]
        )
    return found


def _read_delimited(found: FileRead, totals: list[bytes], body: list[bytes], profile: Delimited) -> None:
    for number, (line, template) in enumerate(zip(totals, profile.header + profile.trailer, strict=True), start=1):
        _read_total(found, number, line.decode(profile.encoding), template)
    for number, line in enumerate(body, start=1):
        cells = line.decode(profile.encoding).split(profile.delimiter)
        if profile.trailing_delimiter and cells.pop() != "":
            found.problems.append(f"第 {number} 笔末尾没有分隔符")
        elif len(cells) != len(profile.columns):
            found.problems.append(f"第 {number} 笔有 {len(cells)} 栏,应为 {len(profile.columns)} 栏")
        else:
            found.rows.append(cells)


def _read_fixed(found: FileRead, totals: list[bytes], body: list[bytes], profile: FixedWidth) -> None:
    for number, (line, pieces) in enumerate(zip(totals, profile.header + profile.trailer, strict=True), start=1):
        cells = _cut(line, pieces, profile)
        for cell, piece in zip(cells or [], pieces, strict=cells is not None):
            _read_total(found, number, cell, piece.text)
        if cells is None:
            found.problems.append(f"第 {number} 个汇总行的长度与格式不符")
    for number, line in enumerate(body, start=1):
        cells = _cut(line, profile.columns, profile)
        if cells is None:
            found.problems.append(f"第 {number} 笔的长度与格式不符")
        else:
            found.rows.append(cells)


def _cut(line: bytes, places: Sequence[Fitted], profile: FixedWidth) -> list[str] | None:
    """The cells of a line without what fills them up; None where the line has another length."""
    text = line if profile.width_unit == "bytes" else line.decode(profile.encoding)
    if len(text) != sum(place.width for place in places):
        return None
    cells = []
    for place in places:
        cell, text = text[: place.width], text[place.width :]
        cells.append(_bare(cell if isinstance(cell, str) else cell.decode(profile.encoding), place))
    return cells


def _bare(cell: str, place: Fitted) -> str:
    """A cell without its filling; noughts before a number go, the one before a point stays."""
    if place.pad == "0":
        return re.sub(r"^0+(?=\d)", "", cell)
    return cell.rstrip(place.pad) if place.side == "left" else cell.lstrip(place.pad)


def _read_total(found: FileRead, number: int, told: str, template: str) -> None:
    seen: set[str] = set()

    def group(word: re.Match[str]) -> str:
        is_again = word[1] in seen
        seen.add(word[1])
        return f"(?P={word[1]})" if is_again else f"(?P<{word[1]}>.*)"

    matched = re.fullmatch(re.sub(r"\\\{(\w+)\\\}", group, re.escape(template)), told)
    if matched is None:
        found.problems.append(f"第 {number} 个汇总行的写法与格式不符")
    else:
        found.totals.update(matched.groupdict())


def _read_xlsx(path: Path, profile: Xlsx) -> FileRead:
    found = FileRead()
    try:
        with path.open("rb") as opened:
            sheets = CalamineWorkbook.from_filelike(opened)
            names = sheets.sheet_names
            table = sheets.get_sheet_by_index(0).to_python(skip_empty_area=False) if names else []
    except CalamineError:
        found.problems.append("文件不是可读的 xlsx")
        return found
    if names != [profile.sheet]:
        found.problems.append(f"应只有一张工作表“{profile.sheet}”")
    if not table or table[0] != [column.header for column in profile.columns]:
        found.problems.append("表头与格式不符")
        return found
    for number, cells in enumerate(table[1:], start=1):
        found.rows.append([])
        for column, cell in zip(profile.columns, cells, strict=True):
            if not isinstance(cell, float):
                found.rows[-1].append(str(cell))
                continue
            if column.field not in NUMBERS:
                found.problems.append(f"第 {number} 笔“{column.header}”是数字格式,尾数可能已丢失")
            found.rows[-1].append(_number_text(column.field, cell))
    return found


NAMESPACE = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
PAYMENT, TRANSFER = f"{NAMESPACE}PmtInf", f"{NAMESPACE}CdtTrfTxInf"
IN_HEADER = {"batch_id": "GrpHdr/MsgId", "count": "GrpHdr/NbOfTxs", "total": "GrpHdr/CtrlSum"}
IN_PAYMENT = {
    "count": "NbOfTxs",
    "total": "CtrlSum",
    "date": "ReqdExctnDt/Dt",
    "payer_name": "Dbtr/Nm",
    "payer_account": "DbtrAcct/Id/Othr/Id",
    "payer_bank_code": "DbtrAgt/FinInstnId/ClrSysMmbId/MmbId",
}
IN_TRANSFER = {
    Printed.INSTRUCTION_ID: "PmtId/EndToEndId",
    Printed.AMOUNT: "Amt/InstdAmt",
    Printed.BANK_CODE: "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId",
    Printed.PAYEE_NAME: "Cdtr/Nm",
    Printed.ACCOUNT_NO: "CdtrAcct/Id/Othr/Id",
    Printed.REMARK: "RmtInf/Ustrd",
}


def _read_pain001(path: Path, profile: Pain001) -> FileRead:
    """Transfer by transfer, each forgotten once it was read, so that memory stays small."""
    found = FileRead()
    opened: list[ElementTree.Element] = []  # the message and its payments
    try:
        for event, element in ElementTree.iterparse(path, ("start", "end")):  # noqa: S314 our own file
            if event == "start":
                opened += [element] if not opened or element.tag == PAYMENT else []
            elif element.tag == TRANSFER and _is_first_in(opened[-1], element):
                _read_transfer(found, element, profile)
                opened[-1].remove(element)
            elif element.tag == TRANSFER:
                found.problems.append("有一笔不在付款信息之中")
    except ElementTree.ParseError:
        return FileRead(problems=["文件不是可读的 XML"])
    message = opened[0].find(f"{NAMESPACE}CstmrCdtTrfInitn")
    payments = [] if message is None else message.findall(PAYMENT)
    if message is None or len(payments) != 1 or len(opened) > len((message, *payments)):
        return FileRead(problems=["不是 pain.001.001.09 报文,或不是一个付款账户"])
    _read_sums(found, message, payments[0])
    return found


def _is_first_in(payment: ElementTree.Element, transfer: ElementTree.Element) -> bool:
    return payment.find(TRANSFER) is transfer


def _read_sums(found: FileRead, message: ElementTree.Element, payment: ElementTree.Element) -> None:
    """What the message says of them all, with what the schema does not ask: both control sums, the currency."""
    found.totals = {word: _text_at(payment, place) for word, place in IN_PAYMENT.items()}
    for word, place in IN_HEADER.items():
        told = _text_at(message, place)
        if found.totals.setdefault(word, told) != told:
            found.problems.append(f"报文头的 {word} 与付款信息的不同")
    if _text_at(payment, "PmtMtd") != "TRF" or _text_at(payment, "DbtrAcct/Ccy") != "CNY":
        found.problems.append("付款方式应为 TRF,账户币种应为 CNY")


def _read_transfer(found: FileRead, transfer: ElementTree.Element, profile: Pain001) -> None:
    """One transfer, with what the schema does not ask: the currency and the code lists."""
    number = len(found.rows) + 1
    amount = transfer.find(_place("Amt/InstdAmt"))
    if amount is None or amount.get("Ccy") != "CNY":
        found.problems.append(f"第 {number} 笔的币种不是 CNY")
    if _text_at(transfer, "CdtrAgt/FinInstnId/ClrSysMmbId/ClrSysId/Cd") != "CNAPS":
        found.problems.append(f"第 {number} 笔的清算系统不是 CNAPS")
    if _text_at(transfer, "Purp/Cd") not in {profile.purpose, *profile.purposes.values()}:
        found.problems.append(f"第 {number} 笔的用途代码与格式不符")
    found.rows.append([_text_at(transfer, IN_TRANSFER[column.field]) for column in profile.columns if column.field])


@cache
def _place(path: str) -> str:
    return "/".join(f"{NAMESPACE}{name}" for name in path.split("/"))


def _text_at(within: ElementTree.Element, path: str) -> str:
    return within.findtext(_place(path), "")


def _number_text(printed: Printed | None, number: float) -> str:
    """The digits of a number cell; one with a hidden third decimal keeps it, and so differs from the book."""
    if printed == Printed.AMOUNT and number == round(number * 100) / 100:
        return f"{number:.2f}"
    return str(int(number)) if number.is_integer() else repr(number)
