"""`disburse audit`: whether the book is what it was, and who did what."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

import click

from cli.options import DayType, DigestType, county_option, json_option, print_json
from cli.whom import HOW, METAVAR, PERSON
from contracts.codes import HowKnown, Logged
from contracts.errors import BookError, InputError
from contracts.settings import Home

if TYPE_CHECKING:
    from reports.audit_told import Entry

ACTS = "、".join(act.label for act in Logged)


@click.group()
def audit() -> None:
    """核对审计链与每月封存,查看谁在何时办了什么。  Whether the book is what it was; who did what, when."""


@audit.command()
@click.option(
    "--head",
    type=DigestType(),
    metavar="摘要",
    default="",
    help="以前印在签字单上的链尾摘要,至少前 16 位:它须仍在链上",
)
@json_option
@click.pass_obj
def verify(home: Home, head: str, as_json: bool) -> None:
    """总账自证:审计链、封存、防护、每条记录与账目、每人每月应发与入账、各处之和、名册和回盘原件;有不符即列出。

    The whole book proves itself, open months too: chain, seals, guards, log against rows, the laws of the money.
    """
    from ledger import audit as chain
    from ledger.book import opened
    from ledger.signatures import one_login
    from month.proving import prove

    with opened(home.database_url) as book, book.reading() as conn:
        proof = prove(home, conn)
        noticed = [one.told for one in one_login(conn)]
        problems = list(proof.problems)
        if head and not chain.holds(conn, head):
            problems.append("所给的链尾摘要不在审计链上:该摘要之后的记录被换过")
    checked = [{"what": one.what, "count": one.count, "problems": list(one.problems)} for one in proof.checked]
    found = {"whole": not problems, "head": proof.head, "problems": problems, "noticed": noticed, "checked": checked}
    if as_json and not problems:
        print_json(found)
    elif not as_json:
        for one in proof.checked:
            click.echo(f"{'✗' if one.problems else '✓'} {one.what}({one.count:,})")
        for problem in problems:
            click.echo(f"  {problem}")
        for one_user in noticed:
            click.echo(f"! {one_user}")
    if problems:
        what = f"账簿与当时不符({len(problems)} 处):{problems[0]}"
        raise BookError(what, "请停止发放,保留现场并报告", "audit", found)
    if not as_json:
        click.echo(f"总账自证完好;链尾 {proof.head}")


@audit.command("list")
@county_option
@click.option(
    "--person",
    "person_id",
    type=PERSON,
    metavar=METAVAR,
    help=f"与此人有关的:运行、批次、回盘、暂缓、追回、号码({HOW})",
)
@click.option("--batch", "batch_id", metavar="批次", help="与这一批有关的")
@click.option("--day", type=DayType(), help="这一天的(北京时间)")
@click.option("--act", type=click.Choice([act.label for act in Logged]), metavar="事项", help=f"只列这一种:{ACTS}")
@click.option("--by", "actor", metavar="NAME", help="只列这个人办的")
@click.option("--last", type=click.IntRange(min=1), default=50, show_default=True, help="最近多少条")
@json_option
@click.pass_obj
def listing(
    home: Home,
    county: str,
    person_id: str | None,
    batch_id: str | None,
    day: date | None,
    act: str | None,
    actor: str | None,
    last: int,
    as_json: bool,
) -> None:
    """谁在何时办了什么,涉及多少钱、凭什么;可按人、批次、日、事项查。  Who did what, when."""
    from cli.show import table
    from ledger import people
    from ledger.audit_search import Sought, about_batch, about_person, entries
    from ledger.book import opened
    from ledger.signatures import one_login
    from reports.audit_told import day_of, entries_told

    since, before = day_of(day) if day else (None, None)
    with opened(home.database_url) as book, book.reading() as conn:
        about = about_batch(conn, batch_id) if batch_id else None
        if person_id:
            person_no = people.person_no_of(conn, person_id)
            if person_no is None:
                raise InputError("从未收到过这个身份证号", "请核对号码", county)
            of_person = about_person(conn, county, person_no)
            about = of_person if about is None else about & of_person
        acts = None if act is None else [Logged.spellings()[act].value]
        noticed = [one.told for one in one_login(conn, county)]
        told = entries_told(entries(conn, county, Sought(acts, about, actor, since, before, last)))
    if as_json:
        print_json([asdict(entry) for entry in told])
        return
    table(
        f"{county} 审计记录(北京时间)",
        ("编号", "时间", "经办", "事项", "对象", "内容"),
        [(one.entry_id, one.at, _who(one), one.act, one.about, one.told) for one in told],
        numbers_from=6,
    )
    if not told:
        click.echo("没有这样的记录。")
    for one_user in noticed:
        click.echo(f"! {one_user}")


def _who(entry: Entry) -> str:
    how = f",{HowKnown.label_of(entry.known_by)}" if entry.known_by else ""
    return f"{entry.actor}({entry.system_user}{how})"
