"""`disburse close`: a month that is done is sealed."""

from __future__ import annotations

from datetime import date

import click

from cli.options import county_option, json_option, month_option, officer_option, print_json
from cli.who import acting
from contracts.settings import Home


@click.command()
@county_option
@month_option
@officer_option
@click.option("--sign-list", "signature", metavar="摘要", default="", help="待查清单的摘要:核对过清单后照抄,即为署名")
@click.option("--reason", default="", help="尚有待查仍要结账的理由")
@click.option("--package", "only_package", is_flag=True, help="不结账,只把已结账各期的封存包再写出来")
@json_option
@click.pass_obj
def close(
    home: Home,
    county: str,
    pay_month: date,
    officer: str,
    signature: str,
    reason: str,
    only_package: bool,
    as_json: bool,
) -> None:
    """复核人结账:本月(及以前未结各月)封存,此后不再改动;后来知道的,在开着的月份里补发或追回。

    每一期写一个封存包,用旁边的 check_package.py 核对,不需要本程序和总账。

    Seal the month, and earlier ones still open, and write a package of each with a checker that stands alone. What the
    bank has not answered is listed first; an officer who has seen the list signs it with its digest and a reason.
    """
    from cli.lineage import tell_lineage
    from month.closing import close_month, month_name, package_month
    from month.packaging import CHECKER

    by = acting(home, officer)
    if only_package:
        done = package_month(home, county, pay_month, by)
    else:
        done = close_month(home, county, pay_month, by, reason, signature)
        tell_lineage(home, county)
    if as_json:
        packages = [
            {"cycle": month_name(one.seal), "file": str(one.package), "digest": one.digest, "head": one.head}
            for one in done.packages
        ]
        closed = [{"cycle": month_name(seal), "digest": seal.digest} for seal in done.seals]
        print_json({"closed": closed, "packages": packages})
        return
    for seal in done.seals:
        click.echo(f"已结账 {month_name(seal)},封存摘要 {seal.digest}")
    if not (done.seals or only_package):
        click.echo("此前已经结账,没有变化。")
    for one in done.packages:
        click.echo(f"封存包 {one.package}\n  SHA-256 {one.digest}\n  链尾 {one.head}(请抄在签字单上)")
    for one in done.packages[-1:]:
        click.echo(f"核对:python3 {one.package.with_name(CHECKER.name)} {one.package} --head {one.head}")
