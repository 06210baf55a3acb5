"""`disburse doctor`: is this installation fit to pay a month?"""

from __future__ import annotations

import click

from cli.options import json_option, print_json
from contracts.errors import InputError
from contracts.rooms import taken
from contracts.settings import Home


@click.command()
@click.option("--deep", is_flag=True, help="总账全部自证一遍(与 disburse audit verify 相同,账大时较久)")
@json_option
@click.pass_obj
def doctor(home: Home, deep: bool, as_json: bool) -> None:
    """检查安装与数据目录:能否写、设置、政策包、银行格式、总账、孤立的运行。

    Check the installation and the home, one line each.
    """
    if others := taken():
        told = "、".join(f"{room}({where or '没有'})" for room, where in others.items())
        raise InputError(
            f"Python 先找到了别的同名程序包:{told}",
            "请把本程序装在自己的 .venv 中(make run 会做),不要与其他程序装在一起",
        )
    from cli.lineage import foreign_lineage
    from month.health import Examined, examine

    findings = list(examine(home, deep=deep))
    foreign = foreign_lineage(home)
    findings.append(Examined("血缘与总账", not foreign, foreign or "没有外来记录"))
    found = {"checks": [{"what": one.what, "ok": one.is_well, "detail": one.detail} for one in findings]}
    sick = [one.what for one in findings if not one.is_well]
    if not as_json:
        for one in findings:
            click.echo(f"{'✓' if one.is_well else '✗'} {one.what}:{one.detail}")
    if sick:
        raise InputError(f"{len(sick)} 项检查未通过:{'、'.join(sick)}", "请按各项的说明处理", found=found)
    if as_json:
        print_json(found)
