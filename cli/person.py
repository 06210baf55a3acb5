"""`disburse person`: the whole story of one person, for the telephone first and for the auditor below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from cli.options import COUNTY, county_option, json_option, officer_option, print_json
from contracts.actor import Actor
from contracts.errors import InputError
from contracts.settings import Home

if TYPE_CHECKING:
    import polars as pl

    from reports.person_found import Found
    from reports.person_told import (
        AttemptTold,
        ByRun,
        CountyTold,
        HoldTold,
        MonthTold,
        ObligationTold,
        PersonTold,
        ReceivableTold,
        RecoveryTold,
        Standing,
        Sums,
        VersionTold,
    )

RESIDENT_ID = re.compile(r"\d{17}[\dXx]|\d{15}")
DAY = 10  # of an instant
SHOWN_SUMS = ("paid", "set_off", "unpaid", "held", "owed_back")


class TellsByDefault(click.Group):
    """A group that tells a person's story where none of its commands is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command in front of what is no command; a word like one of them is one that was misspelt."""
        from contracts.wording import nearest

        named = {*self.commands, *self.get_help_option_names(ctx)}
        if args and args[0] not in named and nearest(args[0], self.commands):
            raise click.NoSuchCommand(args[0], possibilities=self.commands, ctx=ctx)
        return super().parse_args(ctx, args if not args or args[0] in named else ["show", *args])


@click.group(cls=TellsByDefault)
def person() -> None:
    """一个人的全部经过(disburse person 身份证号);认定两个号码是同一人,或者是两个人。

    One person's whole story; decide that two identity numbers are one person's, or two people's.
    """


@person.command("show")
@click.argument("asked", metavar="[身份证号|姓名|指令号|账号末几位]", required=False)
@click.argument("place", metavar="[村社区或乡镇]", required=False, default="")
@click.option("--number", "person_no", type=int, metavar="序号", help="找到几个人时,按列出的序号选一个")
@click.option("--county", type=COUNTY, metavar="县", help="县的代码或名称:只看一个县(默认所有县)")
@json_option
@click.pass_obj
def show(home: Home, asked: str | None, place: str, person_no: int | None, county: str | None, as_json: bool) -> None:
    """一个人的全部经过:发到哪个月,各月应发已发,每次核定、入账、发放、回盘、暂缓、追回,何时何人办理。

    可写身份证号、姓名(可加村名)、指令号、账号末几位;不止一人的,先列出是谁,再用 --number 选。

    One person's whole story: paid up to which month, and every decision, payment, answer, hold and recovery.
    """
    from ledger.book import opened
    from month.month import registers_of
    from reports.person import tell
    from reports.person_found import find

    if (asked is None) == (person_no is None):
        raise click.UsageError("请写身份证号、姓名、指令号或账号末几位;或 --number 序号")
    with opened(home.database_url) as book:

        def registers(name: str) -> Mapping[str, pl.LazyFrame] | None:
            return registers_of(home, book, name)

        found = find(book, asked, place, county, registers) if asked is not None else []
        numbers = {one.person_no for one in found} if person_no is None else {person_no}
        if not numbers:
            is_id = asked is not None and RESIDENT_ID.fullmatch(asked)
            advice = "请核对号码或姓名;姓名以最近一次收下的人口名册为准,账号至少写末四位"
            raise InputError("从未收到过这个身份证号" if is_id else "没有找到这个人", advice, county or "")
        told = tell(book, numbers.pop(), county, registers) if len(numbers) == 1 else None
    if told is None:
        _show_found(found, as_json)
    elif as_json:
        print_json(told.as_dict())
    else:
        _show(told)


def _show_found(found: list[Found], as_json: bool) -> None:
    """Who may be meant, and how to ask for one of them; no full number on the screen or in a command."""
    from cli.show import table

    if as_json:
        print_json({"found": [asdict(one) for one in found]})
        return
    table(
        f"找到 {len({one.person_no for one in found})} 人",
        ("序号", "县", "姓名", "身份证号", "出生日期", "乡镇", "村社区", "账号"),
        [
            (
                one.person_no,
                one.county,
                one.name,
                one.person_id,
                one.birth_date,
                one.township,
                one.village,
                one.account,
            )
            for one in found
        ],
        numbers_from=8,
    )
    click.echo(f"看其中一人:disburse person --number {found[0].person_no}")


document_option = click.option("--document", required=True, help="凭据:证明材料的名称或文号")


@person.command("join")
@county_option
@click.argument("old_id", metavar="旧号码")
@click.argument("new_id", metavar="现号码")
@document_option
@officer_option
@json_option
@click.pass_obj
def join(home: Home, county: str, old_id: str, new_id: str, document: str, officer: str, as_json: bool) -> None:
    """认定两个号码是同一人,今后按现号码;两个号码的钱合并计算,多发的追回,下次运行生效。

    Decide that two identity numbers are one person's, who goes by the second one.
    """
    from month.identifying import join as joining

    count = joining(home, county, old_id, new_id, document, Actor.here(officer))
    _tell_decision(count, "已认定为同一人", as_json)


