"""`disburse papers`: the county's papers of a month, as workbooks and, to be signed, as PDF."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cli.options import county_option, json_option, month_option, print_json
from contracts.settings import Home


@click.command()
@county_option
@month_option
@click.option("--pdf", "is_pdf", is_flag=True, help="同时写成 PDF(须安装 PDF 组件和一种中文字体)")
@click.option(
    "-o", "folder", type=click.Path(file_okay=False, path_type=Path), help="写到哪个文件夹(默认本月的清单文件夹)"
)
@json_option
@click.pass_obj
def papers(home: Home, county: str, pay_month: date, is_pdf: bool, folder: Path | None, as_json: bool) -> None:
    """本月的表册:花名册(全县、分乡镇)、汇总表、增减变动、资金拨付申请等,按总账现在的情况重写一遍。

    Write the month's papers anew, as the book stands now.
    """
    from month.papers import papers_again

    written = papers_again(home, county, pay_month, folder, is_pdf=is_pdf)
    if as_json:
        print_json({"output": [str(path) for path in written]})
        return
    for path in written:
        click.echo(str(path))
