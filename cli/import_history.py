"""`disburse import-history`: what was paid before the first run, so that day one pays only what is owed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import DayType, county_option, json_option, officer_option, print_json
from cli.who import acting
from contracts.months import today
from contracts.settings import Home

if TYPE_CHECKING:
    from month.importing import Imported


@click.command("import-history")
@county_option
@click.argument("file", metavar="文件", type=click.Path(path_type=Path))
@officer_option
@click.option("--known-on", type=DayType(), help="知悉日(默认今天)")
@click.option("--accept-refused", is_flag=True, help="有拒收行时,不等更正先导入其余各行;须写明 --reason")
@click.option("--reason", default="", help="不等更正的理由,记入审计日志")
@json_option
@click.pass_obj
def import_history(
    home: Home,
    county: str,
    file: Path,
    officer: str,
    known_on: date | None,
    accept_refused: bool,
    reason: str,
    as_json: bool,
) -> None:
    """导入启用之前已经发放的钱(每人每项目每月一行),此后只发差额;同一文件再导入不变。

    Import what was paid before the first run: person, benefit, month, yuan. All rows or none, unless the refused ones
    are left out with a reason. The same file again changes nothing.
    """
    if accept_refused and not reason:
        raise click.UsageError("--accept-refused 须同时写明 --reason")
    from month.importing import import_history as importing

    known = known_on or today()
    without = reason if accept_refused else ""
    _tell(importing(home, county, file, acting(home, officer), known, without_refused=without), as_json)


def _tell(done: Imported, as_json: bool) -> None:
    from cli.show import table, yuan

    if not done.is_new:
        _tell_again(as_json)
        return
    if as_json:
        lists = [str(path) for path in done.lists]
        print_json({"imported": True, **done.counts, "benefits": list(done.benefits), "lists": lists})
        return
    table(
        "已导入的发放历史(元)",
        ("项目", "首月", "末月", "人数", "行数", "金额"),
        [
            (one["label"], one["first_month"], one["last_month"], one["people"], one["rows"], yuan(one["fen"]))
            for one in done.benefits
        ],
        numbers_from=3,
    )
    click.echo("来文 {rows_in} 行:导入 {rows},拒收 {rows_refused},不是数据 {rows_listed}".format(**done.counts))
    for path in done.lists:
        click.echo(f"清单:{path}")


def _tell_again(as_json: bool) -> None:
    if as_json:
        print_json({"imported": False, "reason": "same file"})
    else:
        click.echo("这份文件此前已经导入,没有变化。")
