"""`disburse replay`: a past cycle rebuilt from its stored inputs and compared to the byte."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

import click

from cli.options import county_option, json_option, month_option, print_json
from contracts.errors import BookError
from contracts.settings import Home

if TYPE_CHECKING:
    from month.replaying import Replay


@click.command()
@county_option
@month_option
@click.option("--sequence", type=click.IntRange(min=1), metavar="N", help="第几期;不写为本月最后一期")
@json_option
@click.pass_obj
def replay(home: Home, county: str, pay_month: date, sequence: int | None, as_json: bool) -> None:
    """用存档的名册、政策和清单重算已发的一期,与存档、总账、发放文件逐字节比较;只看不动。

    Rebuild a past cycle from its stored inputs and compare with what was kept, booked and sent, to the byte; changes
    nothing.
    """
    from cli.show import progress
    from month.replaying import replay as replayed
    from month.stages import REPLAYED

    where = f"{county} {pay_month:%Y-%m}"
    with progress(f"重放 {where}", len(REPLAYED)) as reached:
        result = replayed(home, county, pay_month, sequence, reached)
    found = {**asdict(result), "is_other_code": result.is_other_code, "pay_month": f"{pay_month:%Y-%m}"}
    if not as_json:
        _show(result)
    if result.differences:
        what = f"重放与当时有 {len(result.differences)} 处不同"
        told = f"{what};计算程序的版本也不同" if result.is_other_code else what
        advice = "请核对存档、总账与发放文件是否被改动;版本不同的,请用当时的版本再重放"
        raise BookError(told, advice, where, found)
    if as_json:
        print_json(found)


def _show(result: Replay) -> None:
    """The result in an officer's words."""
    click.echo(f"{result.county} {result.pay_month:%Y-%m} 第 {result.sequence} 期,第 {result.run_id} 次运行")
    click.echo(f"清单 {result.manifest_digest},截至 {result.known_on:%Y-%m-%d} 所知,政策 {result.pack_digest}")
    click.echo(f"程序 当时 {result.code_then or '未记'},现在 {result.code_now}")
    for difference in result.differences:
        click.echo(f"不同 {difference.kind} {difference.name}:{difference.what}")
    if result.tables_not_kept:
        click.echo(f"存档中已没有、未比较的表 {len(result.tables_not_kept)} 张:{'、'.join(result.tables_not_kept)}")
    compared = f"{result.tables} 张表、{result.decisions} 个人月的核定、{result.files} 个发放文件"
    if not result.differences:
        click.echo(f"重放 {compared},与当时逐字节相同。")
    else:
        click.echo(f"比较了 {compared}。")