@person.command("split")
@county_option
@click.argument("one_id", metavar="号码")
@click.argument("other_id", metavar="另一号码")
@document_option
@officer_option
@json_option
@click.pass_obj
def split(home: Home, county: str, one_id: str, other_id: str, document: str, officer: str, as_json: bool) -> None:
    """认定两个号码是两个人;认错的合并就此分开,各人的钱同没有合并过一样,下次运行生效。

    Decide that two identity numbers are two people's; a wrong join is undone.
    """
    from month.identifying import split as splitting

    count = splitting(home, county, one_id, other_id, document, Actor.here(officer))
    _tell_decision(count, "已认定为两个人", as_json)


def _tell_decision(count: int, label: str, as_json: bool) -> None:
    if as_json:
        print_json({"numbers": count})
    else:
        click.echo(f"{label};重新运行 disburse run 后生效" if count else "此前已经这样认定,没有变化。")


def _show(told: PersonTold) -> None:
    for county in told.counties:
        _show_head(told.person_id, county)
    if not told.counties:
        click.echo(f"{told.person_id}:名册中有此人,但从未核定过任何待遇,也没有发过钱。")
    for county in told.counties:
        _show_months(county)
        _show_holds(county)
        _show_course(county)


def _show_head(person_id: str, county: CountyTold) -> None:
    """Who he is, and the answer to the telephone: paid up to which month."""
    who = county.registered
    click.secho(f"{who.name if who else '(人口名册中没有此人)'} {person_id} · {county.county}", bold=True)
    if who:
        told = [f"{who.sex} {who.birth_date} 生", f"{who.township}{who.village}"]
        told += [f"{day} {what}" for day, what in _events(who.moved_in_on, who.moved_out_on, who.died_on)]
        account = (
            f"{who.bank_name} {who.account} 户名 {who.payee_name}({who.relationship})" if who.account else "无账户"
        )
        click.echo(f"  {';'.join(told)};账户:{account}")
    for standing in county.standings:
        click.echo(f"  {standing.label}:{';'.join(_standing(standing))}")
    if county.other_ids:
        click.echo(f"  认定为同一人的号码:{'、'.join(county.other_ids)}")
    click.echo(f"  合计:{_sums(county.sums)}")


def _events(moved_in: str, moved_out: str, died: str) -> Iterator[tuple[str, str]]:
    yield from ((day, what) for day, what in ((moved_in, "迁入"), (moved_out, "迁出"), (died, "死亡")) if day)


def _standing(standing: Standing) -> Iterator[str]:
    from cli.show import yuan

    yield f"已发到 {standing.paid_to}({standing.paid_label})" if standing.paid_to else "还没有发过"
    if standing.unpaid:
        months = "、".join(f"{month} {yuan(fen)} 元" for month, fen in standing.unpaid)
        yield f"未付 {months}({'、'.join(standing.unpaid_labels)})"
    if standing.owed_back:
        yield "应追回 " + "、".join(f"{month} {yuan(fen)} 元" for month, fen in standing.owed_back)
    if standing.newest_outcome not in ("ENTITLED", ""):
        yield f"{standing.newest_month} {standing.newest_label}"


def _sums(sums: Sums) -> str:
    from contracts.money import yuan_label

    parts = [("已发", sums.paid_fen), ("已抵扣", sums.set_off_fen), ("未付", sums.unpaid_fen)]
    parts += [("其中暂缓", sums.held_fen), ("应追回", sums.owed_back_fen)]
    parts += [("已追回", sums.recovered_fen), ("核销", sums.waived_fen)]
    shown = [(label, fen) for label, fen in parts if fen or label in ("已发", "未付", "应追回")]
    return ",".join(f"{label} {yuan_label(fen)} 元" for label, fen in shown)


def _show_months(county: CountyTold) -> None:
    from cli.show import table, yuan

    click.echo()
    table(
        f"{county.county} 各月(元)",
        ("所属月", "项目", "结果", "应发", "已发", "已抵扣", "未付", "其中暂缓", "应追回"),
        [
            (
                month.benefit_month,
                month.label,
                month.outcome_label or "导入历史",
                yuan(month.amount_fen),
                *(yuan(getattr(month.sums, f"{name}_fen")) for name in SHOWN_SUMS),
            )
            for month in county.months
        ],
        numbers_from=3,
    )


def _show_holds(county: CountyTold) -> None:
    if county.holds:
        click.secho(f"{county.county} 暂缓", bold=True)
    for hold in county.holds:
        click.echo(f"  {_hold(hold)}")


