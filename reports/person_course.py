"""One person's story in sentences: what an officer reads of a month, a hold, a benefit at a glance."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.codes import CorrectionGround, Outcome
from contracts.money import yuan_label
from reports.person_told import (
    AttemptTold,
    ByRun,
    HoldTold,
    MonthTold,
    ObligationTold,
    ReceivableTold,
    RecoveryTold,
    Standing,
    Sums,
    VersionTold,
)

DAY = 10  # of an instant
NO_FILE = "文件未生成"


def standing(told: Standing) -> str:
    """A benefit at a glance."""
    parts = [f"已发到 {told.paid_to}({told.paid_state.label})" if told.paid_state else "还没有发过"]
    if told.unpaid:
        parts.append(f"未付 {_months(told.unpaid)}({'、'.join(told.unpaid_labels)})")
    if told.owed_back:
        parts.append(f"应追回 {_months(told.owed_back)}")
    if told.newest_outcome not in (Outcome.ENTITLED, None):
        parts.append(f"{told.newest_month} {told.newest_outcome.label}")
    return ";".join(parts)


def _months(amounts: tuple[tuple[str, int], ...]) -> str:
    return "、".join(f"{month} {yuan_label(fen)} 元" for month, fen in amounts)


def sums(told: Sums) -> str:
    """What was paid, is unpaid and is owed back, and whatever else there is money of."""
    parts = [("已发", told.paid_fen), ("已抵扣", told.set_off_fen), ("未付", told.unpaid_fen)]
    parts += [("其中暂缓", told.held_fen), ("应追回", told.owed_back_fen)]
    parts += [("已追回", told.recovered_fen), ("核销", told.waived_fen)]
    shown = [(label, fen) for label, fen in parts if fen or label in ("已发", "未付", "应追回")]
    return ",".join(f"{label} {yuan_label(fen)} 元" for label, fen in shown)


def hold(told: HoldTold) -> str:
    """Who placed it, why, and how it ended."""
    what = "全部款项" if told.obligation_id is None else f"应付 {told.obligation_id}"
    placed = f"{_day(told.recorded_at)} {told.actor} 暂缓{what}(编号 {told.hold_id}):{told.code.label},{told.reason}"
    if not told.lifted_at:
        return f"{placed};未解除:{told.advice}"
    why = "、".join(part for part in (told.decision.label if told.decision else "", told.lift_reason) if part)
    return f"{placed};{_day(told.lifted_at)} {told.lifted_by} 解除{f'({why})' if why else ''}"


def course(month: MonthTold) -> Iterator[str]:
    """A benefit month in the order of the runs: what was decided, then what it booked and what became of that.

    What belongs to a line before it is indented below it.
    """
    told = [(version.run.run_id, [_version(version)]) for version in month.versions]
    told += [(owed.run.run_id, list(_obligation(owed))) for owed in month.obligations]
    told += [(owed.run.run_id, list(_receivable(owed))) for owed in month.receivables]
    for _, lines in sorted(told, key=lambda one: one[0]):
        yield from lines


def _version(version: VersionTold) -> str:
    told = f"核定第 {version.version_no} 版:{version.outcome.label}"
    if version.outcome is Outcome.ENTITLED and version.amount_fen is not None:
        told += f" {yuan_label(version.amount_fen)} 元"
    if version.winner and version.outcome is Outcome.LOST_TO_HIGHER:
        told += f"(中选 {version.winner.label})"
    return f"{_by(version.run)} {told}{_why(version.correction)}"


def _obligation(owed: ObligationTold) -> Iterator[str]:
    amount, number = f"{yuan_label(owed.amount_fen)} 元", f"应付 {owed.obligation_id}"
    if not owed.run.pay_month:
        yield f"{_by(owed.run)} 导入历史 {amount}({number})"
        return
    yield f"{_by(owed.run)} 入账{owed.kind.label} {amount}({number},{owed.state_label}){_why(owed.correction)}"
    for attempt in owed.attempts:
        yield f"  {_attempt(attempt)}"
        for answer in attempt.answers:
            said = " ".join(part for part in (answer.reason_code, answer.reason) if part)
            yield f"    {_day(answer.recorded_at)} 银行:{answer.bank_event.label}{f'({said})' if said else ''}"
    for taken in owed.withdrawals:
        yield f"  {_by(taken.run)} 撤回 {yuan_label(taken.amount_fen)} 元:{taken.cause.label}{_why(taken.correction)}"
    for one in owed.set_offs:
        yield f"  {_recovery(one)}(应收 {one.receivable_id})"


def _attempt(attempt: AttemptTold) -> str:
    signed = [
        f"{step} {told}"
        for step, told in (
            ("编批", attempt.batch_maker),
            ("复核", attempt.checker),
            ("放行", f"{attempt.releaser} {_day(attempt.released_at)}".strip()),
        )
        if told
    ]
    if attempt.rejected_by:
        signed.append(f"{attempt.rejected_by} 驳回({attempt.reject_reason})")
    if attempt.void_reason:
        signed.append(f"作废({attempt.void_reason})")
    return (
        f"第 {attempt.attempt} 次发放 {yuan_label(attempt.amount_fen)} 元:{attempt.batch_id} 第 {attempt.line_no} 行,"
        f"{attempt.file_name or NO_FILE}(指令 {attempt.instruction_id}),"
        f"{attempt.bank_name} {attempt.account_no} {attempt.payee_name};{'、'.join(signed)}"
    )


def _receivable(owed: ReceivableTold) -> Iterator[str]:
    left = f"尚欠 {yuan_label(owed.open_fen)} 元" if owed.open_fen else "已了结"
    yield (
        f"{_by(owed.run)} 应追回 {yuan_label(owed.amount_fen)} 元(应收 {owed.receivable_id},{left}):"
        f"{owed.cause.label}{_why(owed.correction)}"
    )
    for one in owed.recoveries:
        yield f"  {_recovery(one)}" + (f"(应付 {one.obligation_id})" if one.obligation_id else "")


def _recovery(one: RecoveryTold) -> str:
    document = f",凭据 {one.document}" if one.document else ""
    approved = f",批准 {one.approved_by}" if one.approved_by else ""
    return (
        f"{_day(one.recorded_at)} {one.officer} {one.means.label} {yuan_label(one.amount_fen)} 元{document}{approved}"
    )


def _by(run: ByRun) -> str:
    cycle = f"{run.pay_month} 发放月" if run.pay_month else "历史"
    return f"{_day(run.posted_at)} {run.maker}({cycle},按 {run.known_on} 所知)"


def _why(correction: CorrectionGround | None) -> str:
    return f"〔{correction.label}〕" if correction else ""


def _day(instant: str) -> str:
    return instant[:DAY]
