"""`disburse public`: lists of beneficiaries put up and taken down."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import click

from cli.options import DayType, county_option, json_option, month_option, officer_option, print_json
from cli.who import acting
from contracts.settings import Home


@click.group()
def public() -> None:
    """公示名单:张贴(写明起止和监督电话)、撤下、列出;期满未撤的,status 会提示。

    Lists of beneficiaries: put up, take down, list. One that hangs after its period is told by `status`.
    """


@public.command("up")
@county_option
@month_option
@click.option("--from", "from_on", required=True, type=DayType(), help="公示起期")
@click.option("--until", "until_on", required=True, type=DayType(), help="公示止期(当天仍在公示)")
@click.option("--telephone", required=True, help="监督电话")
@officer_option
@json_option
@click.pass_obj
def up(
    home: Home,
    county: str,
    pay_month: date,
    from_on: date,
    until_on: date,
    telephone: str,
    officer: str,
    as_json: bool,
) -> None:
    """记下本月公示的起止,写出带起止和电话的名单(先办这一步,再打印张贴)。  Note it, and write the list to put up."""
    from month.publishing import put_up

    written = put_up(home, county, pay_month, acting(home, officer), from_on, until_on, telephone)
    if as_json:
        print_json({"output": [str(path) for path in written]})
        return
    for path in written:
        click.echo(f"请打印张贴:{path}")


@public.command("down")
@county_option
@month_option
@click.option("--on", required=True, type=DayType(), help="撤下的日期")
@officer_option
@json_option
@click.pass_obj
def down(home: Home, county: str, pay_month: date, on: date, officer: str, as_json: bool) -> None:
    """记下本月的公示名单已撤下。  Note that the month's list was taken down."""
    from month.publishing import take_down

    take_down(home, county, pay_month, acting(home, officer), on)
    if as_json:
        print_json({"down_on": on})
    else:
        click.echo(f"已记下 {pay_month:%Y-%m} 的公示名单于 {on} 撤下")


@public.command("list")
@county_option
@json_option
@click.pass_obj
def listing(home: Home, county: str, as_json: bool) -> None:
    """列出各月公示的起止和撤下日期。  Every list that was put up."""
    from cli.show import table
    from month.publishing import published

    found = published(home, county)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    rows = [(one.pay_month, one.from_on, one.until_on, one.telephone, one.down_on or "未撤下") for one in found]
    table(f"{county} 公示", ("发放月", "自", "至", "监督电话", "撤下"), rows, numbers_from=5)
