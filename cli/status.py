"""`disburse status`: where a month stands, or every county of the home."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from cli.options import COUNTY, LEAST_DIGITS, MonthType, json_option, print_json
from contracts.codes import BatchState
from contracts.errors import BookError
from contracts.settings import Home

if TYPE_CHECKING:
    from reports.status import MonthStatus


@click.command()
@click.option("--county", type=COUNTY, metavar="县", help="县的代码或名称(不写:本目录的每个县一行)")
@click.option("--month", "pay_month", type=MonthType(), help="发放月(默认最近一月)")
@json_option
@click.pass_obj
def status(home: Home, county: str | None, pay_month: date | None, as_json: bool) -> None:
    """本月走到哪一步、什么挡着下一步、由谁来办;不写 --county 则每县一行。

    Where a month stands, what blocks the next step and who may take it; without --county one line a county.
    """
    from cli.lineage import foreign_lineage
    from ledger.book import opened
    from month import officers, progress

    is_bare = officers.is_bare(home)
    with opened(home.database_url) as book:
        if county is None:
            every = {one: progress.status(home, book, one, pay_month) for one in progress.counties(home, book)}
        else:
            every = {county: progress.status(home, book, county, pay_month)}
    found = [one for one in every.values() if one]
    if county is None:
        _tell_counties(found, [name for name, one in every.items() if one is None], as_json)
    elif not found:
        raise BookError("本县还没有运行过,也没有收到名册", "请把名册放入 inbox 后运行 disburse run", county)
    elif as_json:
        print_json({**found[0].as_dict(), "has_bare_names": is_bare, "foreign_lineage": foreign_lineage(home)})
    else:
        _show(found[0])
    if is_bare and not as_json:
        click.echo(officers.BARE_NAMES)
    if not as_json and (foreign := foreign_lineage(home)):
        click.echo(f"提醒:{foreign}", err=True)


def _tell_counties(found: list[MonthStatus], silent: list[str], as_json: bool) -> None:
    from cli.show import table, yuan

    if as_json:
        print_json({"counties": [one.as_dict() for one in found], "without_registers": silent})
        return
    table(
        "各县",
        ("县", "发放月", "走到哪一步", "下一步由谁", "挡着的事", "其他未了", "笔数", "金额(元)"),
        [
            (
                one.county,
                one.pay_month,
                one.label,
                "/".join(one.next_officers),
                sum(matter.blocks for matter in one.matters) or "",
                sum(not matter.blocks for matter in one.matters) or "",
                sum(int(str(batch["line_count"])) for batch in one.batches) or "",
                yuan(sum(int(str(batch["total_fen"])) for batch in one.batches)),
            )
            for one in found
        ],
        numbers_from=4,
    )
    if silent:
        click.echo(f"还没有收到名册:{'、'.join(silent)}")
    if not found and not silent:
        click.echo("本目录还没有任何县:请把名册放入 inbox/<县代码>/<年月>/ 后运行 disburse run。")


def _show(found: MonthStatus) -> None:
    """The step and who comes next first, then what blocks it, then the batches."""
    from cli.show import table, yuan
    from cli.summary import show_payees, show_uncertain, show_unconfirmed
    from reports.summary import part_label

    click.secho(f"{found.county} {found.pay_month}:{found.label}", bold=True)
    if found.next_command:
        who = "/".join(found.next_officers) or "(请先在 disburse.toml 登记)"
        click.echo(f"  下一步:{found.next_command} --as {who}")
    if found.cycles > 1:
        click.echo(f"  共 {found.cycles} 期(含补充发放 {found.cycles - 1} 期)")
    for title, blocks in (("挡着下一步", True), ("其他未了", False)):
        table(
            title,
            ("事项", "谁办", "怎么办", "数量", "金额(元)"),
            [
                (matter.label, "/".join(matter.owners), matter.advice, matter.count, yuan(matter.fen))
                for matter in found.matters
                if matter.blocks is blocks
            ],
            numbers_from=3,
        )
    table(
        "批次",
        ("批次", "项目", "状态", "文件", "笔数", "金额(元)"),
        [
            (
                row["batch_id"],
                part_label(row),
                BatchState.label_of(str(row["state"])),
                row["file_name"] or "",
                row["line_count"],
                yuan(int(str(row["total_fen"]))),
            )
            for row in found.batches
        ],
        numbers_from=4,
    )
    if found.waiting_digest:
        click.echo(f"待签内容的摘要:{found.waiting_digest[:LEAST_DIGITS]}(批准时用 --seen 照抄,只签这些内容)")
    table(
        "银行答复",
        ("答复", "笔数", "金额(元)"),
        [(row.label, row.count, yuan(row.fen)) for row in found.answers],
    )
    show_payees(found.payees)
    show_uncertain(found.uncertain)
    show_unconfirmed(found.unconfirmed)
