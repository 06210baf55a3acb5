"""Grounds of holds: the evidence a hold rests on, as kept in the book, and in words for an officer.

A ground is `word` or `word:detail…`. The same evidence gives the same ground, so that a hold an officer has lifted is
not set again until the evidence changes.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from contracts.codes import Doubt, GapGround, HoldCode
from contracts.registers import FILE_LABELS
from ledger.holds import GAP
from ledger.results import REJECTED

NO_ACCOUNT = "account:missing"
NO_INSTITUTION_ACCOUNT = "institution:missing"
NOT_IN_POPULATION = "population:missing"
NO_STANDARD = "standard:not_set"
BEYOND_WINDOW = "window:beyond"
MATCH = "match"
OLD_FILE = "old_file"

MISFITS = {
    "control": "含有控制字符",
    "private_use": "含有自造字",
    "forbidden": "含有银行不收的字符",
    "unencodable": "含有银行编码没有的字",
    "too_long": "超过银行允许的长度",
}


class Told(NamedTuple):
    """A hold in an officer's words."""

    reason: str
    advice: str


def died_on(column: str) -> pl.Expr:
    """The known day of death."""
    return pl.format("died_on:{}", pl.col(column))


def certified_until(column: str) -> pl.Expr:
    """The day the last certification ended."""
    return pl.format("certified_until:{}", pl.col(column))


def gap(register: str, ground: str) -> pl.Expr:
    """Whose register row is missing or refused."""
    return pl.format("{}:{}:{}", pl.lit(GAP), pl.col(register), pl.col(ground).cast(pl.String))


def match(register: str, doubt: str, evidence: str) -> pl.Expr:
    """What another office's list says of the person, or of somebody of the same name and birth date."""
    return pl.format("{}:{}:{}:{}", pl.lit(MATCH), pl.col(register), pl.col(doubt).cast(pl.String), pl.col(evidence))


def old_file(register: str, inbox_month: str) -> pl.Expr:
    """Which register was not handed in for the pay month, and the month of its newest file."""
    return pl.format("{}:{}:{}", pl.lit(OLD_FILE), pl.col(register), pl.col(inbox_month))


def misfit(profile: str, header: str, reason: str) -> str:
    """What a profile cannot print."""
    return f"profile:{profile}:{header}:{reason}"


def told(code: str, ground: str) -> Told:
    """Say a hold to an officer: why, and what to do."""
    word, *details = ground.split(":")
    if word == "account":
        return Told("账户名册中没有此人的账户", "请补报收款账户")
    if word == "institution":
        return Told("供养机构没有收款账户", "请在供养机构名册中补报账户")
    if word == "population":
        return Told("人口名册中没有此人", "请核实户籍后补报")
    if word == "standard":
        return Told("该月标准未设定", "标准公布并录入后自动解除")
    if word == "window":
        return Told("该月已超出追溯期,所知与已入账不符", "请核实:应付的解除,不应付的不要解除")
    if word == "died_on":
        return Told(f"已于 {details[0]} 去世,此前未付的款项待核", "请核实领取人后解除,或撤回")
    if word == "certified_until":
        return Told(f"资格认证有效期至 {details[0]},已逾期", "请通知本人或代办人认证")
    if word == GAP:
        register, found = details
        return Told(
            f"{FILE_LABELS.get(register, register)}名册:{GapGround.label_of(found)}",
            "请核实后用 disburse hold 处理",
        )
    if word == MATCH:
        register, doubt, evidence = details
        since = "" if doubt == Doubt.NAMESAKE else f"({evidence} 起)"
        return Told(
            f"{FILE_LABELS.get(register, register)}名单:{Doubt.label_of(doubt)}{since}",
            "请核实:属实的更正名册,不属实的解除",
        )
    if word == OLD_FILE:
        register, inbox_month = details
        return Told(
            f"{FILE_LABELS.get(register, register)}名册本月没有报送或不能使用,最近一次为 {inbox_month}",
            "补报后自动解除;或核实后用 disburse hold 解除",
        )
    if word == REJECTED:
        return Told("上次付款被银行退回,账户未更正", "请更正账户名册中的账户;更正后自动解除")
    if word == "profile":
        profile, header, reason = details
        return Told(f"{header}{MISFITS.get(reason, reason)}(格式 {profile})", "请与银行核对后更正账户或人口信息")
    return Told(HoldCode.label_of(code), "请核实后用 disburse hold 处理")
