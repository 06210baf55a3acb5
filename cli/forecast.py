"""`disburse forecast`: the months ahead by what is known, beside what was paid in the months behind."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import MonthType, county_option, json_option, print_json, rows_of
from contracts.settings import Home

if TYPE_CHECKING:
    from reports.forecast import Forecast

MOST = 36
NOTE = "只按已知的推算:年龄、各项状态和证件的终止、已公布的标准;不猜新的申请、死亡和迁移;含暂缓中的人;不入账"


@click.command()
@county_option
@click.option("--run", "pay_month", type=MonthType(), help="从哪个发放月往后推算(默认最近一次)")
@click.option("--months", "count", type=click.IntRange(1, MOST), default=12, show_default=True, help="几个月")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="文件", help=".xlsx、.csv 或 .parquet"
)
@json_option
@click.pass_obj
def forecast(home: Home, county: str, pay_month: date | None, count: int, output: Path | None, as_json: bool) -> None:
    """今后十二个月各项多少人、多少钱,同过去十二个月实发并列;按已知的年龄、终止和标准推算,不入账。

    Twelve months' heads and money per benefit from what is known, beside what was paid; nothing is posted.
    """
    from month.forecasting import forecast_of, write

    found = forecast_of(home, county, pay_month, count)
    if output is not None:
        write(found, output)
        click.echo(f"已写出 {output}", err=as_json)
    if as_json:
        print_json(
            {
                "county": found.county,
                "pay_month": found.pay_month,
                "known_on": found.known_on,
                "ahead": rows_of(found.ahead),
                "behind": rows_of(found.behind),
                "documents": found.documents,
            }
        )
    elif output is None:
        _show(found)


def _show(found: Forecast) -> None:
    from cli.show import table, yuan
    from contracts.codes import Benefit

    click.secho(f"{found.county} 自 {found.pay_month} 往后(按 {found.known_on} 所知)", bold=True)
    table(
        "近各月实发",
        ("发放月", "正常人次", "正常金额(元)", "实发含补发(元)"),
        [
            (f"{row['pay_month']:%Y-%m}", row["people_count"], yuan(row["amount_fen"]), yuan(row["paid_fen"]))
            for row in found.months_behind.iter_rows(named=True)
        ],
    )
    table(
        "今后各月预计",
        ("月份", "人次", "新增", "减少", "金额(元)", "其中依据草案或占位(元)", "当月发放(元)", "标准未设定(人次,未计)"),
        [
            (
                f"{row['benefit_month']:%Y-%m}",
                row["people_count"],
                row["people_new"] or "",
                row["people_gone"] or "",
                yuan(row["amount_fen"]),
                yuan(row["uncertain_fen"]),
                yuan(row["pays_fen"]),
                row["unset_count"] or "",
            )
            for row in found.months_ahead.iter_rows(named=True)
        ],
    )
    table(
        "各项",
        ("项目", "近各月实发(元)", "今后预计(元)", "其中草案或占位(元)", "首月人数", "末月人数", "标准未设定"),
        [
            (
                Benefit.label_of(row["benefit"]),
                yuan(row["paid_fen"]),
                yuan(row["amount_fen"]),
                yuan(row["uncertain_fen"]),
                row["first_count"],
                row["last_count"],
                row["unset_count"] or "",
            )
            for row in found.benefits.iter_rows(named=True)
        ],
    )
    for document in found.documents:
        click.echo(f"非现行标准:{document}")
    click.echo(NOTE)
