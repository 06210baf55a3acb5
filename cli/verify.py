"""`disburse verify`: payment files read again by other code and compared with the book."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import click

from cli.options import county_option, json_option, month_option, print_json
from contracts.errors import BookError
from contracts.settings import Home


@click.command()
@county_option
@month_option
@json_option
@click.pass_obj
def verify(home: Home, county: str, pay_month: date, as_json: bool) -> None:
    """另用一套程序重读本月发放文件,逐行与总账核对;只看不动。

    Re-read the month's payment files with other code and compare every line with the book; changes nothing.
    """
    from ledger.book import opened
    from payments.verify import live_batches, verify_batches

    with opened(home.database_url) as book:
        live = live_batches(book, county, pay_month)
        findings = verify_batches(book, home, county, live)
    found = {"batches": live["batch_id"].sort().to_list(), "findings": [asdict(finding) for finding in findings]}
    if findings:
        if not as_json:
            click.echo("\n".join(f"不符 {one.batch_id} {one.file_name}:{one.what}" for one in findings))
        what = f"发放文件与总账有 {len(findings)} 处不符"
        raise BookError(what, "不要交给银行;请重新运行 disburse run 生成文件", f"{county} {pay_month:%Y-%m}", found)
    if as_json:
        print_json(found)
    else:
        click.echo(f"核对 {live.height} 个文件,与总账完全相符。" if live.height else "本月没有批次。")
