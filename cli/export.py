"""`disburse export`: the book as tables, by the ending of the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.options import MonthType, county_option, json_option, month_option, print_json
from contracts.settings import Home

if TYPE_CHECKING:
    import polars as pl

output_option = click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help=".csv、.parquet 或 .xlsx"
)


@click.group()
def export() -> None:
    """导出应享、发放、付款行、未达账龄、应追回、暂缓、服务对象;按文件名后缀为 CSV、Parquet 或 xlsx,金额为整数分。

    Export entitlements, payments, their lines, what is not settled, receivables, holds, services; amounts in whole fen.
    """


@export.command()
@county_option
@month_option
@click.option("--as-known-now", is_flag=True, help="按现在所知(默认按该月入账时的认定)")
@output_option
@json_option
@click.pass_obj
def entitlements(home: Home, county: str, pay_month: date, as_known_now: bool, output: Path, as_json: bool) -> None:
    """整个窗口内每人每项每月的结果,含未领到的;默认按该月入账时的认定。

    Every outcome of the window, as that month decided it.
    """
    from ledger import exports
    from ledger.book import opened
    from month.progress import posted

    with opened(home.database_url) as book:
        told = posted(home, book, county, pay_month)
        until = None if as_known_now else told.run.run_id
        with book.reading() as conn:
            rows = exports.entitlements(conn, county, told.run.manifest.window(), until)
    whose = "按现在所知" if as_known_now else f"按 {pay_month:%Y-%m} 入账时的认定(知悉日 {told.run.known_on})"
    _written(rows, output, "应享", as_json, told.stopped_at, whose)


@export.command()
@county_option
@month_option
@output_option
@json_option
@click.pass_obj
def payments(home: Home, county: str, pay_month: date, output: Path, as_json: bool) -> None:
    """本月入账的每笔应付,及本月编批的更早应付。  Obligations posted in the month, and older ones batched in it."""
    from ledger import exports

    _of_book(home, exports.payments, county, pay_month, output, "发放", as_json)


@export.command()
@county_option
@month_option
@output_option
@json_option
@click.pass_obj
def lines(home: Home, county: str, pay_month: date, output: Path, as_json: bool) -> None:
    """付款文件每一行付的是谁的哪几个月。  Whose months each line of the payment files pays, one row a month."""
    from ledger import exports

    _of_book(home, exports.lines, county, pay_month, output, "付款行", as_json)


@export.command()
@county_option
@month_option
@output_option
@json_option
@click.pass_obj
def receivables(home: Home, county: str, pay_month: date, output: Path, as_json: bool) -> None:
    """本月入账的应追回。  Receivables posted in the month."""
    from ledger import exports

    _of_book(home, exports.receivables, county, pay_month, output, "应追回", as_json)


@export.command()
@county_option
@click.option("--closed-too", is_flag=True, help="连同已结账月份里仍无结果的")
@output_option
@json_option
@click.pass_obj
def ageing(home: Home, county: str, closed_too: bool, output: Path, as_json: bool) -> None:
    """未达账龄:已放行而银行未答复、待查的,退回后未再付的,各已几个工作日、是否逾期。

    Lines without a final answer and money that came back, by age in working days, and which are overdue.
    """
    from contracts.columns import headers
    from contracts.months import today
    from contracts.tables import AgeingExport
    from ledger.book import opened
    from payments.overdue import in_words, listed

    with opened(home.database_url) as book, book.reading() as conn:
        rows = listed(home, conn, county, today(), closed_too=closed_too)
    is_sheet = output.suffix == ".xlsx"
    told, titles = (in_words(rows), headers(AgeingExport)) if is_sheet else (rows, None)
    _written(told, output, "未达账龄", as_json, titles=titles)


@export.command()
@county_option
@click.option("--month", "pay_month", type=MonthType(), help="取该月人口名册的姓名住址(默认最近一月)")
@output_option
@json_option
@click.pass_obj
def holds(home: Home, county: str, pay_month: date | None, output: Path, as_json: bool) -> None:
    """现有的暂缓:何人、何故、怎么办、多少钱。  Open holds: who, why, what to do, how much."""
    from month.month import opened_month
    from reports.lists import holds_told

    with opened_month(home, county, pay_month) as month:
        rows = holds_told(month.book, county, month.tables.read("accepted_population"))
    _written(rows, output, "暂缓", as_json)


@export.command()
@county_option
@month_option
@output_option
@json_option
@click.pass_obj
def services(home: Home, county: str, pay_month: date, output: Path, as_json: bool) -> None:
    """谁可以享受清单中的哪项服务(政策找人),以名册能判断的为限。  Who may have which service, as registers decide."""
    from ledger import people
    from month.month import opened_month
    from reports.services import roster

    with opened_month(home, county, pay_month) as month:
        with month.book.reading() as conn:
            identities = people.identities(conn)
        rows = roster(month.registers, month.rules, month.services, pay_month, identities)
    _written(rows, output, "服务对象", as_json)


def _of_book(
    home: Home,
    table: Callable[[Any, str, date], pl.DataFrame],
    county: str,
    pay_month: date,
    output: Path,
    sheet: str,
    as_json: bool,
) -> None:
    from ledger.book import opened
    from month.progress import posted

    with opened(home.database_url) as book:
        told = posted(home, book, county, pay_month)
        with book.reading() as conn:
            rows = table(conn, county, pay_month)
    _written(rows, output, sheet, as_json, told.stopped_at)


def _written(
    rows: pl.DataFrame,
    output: Path,
    sheet: str,
    as_json: bool,
    stopped_at: str = "",
    whose: str = "",
    titles: Mapping[str, str] | None = None,
) -> None:
    from reports.tables import write_table

    write_table(rows, output, titles, sheet)
    if as_json:
        print_json({"file": str(output), "rows": rows.height, "stopped_at": stopped_at})
        return
    if stopped_at:
        click.echo(f"注意:最近一次运行停在{stopped_at},没有入账;导出的是此前入账的", err=True)
    click.echo(f"{rows.height} 行{f',{whose}' if whose else ''} → {output}")
