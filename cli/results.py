"""`disburse results`: the bank's answers are read back."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options import county_option, json_option, officer_option, print_json
from contracts.codes import OfficerRole
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
    from contracts.columns import headers
    from contracts.tables import RefusedRow
    from dagster_project.closing import read_results
    from reports.lists import refused_rows
    from reports.tables import write_table

    home = Home.from_environment()
    home.settings().authorised(officer, OfficerRole.MAKER, county)
    told = read_results(home, county, file, officer)
    listed = home.reports / county / "results" / f"refused_{file.stem}.xlsx"
    listed.unlink(missing_ok=True)
    refused = refused_rows(told.refused)
    if not refused.is_empty():
        write_table(refused, listed, headers(RefusedRow), "未能记入的回盘")
    if as_json:
        counts = {"rows": told.rows_in, "noted": told.noted, "already": told.already, "refused": refused.height}
        print_json({**counts, "list": str(listed) if refused.height else ""})
        return
    click.echo(f"回盘 {told.rows_in} 行:记入 {told.noted},此前已知 {told.already},未能记入 {refused.height}")
    if refused.height:
        click.echo(f"清单:{listed}")
    click.echo(f"下一步:disburse status --county {county}")
