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
@json_option
@click.pass_obj
def close(home: Home, county: str, pay_month: date, officer: str, signature: str, reason: str, as_json: bool) -> None:
    """复核人结账:本月(及以前未结各月)封存,此后不再改动;后来知道的,在开着的月份里补发或追回。

    Seal the month, and earlier ones still open. What the bank has not answered is listed first; an officer who has
    seen the list signs it with its digest and a reason.
    """
    from cli.lineage import tell_lineage
    from month.closing import close_month, month_name

    seals = close_month(home, county, pay_month, acting(home, officer), reason, signature)
    tell_lineage(home, county)
    if as_json:
        print_json({"closed": [{"cycle": month_name(seal), "digest": seal.digest} for seal in seals]})
        return
    for seal in seals:
        click.echo(f"已结账 {month_name(seal)},封存摘要 {seal.digest}")
    if not seals:
        click.echo("此前已经结账,没有变化。")
