"""`disburse explain-year`: a calendar year's money, its months side by side, adding up to the fen."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options import county_option, json_option, print_json
from contracts.settings import Home


@click.command("explain-year")
@county_option
@click.option("--year", type=click.IntRange(2000, 2100), required=True, help="年度,如 2024")
@click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path), help="写成 .xlsx,各项待遇十二个月并列")
@json_option
@click.pass_obj
def explain_year(home: Home, county: str, year: int, output: Path | None, as_json: bool) -> None:
    """说明一个年度的钱:各月应发经哪些原因逐月变来,全年应发又怎样成为文件里的钱;十二个月并列,分文不差。

    Explain a calendar year: owed month by month by cause, and from owed to filed; every line adds up to the year.
    """
    from cli.summary import show_year
    from month.explaining import explained_year
    from reports.year_explained import write

    told = explained_year(home, county, year)
    written = write(told, output) if output else None
    if as_json:
        print_json({**told.as_dict(), "output": str(written or "")})
        return
    show_year(told)
    if written:
        click.echo(f"各项待遇十二个月:{written}")
