"""Where a month stands at one glance: its step, what comes next and who may do it, what blocks that, what is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import polars as pl

from contracts.codes import BankEvent, BatchState, Benefit, HoldCode, OfficerRole, OpenPayment, RefusalCode
from contracts.files import digest_of
from contracts.months import month_text
from contracts.settings import Home, Settings
from ledger import batches, cycles, figures, holds, publishing, results, sealing, signing
from ledger.book import Book, Transaction
from ledger.fate import UNANSWERED
from ledger.publishing import Published
from payments import grounds
from payments.outbox import folder_of
from payments.overdue import NOTHING_OPEN, Ageing
from payments.payees import counted
from payments.profiles import unconfirmed
from reports.corrections import beyond
from reports.summary import Labelled, OldRegister, not_in_force

RESULTS, CLOSE = "disburse results", "disburse close"
NOT_RUN, NOTHING_TO_PAY, ANSWERED, CLOSED = "none", "nothing_to_pay", "answered", "closed"
DOUBTED, DUE_AGAIN = "findings", "due_again"
# step → what it is called, the command that comes next, and the role that may give it
STEPS: dict[str, tuple[str, str, OfficerRole | None]] = {
    NOT_RUN: ("尚未运行", "disburse run", OfficerRole.MAKER),
    NOTHING_TO_PAY: ("已入账,没有要付的款项,待结账", CLOSE, OfficerRole.CHECKER),
    DOUBTED: ("有疑点须先办理", "disburse finding list", OfficerRole.MAKER),
    BatchState.CLAIMED: ("已编批,文件未生成", "disburse run", OfficerRole.MAKER),
    BatchState.RENDERED: ("文件已生成,待批准", "disburse approve", OfficerRole.CHECKER),
    BatchState.REJECTED: ("已驳回,待更正后重新运行", "disburse run", OfficerRole.MAKER),
    BatchState.APPROVED: ("已批准,待放行", "disburse release", OfficerRole.RELEASER),
    BatchState.RELEASED: ("已放行,待银行回盘", RESULTS, OfficerRole.MAKER),
    DUE_AGAIN: ("回盘已齐,退回的待重新编批", "disburse run", OfficerRole.MAKER),
    ANSWERED: ("回盘已齐,待结账", CLOSE, OfficerRole.CHECKER),
    CLOSED: ("已结账封存", "", None),
}
# The least advanced batch decides.
ORDER = (BatchState.CLAIMED, BatchState.REJECTED, BatchState.RENDERED, BatchState.APPROVED, BatchState.RELEASED)
NO_ANSWER = "none"


@dataclass(frozen=True)
class UnusableAnswer:
    """A file of the folder of answers that could not be used: where it lies now, why, and what to do."""

    path: Path
    what: str
    advice: str


@dataclass(frozen=True)
class Seen:
    """What lies in the home beside the book: its files, what the last run listed, did without, and how far it came."""

    home: Home | None = None
    beyond_window: pl.DataFrame | None = None
    stopped_at: str = ""  # empty: the last run was booked
    old_registers: tuple[OldRegister, ...] = ()  # what it did without
    findings: tuple[int, int] = (0, 0)  # undecided: those that stop the batch, and the others
    not_taken: tuple[str, ...] = ()  # files of the month's inbox that no register takes, in an officer's words
    day: date = date.min  # today
    unread_answers: int = 0  # files in the folder of answers that wait to be read
    unusable_answers: tuple[UnusableAnswer, ...] = ()
    failed: tuple[str, ...] = ()  # what ran unattended and failed, in an officer's words
    ageing: Ageing = NOTHING_OPEN  # what of the county went out and is not settled, whatever the month


@dataclass(frozen=True)
class OpenMatter:
    """Something that is open: how much of it, whose it is, and what to do. `blocks`: the next step waits for it."""

    code: str
    label: str
    count: int
    fen: int | None
    owners: tuple[str, ...]
    advice: str
    blocks: bool


@dataclass(frozen=True)
class MonthStatus:
    """A county's pay month at a glance. `step` is a key of STEPS."""

    county: str
    pay_month: str
    step: str
    label: str
    next_command: str
    next_officers: tuple[str, ...]
    cycles: int
    open_holds: int
    matters: tuple[OpenMatter, ...]
    answers: tuple[Labelled, ...]  # lines and fen of released files by what the bank said
    uncertain: tuple[Labelled, ...]  # money that rests on a draft or a placeholder
    unconfirmed: tuple[str, ...]  # forms of the month's files to which no bank has agreed
    payees: tuple[str, ...]  # what the lines of the files that stand are
    batches: tuple[dict[str, object], ...]
    waiting_digest: str = ""  # of what waits for a signature, as ledger.signing.seen_digest; empty where nothing does

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def status_of(book: Book, settings: Settings, county: str, pay_month: date, seen: Seen | None = None) -> MonthStatus:
    """Where a county's pay month stands, from the book and from what is `seen` beside it."""
    with book.reading() as conn:
        of_month = cycles.cycles_of(conn, county, pay_month)
        rows = (
            batches.batches_of(conn, county, pay_month)
            .filter(pl.col("state") != BatchState.VOIDED.value)
            .sort("batch_id")
        )
        waiting = holds.open_holds(conn, county)
        stands = rows.filter(pl.col("state") != BatchState.REJECTED.value)
        paid = batches.payees(conn, stands["batch_id"].to_list())
        unsigned = signing.waiting(conn, county, pay_month)
        uncertain = figures.uncertain(conn, county, pay_month)
        said = figures.answers(conn, county, pay_month, pay_month)
        contradicted = results.open_misfits(conn, county, month_text(pay_month))
        is_closed = bool(of_month) and of_month[-1] not in sealing.open_cycles(conn, county, pay_month)
        is_doubted = bool((seen or Seen()).findings[0])
        step = _step(rows, said, is_run=bool(of_month), is_closed=is_closed, is_doubted=is_doubted)
        again = pl.DataFrame()
        if step in (BatchState.RELEASED, ANSWERED) and of_month[-1] == cycles.newest_cycle(conn, county):
            again = sealing.neither_held_nor_sent(conn, county)
        step = DUE_AGAIN if step == ANSWERED and again.height else step
        desk = _Desk(settings, county, pay_month)
        matters = [
            *_of_run(desk, seen or Seen()),
            *_of_registers(desk, seen or Seen()),
            *_of_inbox(desk, seen or Seen()),
            *_of_findings(desk, seen or Seen()),
            *_of_published(desk, publishing.over(conn, county, (seen or Seen()).day)),
            *_of_batches(desk, rows, seen or Seen()),
            *_of_answers(desk, said, step),
            *_of_answer_files(desk, seen or Seen()),
            *_of_misfits(desk, contradicted, step),
            *_of_due_again(desk, again),
            *_of_closing(desk, conn, step),
            *_of_ageing(desk, (seen or Seen()).ageing),
            *_of_holds(desk, waiting),
            *_of_standards(desk, figures.unset(conn, county, pay_month)),
            *_of_earlier_months(desk, conn),
        ]
    label, command, role = STEPS[step]
    return MonthStatus(
        county=county,
        pay_month=month_text(pay_month),
        step=step,
        label=label,
        next_command=desk.command(command) if command else "",
        next_officers=desk.who(role) if role else (),
        cycles=len(of_month),
        open_holds=waiting["person_no"].n_unique(),
        matters=tuple(matters),
        answers=tuple(_answers(said)),
        uncertain=not_in_force(uncertain),
        unconfirmed=unconfirmed(seen.home, rows) if seen and seen.home else (),
        payees=tuple(counted(paid)) if paid.height else (),
        batches=tuple(
            rows.select("batch_id", "part", "share", "state", "file_name", "line_count", "total_fen").to_dicts()
        ),
        waiting_digest="" if unsigned.is_empty() else signing.seen_digest(unsigned),
    )


