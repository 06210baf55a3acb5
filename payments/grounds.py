"""Grounds of holds: the evidence a hold rests on, as columns for the book and in words for an officer.

A ground is a word (HoldGround, a Doubt or a Misfit), a subject and a detail, each its own column. The same evidence
gives the same ground, so that a hold an officer has lifted is not set again until the evidence changes.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from contracts.codes import Code, Doubt, GapGround, HoldCode, HoldGround, Misfit, SameGround
from contracts.registers import FILE_LABELS

NOTHING = pl.lit("")
REVIEW = "请核实后用 disburse hold 处理"
NOTHING_TO_DO = "到发放月自动发放,不必办理"
SAME_ADVICE = "请核实:是的用 disburse person join 认定,不是的用 disburse person split(两个号码见“疑为同一人”清单)"


class Ground(NamedTuple):
    """A ground as the book has it."""

    word: str
    subject: str = ""
    detail: str = ""


class Told(NamedTuple):
    """A hold in an officer's words."""

    reason: str
    advice: str


def columns(word: pl.Expr | Code, subject: pl.Expr = NOTHING, detail: pl.Expr = NOTHING) -> list[pl.Expr]:
    """A ground as columns of DesiredHold: ground, subject, detail."""
    parts = {"ground": pl.lit(word.value) if isinstance(word, Code) else word, "subject": subject, "detail": detail}
    return [part.cast(pl.String).alias(name) for name, part in parts.items()]


def no_account(is_to_institution: str) -> list[pl.Expr]:
    """Neither the person nor, where the money goes there, the institution has an account."""
    whose = pl.when(is_to_institution).then(pl.lit(HoldGround.NO_INSTITUTION_ACCOUNT.value))
    return columns(whose.otherwise(pl.lit(HoldGround.NO_ACCOUNT.value)))


def died_on(day: str) -> list[pl.Expr]:
    """The known day of death."""
    return columns(HoldGround.DIED_ON, detail=pl.col(day))


def certified_until(day: str) -> list[pl.Expr]:
    """The day the last certification ended."""
    return columns(HoldGround.CERTIFIED_UNTIL, detail=pl.col(day))


def pay_month(source: str, due_month: str) -> list[pl.Expr]:
    """The clause by which the benefit is not paid every month, and the month in which it is."""
    return columns(HoldGround.PAY_MONTH, pl.col(source), pl.col(due_month).dt.strftime("%Y-%m"))


def gap(register: str, found: str) -> list[pl.Expr]:
    """Whose register row is missing or refused."""
    return columns(HoldGround.GAP, pl.col(register), pl.col(found))


def match(register: str, doubt: str, evidence: str) -> list[pl.Expr]:
    """What another office's list says of the person, or of somebody of the same name and birth date."""
    return columns(pl.col(doubt), pl.col(register), pl.col(evidence))


def same_person(other: str, evidence: str) -> list[pl.Expr]:
    """With whose number this may be one person's, and why (SameGround)."""
    return columns(HoldGround.SAME_PERSON, pl.col(other), pl.col(evidence))


def old_file(register: str, inbox_month: str) -> list[pl.Expr]:
    """Which register was not handed in for the pay month, and the month of its newest file."""
    return columns(HoldGround.OLD_FILE, pl.col(register), pl.col(inbox_month))


def misfit(word: str, profile: str, header: str) -> list[pl.Expr]:
    """What a profile cannot print in which of its columns."""
    return columns(pl.col(word), pl.lit(profile), pl.lit(header))


def told(code: str, ground: Ground) -> Told:
    """Say a hold to an officer: why, and what to do. `code`: a HoldCode."""
    word, subject, detail = ground
    if word == Misfit.ABOVE_LIMIT:
        return Told(f"{detail}{Misfit.ABOVE_LIMIT.label}(格式 {subject})", "请与银行商定更高的限额,写入格式的 limits")
    if word in Misfit.values():
        return Told(f"{detail}{Misfit(word).label}(格式 {subject})", "请与银行核对后更正账户或人口信息")
    if word in Doubt.values():
        since = "" if word == Doubt.NAMESAKE else f"({detail} 起)"
        return Told(
            f"{_register(subject)}名单:{Doubt(word).label}{since}",
            "请核实:属实的更正名册,不属实的解除",
        )
    if word not in HoldGround.values():
        return Told(HoldCode.label_of(code), REVIEW)
    known = HoldGround(word)
    match known:
        case HoldGround.NO_ACCOUNT:
            return Told(known.label, "请补报收款账户")
        case HoldGround.NO_INSTITUTION_ACCOUNT:
            return Told(known.label, "请在供养机构名册中补报账户")
        case HoldGround.NOT_IN_POPULATION:
            return Told(known.label, "请核实户籍后补报")
        case HoldGround.NO_STANDARD:
            return Told(known.label, "标准公布并录入后自动解除")
        case HoldGround.BEYOND_WINDOW:
            return Told(known.label, "请核实:应付的解除,不应付的不要解除")
        case HoldGround.PAY_MONTH:
            return Told(f"{known.label},{detail} 发放({subject})", NOTHING_TO_DO)
        case HoldGround.DIED_ON:
            return Told(f"已于 {detail} 去世,此前未付的款项待核", "请核实领取人后解除,或撤回")
        case HoldGround.CERTIFIED_UNTIL:
            return Told(f"资格认证有效期至 {detail},已逾期", "请通知本人或代办人认证")
        case HoldGround.GAP:
            return Told(f"{_register(subject)}名册:{GapGround.label_of(detail)}", REVIEW)
        case HoldGround.SAME_PERSON:
            why = "、".join(SameGround.label_of(one) for one in detail.split("+"))
            return Told(f"{known.label}({why})", SAME_ADVICE)
        case HoldGround.OLD_FILE:
            return Told(
                f"{_register(subject)}{known.label},最近一次为 {detail}",
                "补报后自动解除;或核实后用 disburse hold 解除",
            )
        case HoldGround.REJECTED:
            return Told(
                f"收款账户被银行退回:{detail}" if subject.isdecimal() and len(subject) < 16 else known.label,
                "请更正账户名册中的账户,更正后自动解除;核实账户无误的,用 disburse hold lift 解除并写明理由",
            )
        case HoldGround.RETURN_UNCLEAR | HoldGround.BANK_AGAIN:
            return Told(f"{known.label}:{detail}", "请与银行判明后,用 disburse hold lift 解除,解除后重新发放")
        case HoldGround.TOLD_DEAD:
            return Told(f"{known.label}:{detail}", "请核实:属实的更正人口名册,不属实的用 disburse hold lift 解除")
        case _:
            return Told(HoldCode.label_of(code), REVIEW)


def _register(name: str) -> str:
    return FILE_LABELS.get(name, name)
