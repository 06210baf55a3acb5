"""`disburse run`: a county's pay month from registers to payment files, or only its differences."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path

import click

from cli.options import (
    DayType,
    counties_options,
    county_option,
    json_option,
    month_to_run_option,
    officer_option,
    print_json,
)
from contracts.codes import BatchState
from contracts.settings import Home

PLAIN, BUCKETS, SPARK = "plain", "buckets", "spark"


@click.command()
@counties_options
@county_option
@month_to_run_option
@officer_option
@click.option("--unfinished", is_flag=True, help="多个县时,只办知悉日还没有办成的县(接着上次)")
@click.option("--at-once", type=click.IntRange(min=1), metavar="N", help="多个县时,同时办几个(默认看处理器和内存)")
@click.option(
    "--engine",
    type=click.Choice([PLAIN, BUCKETS, SPARK]),
    default=PLAIN,
    help="怎样计算:plain 一次算完(默认);buckets 按人分片,逐片算;spark 分片交给已有的 Spark。结果逐字节相同",
)
@click.option("--buckets", type=click.IntRange(min=1), metavar="N", help="分几片(默认每十万人一片)")
@click.option("--master", metavar="URL", default="", help="Spark 的 master(默认按 Spark 自己的设置)")
@click.option(
    "--archive",
    type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path),
    help="本程序连同 Python 的压缩包,执行机上没有装本程序时用",
)
@click.option("--known-on", type=DayType(), help="知悉日:只用该日及以前发布的标准(默认今天)")
@click.option("--preview", is_flag=True, help="只算不入账,列出将要入账的差异")
@click.option("--override-by", metavar="NAME", default="", help="内控叫停后,由谁(复核人员)同意继续")
@click.option("--reason", default="", help="同意继续、越过一个发放月、知悉日早于上次运行的理由")
@click.option("--tables", is_flag=True, help="列出全部汇总表(默认只列要点)")
@json_option
@click.pass_obj
def run(
    home: Home,
    county: str,
    pay_month: date,
    officer: str,
    known_on: date | None,
    preview: bool,
    override_by: str,
    reason: str,
    tables: bool,
    as_json: bool,
    counties: tuple[str, ...],
    unfinished: bool,
    at_once: int | None,
    engine: str,
    buckets: int | None,
    master: str,
    archive: Path | None,
) -> None:
    """计算、入账、编批一个县(或 --all 多个县)一个月的发放;重复运行只处理差异。

    Run the pay month of a county, or of many. Running it again handles only what changed.
    """
    if override_by and not reason:
        raise click.UsageError("--override-by 须同时写明 --reason")
    if counties and (preview or override_by or tables):
        raise click.UsageError("--preview、--override-by、--tables 是一个县的事:请写 --county")
    if not counties and (unfinished or at_once):
        raise click.UsageError("--unfinished、--at-once 只用于 --all 或 --counties")

    if buckets and engine == PLAIN:
        raise click.UsageError("--buckets 只用于 --engine buckets 或 spark")
    if (master or archive) and engine != SPARK:
        raise click.UsageError("--master、--archive 只用于 --engine spark")

    from cli.show import progress
    from cli.who import acting, agreeing
    from cluster.submitting import Spark
    from dagster_project.engines import Chosen
    from dagster_project.running import run_month
    from month.month import Choices
    from month.stages import PREVIEW, STAGES

    choices = Choices.of(acting(home, officer), agreeing(home, override_by) if override_by else None, reason)
    chosen = None if engine == PLAIN else Chosen(buckets, Spark(master, archive) if engine == SPARK else None)
    if counties:
        from cli.many import run_many
        from month.counties import Order

        order = Order(home, pay_month, known_on, choices)
        run_many(
            order, counties, partial(run_month, engine=chosen), unfinished=unfinished, at_once=at_once, as_json=as_json
        )
        return
    with progress(f"{county} {pay_month:%Y-%m}", len(PREVIEW if preview else STAGES)) as reached:
        run_id = run_month(home, county, pay_month, known_on, choices, preview=preview, on_stage=reached, engine=chosen)
    if preview:
        _show_preview(home, county, pay_month, as_json)
    else:
        _show_month(home, county, pay_month, run_id, tables=tables, as_json=as_json)


def _show_month(home: Home, county: str, pay_month: date, run_id: str, *, tables: bool, as_json: bool) -> None:
    from cli.summary import (
        show,
        show_actions,
        show_brief,
        show_grounds,
        show_not_drawn,
        show_old,
        show_silence,
    )
    from month.listing import left
    from month.progress import is_replay

    told = left(home, county, pay_month)
    replayed = is_replay(home, county, pay_month)
    summary = told.summary
    waiting = [file for file in summary.files if file.state != BatchState.RELEASED]
    folder = home.of_county(home.review if waiting else home.outbox, county) / f"{pay_month:%Y-%m}"
    if as_json:
        print_json(
            {
                **summary.as_dict(),
                "corrections": [asdict(line) for line in told.corrections],
                "action_required": asdict(told.action_required),
                "not_handed_in": [asdict(line) for line in told.not_handed_in],
                **asdict(told.silence),
                "run_id": run_id,
                "is_replay": replayed,
                "lists": [str(home.path / path) for path in told.lists],
                "folder": str(folder) if summary.files else "",
            }
        )
        return
    if replayed:
        click.echo("更晚的月份已经入账:本次只重算核对,没有入账;以下是该月最后一次入账时的汇总。")
    show_old(told.not_handed_in, summary.pay_month)
    show_silence(told.silence)
    if tables:
        show(summary)
        show_not_drawn(told.silence)
        show_grounds(told.corrections)
    else:
        show_brief(summary, told.silence)
    show_actions(told.action_required)
    if told.lists and not replayed:
        click.echo(f"清单:{_shown(home.lists(county, pay_month), home)} 下 {'、'.join(map(_name, told.lists))}")
    if waiting:
        click.echo(f"待批准的文件在 {_shown(folder, home)};放行后才在 outbox")
        click.echo(f"下一步:disburse approve --county {county} --month {pay_month:%Y-%m} --as 复核人")


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _show_preview(home: Home, county: str, pay_month: date, as_json: bool) -> None:
    from cli.show import table, yuan
    from cli.summary import show_not_drawn, show_old, show_silence
    from month.listing import left_by_preview

    told = left_by_preview(home, county, pay_month)
    rows, listed = told.rows, told.list_changes
    if as_json:
        print_json({"preview": True, "rows": rows, "list_changes": listed, **told.counts, **asdict(told.silence)})
        return
    show_old(told.not_handed_in, f"{pay_month:%Y-%m}")
    show_silence(told.silence)
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
    for said in dict.fromkeys(f"{row['label']}:{row['documents']}" for row in rows if row["documents"]):
        click.echo(said)
    if not rows:
        click.echo("没有差异。")
    show_not_drawn(told.silence)
    if listed:
        table(
            "在册名单与上次比较",
            ("名册", "变化", "年月", "人数"),
            [(row["label"], row["change_label"], row["month"], row["people"]) for row in listed],
            numbers_from=3,
        )


def _shown(path: Path, home: Home) -> str:
    return str(path.relative_to(home.path)) if path.is_relative_to(home.path) else str(path)
