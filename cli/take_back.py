"""`disburse take-back`: a month that was run by mistake counts no more."""

from __future__ import annotations

from datetime import date

import click

from cli.options import MonthType, county_option, json_option, officer_option, print_json
from cli.who import acting
from contracts.settings import Home


@click.command()
@county_option
@click.option("--month", "pay_month", type=MonthType(), required=True, help="误运行的发放月,须是本县最近运行的一个月")
@click.option("--reason", required=True, help="撤回的理由")
@officer_option
@json_option
@click.pass_obj
def take_back(home: Home, county: str, pay_month: date, reason: str, officer: str, as_json: bool) -> None:
    """经办人撤回误运行的一个月:尚无批次批准时可办;核定和入账回到该月以前,批次作废,一切留痕,此后可按次序运行。

    Take back a month that was run by mistake, while nothing of it is approved: decisions and money go back to what
    they were before it. Nothing is deleted.
    """
    from cli.show import yuan
    from month.taking_back import take_back as taking_back

    done = taking_back(home, county, pay_month, acting(home, officer), reason)
    if as_json:
        print_json({"month": f"{pay_month:%Y-%m}", "voided": done.batches, "withdrawn_fen": done.withdrawn_fen})
        return
    click.echo(
        f"已撤回 {pay_month:%Y-%m}:作废 {len(done.batches)} 批,撤回应付 {yuan(done.withdrawn_fen) or '0.00'} 元;"
        "本县回到以前的月份,请按次序运行"
    )
