"""The same act in many counties: what stops one is told and the next goes on; the worst one's code at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from cli.options import print_json
from contracts.errors import OfficerError

if TYPE_CHECKING:
    from contracts.settings import Home
    from month.counties import Ended, Order, RunOne
    from month.counties_told import Together


def run_many(
    order: Order, counties: Sequence[str], run_one: RunOne, *, unfinished: bool, at_once: int | None, as_json: bool
) -> None:
    """Run the month of many counties, each in a process of its own, and put them side by side."""
    from cli.show import many_at_work
    from contracts.months import today
    from month import counties as month_counties
    from month.counties_told import tell_together
    from rulebook import county_names

    home, names = order.home, county_names(order.home.overlay)
    to_do = list(counties)
    if unfinished:
        to_do = month_counties.unfinished(home, to_do, order.pay_month, order.known_on or today())
    room = at_once or month_counties.together(home, to_do, order.pay_month)
    done = [month_counties.Ended(county) for county in counties if county not in to_do]
    with many_at_work(f"{order.pay_month:%Y-%m}", len(to_do)) as (reached, ended):
        for one in month_counties.run_counties(order, to_do, run_one, room, reached):
            ended(one.county)
            done.append(one)
    told = tell_together(home, done, order.pay_month, names)
    _tell_together(home, told, as_json=as_json, already=len(counties) - len(to_do))
    _leave_with(done)


def _leave_with(done: Sequence[Ended]) -> None:
    """End the command with the code of a county that did not go through, if any: the one code, or 1 for several."""
    codes = {one.exit_code for one in done if one.exit_code}
    if codes:
        sys.exit(codes.pop() if len(codes) == 1 else 1)


def _tell_together(home: Home, told: Together, *, as_json: bool, already: int) -> None:
    from cli.show import table, yuan

    workbook = told.workbook.relative_to(home.path)
    if as_json:
        lines = [asdict(line) for line in told.lines]
        print_json({"counties": lines, "in_two_counties": told.in_two, "already_done": already, "lists": str(workbook)})
        return
    table(
        "各县",
        ("县", "结果", "应发人次", "应发(元)", "文件", "笔数", "文件金额(元)"),
        [
            (
                f"{line.county} {line.name}",
                line.state,
                line.people or "",
                yuan(line.owed_fen),
                line.files or "",
                line.lines or "",
                yuan(line.files_fen),
            )
            for line in told.lines
        ],
        numbers_from=2,
    )
    if already:
        click.echo(f"{already} 个县此前已办成,没有重办。")
    for line in told.lines:
        if line.what:
            click.echo(f"{line.county} {line.name}:{line.what}\n  怎么办:{line.advice}")
    if told.in_two:
        click.echo(f"同一人、同一账号或同一残疾证在两县同时在发:{told.in_two} 处,请逐一核对(名单见下)")
    click.echo(f"各县汇总与名单:{workbook}")


def in_each(counties: Sequence[str], county: str, act: Callable[[str], Mapping[str, object]], *, as_json: bool) -> None:
    """Do an act in a county, or in each of many in turn: what stops one is told, and the next goes on.

    `act` says what it did, or gives it as JSON is to tell it.
    """
    if not counties:
        told = act(county)
        if as_json:
            print_json(told)
        return
    from month.counties import Ended

    done, found = [], {}
    for one in counties:
        click.secho(f"== {one}", bold=True, err=True)
        try:
            found[one] = act(one)
        except OfficerError as stopped:
            done.append(Ended(one, stopped.exit_code, stopped.what, stopped.advice))
            found[one] = {"error": stopped.what, "where": stopped.where, "advice": stopped.advice}
            click.echo(f"没有办成:{stopped.what}\n  怎么办:{stopped.advice}", err=True)
        else:
            done.append(Ended(one))
    if as_json:
        print_json({"counties": found})
    failed = "、".join(one.county for one in done if one.exit_code)
    click.echo(
        f"办成 {sum(not one.exit_code for one in done)} 个县" + (f";没有办成:{failed}" if failed else ""), err=True
    )
    _leave_with(done)
