"""`disburse approve`, `disburse reject` and `disburse release`: officers sign the month's batches."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

import click

from cli.options import county_option, json_option, month_option, officer_option, print_json
from contracts.actor import Actor
from contracts.settings import Home

if TYPE_CHECKING:
    from month.signing import Signed
    from reports.summary import Labelled


@click.command()
@county_option
@month_option
@officer_option
@json_option
def approve(county: str, pay_month: date, officer: str, as_json: bool) -> None:
    """复核人批准本月各批次:签的是批次内容摘要,内容一变批准即失效;并列出依据草案或占位标准的金额。

    Approve the month's batches, by their content digest; money that rests on drafts or placeholders is shown.
    """
    from cli.lineage import tell_lineage
    from cli.summary import show_uncertain
    from month.signing import approve as approving

    home = Home.from_environment()
    signed = approving(home, county, pay_month, Actor.here(officer))
    tell_lineage(home, county)
    following = f"下一步:disburse release --county {county} --month {pay_month:%Y-%m} --as 发放人"
    uncertain = _uncertain(home, county, pay_month)
    _tell("approved", "已批准", signed, following, as_json, uncertain=[asdict(line) for line in uncertain])
    if signed.batches and not as_json:
        show_uncertain(uncertain)


@click.command()
@county_option
@month_option
@officer_option
@click.option("--reason", required=True, help="驳回理由")
@json_option
def reject(county: str, pay_month: date, officer: str, reason: str, as_json: bool) -> None:
    """复核人驳回本月各批次;更正后重新运行,再行批准。

    Reject the month's batches; after a correction, run again.
    """
    from month.signing import reject as rejecting

    signed = rejecting(Home.from_environment(), county, pay_month, Actor.here(officer), reason)
    _tell("rejected", "已驳回", signed, "更正名册或暂缓后,请重新运行 disburse run", as_json)


@click.command()
@county_option
@month_option
@officer_option
@json_option
def release(county: str, pay_month: date, officer: str, as_json: bool) -> None:
    """发放人放行本月各批次:不可撤回,此后款项视为已经付出。

    Release the month's batches: one way; from then on the money has gone out.
    """
    from cli.lineage import tell_lineage
    from month.signing import release as releasing

    home = Home.from_environment()
    signed = releasing(home, county, pay_month, Actor.here(officer))
    tell_lineage(home, county)
    folder = home.outbox / county / f"{pay_month:%Y-%m}"
    following = f"请把 {folder} 中的文件交银行或一卡通平台"
    _tell("released", "已放行", signed, following, as_json, folder=str(folder))


def _uncertain(home: Home, county: str, pay_month: date) -> tuple[Labelled, ...]:
    """The month's money that rests on drafts or placeholders."""
    from ledger.book import opened
    from reports.status import status_of

    with opened(home.database_url) as book:
        return status_of(book, home.settings(), county, pay_month).uncertain


def _tell(step: str, label: str, signed: Signed, following: str, as_json: bool, **more: object) -> None:
    """Say what was signed and where the chain ends; `more` is for JSON."""
    if as_json:
        print_json({"step": step, "batches": list(signed.batches), "head": signed.head, **more})
        return
    for batch_id in signed.batches:
        click.echo(f"{label} {batch_id}")
    click.echo(f"审计链尾 {signed.head}(请记在签字单上;日后用 disburse audit verify --head 核对)")
    click.echo(following if signed.batches else "没有需要签署的批次(此前已签)。")
