"""Officers reconcile: what was sent beside what was answered and what the bank took, and the whole book beside itself.

Each gives a control slip: a text that follows from the book, the kept answers and the figures given, so that the same
again is the same to the byte. It is kept in the store by its SHA-256, which the audit log has. Nothing is corrected.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from contracts.actor import Actor
from contracts.codes import AnswerState, Benefit, OfficerRole
from contracts.errors import BookError
from contracts.files import have_bytes, own_folder, write_whole
from contracts.money import yuan_label
from contracts.months import month_text
from contracts.settings import Home
from ledger import cycles, reconciled
from ledger.book import Book, opened
from month import platform_list
from month.officers import require
from month.store import Store
from month.witnessing import bear_witness, require_current
from payments.answering import differs_from_noted
from reports import lists

STATES = {reconciled.ALL: "送出", **{state.value: state.label for state in AnswerState}}
PLACES = {
    "owed": "历月应付",
    "accepted": "已付到账",
    "on_the_way": "已放行、尚无结果",
    "batched": "已编批、待放行",
    "held": "暂缓",
    "payable": "待付",
    "withdrawn": "撤回",
    "set_off": "抵扣",
    "history": "启用前已付",
    "owed_back": "应追回",
    "recovered": "已追回(含抵扣)",
    "waived": "核销",
}
SHOWN_DIGITS = 12


@dataclass(frozen=True)
class Statement:
    """What the bank's statement says of a month's orders: fen taken from the paying account, and given back to it."""

    debited_fen: int
    credited_fen: int = 0


@dataclass(frozen=True)
class Slip:
    """A control slip. `path`: where it lies; None where it was only looked at."""

    text: str
    differences: int
    path: Path | None

    @property
    def digest(self) -> str:
        """SHA-256 of it."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def reconcile_sent(
    home: Home, county: str, pay_month: date, by: Actor, statement: Statement | None = None, *, only_look: bool = False
) -> Slip:
    """What went out in a pay month beside the answers to it, and beside a bank statement.

    `only_look`: write nothing and note nothing. NotAllowedError; BookError where nothing went out.
    """
    with _at_work(home, county, by, only_look) as book:
        with book.reading() as conn:
            sent = reconciled.sent_and_answered(conn, county, pay_month)
            sources = reconciled.sources(conn, county, pay_month)
        if sent.is_empty():
            raise BookError("本月没有放行的批次", "请核对月份", f"{county} {month_text(pay_month)}")
        answers = [(digest, differs_from_noted(book, home, county, digest)) for digest in sources]
        title = f"发放与回盘对账单 {county} {month_text(pay_month)}"
        told = [*_of_sent(sent), *_of_answers(answers), *_of_statement(sent, statement)]
        return _left(home, book, county, f"sent {month_text(pay_month)}", title, told, by, only_look)


def reconcile_book(home: Home, county: str, by: Actor, *, only_look: bool = False) -> Slip:
    """The whole book of a county beside itself, over all months, as `reconcile_sent`."""
    with _at_work(home, county, by, only_look) as book:
        with book.reading() as conn:
            newest = cycles.newest_cycle(conn, county)
            figures = reconciled.accounted(conn, county)
            alike = reconciled.paid_alike(conn, county)
        if newest is None:
            raise BookError("本县还没有运行过", "请先运行 disburse run", county)
        month = month_text(newest.pay_month)
        title = f"全账对账单 {county} 截至 {month}"
        return _left(home, book, county, f"book {month}", title, [*_of_book(figures), *_of_alike(alike)], by, only_look)


def reconcile_platform(
    home: Home, county: str, path: Path, by: Actor, benefit: str = "", *, only_look: bool = False
) -> Slip:
    """Who should be paid now beside a platform's list, by identity and account, as `reconcile_sent`.

    `benefit`: of rows that name none. InputError for a file that cannot be used.
    """
    with _at_work(home, county, by, only_look) as book, own_folder() as aside:
        with book.reading() as conn:
            newest = cycles.latest_run(conn, county)
        if newest is None:
            raise BookError("本县还没有运行过", "请先运行 disburse run", county)
        pay_month, month = newest.manifest.pay_month, month_text(newest.manifest.pay_month)
        store = aside if only_look else home.store
        platform = platform_list.read_list(home, store, county, path, benefit, newest.manifest.known_on)
        tables = Store(home).current(county, pay_month)
        with book.reading() as conn:
            figures, differing = platform_list.compared(conn, county, pay_month, tables, platform)
        if not only_look:
            folder = home.of_county(home.reports, county) / "reconciled"
            lists.written(folder, (f"platform-{month}", differing, "在册对账", platform_list.LISTED))
        told = list(platform_list.slip_lines(platform, figures, differing))
        title = f"一卡通在册对账单 {county} {month}"
        return _left(home, book, county, f"platform {month}", title, told, by, only_look)


Told = tuple[str, bool]  # a line of a slip, and whether it tells a difference


