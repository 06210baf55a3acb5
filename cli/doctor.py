"""`disburse doctor`: is this installation fit to pay a month?"""

from __future__ import annotations

import click

from cli.options import json_option, print_json
from contracts.errors import InputError
from contracts.settings import Home


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """检查安装与数据目录:能否写、设置、政策包、银行格式、总账、孤立的运行。

    Check the installation and the home, one line each.
    """
    from month.health import examine

    findings = list(examine(Home.from_environment()))
    found = {"checks": [{"what": one.what, "ok": one.is_well, "detail": one.detail} for one in findings]}
    sick = [one.what for one in findings if not one.is_well]
    if not as_json:
        for one in findings:
            click.echo(f"{'✓' if one.is_well else '✗'} {one.what}:{one.detail}")
    if sick:
        raise InputError(f"{len(sick)} 项检查未通过:{'、'.join(sick)}", "请按各项的说明处理", found=found)
    if as_json:
        print_json(found)
