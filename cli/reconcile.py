"""`disburse reconcile`: what was sent, what was answered, what the bank took; and the whole book beside itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import YuanType, county_option, json_option, month_option, officer_option, print_json
from cli.who import acting
from contracts.codes import Benefit
from contracts.errors import BookError
from contracts.settings import Home

if TYPE_CHECKING:
    from month.reconciling import Slip

look_option = click.option("--preview", "only_look", is_flag=True, help="只看,不写对账单,不记审计")


@click.group()
def reconcile() -> None:
    """对账:各出一张对账单,再对一次逐字节相同;不符的不在下期更正。  Reconcile; nothing is corrected."""


@reconcile.command()
@county_option
@month_option
@officer_option
@click.option("--debited", type=YuanType(), help="银行对账单上本月发放的支出合计(元)")
@click.option("--credited", type=YuanType(), help="银行对账单上退回付款账户的合计(元)")
@look_option
@json_option
@click.pass_obj
def sent(
    home: Home,
    county: str,
    pay_month: date,
    officer: str,
    debited: int | None,
    credited: int | None,
    only_look: bool,
    as_json: bool,
) -> None:
    """本月发放与回盘:每日每批每项送出、到账、退回、尚无结果,与回盘原件、与银行对账单相比。

    What went out beside the answers and the bank's statement, in heads, fen and a hash total.
    """
    from month.reconciling import Statement, reconcile_sent

    if credited and debited is None:
        raise click.UsageError("写了 --credited 也须写 --debited")
    statement = None if debited is None else Statement(debited, credited or 0)
    slip = reconcile_sent(home, county, pay_month, acting(home, officer), statement, only_look=only_look)
    _tell(slip, f"{county} {pay_month:%Y-%m}", as_json)


@reconcile.command()
@county_option
@officer_option
@look_option
@json_option
@click.pass_obj
def book(home: Home, county: str, officer: str, only_look: bool, as_json: bool) -> None:
    """全账:历月应付的每一分是已付、在途、暂缓、撤回、抵扣还是待付;同一人的相同付款逐组列出。

    The book beside itself over all months, and equal pay of one person that the key does not exclude.
    """
    from month.reconciling import reconcile_book

    _tell(reconcile_book(home, county, acting(home, officer), only_look=only_look), county, as_json)


@reconcile.command()
@click.argument("file", metavar="在册名单", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@county_option
@click.option(
    "--benefit", type=click.Choice(Benefit.values()), default="", metavar="项目", help="名单没有写项目时,是哪一项"
)
@officer_option
@look_option
@json_option
@click.pass_obj
def standing(home: Home, file: Path, county: str, benefit: str, officer: str, only_look: bool, as_json: bool) -> None:
    """一卡通在册:现在应发的人和账号,与平台给的在册名单两边相比;逐人清单写在 reports。

    Who should be paid now beside the list that a platform gives, both ways, by identity and account.
    """
    from month.reconciling import reconcile_platform

    _tell(reconcile_platform(home, county, file, acting(home, officer), benefit, only_look=only_look), county, as_json)


def _tell(slip: Slip, where: str, as_json: bool) -> None:
    """The slip; BookError where it tells differences."""
    found = {"slip": slip.digest, "differences": slip.differences, "file": str(slip.path or ""), "text": slip.text}
    if not as_json:
        click.echo(slip.text)
    if slip.differences:
        raise BookError(f"对账有 {slip.differences} 处不符", "请逐处查明;不在下期的数字里更正", where, found)
    if as_json:
        print_json(found)
        return
    click.echo(f"对账单 {slip.path},摘要 {slip.digest}" if slip.path else "只看,没有写对账单")
