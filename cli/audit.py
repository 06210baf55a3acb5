"""`disburse audit`: whether the book is what it was, and who did what."""

from __future__ import annotations

import json

import click

from cli.options import county_option, json_option, print_json
from contracts.errors import BookError
from contracts.settings import Home


@click.group()
def audit() -> None:
    """核对审计链与每月封存,查看谁在何时办了什么。  Whether the book is what it was; who did what, when."""


@audit.command()
@click.option("--head", metavar="摘要", default="", help="以前印在签字单上的链尾摘要:它须仍在链上")
@json_option
def verify(head: str, as_json: bool) -> None:
    """逐条重算审计链和每期封存;有改动即列出。  Work out the whole chain and every seal again."""
    from ledger import audit as chain
    from ledger import sealing
    from ledger.book import opened

    with opened(Home.from_environment().database_url) as book, book.reading() as conn:
        problems = [*chain.verify(conn), *sealing.verify(conn)]
        if head and not chain.holds(conn, head):
            problems.append("所给的链尾摘要不在审计链上:该摘要之后的记录被换过")
        found = {"whole": not problems, "head": chain.head(conn), "problems": problems}
    if problems:
        if not as_json:
            click.echo("\n".join(problems))
        what = f"账簿与当时不符({len(problems)} 处):{problems[0]}"
        raise BookError(what, "请停止发放,保留现场并报告", "audit", found)
    if as_json:
        print_json(found)
    else:
        click.echo(f"审计链与各期封存完好;链尾 {found['head']}")


@audit.command("list")
@county_option
@click.option("--last", type=click.IntRange(min=1), default=50, show_default=True, help="最近多少条")
@json_option
def listing(county: str, last: int, as_json: bool) -> None:
    """列出本县最近办理的事。  The county's latest entries."""
    from cli.show import table
    from ledger import audit as chain
    from ledger.book import opened

    with opened(Home.from_environment().database_url) as book, book.reading() as conn:
        entries = chain.entries(conn, county, last).to_dicts()
    for entry in entries:
        entry["detail"] = json.loads(entry.pop("detail_json"))
    if as_json:
        print_json(entries)
        return
    table(
        f"{county} 审计记录",
        ("编号", "时间(UTC)", "经办", "系统用户", "事项", "对象", "内容"),
        [
            (*told, ",".join(f"{name} {value}" for name, value in detail.items()))
            for *told, detail in (entry.values() for entry in entries)
        ],
        numbers_from=7,
    )
