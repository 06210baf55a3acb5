"""`disburse explain-month`: why a month's money differs from an earlier month's, to the fen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cli.options import MonthType, county_option, json_option, month_option, print_json
from contracts.settings import Home


@click.command("explain-month")
@county_option
@month_option
@click.option("--since", type=MonthType(), help="与哪个月相比(默认上一个发放月)")
@click.option("--year", "of_year", is_flag=True, help="与上年同月相比")
@click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path), help="写成 .xlsx,逐人列出每一原因")
@json_option
@click.pass_obj
def explain_month(
    home: Home, county: str, pay_month: date, since: date | None, of_year: bool, output: Path | None, as_json: bool
) -> None:
    """说明本月的钱:上月应发经哪些原因变成本月应发,本月应发又怎样成为文件里的钱;分文不差,每一原因都能列出人。

    Explain a month's money against an earlier month's: a sum of causes that adds up, then from owed to filed.
    """
    from cli.summary import show_explained
    from month.explaining import explained
    from reports.month_explained import a_year_before

    if since and of_year:
        raise click.UsageError("--since 与 --year 只能用一个")
    told = explained(home, county, pay_month, a_year_before(pay_month) if of_year else since)
    written = told.write(output) if output else None
    if as_json:
        print_json({**told.told.as_dict(), "output": str(written or "")})
        return
    show_explained(told.told)
    if written:
        click.echo(f"逐人清单:{written}")
