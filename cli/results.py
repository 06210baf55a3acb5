"""`disburse results`: the bank's answers are read back."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options import county_option, json_option, officer_option, print_json
from contracts.codes import OfficerRole, RefusalCode
from contracts.settings import Home


@click.command()
@county_option
@click.argument("file", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@officer_option
@json_option
def results(county: str, file: Path, officer: str, as_json: bool) -> None:
    """读入回盘:每条指令到账、退票还是待查(列:指令号、状态、原因);同一文件再读不变。

    Read the bank's answers: instruction, status, reason. The same file again changes nothing; rows that fit nothing are
    listed with their reason.
    """
    import polars as pl

    from contracts.columns import headers
    from contracts.tables import RefusedRow
    from month.closing import read_results
    from month.officers import require
    from reports.lists import refused_rows
    from reports.tables import write_table

    home = Home.from_environment()
    require(home, officer, OfficerRole.MAKER, county, "results")
    told = read_results(home, county, file, officer)
    listed = home.reports / county / "results" / f"refused_{file.stem}.xlsx"
    listed.unlink(missing_ok=True)
    is_data = pl.col("code") != RefusalCode.NOT_DATA.value
    refused = refused_rows(told.refused.filter(is_data))
    others = told.refused.height - refused.height
    if not refused.is_empty():
        write_table(refused, listed, headers(RefusedRow), "未能记入的回盘")
    counts = {"rows": told.rows_in, "noted": told.noted, "already": told.already, "refused": refused.height}
    if as_json:
        print_json({**counts, "others": others, "list": str(listed) if refused.height else ""})
        return
    click.echo("回盘 {rows} 行:记入 {noted},此前已知 {already},未能记入 {refused}".format(**counts))
    if others:
        click.echo(f"另有 {others} 行不是数据(标题、合计等)")
    if refused.height:
        click.echo(f"清单:{listed}")
    click.echo(f"下一步:disburse status --county {county}")
