"""`disburse run`: a county's pay month from registers to payment files, or only its differences."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import DayType, county_option, json_option, month_option, officer_option, print_json
from contracts.codes import OfficerRole
from contracts.settings import Home

if TYPE_CHECKING:
    from reports.summary import OldRegister


@click.command()
@county_option
@month_option
@officer_option
@click.option("--known-on", type=DayType(), help="知悉日:只用该日及以前发布的标准(默认今天)")
@click.option("--preview", is_flag=True, help="只算不入账,列出将要入账的差异")
@click.option("--override-by", metavar="NAME", default="", help="内控叫停后,由谁(复核人员)同意继续")
@click.option("--reason", default="", help="同意继续的理由")
@json_option
def run(
    county: str,
    pay_month: date,
    officer: str,
    known_on: date | None,
    preview: bool,
    override_by: str,
    reason: str,
    as_json: bool,
) -> None:
    """计算、入账、编批一个县一个月的发放;重复运行只处理差异。

    Run a county's pay month. Running it again handles only what changed.
    """
    from month.officers import require, require_another

    home = Home.from_environment()
    require(home, officer, OfficerRole.MAKER, county, "run")
    if override_by:
        require(home, override_by, OfficerRole.CHECKER, county, "override")
        require_another(home, officer, override_by, county, "override")
        if not reason:
            raise click.UsageError("--override-by 须同时写明 --reason")

    from cli.show import progress
    from dagster_project.running import run_month, step_names
    from month.month import Choices, system_user

    choices = Choices(maker=officer, system_user=system_user(), override_by=override_by, override_reason=reason)
    with progress(f"{county} {pay_month:%Y-%m}", len(step_names(home, preview))) as reached:
        run_id = run_month(home, county, pay_month, known_on, choices, preview=preview, on_step=reached)
    if preview:
        _show_preview(home, county, pay_month, as_json)
    else:
        _show_month(home, county, pay_month, run_id, as_json)


def _show_month(home: Home, county: str, pay_month: date, run_id: str, as_json: bool) -> None:
    from cli.summary import show, show_actions, show_grounds
    from month import steps
    from month.month import open_month
    from reports import corrections, lists
    from reports.summary import not_handed_in, summarise

    with closing(open_month(home, county, pay_month)) as month:
        counts = month.stage.read("intake_counts")
        old = not_handed_in(counts, month.stage.read("refused_rows"))
        summary = summarise(month.book, county, pay_month, counts)
        grounds = corrections.by_ground(month.book, county, pay_month)
        beyond = corrections.beyond(month.stage.read("beyond_window"))
        is_replay = month.is_replay
        written = [] if is_replay else lists.write_lists(month.book, home.reports, county, pay_month, month.stage.read)
        written += [] if is_replay else steps.return_refused(month)
    if as_json:
        print_json(
            {
                **summary.as_dict(),
                "corrections": [asdict(line) for line in grounds],
                "action_required": asdict(beyond),
                "not_handed_in": [asdict(line) for line in old],
                "run_id": run_id,
                "is_replay": is_replay,
                "lists": [str(path) for path in written],
                "folder": str(home.outbox / county / f"{pay_month:%Y-%m}") if summary.files else "",
            }
        )
        return
    if is_replay:
        click.echo("更晚的月份已经入账:本次只重算核对,没有入账。")
    show(summary)
    show_grounds(grounds)
    show_actions(beyond)
    _show_old(old, f"{pay_month:%Y-%m}")
    for path in written:
        click.echo(f"清单:{_shown(path, home)}")
    if summary.files:
        click.echo(f"发放文件在 {_shown(home.outbox / county / f'{pay_month:%Y-%m}', home)}")
    if any(file.state != "released" for file in summary.files):
        click.echo(f"下一步:disburse approve --county {county} --month {pay_month:%Y-%m} --as 复核人")


def _show_old(registers: Sequence[OldRegister], pay_month: str) -> None:
    for line in registers:
        if line.is_received:
            click.echo(f"名册:{line.told(pay_month)}")
    if never := [line.label for line in registers if not line.is_received]:
        click.echo(f"名册:从未收到{'、'.join(never)}")


def _show_preview(home: Home, county: str, pay_month: date, as_json: bool) -> None:
    from cli.show import table, yuan
    from ledger import posting
    from month import booking
    from month.month import open_month
    from reports.preview import by_benefit, by_change

    with closing(open_month(home, county, pay_month)) as month:
        with month.book.reading() as conn:
            differences = posting.work_out(conn, booking.decided(month))
        listed = by_change(month.stage.read("list_changes"))
    rows = by_benefit(differences)
    if as_json:
        print_json({"preview": True, "rows": rows, "list_changes": listed, **booking.difference_counts(differences)})
        return
    table(
        f"{county} {pay_month:%Y-%m} 预览:将要入账的差异(元),没有入账",
        ("类别", "项目", "所属月", "原因", "更正理由", "人数", "金额"),
        [
            (
                row["what"],
                row["label"],
                row["benefit_month"],
                row["cause"],
                row["ground"],
                row["people"],
                yuan(row["fen"]),
            )
            for row in rows
        ],
        numbers_from=5,
    )
    if not rows:
        click.echo("没有差异。")
    if listed:
        table(
            "在册名单与上次比较",
            ("名册", "变化", "年月", "人数"),
            [(row["label"], row["change_label"], row["month"], row["people"]) for row in listed],
            numbers_from=3,
        )


def _shown(path: Path, home: Home) -> str:
    return str(path.relative_to(home.path)) if path.is_relative_to(home.path) else str(path)
