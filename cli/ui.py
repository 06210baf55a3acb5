"""`disburse ui`: the lineage page of the home, for whoever has the address that is printed here."""

from __future__ import annotations

import click

from cli.options import json_option, print_json
from cli.who import acting, password_option
from contracts.settings import Home


@click.command()
@click.option("--port", default=3000, show_default=True, help="端口")
@click.option("--operate/--read-only", default=False, help="可以运行,并启动定时服务;默认只看不动")
@click.option("--as", "officer", metavar="NAME", help="经办人;界面上运行的月份都由他经办(与 --operate 同用)")
@password_option
@json_option
@click.pass_obj
def ui(home: Home, port: int, operate: bool, officer: str | None, as_json: bool) -> None:
    """打开 Dagster 血缘界面:只监听本机,地址只能用一次。默认只看不动。

    The lineage page, on loopback, behind a one-time address. Read-only unless --operate --as NAME is given.
    """
    if operate != bool(officer):
        raise click.UsageError("--operate 和 --as 经办人 须同时给出")

    from contracts.codes import OfficerRole
    from dagster_project.page.serving import serve

    by = acting(home, home.settings().in_role(officer, OfficerRole.MAKER).name) if officer else None

    def tell(address: str) -> None:
        if as_json:
            print_json({"home": str(home.path), "address": address, "operates": by and by.officer})
            return
        click.echo(f"数据目录 {home.path}")
        click.echo(f"血缘界面 {address}")
        doing = f"由“{by.officer}”经办,定时服务已启动" if by else "只看不动;要运行请加 --operate --as 经办人"
        click.echo(f"  地址只能打开一次 · {doing} · 按 Ctrl+C 结束")

    serve(home, port, by, tell)
