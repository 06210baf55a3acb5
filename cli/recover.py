"""`disburse recover`: money owed back that came back some other way, or is given up."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from cli.options import MonthType, YuanType, county_option, json_option, officer_option, print_json, rows_of
from cli.who import acting, agreeing
from cli.whom import HOW, METAVAR, PERSON
from contracts.codes import Benefit, RecoveryMeans
from contracts.settings import Home

if TYPE_CHECKING:
    from month.recovering import OwedBy

MEANS = {means.value: means for means in RecoveryMeans if means is not RecoveryMeans.SET_OFF}
TOLD_MEANS = "、".join(f"{name} {means.label}" for name, means in MEANS.items())


@click.group()
def recover() -> None:
    """应追回的钱:列出,记下已退回的,或经批准核销。  Money owed back: list, note what came back, write off."""


@recover.command("list")
@county_option
@json_option
@click.pass_obj
def listing(home: Home, county: str, as_json: bool) -> None:
    """列出尚未追回的款项。  List what is still owed back."""
    from cli.show import table, yuan
    from contracts.codes import Cause
    from ledger.book import opened
    from ledger.receivables import owed_back

    with opened(home.database_url) as book, book.reading() as conn:
        rows = owed_back(conn, county)
    if as_json:
        print_json(rows_of(rows))
        return
    table(
        f"{county} 尚未追回(元)",
        ("编号", "身份证号", "项目", "所属月", "原因", "应追回", "已追回", "已核销", "尚欠"),
        [
            (
                row["receivable_id"],
                row["person_id"],
                Benefit.label_of(row["benefit"]),
                f"{row['benefit_month']:%Y-%m}",
                Cause.label_of(row["cause"]),
                *(yuan(row[name]) for name in ("amount_fen", "recovered_fen", "waived_fen", "left_fen")),
            )
            for row in rows.iter_rows(named=True)
        ],
        numbers_from=5,
    )
    if rows.is_empty():
        click.echo("没有尚未追回的款项。")


@recover.command("note")
@county_option
@click.option("--receivable", "receivable_id", type=int, help="应追回编号(见 disburse recover list)")
@click.option(
    "--person", "person_id", type=PERSON, metavar=METAVAR, help=f"或按人({HOW}):与 --benefit、--month 同用,先早后晚"
)
@click.option("--benefit", type=click.Choice(Benefit.values()), help="项目")
@click.option("--month", "benefit_month", type=MonthType(), help="所属月")
@click.option("--means", required=True, type=click.Choice(list(MEANS)), help=TOLD_MEANS)
@click.option("--amount", "amount_fen", required=True, type=YuanType(), help="金额,元,至多两位小数")
@click.option("--document", required=True, help="凭据编号(收据、银行回单、核销批文)")
@click.option("--approved-by", metavar="NAME", default="", help="核销由谁批准(另一位复核人)")
@officer_option
@json_option
@click.pass_obj
def note(
    home: Home,
    county: str,
    receivable_id: int | None,
    person_id: str | None,
    benefit: str | None,
    benefit_month: date | None,
    means: str,
    amount_fen: int,
    document: str,
    approved_by: str,
    officer: str,
    as_json: bool,
) -> None:
    """记下退回的钱(现金、家属、银行追回),或经另一人批准核销;同一凭据同一金额再记不变。

    Note money that came back, or a write-off that another officer approved. The same document again changes nothing.
    """
    from month.recovering import CameBack
    from month.recovering import note as noting

    if (means == RecoveryMeans.WAIVED.value) != bool(approved_by):
        raise click.UsageError("核销(waived)须写明 --approved-by,其他方式不写")
    owed = _owed(receivable_id, person_id, benefit, benefit_month)
    by, approver = acting(home, officer), agreeing(home, approved_by) if approved_by else None
    came_back = CameBack(MEANS[means], amount_fen, document, approver)
    count = noting(home, county, owed, came_back, by)
    if as_json:
        print_json({"receivables": count})
    else:
        click.echo(f"已记入 {count} 笔应追回。" if count else "这份凭据此前已经记入,没有变化。")


def _owed(receivable_id: int | None, person_id: str | None, benefit: str | None, month: date | None) -> int | OwedBy:
    """The receivable meant: by its number, or by whose and what it is."""
    from month.recovering import OwedBy

    if receivable_id is not None:
        return receivable_id
    if person_id is None or benefit is None or month is None:
        raise click.UsageError("请写明 --receivable,或同时写明 --person、--benefit、--month")
    return OwedBy(person_id, benefit, month)
