"""`disburse trace`: from a register row to its payments, from a payment line to its rows and clauses."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import MonthType, county_option, json_option, print_json
from contracts.settings import Home

if TYPE_CHECKING:
    from reports.tracing import AcceptedRow, Item, LineTrace, RowTrace

NOTHING = "去掉这一行,应发不变:它不决定金额"


@click.command()
@click.option("--file", "file_name", metavar="文件名", default="", help="收到的名册文件,或发放文件")
@click.option("--row", "row_no", type=click.IntRange(1), metavar="行号", help="名册文件的第几行(按文件里的行号)")
@click.option("--sheet", metavar="工作表", help="几个工作表都有这一行时,写明哪一个")
@click.option("--batch", "batch_id", metavar="批次号", default="", help="发放批次,可代替发放文件名")
@click.option("--line", "line_no", type=click.IntRange(1), metavar="序号", help="发放文件的第几笔(按序号)")
@click.option("--month", "pay_month", type=MonthType(), help="哪个发放月收下的名册(默认最近一次)")
@county_option
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="文件.html",
    help="写成一页(.html);不联网,可打印",
)
@json_option
@click.pass_obj
def trace(
    home: Home,
    county: str,
    file_name: str,
    row_no: int | None,
    sheet: str | None,
    batch_id: str,
    line_no: int | None,
    pay_month: date | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """从名册的一行查到它决定的钱(--file 名册 --row 行),或从发放文件的一笔查到名册行和条款(--batch 批次 --line 笔)。

    From a register row to every payment it decided, or from a payment line to its rows and clauses.
    """
    from month import tracing
    from reports.person_told import plain

    if row_no is not None and file_name and not batch_id and line_no is None:
        found: RowTrace | LineTrace = tracing.trace_row(home, county, file_name, row_no, sheet, pay_month)
    elif line_no is not None and bool(file_name) != bool(batch_id) and row_no is None:
        found = tracing.trace_line(home, county, line_no, batch_id, file_name)
    else:
        raise click.UsageError("请写 --file 名册文件 --row 行号,或 --batch 批次号(或 --file 发放文件)--line 序号")
    if output is not None:
        tracing.write(found, output)
        click.echo(f"已写出 {output}", err=as_json)
    if as_json:
        print_json(plain(found))
    elif output is None:
        _show(found)


def _show(found: RowTrace | LineTrace) -> None:
    from reports.tracing import RowTrace

    if isinstance(found, RowTrace):
        _show_row(found)
    else:
        _show_line(found)


def _show_row(found: RowTrace) -> None:
    click.secho(f"{found.county} · {found.file_name} 第 {found.row_no} 行({found.pay_month} 发放月的运行)", bold=True)
    for cell in found.refused:
        where = f" {cell.column}" if cell.column else ""
        click.echo(f"拒收:{cell.label}{where}:{cell.reason};{cell.advice}")
    for row in found.rows:
        _show_accepted(row)


def _show_accepted(row: AcceptedRow) -> None:
    from reports import person_course

    who = f"{row.name} {row.person_id}(序号 {row.person_no})" if row.person_no is not None else row.name
    click.secho(f"\n{row.told.label}:{who}", bold=True)
    click.echo(f"  {row.told.source}:" + ",".join(f"{label} {value}" for label, value in row.told.cells.items()))
    if row.is_from_before:
        click.echo("  本月报来的行不能用,上次收下的这一行仍有效,待遇暂缓")
    if row.touched:
        _show_touched(row)
    elif not row.paid_to:
        click.echo(f"  {NOTHING}")
    _show_paid_to(row)
    for hold in row.holds:
        if not hold.lifted_at:
            click.echo(f"  {person_course.hold(hold)}")


def _show_touched(row: AcceptedRow) -> None:
    from cli.show import table
    from reports.tracing import decided_told, money_told

    table(
        "这一行决定的各月",
        ("所属月", "项目", "应发", "没有这一行", "入账、批次、文件、回盘"),
        [
            (
                one.benefit_month,
                one.benefit.label,
                decided_told(one.outcome, one.amount_fen),
                decided_told(one.without_outcome, one.without_fen),
                "\n".join(money_told(one)),
            )
            for one in row.touched
        ],
        numbers_from=9,
    )


def _show_paid_to(row: AcceptedRow) -> None:
    from cli.show import table, yuan

    table(
        "发到这个账户的",
        ("发放月", "项目", "批次", "第几笔", "文件", "人数", "金额(元)", "状态"),
        [
            (
                one.pay_month,
                one.benefit.label,
                one.batch_id,
                one.line_no,
                one.file_name,
                one.people_count,
                yuan(one.amount_fen),
                one.answer.label if one.answer else one.state.label,
            )
            for one in row.paid_to
        ],
        numbers_from=5,
    )


def _show_line(found: LineTrace) -> None:
    from contracts.money import yuan_label

    click.secho(f"{found.county} {found.pay_month} · {found.batch_id} 第 {found.line_no} 笔", bold=True)
    click.echo(
        f"  {found.file_name or '文件未生成'},指令 {found.instruction_id},{yuan_label(found.amount_fen)} 元,"
        f"{found.bank_name} {found.account_no} {found.payee_name};{found.state.label}"
    )
    signed = (("编批", found.maker), ("复核", found.checker), ("放行", found.releaser))
    click.echo("  " + "、".join(f"{step} {name}" for step, name in signed if name))
    for item in found.items:
        _show_item(item)


def _show_item(item: Item) -> None:
    from contracts.money import yuan_label

    click.secho(
        f"\n{item.name} {item.person_id} · {item.benefit.label} {item.benefit_month} {item.kind.label} "
        f"{yuan_label(item.amount_fen)} 元(第 {item.attempt} 次发放,{item.state})",
        bold=True,
    )
    click.echo(f"  由 {item.booked_in} 发放月的运行入账,{item.booked_by} 经办,按 {item.known_on} 所知")
    if item.note:
        click.echo(f"  {item.note}")
    for used in item.rows:
        cells = ",".join(f"{label} {value}" for label, value in used.told.cells.items())
        click.echo(f"  {used.role} {used.told.label}({used.told.source}):{cells}")
    if item.proof is not None:
        from cli.explain import show_reasons

        show_reasons(item.proof)