def newest_month(book: Book, county: str) -> date | None:
    """The newest pay month the county has run."""
    with book.reading() as conn:
        newest = cycles.newest_cycle(conn, county)
    return newest.pay_month if newest else None


@dataclass(frozen=True)
class _Desk:
    """Who works on which month."""

    settings: Settings
    county: str
    pay_month: date

    def who(self, role: OfficerRole) -> tuple[str, ...]:
        """The officers who may act in a role in the county."""
        return tuple(
            officer.name
            for officer in self.settings.officer
            if role in officer.roles and (not officer.counties or self.county in officer.counties)
        )

    def command(self, name: str) -> str:
        """A command for this county and month; the bank's file says itself which month it answers."""
        if name == RESULTS:
            return f"{name} 回盘文件 --county {self.county}"
        return f"{name} --county {self.county} --month {month_text(self.pay_month)}"


def _step(rows: pl.DataFrame, said: pl.DataFrame, *, is_run: bool, is_closed: bool, is_doubted: bool) -> str:
    if is_closed:
        return CLOSED
    states = rows["state"].to_list()
    step = next((state.value for state in ORDER if state in states), NOTHING_TO_PAY if is_run else NOT_RUN)
    if is_doubted and step in (NOTHING_TO_PAY, *ORDER[:-1]):
        return DOUBTED  # until an officer has decided, nothing is made or signed
    return ANSWERED if step == BatchState.RELEASED and _open_answers(said).is_empty() else step


