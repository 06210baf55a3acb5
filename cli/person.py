"""`disburse person`: the whole story of one person, for the telephone first and for the auditor below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import COUNTY, county_option, json_option, officer_option, page_option, print_json
from cli.who import acting
from cli.whom import AS_TYPED, ASKED, PERSON
from contracts.errors import InputError
from contracts.settings import Home

if TYPE_CHECKING:
    import polars as pl

    from reports.person_found import Found
    from reports.person_told import CountyTold, PersonTold, Registered

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
    """一个人的全部经过(disburse person 姓名 村名,或 - 从标准输入读身份证号);认定两个号码是同一人,或者是两个人。

    One person's whole story; decide that two identity numbers are one person's, or two people's.
    """


@person.command("show")
@click.argument("asked", metavar="[姓名|指令号|账号末几位|-|@文件]", type=ASKED, required=False)
@click.argument("place", metavar="[村社区或乡镇]", required=False, default="")
@click.option("--number", "person_no", type=int, metavar="序号", help="找到几个人时,按列出的序号选一个")
@click.option("--county", type=COUNTY, metavar="县", help="县的代码或名称:只看一个县(默认所有县)")
@page_option
@json_option
@click.pass_obj
def show(
    home: Home,
    asked: str | None,
    place: str,
    person_no: int | None,
    county: str | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """一个人的全部经过:发到哪个月,各月应发已发,每次核定、入账、发放、回盘、暂缓、追回,何时何人办理。

    可写姓名(可加村名)、指令号、账号末几位;身份证号写 - 从标准输入读(终端里会问),或 @文件。
    不止一人的,先列出是谁,再用 --number 选。

    One person's whole story: paid up to which month, and every decision, payment, answer, hold and recovery.
    """
    from ledger.book import opened
    from month.month import registers_of
    from reports.person import tell
    from reports.person_found import find
    from reports.person_told import plain

    if (asked is None) == (person_no is None):
        raise click.UsageError("请写姓名、指令号或账号末几位,或写 - 从标准输入读身份证号;或 --number 序号")
    with opened(home.database_url) as book:

        def registers(name: str) -> Mapping[str, pl.LazyFrame] | None:
            return registers_of(home, book, name)

        found = find(book, asked, place, county, registers) if asked is not None else []
        numbers = {one.person_no for one in found} if person_no is None else {person_no}
        if not numbers:
            is_id = asked is not None and AS_TYPED.fullmatch(asked)
            advice = "请核对号码或姓名;姓名以最近一次收下的人口名册为准,账号至少写末四位"
            raise InputError("从未收到过这个身份证号" if is_id else "没有找到这个人", advice, county or "")
        number = numbers.pop() if len(numbers) == 1 else None
        told = tell(book, number, county, registers) if number is not None else None
    if told is None or number is None:
        _show_found(found, as_json)
        return
    if output is not None:
        _write_page(home, told, number, output)
        click.echo(f"已写出 {output}", err=as_json)
    if as_json:
        print_json(plain(told))
    elif output is None:
        _show(told)


def _write_page(home: Home, told: PersonTold, number: int, output: Path) -> None:
    """The page of the one county that knows him, with the proof of its newest month."""
    from month.month import opened_month
    from month.one_person import proof_of, write_page

    if len(told.counties) != 1:
        known = "、".join(one.county for one in told.counties) or "没有"
        raise click.UsageError(f"一页说明一个县,请写 --county(办理过此人待遇的县:{known})")
    with opened_month(home, told.counties[0].county) as month:
        write_page(month, number, proof_of(month, number, month.manifest.pay_month), output)


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
@click.argument("old_id", metavar="旧号码", type=PERSON)
@click.argument("new_id", metavar="现号码", type=PERSON)
@document_option
@officer_option
@json_option
@click.pass_obj
def join(home: Home, county: str, old_id: str, new_id: str, document: str, officer: str, as_json: bool) -> None:
    """认定两个号码是同一人,今后按现号码;两个号码的钱合并计算,多发的追回,下次运行生效。

    两个号码都写 -,先输旧的后输现在的(或 @文件,或 disburse person 列出的序号)。

    Decide that two identity numbers are one person's, who goes by the second one.
    """
    from month.identifying import join as joining

    count = joining(home, county, old_id, new_id, document, acting(home, officer))
    _tell_decision(count, "已认定为同一人", as_json)


@person.command("split")
@county_option
@click.argument("one_id", metavar="号码", type=PERSON)
@click.argument("other_id", metavar="另一号码", type=PERSON)
@document_option
@officer_option
@json_option
@click.pass_obj
def split(home: Home, county: str, one_id: str, other_id: str, document: str, officer: str, as_json: bool) -> None:
    """认定两个号码是两个人;认错的合并就此分开,各人的钱同没有合并过一样,下次运行生效。

    两个号码都写 -,从标准输入读(或 @文件,或 disburse person 列出的序号)。

    Decide that two identity numbers are two people's; a wrong join is undone.
    """
    from month.identifying import split as splitting

    count = splitting(home, county, one_id, other_id, document, acting(home, officer))
    _tell_decision(count, "已认定为两个人", as_json)


def _tell_decision(count: int, label: str, as_json: bool) -> None:
    if as_json:
        print_json({"numbers": count})
    else:
        click.echo(f"{label};重新运行 disburse run 后生效" if count else "此前已经这样认定,没有变化。")


def _show(told: PersonTold) -> None:
    for county in told.counties:
        _show_head(told, county)
    if not told.counties:
        click.echo(f"{told.person_id}:名册中有此人,但从未核定过任何待遇,也没有发过钱。")
    for county in told.counties:
        _show_months(county)
        _show_holds(county)
        _show_course(county)


def _show_head(told: PersonTold, county: CountyTold) -> None:
    """Who he is, and the answer to the telephone: paid up to which month."""
    from reports import person_course

    who = county.registered
    click.secho(
        f"{who.name if who else '(人口名册中没有此人)'} {told.person_id} · {county.county} · 序号 {told.person_no}",
        bold=True,
    )
    if who:
        click.echo(f"  {';'.join(_who(who))};账户:{_account(who)}")
    for standing in county.standings:
        click.echo(f"  {standing.benefit.label}:{person_course.standing(standing)}")
    if county.other_ids:
        click.echo(f"  认定为同一人的号码:{'、'.join(county.other_ids)}")
    click.echo(f"  合计:{person_course.sums(county.sums)}")


def _who(who: Registered) -> Iterator[str]:
    yield f"{who.sex.label if who.sex else ''} {who.birth_date} 生".strip()
    yield f"{who.township}{who.village}"
    events = ((who.moved_in_on, "迁入"), (who.moved_out_on, "迁出"), (who.died_on, "死亡"))
    yield from (f"{what} {day}" for day, what in events if day)


def _account(who: Registered) -> str:
    if not who.account_no:
        return "无账户"
    return f"{who.bank_name} {who.account_no} 户名 {who.payee}"


def _show_months(county: CountyTold) -> None:
    from cli.show import table, yuan

    click.echo()
    table(
        f"{county.county} 各月(元)",
        ("所属月", "项目", "结果", "应发", "已发", "已抵扣", "未付", "其中暂缓", "应追回"),
        [
            (
                month.benefit_month,
                month.benefit.label,
                month.outcome.label if month.outcome else "导入历史",
                yuan(month.amount_fen),
                *(yuan(getattr(month.sums, f"{name}_fen")) for name in SHOWN_SUMS),
            )
            for month in county.months
        ],
        numbers_from=3,
    )


def _show_holds(county: CountyTold) -> None:
    from reports import person_course

    if county.holds:
        click.secho(f"{county.county} 暂缓", bold=True)
    for hold in county.holds:
        click.echo(f"  {person_course.hold(hold)}")


def _show_course(county: CountyTold) -> None:
    from reports import person_course

    click.secho(f"{county.county} 经过", bold=True)
    for month in county.months:
        click.secho(f"  {month.benefit_month} {month.benefit.label}", bold=True)
        for line in person_course.course(month):
            click.echo(f"    {line}")
