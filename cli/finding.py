"""`disburse finding`: list what auditors would find in the month, and decide it."""

from __future__ import annotations

from datetime import date

import click

from cli.options import MonthType, county_option, json_option, month_option, officer_option, print_json, rows_of
from cli.who import acting
from contracts.codes import FindingDecision
from contracts.settings import Home

SHOWN = {
    "finding_id": "编号",
    "rule": "疑点",
    "name": "姓名",
    "person_id": "身份证号",
    "evidence": "证据",
    "effect": "未办理时",
    "state": "办理",
}


@click.group()
def finding() -> None:
    """列出、办理疑点:审计会查出的,在发放之前先查出来,由经办人逐条决定。

    What auditors would find, found before the money goes out; an officer decides each.
    """


@finding.command("list")
@county_option
@month_option
@click.option("--open", "is_open", is_flag=True, help="只列未办理的")
@json_option
@click.pass_obj
def listing(home: Home, county: str, pay_month: date, is_open: bool, as_json: bool) -> None:
    """列出本月的疑点及其办理。  List the findings of the month and what was decided."""
    from cli.show import table, yuan
    from month.auditing import listed

    rows = listed(home, county, pay_month, is_open=is_open)
    if as_json:
        print_json(rows_of(rows))
        return
    table(
        f"{county} {pay_month:%Y-%m} 疑点({rows['person_id'].n_unique()} 人)",
        (*SHOWN.values(), "金额(元)"),
        [(*(row[name] or "" for name in SHOWN), yuan(row["amount_fen"])) for row in rows.iter_rows(named=True)],
        numbers_from=len(SHOWN),
    )
    if rows.is_empty():
        click.echo("没有未办理的疑点。" if is_open else "没有疑点。")
    else:
        click.echo("责任部门、乡镇、依据见本月清单中的 findings.xlsx")


@finding.command("decide")
@county_option
@click.argument("finding_ids", metavar="编号…", nargs=-1, required=True)
@click.option(
    "--decision",
    type=click.Choice(FindingDecision.values()),
    required=True,
    help=";".join(f"{one.value} {one.label}" for one in FindingDecision),
)
@click.option("--reason", required=True, help="理由")
@click.option("--until", "until_month", type=MonthType(), help="认可到哪个发放月(accept 必写),到期后再问")
@officer_option
@json_option
@click.pass_obj
def decide(
    home: Home,
    county: str,
    finding_ids: tuple[str, ...],
    decision: str,
    reason: str,
    until_month: date | None,
    officer: str,
    as_json: bool,
) -> None:
    """办理疑点,证据不变就不再问。hold 此人的款项暂缓;correct 由责任部门更正名册,叫停的在更正前不编批;accept 认可照发。

    Decide findings: hold the person's money, have the register corrected, or accept up to a month.
    """
    from month.auditing import decide as deciding

    made = FindingDecision(decision)
    placed = deciding(home, county, finding_ids, made, reason, acting(home, officer), until_month)
    if as_json:
        print_json({"decided": sorted(finding_ids), "holds": placed})
        return
    holds = f",设立暂缓 {'、'.join(map(str, placed))}" if placed else ""
    click.echo(f"已办理 {len(set(finding_ids))} 条:{made.label}{holds};重新运行 disburse run 后生效")
