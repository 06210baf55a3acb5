"""`disburse results`: the bank's answers are read back."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options import county_option, json_option, officer_option, print_json
from contracts.actor import Actor
from contracts.settings import Home


@click.command()
@county_option
@click.argument("file", metavar="文件", type=click.Path(path_type=Path))
@officer_option
@json_option
def results(county: str, file: Path, officer: str, as_json: bool) -> None:
    """读入回盘:每条指令到账、退票还是待查(列:指令号、状态、原因);同一文件再读不变。

    Read the bank's answers: instruction, status, reason. The same file again changes nothing; rows that fit nothing are
    listed with their reason.
    """
    from cli.lineage import tell_lineage
    from month.closing import read_results

    home = Home.from_environment()
    told = read_results(home, county, file, Actor.here(officer))
    tell_lineage(home, county)
    counts = {"rows": told.rows_in, "noted": told.noted, "already": told.already, "refused": told.refused}
    if as_json:
        print_json({**counts, "others": told.others, "list": str(told.listed or "")})
        return
    click.echo("回盘 {rows} 行:记入 {noted},此前已知 {already},未能记入 {refused}".format(**counts))
    if told.others:
        click.echo(f"另有 {told.others} 行不是数据(标题、合计等)")
    if told.listed:
        click.echo(f"清单:{told.listed}")
    click.echo(f"下一步:disburse status --county {county}")
