"""`disburse results`: the bank's answers are read back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import YuanType, county_option, json_option, officer_option, print_json
from cli.who import acting
from contracts.actor import Actor
from contracts.settings import Home

if TYPE_CHECKING:
    from month.closing import Answered
    from payments.answering import Asked


@click.command()
@county_option
@click.argument("file", metavar="[文件]", required=False, type=click.Path(path_type=Path))
@click.option("--inbox", "from_inbox", is_flag=True, help="读入回盘收件目录(answers_folder)里的全部文件")
@click.option("--profile", default="", help="按哪一种银行格式读;不写则由文件和所发批次认出")
@click.option("--late", "is_late", is_flag=True, help="退汇清单:已到账以后又退回的,只列退回的")
@click.option("--accepted", type=click.IntRange(min=0), help="银行回单所载成功笔数;只报失败的清单自己没有写的")
@click.option("--accepted-yuan", "accepted_fen", type=YuanType(), help="银行回单所载成功金额(元)")
@click.option("--whole-batch", type=click.Choice(["refused"]), help="没有文件,银行整批退回:须写 --batch 和 --reason")
@click.option("--batch", "batch_id", default="", help="整批退回的批次号;或文件里没有批次号的,各行属于哪一批")
@click.option("--reason", default="", help="银行所述的整批退回原因")
@officer_option
@json_option
@click.pass_obj
def results(
    home: Home,
    county: str,
    file: Path | None,
    from_inbox: bool,
    profile: str,
    is_late: bool,
    accepted: int | None,
    accepted_fen: int | None,
    whole_batch: str | None,
    batch_id: str,
    reason: str,
    officer: str,
    as_json: bool,
) -> None:
    """读入回盘:每条指令到账、退票还是待查;与指令不符的列出、不记入;同一文件再读不变。

    Read the bank's answers: paid, returned, not known. What contradicts its instruction is listed and notes nothing.
    --whole-batch refused: the bank took nothing of a batch, and all of it is due again. --inbox: every file that lies
    in the folder of answers, as it is; what cannot be used is put aside with the reason.
    """
    from cli.lineage import tell_lineage
    from payments.answer_totals import Sum
    from payments.answering import NOTHING_MORE, Asked

    asked = Asked(profile, is_late, batch_id, Sum(accepted, accepted_fen))
    if from_inbox and (file is not None or whole_batch or asked != NOTHING_MORE):
        raise click.UsageError("--inbox 读目录里的全部文件,不写文件,也不写别的;要另行说明的文件请单独读")
    by = acting(home, officer)
    if from_inbox:
        told = _inbox(home, county, by, as_json=as_json)
    elif whole_batch:
        told = _whole_batch(home, county, file, batch_id, reason, by, as_json=as_json)
    elif file is None:
        raise click.UsageError("请写明回盘文件;整批退回而没有文件的,用 --whole-batch refused")
    else:
        told = _file(home, county, file, asked, by, as_json=as_json)
    tell_lineage(home, county)
    if as_json:
        print_json(told)
    else:
        click.echo(f"下一步:disburse status --county {county}")


def _whole_batch(
    home: Home, county: str, file: Path | None, batch_id: str, reason: str, by: Actor, *, as_json: bool
) -> dict[str, object]:
    from month.closing import refuse_order

    if file is not None or not batch_id:
        raise click.UsageError("整批退回写 --batch 批次号 --reason 原因,不写文件")
    done = refuse_order(home, county, batch_id, reason, by)
    if not as_json:
        new = f"整批退回 {batch_id}:{done.due_again} 笔重新应付"
        click.echo("该批次此前已记整批退回" if done.is_known else new)
        if done.answered_before:
            click.echo(f"另有 {done.answered_before} 笔已有自己的回盘结果,仍以其为准,请与银行核实")
    return {"batch": batch_id, **done._asdict()}


def _inbox(home: Home, county: str, by: Actor, *, as_json: bool) -> dict[str, object]:
    from month.answers import read_waiting, waiting

    files: list[dict[str, object]] = []
    for one in read_waiting(home, county, by):
        if not as_json:
            click.secho(one.path.name, bold=True)
        if one.answered:
            files.append({"file": str(one.path), **_told(one.answered, as_json=as_json)})
        else:
            files.append({"file": str(one.path), "unusable": str(one.refused)})
            click.echo(f"读不了,移到 {one.path.parent}:{one.refused}", err=as_json)
    left = waiting(home, county)
    if not as_json:
        click.echo(f"收件目录里共读 {len(files)} 个文件" if files else "收件目录里没有新的回盘")
        for path in left.copying:
            click.echo(f"还没有读 {path.name}:可能还在复制,请稍后再试")
    return {"files": files, "copying": len(left.copying)}


def _file(home: Home, county: str, file: Path, asked: Asked, by: Actor, *, as_json: bool) -> dict[str, object]:
    from month.closing import read_results

    return _told(read_results(home, county, file, by, asked), as_json=as_json)


def _told(told: Answered, *, as_json: bool) -> dict[str, object]:
    from contracts.codes import AnswerState

    noted = told.noted
    counts: dict[str, object] = {
        "rows": noted.rows,
        "noted": noted.noted,
        "already": noted.already,
        "others": noted.others,
        "refused": noted.listed,
        "inferred": noted.inferred,
        "due_again": noted.due_again,
        "missing": noted.missing.height,
        "remarked": noted.remarked.height,
        "kinds": dict(told.kinds),
        "notices": list(noted.notices),
        "list": str(told.listed or ""),
    }
    if not as_json:
        said = "回盘 {rows} 行:记入 {noted},此前已知 {already},不是数据(标题、合计等){others},未能记入 {refused}"
        click.echo(said.format(**counts))
        for label, count in (
            ("未列入失败清单、按格式约定视为到账", noted.inferred),
            ("整批退回、重新应付", noted.due_again),
            ("所答批次中银行尚无最终结果", noted.missing.height),
            (AnswerState.WARNED.label, noted.remarked.height),
        ):
            if count:
                click.echo(f"{label} {count} 笔")
        if told.kinds:
            click.echo(f"对不上的:{'、'.join(f'{name} {count}' for name, count in told.kinds.items())},都没有记为到账")
        for notice in noted.notices:
            click.echo(f"提示:{notice}")
        if told.listed:
            click.echo(f"清单:{told.listed}")
    return counts
