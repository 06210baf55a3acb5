"""`disburse close`: a month that is done is sealed."""

from __future__ import annotations

from datetime import date

import click

from cli.options import county_option, json_option, month_option, officer_option, print_json
from contracts.codes import OfficerRole
from contracts.errors import BookError
from contracts.settings import Home


@click.command()
@county_option
@month_option
@officer_option
@click.option("--sign-list", "signature", metavar="摘要", default="", help="待查清单的摘要:核对过清单后照抄,即为署名")
@click.option("--reason", default="", help="尚有待查仍要结账的理由")
@json_option
def close(county: str, pay_month: date, officer: str, signature: str, reason: str, as_json: bool) -> None:
    """复核人结账:本月(及以前未结各月)封存,此后不再改动;后来知道的,在开着的月份里补发或追回。

    Seal the month, and earlier ones still open. What the bank has not answered is listed first; an officer who has
    seen the list signs it with its digest and a reason.
    """
    from month.closing import close_month, month_name, unanswered
    from month.officers import require
    from reports.tables import write_table

    home = Home.from_environment()
    require(home, officer, OfficerRole.CHECKER, county, "close")
    waiting = unanswered(home, county, pay_month)
    if waiting.rows.height and not (signature and reason):
        target = home.reports / county / f"{pay_month:%Y-%m}" / "unanswered.xlsx"
        write_table(waiting.rows, target, UNANSWERED, "待查")
        raise BookError(
            f"有 {waiting.rows.height} 笔尚无最终回盘结果,清单见 {target}",
            f"请先读入回盘;确需结账的,核对清单后加 --sign-list {waiting.signature} --reason 理由",
            f"{county} {pay_month:%Y-%m}",
            {"unanswered": waiting.rows.height, "list": str(target), "signature": waiting.signature},
        )
    seals = close_month(home, county, pay_month, officer, reason, signature)
    if as_json:
        print_json({"closed": [{"cycle": month_name(seal), "digest": seal.digest} for seal in seals]})
        return
    for seal in seals:
        click.echo(f"已结账 {month_name(seal)},封存摘要 {seal.digest}")
    if not seals:
        click.echo("此前已经结账,没有变化。")


UNANSWERED = {
    "batch_id": "批次",
    "line_no": "行号",
    "instruction_id": "指令号",
    "benefit": "项目",
    "amount_fen": "金额",
    "bank_event": "最近答复",
}
