"""`disburse hold`: list, place and lift holds."""

from __future__ import annotations

import click

from cli.options import county_option, json_option, officer_option, print_json, rows_of
from cli.who import acting
from cli.whom import METAVAR, PERSON
from contracts.codes import GapDecision, HoldCode
from contracts.settings import Home

SHOWN_COMMANDS = 5
BY_HAND = (HoldCode.MANUAL, HoldCode.UNDER_REVIEW, HoldCode.DUPLICATE_ELSEWHERE)


@click.group()
def hold() -> None:
    """列出、设立、解除暂缓:应发的钱暂时不付,及其原因。

    List, place and lift holds: why money that is owed is not paid yet.
    """


@hold.command("list")
@county_option
@json_option
@click.pass_obj
def listing(home: Home, county: str, as_json: bool) -> None:
    """列出现有的暂缓。  List open holds."""
    from cli.show import table, yuan
    from month.month import opened_month
    from reports.lists import held_for_programs, held_people

    with opened_month(home, county) as month:
        held = held_for_programs if as_json else held_people
        rows = held(month.book, county, month.tables.read("accepted_population"))
    if as_json:
        print_json(rows_of(rows))
        return
    table(
        f"{county} 暂缓({rows['person_id'].n_unique()} 人)",
        ("编号", "身份证号", "姓名", "乡镇", "项目", "暂缓", "原因", "怎么办", "金额(元)"),
        [
            (
                row["hold_ids"],
                row["person_id"],
                row["name"] or "",
                row["township"] or "",
                row["benefits"],
                row["code"],
                row["reason"],
                row["advice"],
                yuan(row["held_fen"]),
            )
            for row in rows.iter_rows(named=True)
        ],
        numbers_from=8,
    )
    for command in rows["command"].str.split("\n").explode().drop_nulls().head(SHOWN_COMMANDS):
        click.echo(f"  {command}")
    if rows["command"].len() > SHOWN_COMMANDS:
        click.echo("  其余见 held.xlsx 的“办理命令”一列")
    if rows.is_empty():
        click.echo("没有暂缓。")


@hold.command("set")
@county_option
@click.argument("person_id", metavar=METAVAR, type=PERSON)
@click.option(
    "--code", type=click.Choice([code.value for code in BY_HAND]), default=HoldCode.MANUAL.value, show_default=True
)
@click.option("--reason", required=True, help="理由")
@officer_option
@json_option
@click.pass_obj
def place(home: Home, county: str, person_id: str, code: str, reason: str, officer: str, as_json: bool) -> None:
    """暂缓一个人的全部款项,直到解除。  Hold everything of a person until lifted.

    何人:写 - 从标准输入读身份证号(终端里会问),或 @文件,或 disburse person 列出的序号。
    """
    from month.holding import place as placing

    hold_id = placing(home, county, person_id, HoldCode(code), reason, acting(home, officer))
    _tell(hold_id, "已暂缓", as_json)


@hold.command("lift")
@county_option
@click.argument("hold_id", type=int, metavar="编号")
@click.option("--reason", required=True, help="理由")
@click.option(
    "--decision",
    type=click.Choice(GapDecision.values()),
    help="名册缺口如何处理:" + ";".join(f"{one.value} {one.label}" for one in GapDecision),
)
@officer_option
@json_option
@click.pass_obj
def lift(home: Home, county: str, hold_id: int, reason: str, decision: str | None, officer: str, as_json: bool) -> None:
    """解除一项暂缓;下次运行即付。  Lift a hold; the next run pays."""
    from month.holding import lift as lifting

    lifting(
        home,
        county,
        hold_id,
        reason,
        GapDecision(decision) if decision else None,
        acting(home, officer),
    )
    _tell(hold_id, "已解除", as_json)


def _tell(hold_id: int, label: str, as_json: bool) -> None:
    if as_json:
        print_json({"hold_id": hold_id})
    else:
        click.echo(f"{label},编号 {hold_id};重新运行 disburse run 后生效")