def _open_answers(said: pl.DataFrame) -> pl.DataFrame:
    return said.filter(UNANSWERED)


def _of_run(desk: _Desk, seen: Seen) -> Iterator[OpenMatter]:
    """Runs that did not come to their end, and what no run may carry."""
    if seen.stopped_at:
        label = f"最近一次运行或预览没有入账,停在:{seen.stopped_at}"
        again = f"按提示更正后重新运行 {desk.command('disburse run')}"
        yield OpenMatter("run_stopped", label, 1, None, desk.who(OfficerRole.MAKER), again, blocks=True)
    for told in seen.failed:
        again = "按所说的更正后重新办理;详情在 disburse ui 的运行记录"
        yield OpenMatter("run_failed", told, 1, None, desk.who(OfficerRole.MAKER), again, blocks=False)
    if seen.beyond_window is not None and seen.beyond_window.height:
        line = beyond(seen.beyond_window)
        label = "须人工处理 action required:期限之外的差异"
        advice = f"见 reports/{desk.county}/{month_text(desk.pay_month)}/action_required.xlsx"
        fen = line.owed_more_fen + line.owed_less_fen
        yield OpenMatter("action_required", label, line.lines, fen, desk.who(OfficerRole.MAKER), advice, blocks=False)


def _of_registers(desk: _Desk, seen: Seen) -> Iterator[OpenMatter]:
    """Registers that are older than the month, came in part, or cannot be used."""
    advice = f"补报或更正后重新运行 {desk.command('disburse run')}"
    for line in seen.old_registers:
        if line.is_received:
            label = f"名册:{line.told(month_text(desk.pay_month))}"
            yield OpenMatter(
                f"register:{line.register}", label, 1, None, desk.who(OfficerRole.MAKER), advice, blocks=False
            )


def _of_inbox(desk: _Desk, seen: Seen) -> Iterator[OpenMatter]:
    """Files that lie in the inbox and are not read."""
    for told in seen.not_taken:
        label, _, advice = told.rpartition(";")
        yield OpenMatter("not_taken", label, 1, None, desk.who(OfficerRole.MAKER), advice, blocks=False)


def _of_published(desk: _Desk, hanging: Sequence[Published]) -> Iterator[OpenMatter]:
    """Lists that must be taken down by now."""
    for one in hanging:
        label = f"{one.pay_month} 的公示名单公示到 {one.until_on},应撤下"
        advice = f"撤下后记下:disburse public down --county {desk.county} --month {one.pay_month} --on 日期 --as 经办人"
        yield OpenMatter("public_over", label, 1, None, desk.who(OfficerRole.MAKER), advice, blocks=False)


def _of_findings(desk: _Desk, seen: Seen) -> Iterator[OpenMatter]:
    """Findings that no officer has decided."""
    told = (("findings_stopping", "疑点未办理,不编批", True), ("findings", "疑点未办理", False))
    for (code, label, blocks), count in zip(told, seen.findings, strict=True):
        if count:
            advice = f"disburse finding list --open --county {desk.county}"
            yield OpenMatter(code, label, count, None, desk.who(OfficerRole.MAKER), advice, blocks=blocks)


