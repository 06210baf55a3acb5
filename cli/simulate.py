"""`disburse simulate`: the roster as it is, under another law; nothing is posted."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import DayType, MonthType, county_option, json_option, print_json
from contracts.settings import Home

if TYPE_CHECKING:
    import polars as pl


@click.command()
@county_option
@click.option("--run", "pay_month", type=MonthType(), help="用哪个发放月的名册(默认最近一次)")
@click.option(
    "--with",
    "folder",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="设想的政策:一个文件夹,写法同数据目录的 policies/",
)
@click.option("--known-on", type=DayType(), help="按哪一天所知(默认该次运行的知悉日)")
@json_option
@click.pass_obj
def simulate(
    home: Home, county: str, pay_month: date | None, folder: Path, known_on: date | None, as_json: bool
) -> None:
    """设想的政策下本月各项多少人、多少钱,到年底相差多少;不入账。

    The month under another law: people and money per benefit, and the difference to year end. Nothing is posted.
    """
    from polars import selectors as cs

    from cli.policies import law_of
    from month.month import opened_month
    from reports.law_change import law_change, month_totals, months_to_year_end, no_longer_set, taken_back, totals

    with opened_month(home, county, pay_month) as month:
        manifest, registers = month.manifest, month.registers
        months = months_to_year_end(manifest.window(), manifest.pay_month)
        now, then = (
            law.resolve(county, months, known_on or manifest.known_on) for law in (law_of(home), law_of(home, folder))
        )
        sides = [month_totals(registers, rules, manifest.pay_month) for rules in (now, then)]
        changes = law_change(registers, now, then, manifest.pay_month)
    difference, unset = totals(changes, manifest.pay_month), no_longer_set(changes, now, then)
    debts = taken_back(changes, now, then, manifest.pay_month)
    rows = compared(sides[0], sides[1], difference).with_columns(cs.integer().fill_null(0))
    if as_json:
        known = {"known_on": known_on or manifest.known_on}
        beside = {"no_longer_set": [asdict(one) for one in unset], "taken_back": [asdict(one) for one in debts]}
        found = {"benefits": rows.to_dicts(), **beside}
        print_json({"county": county, "pay_month": f"{manifest.pay_month:%Y-%m}", **known, **found})
        return
    _show(f"{county} {manifest.pay_month:%Y-%m} 模拟(不入账)", rows)
    for one in (*debts, *unset):
        click.echo(str(one))


def compared(now: pl.DataFrame, then: pl.DataFrame, difference: pl.DataFrame) -> pl.DataFrame:
    """One row per benefit of either law: people and money now and then, and what differs until now and to year end."""
    joined = now.join(then, on="benefit", how="full", coalesce=True, suffix="_simulated")
    return joined.join(difference, on="benefit", how="full", coalesce=True).sort("benefit")


def _show(title: str, rows: pl.DataFrame) -> None:
    from cli.show import table, yuan
    from contracts.codes import Benefit

    table(
        title,
        ("项目", "现行人数", "现行金额(元)", "模拟人数", "模拟金额(元)", "至本月差额(元)", "下月至年底差额(元)"),
        [
            (
                Benefit.label_of(row["benefit"]),
                row["people_count"],
                yuan(row["amount_fen"]),
                row["people_count_simulated"],
                yuan(row["amount_fen_simulated"]),
                yuan(row["until_now_fen"]),
                yuan(row["to_year_end_fen"]),
            )
            for row in rows.iter_rows(named=True)
        ],
    )