def _at_work(home: Home, county: str, by: Actor, only_look: bool) -> Any:  # noqa: ANN401 - a context of the book
    if not only_look:
        require(home, by, OfficerRole.MAKER, county, "reconcile")
    return opened(home.database_url)


def _left(
    home: Home, book: Book, county: str, about: str, title: str, told: list[Told], by: Actor, only_look: bool
) -> Slip:
    """The slip, and where it is not only looked at, kept and noted."""
    differences = sum(is_wrong for _, is_wrong in told)
    result = f"结论:有 {differences} 处不符" if differences else "结论:相符"
    slip = Slip("\n".join([title, "", *(line for line, _ in told), "", result, ""]), differences, None)
    if only_look:
        return slip
    require_current(home, book)
    content, folder = slip.text.encode(), home.of_county(home.reports, county) / "reconciled"
    target = folder / f"{about.replace(' ', '-')}.txt"
    have_bytes(home.store / "slips" / f"{slip.digest}.txt", content)
    write_whole(target, content)
    reconciled.note(book, county, about, {"slip": slip.digest, "differences": differences}, by)
    bear_witness(home, book)
    return Slip(slip.text, differences, target)


def _of_sent(sent: pl.DataFrame) -> Iterator[Told]:
    """By day, batch, profile and benefit, then all of it."""
    for row in sent.iter_rows(named=True):
        where = f"{row['released_on']} {row['batch_id']} {row['profile']} {Benefit.label_of(row['benefit'])}"
        yield where, False
        yield from _of_states(row)
    total = {name: int(sent[name].sum()) for name in sent.columns if name not in reconciled.GROUP}
    hashes = {name: fen % reconciled.MODULUS for name, fen in total.items() if name.endswith("_hash")}
    yield "合计", False
    yield from _of_states(total | hashes)


def _of_states(row: dict[str, Any]) -> Iterator[Told]:
    for state, label in STATES.items():
        lines, fen, hashed = (row[f"{state}_{figure}"] for figure in ("lines", "fen", "hash"))
        if lines or state == reconciled.ALL:
            yield f"  {label}:{lines} 笔,{yuan_label(fen)} 元,校验和 {hashed:09d}", False
    for figure, label in (("lines", "笔数"), ("fen", "金额"), ("hash", "校验和")):
        parts = sum(row[f"{state.value}_{figure}"] for state in AnswerState)
        if (parts % reconciled.MODULUS if figure == "hash" else parts) != row[f"{reconciled.ALL}_{figure}"]:
            yield f"  不符:各种结果的{label}之和不等于送出的", True


def _of_answers(answers: list[tuple[str, int | None]]) -> Iterator[Told]:
    """Each answer as it was received beside what was noted of it."""
    for digest, count in answers:
        name = f"回盘文件 {digest[:SHOWN_DIGITS]}"
        if count is None:
            yield f"{name}:没有原件(整批退回,或按格式约定视为到账)", False
        elif count:
            yield f"{name}:与账上所记有 {count} 笔不同", True
        else:
            yield f"{name}:与账上所记相同", False


def _of_statement(sent: pl.DataFrame, statement: Statement | None) -> Iterator[Told]:
    """What the bank took and gave back beside what it said it paid."""
    if statement is None:
        yield "未与银行对账单核对", False
        return
    net = statement.debited_fen - statement.credited_fen
    took = int(sent.select(pl.sum("accepted_fen") + pl.sum("warned_fen")).item())
    still = int(sent["unanswered_fen"].sum())
    figures = (statement.debited_fen, statement.credited_fen, net)
    yield "银行对账单:支出 {},退回 {},净支出 {} 元".format(*map(yuan_label, figures)), False
    if net == took:
        yield f"  与到账 {yuan_label(took)} 元相符", False
        return
    why = ";恰为尚无结果的金额" if net - took == still else ""
    yield f"  不符:到账 {yuan_label(took)} 元,相差 {yuan_label(net - took)} 元{why}", True


def _of_book(figures: pl.DataFrame) -> Iterator[Told]:
    total = figures.select(pl.lit("").alias("benefit"), pl.exclude("benefit").sum())
    for row in pl.concat([figures, total]).iter_rows(named=True):
        yield Benefit.label_of(row["benefit"]) if row["benefit"] else "合计", False
        for name, label in PLACES.items():
            if row[name]:
                yield f"  {label}:{yuan_label(row[name])} 元", False
        if row["difference"] and row["benefit"]:
            yield f"  不符:有 {yuan_label(row['difference'])} 元没有着落", True


def _of_alike(alike: pl.DataFrame) -> Iterator[Told]:
    """Equal pay outside the key: for an officer to look at, not in itself a difference."""
    yield f"同一人(或同名同账号)、同项目、同所属期、同金额的付款:{alike.height} 组,请逐组核对", False
    for row in alike.iter_rows(named=True):
        period = f"{row['period_from']} 至 {row['period_to']}"
        fen, ids = yuan_label(row["amount_fen"]), f"{row['first_id']}、{row['last_id']}"
        yield f"  {Benefit.label_of(row['benefit'])} {period} {fen} 元,{row['lines']} 笔:指令 {ids}", False