def _hold(hold: HoldTold) -> str:
    what = "全部款项" if hold.obligation_id is None else f"应付 {hold.obligation_id}"
    placed = f"{_day(hold.placed_at)} {hold.actor} 暂缓{what}(编号 {hold.hold_id}):{hold.label},{hold.reason}"
    if not hold.lifted_at:
        return f"{placed};未解除:{hold.advice}"
    why = "、".join(part for part in (hold.decision_label, hold.lift_reason) if part)
    return f"{placed};{_day(hold.lifted_at)} {hold.lifted_by} 解除{f'({why})' if why else ''}"


def _show_course(county: CountyTold) -> None:
    click.secho(f"{county.county} 经过", bold=True)
    for month in county.months:
        click.secho(f"  {month.benefit_month} {month.label}", bold=True)
        for line in _course(month):
            click.echo(f"    {line}")


def _course(month: MonthTold) -> Iterator[str]:
    """In the order of the runs: what was decided, then what it booked."""
    told = [(version.run.run_id, [_version(version)]) for version in month.versions]
    told += [(owed.run.run_id, list(_obligation(owed))) for owed in month.obligations]
    told += [(owed.run.run_id, list(_receivable(owed))) for owed in month.receivables]
    for _, lines in sorted(told, key=lambda one: one[0]):
        yield from lines


def _version(version: VersionTold) -> str:
    from cli.show import yuan

    amount = {"ENTITLED": f" {yuan(version.amount_fen)} 元", "LOST_TO_HIGHER": f"(中选 {version.winner_label})"}
    told = f"核定第 {version.version_no} 版:{version.label}{amount.get(version.outcome, '')}"
    return f"{_by(version.run)} {told}{_ground(version.correction_label)}"


def _obligation(owed: ObligationTold) -> Iterator[str]:
    from cli.show import yuan

    number = f"应付 {owed.obligation_id}"
    if not owed.run.pay_month:
        yield f"{_by(owed.run)} 导入历史 {yuan(owed.amount_fen)} 元({number})"
        return
    yield (
        f"{_by(owed.run)} 入账{owed.kind_label} {yuan(owed.amount_fen)} 元({number},{owed.state_label})"
        f"{_ground(owed.correction_label)}"
    )
    for attempt in owed.attempts:
        yield f"  {_attempt(attempt)}"
        for answer in attempt.answers:
            said = " ".join(part for part in (answer.reason_code, answer.reason) if part)
            yield f"    {_day(answer.recorded_at)} 银行:{answer.label}{f'({said})' if said else ''}"
    for taken in owed.withdrawals:
        yield (
            f"  {_by(taken.run)} 撤回 {yuan(taken.amount_fen)} 元:{taken.cause_label}{_ground(taken.correction_label)}"
        )
    for one in owed.set_offs:
        yield f"  {_recovery(one)}(应收 {one.receivable_id})"


def _attempt(attempt: AttemptTold) -> str:
    from cli.show import yuan

    signed = [
        f"编批 {attempt.maker}",
        f"复核 {attempt.checker}",
        f"放行 {attempt.releaser} {_day(attempt.released_at)}",
    ]
    shown = [one for one, name in zip(signed, (attempt.maker, attempt.checker, attempt.releaser), strict=True) if name]
    if attempt.rejected_by:
        shown.append(f"{attempt.rejected_by} 驳回({attempt.reject_reason})")
    if attempt.void_reason:
        shown.append(f"作废({attempt.void_reason})")
    file = f"{f',{attempt.file_name}' if attempt.file_name else ''}(指令 {attempt.instruction_id})"
    return (
        f"第 {attempt.attempt} 次发放 {yuan(attempt.amount_fen)} 元:{attempt.batch_id} 第 {attempt.line_no} 行{file},"
        f"{attempt.bank_name} {attempt.account} {attempt.payee_name};{'、'.join(shown)}"
    )


def _receivable(owed: ReceivableTold) -> Iterator[str]:
    from cli.show import yuan

    left = f"尚欠 {yuan(owed.open_fen)} 元" if owed.open_fen else "已了结"
    yield (
        f"{_by(owed.run)} 应追回 {yuan(owed.amount_fen)} 元(应收 {owed.receivable_id},{left}):{owed.cause_label}"
        f"{_ground(owed.correction_label)}"
    )
    for one in owed.recoveries:
        yield f"  {_recovery(one)}" + (f"(应付 {one.obligation_id})" if one.obligation_id else "")


def _recovery(one: RecoveryTold) -> str:
    from cli.show import yuan

    document = f",凭据 {one.document}" if one.document else ""
    approved = f",批准 {one.approved_by}" if one.approved_by else ""
    return f"{_day(one.recorded_at)} {one.officer} {one.label} {yuan(one.amount_fen)} 元{document}{approved}"


def _by(run: ByRun) -> str:
    cycle = f"{run.pay_month} 发放月" if run.pay_month else "历史"
    return f"{_day(run.posted_at)} {run.maker}({cycle},按 {run.known_on} 所知)"


def _ground(label: str) -> str:
    return f"〔{label}〕" if label else ""


def _day(instant: str) -> str:
    return instant[:DAY]
