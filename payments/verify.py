"""Verifying a payment file: read it back independently and compare every line, count and total with the book.

Changes nothing. Findings are Chinese sentences without names, identity numbers or accounts.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from contracts.codes import Benefit, Kind
from contracts.errors import InputError
from contracts.money import yuan_label
from contracts.settings import Home
from ledger import batches
from ledger.book import Book
from payments.claim import content_of
from payments.file_forms import OF_PAYER, Layout, OwnBank, Printed, Profile, Shown
from payments.instructions import content_digest
from payments.orders import Order
from payments.outbox import folder_of
from payments.profiles import of_batch
from payments.reading import FileRead, read_file, read_roster
from payments.render import GONE


@dataclass(frozen=True)
class Finding:
    """One difference between a file and the book."""

    batch_id: str
    file_name: str
    what: str


@dataclass(frozen=True)
class Claimed:
    """A batch as the book has it. `file_digest` is empty before its file was recorded."""

    batch_id: str
    line_count: int
    total_fen: int
    file_digest: str


def findings_in_file(path: Path, claimed: Claimed, order: Order, profile: Profile) -> list[Finding]:
    """Everything in which the file at `path` and its sidecar differ from the batch and its order."""
    told = [*_differences(path, claimed, order, profile)]
    return [Finding(claimed.batch_id, path.name, what) for what in told]


def _differences(path: Path, claimed: Claimed, order: Order, profile: Profile) -> Iterator[str]:
    lines = order.lines
    if lines.height != claimed.line_count or lines["amount_fen"].sum() != claimed.total_fen:
        yield "总账中批次的笔数或总金额与其明细不符"
    if not path.is_file():
        yield "文件不存在"
        return
    yield from _digest_differences(path, claimed)
    yield from differences_in(path, order, profile)
    yield from _roster_differences(_roster_of(path), order)


def differences_in(path: Path, order: Order, profile: Profile) -> Iterator[str]:
    """Everything in which what a file says differs from its order, read back by the profile."""
    read = read_file(path, profile)
    yield from read.problems
    yield from _line_differences(read, order, profile)
    yield from _total_differences(read, order, profile)


def _digest_differences(path: Path, claimed: Claimed) -> Iterator[str]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != claimed.file_digest:
        yield "文件的 SHA-256 与总账登记的不符" if claimed.file_digest else "文件尚未在总账登记"
    sidecar = path.with_name(path.name + ".sha256")
    if not sidecar.is_file():
        yield "缺少 .sha256 校验文件"
    elif _told_in(sidecar) != [digest, path.name] or not _tells_of(sidecar, _roster_of(path)):
        yield ".sha256 校验文件与文件不符"


def _roster_of(path: Path) -> Path:
    return path.with_name(path.name + ".roster.xlsx")


def _roster_differences(path: Path, order: Order) -> Iterator[str]:
    """Row by row; the sum after the people of a line must be what the payment file tells the bank."""
    expected = _roster_expected(order)
    if not expected:
        return
    if not path.is_file():
        yield "缺少供养人员名单"
        return
    read = read_roster(path)
    yield from read.problems
    if len(read.rows) != len(expected):
        yield f"供养人员名单有 {len(read.rows)} 行,应为 {len(expected)} 行"
    for number, (cells, known) in enumerate(zip(read.rows, expected, strict=False), start=2):
        if cells[:-1] != known[:-1] or fen_in(cells[-1], "yuan2") != known[-1]:
            yield f"供养人员名单第 {number} 行与总账不符"


def _roster_expected(order: Order) -> list[list[Any]]:
    expected: list[list[Any]] = []
    people_of: dict[str, list[dict[str, Any]]] = {}
    for one in order.roster.iter_rows(named=True):
        people_of.setdefault(one["instruction_id"], []).append(one)
    to_institutions = pl.col("instruction_id").is_in(list(people_of))
    for line in order.lines.filter(to_institutions).sort("line_no").iter_rows(named=True):
        people = people_of[line["instruction_id"]]
        of_line = [str(line["line_no"]), line["instruction_id"], line["name"], line["account_no"]]
        kind = "重发" if line["attempt"] > 1 else Kind(line["kind"]).label
        for one in sorted(people, key=lambda one: (one["person_id"], one["benefit_month"], one["obligation_id"])):
            month = one["benefit_month"].isoformat()[:7]
            benefit = Benefit(one["benefit"]).label
            expected.append([*of_line, one["name"], one["person_id"], benefit, month, kind, one["amount_fen"]])
        count = len({one["person_id"] for one in people})
        expected.append([*of_line, "本行合计", f"{count} 人", "", "", "", line["amount_fen"]])
    return expected


def _tells_of(sidecar: Path, roster: Path) -> bool:
    """Whether a remark of a sidecar has the digest of the roster, where one is there."""
    if not roster.is_file():
        return True
    told = f"{hashlib.sha256(roster.read_bytes()).hexdigest()}  {roster.name}"
    return any(line.endswith(told) for line in sidecar.read_text("utf-8", errors="replace").splitlines())


def _told_in(sidecar: Path) -> list[str]:
    """The words of a sidecar without its remarks."""
    lines = sidecar.read_text("utf-8", errors="replace").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def _line_differences(read: FileRead, order: Order, profile: Layout) -> Iterator[str]:
    """Line by line; matched by instruction id where the file prints it, so that one dropped line is one finding."""
    lines = order.lines.sort("line_no").with_columns(date=pl.lit(_day(order.dated_on, profile)))
    if _is_alike(read, lines, profile):
        return
    fields = [column.field for column in profile.columns]
    if Printed.INSTRUCTION_ID not in fields:
        yield from _pairwise(read, lines, profile)
        return
    place = fields.index(Printed.INSTRUCTION_ID)
    by_id: dict[str, list[str]] = {}
    for cells in read.rows:
        if cells[place] in by_id:
            yield f"指令 {cells[place]} 出现不止一次"
        by_id[cells[place]] = cells
    known = dict.fromkeys(lines["instruction_id"])
    yield from (f"总账中没有指令 {found}" for found in by_id if found not in known)
    for row in lines.iter_rows(named=True):
        cells = by_id.get(row["instruction_id"], [])
        yield from _cell_differences(cells, row, profile) if cells else [f"缺少第 {row['line_no']} 笔"]
    if [found for found in by_id if found in known] != [one for one in known if one in by_id]:
        yield "各笔的次序与总账不同"


def _is_alike(read: FileRead, lines: pl.DataFrame, profile: Layout) -> bool:
    """Whether every cell of every line is as expected; what is not is looked for line by line.

    Column by column: what stands in a cell is worked out once for all lines that are the same in what it is made from.
    """
    if len(read.rows) != lines.height:
        return False
    cells = pl.DataFrame(read.rows, schema=[str(place) for place in range(len(profile.columns))], orient="row")
    return all(
        _fen_in_each(found, profile.amount).equals(lines["amount_fen"], check_names=False)
        if column.field == Printed.AMOUNT
        else found.equals(_expected_in_each(column, lines, profile), check_names=False)
        for column, found in zip(profile.columns, cells.cast(pl.String), strict=True)
    )


def _fen_in_each(cells: pl.Series, style: str) -> pl.Series:
    known = {text: fen_in(text, style) for text in cells.unique()}
    return cells.replace_strict(known, return_dtype=pl.Int64)


# What a cell is made from that is not merely a field of the line.
_MADE_FROM: Mapping[Printed | None, tuple[str, ...]] = {
    None: (),
    Printed.BENEFIT: ("benefit",),
    Printed.KIND: ("attempt", "kind"),
    Printed.ITEM_CODE: ("benefit",),
    Printed.OTHER_BANK: ("bank_code", "bank_name"),
    **dict.fromkeys(OF_PAYER, ()),
}


def _expected_in_each(column: Shown, lines: pl.DataFrame, profile: Layout) -> pl.Series:
    made_from = _MADE_FROM.get(column.field)
    if made_from is None:
        return lines[str(column.field)].cast(pl.String).fill_null("")
    if not made_from:
        return pl.Series([_expected(column, {}, profile)], dtype=pl.String).new_from_index(0, lines.height)
    kinds = lines.select(made_from).unique()
    told = pl.Series("told", [_expected(column, row, profile) for row in kinds.iter_rows(named=True)], pl.String)
    joined = lines.join(kinds.with_columns(told), on=made_from, how="left", nulls_equal=True, maintain_order="left")
    return joined["told"]


def _pairwise(read: FileRead, lines: pl.DataFrame, profile: Layout) -> Iterator[str]:
    for cells, row in zip(read.rows, lines.iter_rows(named=True), strict=False):
        yield from _cell_differences(cells, row, profile)


def _cell_differences(cells: list[str], row: Mapping[str, Any], profile: Layout) -> Iterator[str]:
    for column, cell in zip(profile.columns, cells, strict=True):
        if column.field == Printed.AMOUNT:
            if fen_in(cell, profile.amount) != row["amount_fen"]:
                yield f"第 {row['line_no']} 笔金额与总账不符"
        elif cell != _expected(column, row, profile):
            yield f"第 {row['line_no']} 笔“{column.header}”与总账不符"


def _expected(column: Shown, row: Mapping[str, Any], profile: Layout) -> str:
    match column.field:
        case None:
            return column.constant
        case Printed.BENEFIT:
            return Benefit(row["benefit"]).label
        case Printed.KIND:
            return "重发" if row["attempt"] > 1 else Kind(row["kind"]).label
        case Printed.ITEM_CODE:
            return profile.item_codes.get(Benefit(row["benefit"]), "")
        case Printed.OTHER_BANK if profile.own_bank:
            return profile.own_bank.own if _is_own(profile.own_bank, row) else profile.own_bank.other
        case payer if payer in OF_PAYER:
            return _of_payer(payer, profile)
        case stored:
            return "" if row[stored] is None else str(row[stored])


def _is_own(own: OwnBank, row: Mapping[str, Any]) -> bool:
    if row["bank_code"] and own.bank_codes:
        return bool(row["bank_code"].startswith(own.bank_codes))
    return any(name in row["bank_name"] for name in own.bank_names)


def _of_payer(word: str, profile: Layout) -> str:
    return profile.payer.model_dump()[word] if profile.payer else ""


def _day(day: date, profile: Layout) -> str:
    return {"yyyymmdd": f"{day:%Y%m%d}", "yyyy-mm-dd": f"{day}", "yyyy/mm/dd": f"{day:%Y/%m/%d}"}[profile.dates]


def _total_differences(read: FileRead, order: Order, profile: Layout) -> Iterator[str]:
    amounts = [column.field for column in profile.columns].index(Printed.AMOUNT)
    printed = Counter(cells[amounts] for cells in read.rows)
    found = sum((fen_in(text, profile.amount) or 0) * count for text, count in printed.items())
    if len(read.rows) != order.lines.height:
        yield f"笔数:文件 {len(read.rows)},总账 {order.lines.height}"
    if found != order.total_fen:
        yield f"各笔金额之和:文件 {yuan_label(found)} 元,总账 {yuan_label(order.total_fen)} 元"
    first = order.lines.row(0, named=True)
    for word, text in read.totals.items():
        match word:
            case "count":
                is_same = text == str(order.lines.height)
            case "total":
                is_same = fen_in(text, profile.amount) == order.total_fen
            case "county":
                is_same = text == order.county
            case "date":
                is_same = text == _day(order.dated_on, profile)
            case payer if payer in OF_PAYER:
                is_same = text == _of_payer(payer, profile)
            case _:
                is_same = text == first[word]
        if not is_same:
            yield f"汇总行的 {word} 与总账不符"


def fen_in(text: str, style: str) -> int | None:
    """The fen a printed amount says; None where it is not written as the profile's style demands."""
    if style == "fen":
        return int(text) if re.fullmatch(r"[1-9]\d*", text) else None
    decimals = r"(\d\d)0" if style == "yuan3" else r"(\d\d)"
    parts = re.fullmatch(rf"(0|[1-9]\d*)\.{decimals}", text)
    return int(parts[1] + parts[2]) if parts else None


