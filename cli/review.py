"""`disburse review`: a month as one HTML file, for whoever signs it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cli.options import county_option, json_option, month_option, print_json
from contracts.settings import Home


@click.command()
@county_option
@month_option
@click.option("-o", "output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写成 .html")
@click.option("--masked", is_flag=True, help="财政审阅版:隐去姓名和村社区")
@json_option
@click.pass_obj
def review(home: Home, county: str, pay_month: date, output: Path, masked: bool, as_json: bool) -> None:
    """本月审阅页:一个文件,不联网,可打印:钱为何变动、图表、暂缓、待查、占位标准、文件摘要、谁已签谁该签。

    The month's review as one self-contained HTML file, as the book stands now.
    """
    from month.review_page import review_of

    written = review_of(home, county, pay_month, output, is_masked=masked)
    if as_json:
        print_json({"output": str(written)})
    else:
        click.echo(f"审阅页:{written}")
