"""`disburse approve`, `disburse reject` and `disburse release`: officers sign the month's batches."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import click

from cli.many import in_each
from cli.options import (
    LEAST_DIGITS,
    DigestType,
    counties_options,
    county_option,
    json_option,
    month_option,
    officer_option,
    print_json,
)
from cli.who import acting
from contracts.codes import BatchState
from contracts.settings import Home

if TYPE_CHECKING:
    from contracts.actor import Actor
    from month.reviewing import Review
    from month.signing import Signed


yes_option = click.option("--yes", is_flag=True, help="不再询问(供脚本使用)")


@click.command()
@counties_options
@county_option
@month_option
@officer_option
@click.option("--batch", "only", multiple=True, metavar="批次", help="只批准这一批(可写几次;默认全部)")
@click.option(
    "--seen",
    type=DigestType(),
    metavar="摘要",
    default="",
    help="所看内容的摘要(status 和本命令都列出):只签与它相符的内容",
)
@yes_option
@json_option
@click.pass_obj
def approve(
    home: Home,
    county: str,
    pay_month: date,
    officer: str,
    only: tuple[str, ...],
    seen: str,
    yes: bool,
    as_json: bool,
    counties: tuple[str, ...],
) -> None:
    """复核人批准本月各批次:先列出本月与上月之差、所依标准、暂缓和文件,看过再签;签的是内容摘要,内容一变批准即失效。

    Read the month first, then approve its batches by their content digest.
    """
    if counties and (only or seen):
        raise click.UsageError("--batch、--seen 是一个县的事:请写 --county")
    by = cache(lambda: acting(home, officer))

    def act(one: str) -> dict[str, object]:
        return _approve(home, one, pay_month, by, only, seen, yes=yes, as_json=as_json)

    in_each(counties, county, act, as_json=as_json)


def _approve(
    home: Home,
    county: str,
    pay_month: date,
    by: Callable[[], Actor],
    only: tuple[str, ...],
    seen: str,
    *,
    yes: bool,
    as_json: bool,
) -> dict[str, object]:
    from cli.lineage import tell_lineage
    from month.reviewing import review
    from month.signing import approve as approving

    shown = review(home, county, pay_month, only)
    if not as_json:
        _show_review(shown)
    if shown.files and not seen:
        seen = shown.digest if yes or as_json else _asked_for_digest(county, pay_month)
    signed = approving(home, county, pay_month, by(), only, seen)
    tell_lineage(home, county)
    following = f"下一步:disburse release --county {county} --month {pay_month:%Y-%m} --as 发放人"
    uncertain = [asdict(line) for line in shown.uncertain]
    overridden = [asdict(line) for line in shown.overridden]
    more = {
        "cautions": list(shown.cautions),
        "seen": shown.digest,
        "payees": list(shown.payees),
        "overridden": overridden,
        "uncertain": uncertain,
        "unconfirmed": shown.unconfirmed,
        "explained": shown.explained.as_dict(),
    }
    return _tell(BatchState.APPROVED, signed, following, as_json, **more)


def _asked_for_digest(county: str, pay_month: date) -> str:
    """The digest that an officer copies from what he has read: that is what he signs."""
    _require_terminal()
    return str(click.prompt(f"批准 {county} {pay_month:%Y-%m}:请照抄所看内容的摘要", type=DigestType()))


def _show_review(shown: Review) -> None:
    from cli.summary import (
        show_cautions,
        show_explained,
        show_files,
        show_holds,
        show_largest,
        show_old,
        show_overridden,
        show_payees,
        show_silence,
        show_uncertain,
        show_unconfirmed,
    )

    show_cautions(shown.cautions)
    show_overridden(shown.overridden)
    if shown.left:
        show_old(shown.left.not_handed_in, shown.left.summary.pay_month)
        show_silence(shown.left.silence)
    show_explained(shown.explained)
    show_largest(shown.largest)
    if shown.left:
        show_holds(shown.left.summary.holds)
    show_uncertain(shown.uncertain)
    show_files("待批准的发放文件", shown.files)
    show_payees(shown.payees)
    show_unconfirmed(shown.unconfirmed)
    if shown.files:
        click.echo(f"待签内容的摘要:{shown.digest[:LEAST_DIGITS]}")


def _ask(question: str, *, yes: bool) -> None:
    """Ask before an act that is signed; a script says --yes."""
    if yes:
        return
    _require_terminal()
    click.confirm(question, abort=True)


def _require_terminal() -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("不是在终端里:看过之后请加 --yes,批准也可加 --seen 摘要")


@click.command()
@county_option
@month_option
@officer_option
@click.option("--reason", required=True, help="驳回理由")
@json_option
@click.pass_obj
def reject(home: Home, county: str, pay_month: date, officer: str, reason: str, as_json: bool) -> None:
    """复核人驳回本月各批次;更正后重新运行,再行批准。

    Reject the month's batches; after a correction, run again.
    """
    from month.signing import reject as rejecting

    signed = rejecting(home, county, pay_month, acting(home, officer), reason)
    told = _tell(BatchState.REJECTED, signed, "更正名册或暂缓后,请重新运行 disburse run", as_json)
    if as_json:
        print_json(told)


@click.command()
@counties_options
@county_option
@month_option
@officer_option
@yes_option
@json_option
@click.pass_obj
def release(
    home: Home, county: str, pay_month: date, officer: str, yes: bool, as_json: bool, counties: tuple[str, ...]
) -> None:
    """发放人放行本月各批次:不可撤回,此后款项视为已经付出。

    Release the month's batches: one way; from then on the money has gone out.
    """
    by = cache(lambda: acting(home, officer))

    def act(one: str) -> dict[str, object]:
        return _release(home, one, pay_month, by, yes=yes, as_json=as_json)

    in_each(counties, county, act, as_json=as_json)


def _release(
    home: Home, county: str, pay_month: date, by: Callable[[], Actor], *, yes: bool, as_json: bool
) -> dict[str, object]:
    from cli.lineage import tell_lineage
    from month.reviewing import review
    from month.signing import release as releasing

    if not as_json:
        _ask_to_release(review(home, county, pay_month), county, yes=yes)
    signed = releasing(home, county, pay_month, by())
    tell_lineage(home, county)
    folder = home.of_county(home.outbox, county) / f"{pay_month:%Y-%m}"
    if signed.files and not as_json:
        click.echo("交银行或一卡通平台的只有以下文件(SHA-256、路径):")
        for file in signed.files:
            click.echo(f"  {file.digest}  {file.path}")
    files = [{**asdict(file), "path": str(file.path)} for file in signed.files]
    following = "请只交以上文件;交前可在其目录用 sha256sum -c 核对"
    return _tell(BatchState.RELEASED, signed, following, as_json, folder=str(folder), files=files)


def _ask_to_release(seen: Review, county: str, *, yes: bool) -> None:
    from cli.summary import show_cautions, show_files

    show_cautions(seen.cautions)
    show_files("将要放行的发放文件", seen.files)
    if seen.files:
        _ask(f"放行 {county} 的以上文件?放行后不可撤回", yes=yes)


def _tell(step: BatchState, signed: Signed, following: str, as_json: bool, **more: object) -> dict[str, object]:
    """Say what was signed and where the chain ends; as JSON tells it, with `more`."""
    if as_json:
        return {"step": step.value, "batches": list(signed.batches), "head": signed.head, **more}
    if signed.batches:
        click.echo(f"{step.label} {len(signed.batches)} 批:{'、'.join(signed.batches)}")
    click.echo(f"审计链尾 {signed.head}(请记在签字单上,至少前 16 位;日后用 disburse audit verify --head 核对)")
    click.echo(following if signed.batches else "没有需要签署的批次(此前已签)。")
    return {}