def _of_batches(desk: _Desk, rows: pl.DataFrame, seen: Seen) -> Iterator[OpenMatter]:
    """Batches that were rejected, and files that are missing or are not those the book knows."""
    for row in rows.iter_rows(named=True):
        fen, makers = row["total_fen"], desk.who(OfficerRole.MAKER)
        again = f"更正后重新运行 {desk.command('disburse run')}"
        if row["state"] == BatchState.REJECTED:
            label = f"{row['batch_id']} 被 {row['rejected_by']} 驳回:{row['reject_reason']}"
            yield OpenMatter(BatchState.REJECTED.value, label, 1, fen, makers, again, blocks=True)
        wrong = _wrong_with_file(row, seen.home, desk) if seen.home else ""
        if wrong:
            label = f"{row['file_name']} {wrong}"
            yield OpenMatter("file", label, 1, fen, makers, again, blocks=row["state"] != BatchState.RELEASED)


def _wrong_with_file(row: dict[str, object], home: Home, desk: _Desk) -> str:
    """A file that went out may have been taken away; one that still waits may not."""
    if not row["file_name"] or row["state"] == BatchState.REJECTED:
        return ""
    path = folder_of(home, desk.county, desk.pay_month, str(row["state"])) / str(row["file_name"])
    if not path.exists():
        return "" if row["state"] == BatchState.RELEASED else "文件不在 review 中"
    return "" if digest_of(path) == row["file_digest"] else "文件与总账登记的摘要不同,已被改动"


def _of_answers(desk: _Desk, said: pl.DataFrame, step: str) -> Iterator[OpenMatter]:
    """Released lines without an answer, or with one that says nothing."""
    if step == CLOSED:
        return
    for row in _open_answers(said).iter_rows(named=True):
        is_silent = row["bank_event"] is None
        code, label = ("unanswered", "已放行、银行尚未答复") if is_silent else ("unknown", "银行答复待查")
        advice = f"读入回盘 {desk.command(RESULTS)}" if is_silent else "请向银行查明,查明前不再发放"
        yield OpenMatter(
            code, label, row["line_count"], row["amount_fen"], desk.who(OfficerRole.MAKER), advice, blocks=True
        )


def _of_answer_files(desk: _Desk, seen: Seen) -> Iterator[OpenMatter]:
    """Answers that lie in the county's folder for them, unread or unusable."""
    makers = desk.who(OfficerRole.MAKER)
    if seen.unread_answers:
        advice = f"disburse results --inbox --county {desk.county};定时服务也会读入"
        label = "回盘收件目录里的文件还没有读入"
        yield OpenMatter("answers_waiting", label, seen.unread_answers, None, makers, advice, blocks=False)
    for one in seen.unusable_answers:
        advice = ";".join(
            part for part in (one.advice, f"更正或重新取得的放进收件目录,{one.path.parent.name}里的这一份移走") if part
        )
        label = f"回盘 {one.path.name} 读不了:{one.what}"
        yield OpenMatter("answer_unusable", label, 1, None, makers, advice, blocks=False)


def _of_misfits(desk: _Desk, contradicted: pl.DataFrame, step: str) -> Iterator[OpenMatter]:
    """Lines of which an answer said something else than the instruction, by what it said otherwise."""
    if step == CLOSED:
        return
    for misfit, lines, fen in contradicted.group_by("misfit").agg(pl.len(), pl.sum("amount_fen")).sort("misfit").rows():
        label = f"回盘未能记入:{RefusalCode.label_of(misfit)}"
        advice = f"见 reports/{desk.county}/results 的清单;与银行核实后,读入更正的回盘 {desk.command(RESULTS)}"
        yield OpenMatter(f"misfit:{misfit}", label, lines, fen, desk.who(OfficerRole.MAKER), advice, blocks=True)


def _of_due_again(desk: _Desk, again: pl.DataFrame) -> Iterator[OpenMatter]:
    """Money that came back and waits for nothing but a run: of a refused order, or for the bank's own reasons."""
    if again.height:
        fen, advice = int(again["pays_fen"].sum()), f"重新运行 {desk.command('disburse run')},另编一批"
        label = "退回后可以再付,尚未编批"
        yield OpenMatter(DUE_AGAIN, label, again.height, fen, desk.who(OfficerRole.MAKER), advice, blocks=True)


