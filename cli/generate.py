"""`disburse generate`: synthetic registers, to try the program and to measure it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cli.options import MonthType, json_option, print_json
from contracts.months import add_months
from contracts.settings import Home


@click.command()
@click.option("--county", default="410721", show_default=True, metavar="CODE", help="县代码")
@click.option("--people", default=2000, show_default=True, type=click.IntRange(min=200), help="人口名册人数")
@click.option("--month", "first_month", default="2024-07", show_default=True, type=MonthType(), help="首个发放月")
@click.option("--months", default=3, show_default=True, type=click.IntRange(1, 36), help="连续几个月")
@click.option("--seed", default=1, show_default=True, help="随机种子;同样的人数与种子得到同样的文件")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="目标目录(默认数据目录的 inbox)")
@json_option
@click.pass_obj
def generate(
    home: Home, county: str, people: int, first_month: date, months: int, seed: int, output: Path | None, as_json: bool
) -> None:
    """生成仿真名册:年龄与各类人员占比同真实县,姓名与号码一望即知为假(99 开头)。"""
    import generator

    target = output or home.path / "inbox"
    wanted = [add_months(first_month, count) for count in range(months)]
    summary = generator.generate(target, county, people, wanted, seed)
    if as_json:
        print_json(summary.as_dict())
    else:
        click.echo(summary.text())
