"""`disburse status`: where a month stands."""

from __future__ import annotations

from datetime import date

import click

from cli.options import county_option, json_option, month_option, print_json
from contracts.codes import Benefit
from contracts.settings import Home


@click.command()
@county_option
@month_option
@json_option
def status(county: str, pay_month: date, as_json: bool) -> None:
    """本月走到哪一步、还缺什么、下一步由谁办。  Where a month stands, and who takes the next step."""
    from cli.show import table, yuan
    from cli.summary import STATES, show_uncertain
    from ledger.book import open_book
    from reports.status import status_of

    home = Home.from_environment()
    book = open_book(home.database_url)
    try:
        found = status_of(book, home.settings(), county, pay_month)
    finally:
        book.close()
    if as_json:
        print_json(found.as_dict())
        return
    click.echo(f"{county} {found.pay_month}:{found.label}")
    if found.cycles > 1:
        click.echo(f"  共 {found.cycles} 期(含补充发放 {found.cycles - 1} 期)")
    table(
        "批次",
        ("批次", "项目", "状态", "文件", "笔数", "金额(元)"),
        [
            (
                row["batch_id"],
                Benefit.label_of(str(row["part"])),
                STATES.get(str(row["state"]), row["state"]),
                row["file_name"] or "",
                row["line_count"],
                yuan(int(str(row["total_fen"]))),
            )
            for row in found.batches
        ],
        numbers_from=4,
    )
    show_uncertain(found.uncertain)
    if found.open_holds:
        click.echo(f"  暂缓 {found.open_holds} 人:disburse hold list --county {county}")
    if found.next_command:
        click.echo(
            f"  下一步:{found.next_command} --as {'/'.join(found.next_officers) or '(请先在 disburse.toml 登记)'}"
        )