def _of_closing(desk: _Desk, conn: Transaction, step: str) -> Iterator[OpenMatter]:
    """What closing would be refused for, where it is what comes next."""
    if STEPS[step][1] == CLOSE:
        for one in sealing.blockers(conn, desk.county, desk.pay_month):
            label = f"还不能结账:{one.what}"
            yield OpenMatter("not_to_close", label, 1, None, desk.who(OfficerRole.MAKER), one.advice, blocks=True)


def _of_ageing(desk: _Desk, ageing: Ageing) -> Iterator[OpenMatter]:
    """Answers that are overdue, and money that came back and waits, of every month that is not closed."""
    makers, listed = desk.who(OfficerRole.MAKER), f"disburse export ageing --county {desk.county} -o 未达账龄.xlsx"
    for one in ageing.kinds:
        kind = OpenPayment.label_of(one.what)
        if one.due_on is not None:
            label = f"{kind},已逾期:最早应于 {one.due_on} 答复"
            advice = f"请催银行回盘;逐笔见 {listed}"
            yield OpenMatter(
                f"overdue:{one.what}", label, one.overdue_lines, one.overdue_fen, makers, advice, blocks=False
            )
        if one.what == OpenPayment.RETURNED:
            label = f"{kind},最早 {one.since} 退回,已 {one.working_days} 个工作日"
            advice = f"逐笔见 {listed}"
            yield OpenMatter(one.what, label, one.lines, one.fen, makers, advice, blocks=False)
    for year in ageing.unannounced:
        label = f"{year} 年的节假日安排没有录入,答复期限只按周末算"
        advice = "国务院办公厅公布后写入数据目录的 working_days.yaml"
        yield OpenMatter("working_days", label, 1, None, makers, advice, blocks=False)


def _of_holds(desk: _Desk, waiting: pl.DataFrame) -> Iterator[OpenMatter]:
    """Open holds by code and by whose they are: the officer who placed them, or the makers where a rule did.

    What waits for its pay month is nobody's to do, and is told by that month.
    """
    people = pl.col("person_no").n_unique().cast(pl.Int64)
    is_early = pl.col("code") == HoldCode.NOT_YET_DUE.value
    for due, count in waiting.filter(is_early).group_by("detail").agg(people).sort("detail").iter_rows():
        label = f"{HoldCode.NOT_YET_DUE.label}:{due} 发放"
        yield OpenMatter(f"due:{due}", label, count, None, (), grounds.NOTHING_TO_DO, blocks=False)
    counts = waiting.filter(~is_early).group_by("code", "actor").agg(people=people)
    for code, actor, people in counts.sort("code", "actor").iter_rows():
        owners = desk.who(OfficerRole.MAKER) if actor == holds.RULE else (actor,)
        advice = f"disburse hold list --county {desk.county}"
        yield OpenMatter(f"hold:{code}", f"暂缓:{HoldCode.label_of(code)}", people, None, owners, advice, blocks=False)


def _of_standards(desk: _Desk, unset: pl.DataFrame) -> Iterator[OpenMatter]:
    for benefit, people in unset.sort("benefit").iter_rows():
        label = f"标准未设定:{Benefit.label_of(benefit)}"
        advice = "标准公布后录入政策包;名单见 standard_not_set.xlsx"
        yield OpenMatter(f"unset:{benefit}", label, people, None, desk.who(OfficerRole.MAKER), advice, blocks=False)


def _of_earlier_months(desk: _Desk, conn: Transaction) -> Iterator[OpenMatter]:
    """Earlier pay months that nobody has closed."""
    open_cycles = sealing.open_cycles(conn, desk.county, desk.pay_month)
    earlier = sorted({month_text(one.pay_month) for one in open_cycles if one.pay_month < desk.pay_month})
    if earlier:
        label, oldest = f"以前月份未结账:{'、'.join(earlier)}", earlier[0]
        advice = f"disburse status --county {desk.county} --month {oldest}"
        yield OpenMatter("earlier_open", label, len(earlier), None, desk.who(OfficerRole.CHECKER), advice, blocks=False)


def _answers(said: pl.DataFrame) -> Iterator[Labelled]:
    for event, lines, fen in said.select("bank_event", "line_count", "amount_fen").iter_rows():
        label = BankEvent.label_of(event) if event else "尚未答复"
        yield Labelled(event or NO_ANSWER, label, lines, fen)