def verify_batches(book: Book, home: Home, county: str, live: pl.DataFrame) -> list[Finding]:
    """Everything in which the files of these batches, and their lines, differ from what the book claimed and signed.

    `live`: rows of ledger.batches.batches_of. Each file is read by the profile it was claimed with; where that is
    not to be had, it cannot be read back: that is a finding.
    """
    findings: list[Finding] = []
    for row in live.sort("batch_id").iter_rows(named=True):
        batch_id, file_name = row["batch_id"], row["file_name"] or ""
        with book.reading() as conn:
            content, dated_on = content_of(conn, batch_id), batches.dated_on(conn, batch_id)
            roster = batches.roster(conn, batch_id)
        if content_digest(content, row["profile_digest"], row["law_digest"]) != row["content_digest"]:
            findings.append(Finding(batch_id, file_name, "批次明细与编批时的内容摘要不符"))
        try:
            profile = of_batch(home, row["profile"], row["profile_digest"]).profile
        except InputError as told:
            findings.append(Finding(batch_id, file_name, f"{told.what},无法重读"))
            continue
        claimed = Claimed(batch_id, row["line_count"], row["total_fen"], row["file_digest"] or "")
        path = folder_of(home, county, row["pay_month"], row["state"]) / (file_name or batch_id)
        findings += findings_in_file(path, claimed, Order(content.lines, county, dated_on, roster), profile)
    return findings


def live_batches(book: Book, county: str, pay_month: date) -> pl.DataFrame:
    """The batches of a pay month that have a file (neither rejected nor voided), as ledger.batches.batches_of."""
    with book.reading() as conn:
        return batches.batches_of(conn, county, pay_month).filter(~pl.col("state").is_in(GONE))
