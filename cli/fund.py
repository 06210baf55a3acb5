"""`disburse fund`: the money that was allocated, and what is left of it."""

from __future__ import annotations

from datetime import date

import click

from cli.options import DayType, YuanType, county_option, json_option, officer_option, print_json
from cli.who import acting
from contracts.codes import FundLevel
from contracts.settings import Home


@click.group()
def fund() -> None:
    """登记指标(文号、名称、级次、金额),查各级余额:放行记支出,退票和整批退回按原分担冲回。

    Enter allocations and see what is left: a release debits, a return or a refused order credits by the same split.
    """


@fund.command("add")
@county_option
@click.option("--document", required=True, help="指标文号")
@click.option("--purpose", required=True, help="指标名称")
@click.option(
    "--level",
    required=True,
    type=click.Choice(FundLevel.values()),
    help=";".join(f"{one.value} {one.label}" for one in FundLevel),
)
@click.option("--amount", "fen", required=True, type=YuanType(), help="金额(元)")
@click.option("--dated-on", required=True, type=DayType(), help="文件日期")
@click.option("--take-back", "is_taken_back", is_flag=True, help="冲销:此前登记错的,同样的金额记为负数")
@click.option("--reason", default="", help="理由(冲销必写)")
@officer_option
@json_option
@click.pass_obj
def add(
    home: Home,
    county: str,
    document: str,
    purpose: str,
    level: str,
    fen: int,
    dated_on: date,
    is_taken_back: bool,
    reason: str,
    officer: str,
    as_json: bool,
) -> None:
    """登记一笔指标(发放人员);同样的一笔再登记不重复。  Enter an allocation; the same again adds nothing."""
    from ledger.funds import Allocation
    from month.funding import allocate

    new = Allocation(document, purpose, FundLevel(level), -fen if is_taken_back else fen, dated_on, reason)
    is_new = allocate(home, county, new, acting(home, officer))
    if as_json:
        print_json({"is_new": is_new})
    else:
        click.echo("已登记" if is_new else "此前已登记,没有重复登记")


@fund.command("list")
@county_option
@json_option
@click.pass_obj
def listing(home: Home, county: str, as_json: bool) -> None:
    """列出指标和各级余额。  List allocations, and what is left at each level."""
    from cli.show import table, yuan
    from month.funding import register_of, told

    found = register_of(home, county)
    if as_json:
        print_json(told(found))
        return
    if not found.allocated:
        click.echo("没有登记过指标;登记之后,放行前核对余额。")
        return
    rows = [(one.entry_id, one.officer, one.allocation) for one in found.allocated]
    table(
        f"{county} 指标",
        ("编号", "级次", "文号", "名称", "日期", "登记人", "金额(元)"),
        [
            (entry, new.level.label, new.document_no, new.purpose, new.dated_on, officer, yuan(new.fen))
            for entry, officer, new in rows
        ],
        numbers_from=6,
    )
    table(
        f"{county} 各级余额(元)",
        ("级次", "指标", "已发", "退回", "余额", "待发", "不足"),
        [
            (
                one.level.label,
                *map(yuan, (one.allocated_fen, one.paid_fen, one.returned_fen, one.left_fen)),
                *map(yuan, (one.waiting_fen, one.short_fen)),
            )
            for one in found.balances
        ],
        numbers_from=1,
    )
