"""`disburse intake`: look at a file before it is handed in, and at what became of the files that were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import county_option, json_option, month_option, officer_option, print_json
from contracts.actor import Actor
from contracts.errors import InputError
from contracts.registers import FILES, INBOX_FILES, label_of
from contracts.settings import Home

if TYPE_CHECKING:
    import polars as pl

    from intake import Seen
    from month.month import Month

SHOWN_ROWS = 50  # on the screen; a file given with -o has all
register_option = click.option("--register", type=click.Choice(list(INBOX_FILES)), help="哪个名册")


@click.group()
def intake() -> None:
    """查看来文、版式、拒收行和收件历史;采用被叫停的名册。

    Files as they arrive: look at one, accept one that was stopped, refused rows, what was received when.
    """


@intake.command()
@click.argument("file", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--county", metavar="CODE", help="县代码:按该县的版式读取")
@click.option("--register", type=click.Choice(list(FILES)), help="哪个名册(默认看文件名,再看表头)")
@click.option("--suggest", "suggests", is_flag=True, help="另给出建议的版式")
@click.option("--write", is_flag=True, help="把建议的版式写入数据目录(须写明 --county;已有的不覆盖)")
@click.option("--list-changes", "lists_changes", is_flag=True, help="逐格列出被统一写法的单元格")
@json_option
def inspect(
    file: Path,
    county: str | None,
    register: str | None,
    suggests: bool,
    write: bool,
    lists_changes: bool,
    as_json: bool,
) -> None:
    """看一个文件:表头、列、行数、哪些行会被拒收;不收件,不留存。

    What the program sees in a file; nothing is kept of it.
    """
    import intake as room

    if write and not county:
        raise click.UsageError("--write 须同时写明 --county")
    home = Home.from_environment()
    named = register or room.register_named(file)
    part = room.part_named(file.name)
    layout = room.find_layout(home.layouts_of(county), named, part) if county and named else None
    is_current_list = bool(county and named in home.settings().of(county).current_lists)
    today = date.today()  # noqa: DTZ011 the officer's own calendar day
    seen = room.inspect(file, named, layout, today, is_current_list=is_current_list)
    suggested = room.suggest(seen.register, seen.tables, part) if (suggests or write) and seen.tables else ""
    name = f"{seen.register}-{part}" if part else seen.register
    written = _write_layout(home, county, name, suggested) if write and county else None
    if as_json:
        changed = seen.accepted.changed.to_dicts() if lists_changes and seen.accepted else []
        print_json({**_told(seen), "changed": changed, "layout": suggested, "written": str(written or "")})
        return
    _show_seen(seen, file)
    if lists_changes and seen.accepted:
        _show_changes(seen.accepted.changed)
    if suggested:
        click.echo(f"\n建议的版式:\n\n{suggested}")
    if written:
        click.echo(f"已写入 {written};请核对后再用。")


@intake.command()
@county_option
@month_option
@register_option
@officer_option
@click.option("--reason", required=True, help="理由,记入审计日志")
@json_option
def accept(county: str, pay_month: date, register: str | None, officer: str, reason: str, as_json: bool) -> None:
    """采用被内控叫停的名册:只对这一份文件有效,署名并写明理由。

    Take a register's file that a threshold stopped; this very file only, by name and reason.
    """
    from month.files import accept_stopped

    given = accept_stopped(Home.from_environment(), county, pay_month, register, Actor.here(officer), reason)
    if as_json:
        print_json({"register": given.name, "file_name": given.file_name, "file_digest": given.file_digest})
    else:
        click.echo(f"已采用“{label_of(given.name)}”名册 {given.file_name};重新运行 disburse run 后生效。")


@intake.command()
@county_option
@month_option
@register_option
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="写入文件(csv、xlsx、parquet)")
@json_option
def refused(county: str, pay_month: date, register: str | None, output: Path | None, as_json: bool) -> None:
    """列出本月拒收的行和原因(号码遮盖),并说明退回县里的表在哪里。

    Refused rows with reasons, masked, and where the workbooks to send back lie.
    """
    from contracts.columns import headers
    from contracts.tables import RefusedRow
    from month.files import refused_of, return_refused_of
    from reports.lists import refused_rows
    from reports.tables import write_table

    home = Home.from_environment()
    with _month(home, county, pay_month) as month:
        rows = refused_rows(refused_of(month, register))
        returned = return_refused_of(month, register)
    if output:
        write_table(rows, output, headers(RefusedRow), "拒收行")
    if as_json:
        print_json({"rows": rows.to_dicts(), "returned": [str(path) for path in returned]})
        return
    _show_refused(rows, f"{county} {pay_month:%Y-%m} 拒收行")
    for path in returned:
        click.echo(f"退回县里的表(未遮盖):{path.relative_to(home.path)}")


@intake.command()
@county_option
@register_option
@json_option
def history(county: str, register: str | None, as_json: bool) -> None:
    """收件历史:每份收到过的文件,何时收到,收下和拒收多少行,被哪份取代。

    Every file ever received, its rows in the newest run that used it, and what superseded it.
    """
    from cli.show import table
    from ledger.book import opened
    from month.files import received_files

    home = Home.from_environment()
    with opened(home.database_url) as book:
        files = received_files(home, book, county, register)
    if as_json:
        print_json(files)
        return
    table(
        f"{county} 收件历史",
        ("编号", "名册", "收件月", "文件", "摘要", "收到", "知悉日", "来文", "收下", "拒收", "被取代"),
        [
            (
                file["receipt_id"],
                label_of(str(file["register"])),
                file["inbox_month"],
                file["file_name"],
                str(file["file_digest"])[:12],
                file["received_at"],
                file["known_on"],
                *(_count(file[name]) for name in ("rows_in", "rows_accepted", "rows_refused")),
                _count(file["superseded_by"]),
            )
            for file in files
        ],
        numbers_from=7,
    )
    if not files:
        click.echo("还没有收到过文件。")


@contextmanager
def _month(home: Home, county: str, pay_month: date) -> Iterator[Month]:
    from month.month import opened_month

    month = opened_month(home, county, pay_month)
    try:
        yield month
    finally:
        month.close()


def _count(value: object) -> str:
    return "" if value is None else str(value)


def _write_layout(home: Home, county: str, name: str, text: str) -> Path:
    """Write a suggested layout; InputError where the county has one of this name."""
    from contracts.files import write_whole

    target = home.layouts_of(county) / f"{name}.yaml"
    if target.exists():
        raise InputError("该名册已有版式,没有改动", "请直接修改该文件,或先把它移走", str(target.relative_to(home.path)))
    write_whole(target, text.encode(), mode=0o644)
    return target.relative_to(home.path)


def _told(seen: Seen) -> dict[str, object]:
    accepted = seen.accepted
    counts = (
        {
            "rows_in": accepted.rows_in,
            "rows_unfolded": accepted.rows_unfolded,
            "rows_accepted": accepted.rows.height,
            "rows_refused": accepted.rows_refused,
            "rows_collapsed": accepted.rows_collapsed,
            "rows_listed": accepted.rows_listed,
        }
        if accepted
        else {}
    )
    return {
        "register": seen.register,
        "sheets": [{"sheet": table.sheet, "rows": table.cells.height} for table in seen.tables],
        "headers": [
            {"sheet": header.table.sheet, "first_row": header.first_row, "last_row": header.last_row}
            for header in seen.headers
        ],
        "columns": [dict(zip(("ours", "place", "theirs"), found, strict=True)) for found in seen.columns()],
        "absent": [name for name, _ in seen.absent()],
        "about_the_file": [reason for reason, _ in seen.about_the_file()],
        "counts": counts,
        "refusals": seen.refusals(),
        "changes": {change.label: count for change, count in accepted.changes.items()} if accepted else {},
        "first_rows": seen.first_rows().to_dicts(),
    }


def _show_seen(seen: Seen, file: Path) -> None:
    from cli.show import table

    click.echo(f"{file.name}:按“{label_of(seen.register)}”名册({seen.register})读取")
    headers = {header.table.sheet: header for header in seen.headers}
    for number, sheet in enumerate(seen.tables, start=1):
        header = headers.get(sheet.sheet)
        where = f",表头在第 {header.first_row}–{header.last_row} 行" if header else ""
        click.echo(f"  工作表 {number} {sheet.sheet or '(唯一的表)'}:{sheet.cells.height} 行{where}")
    table("认出的列", ("我们的列", "位置", "文件中的列"), seen.columns(), numbers_from=3)
    absent = [f"{name}{'' if must else '(可无)'}" for name, must in seen.absent()]
    if absent:
        click.echo(f"文件中没有的列:{'、'.join(absent)}")
    for reason, advice in seen.about_the_file():
        click.echo(f"整个文件:{reason}。{advice}")
    if seen.accepted is None:
        return
    first = seen.first_rows()
    table("前几行(已遮盖)", first.columns, first.rows(), numbers_from=len(first.columns))
    accepted = seen.accepted
    click.echo(
        f"来文 {accepted.rows_in} 行(展开多出 {accepted.rows_unfolded} 人):可收下 {accepted.rows.height},"
        f"会拒收 {accepted.rows_refused},合并 {accepted.rows_collapsed},不是数据 {accepted.rows_listed}"
    )
    table("会拒收的原因", ("原因", "处"), list(seen.refusals().items()))
    table("会统一写法的单元格", ("改法", "格"), [(change.label, count) for change, count in accepted.changes.items()])


def _show_changes(changed: pl.DataFrame) -> None:
    from cli.show import table
    from contracts.codes import CellChange

    shown = changed.head(SHOWN_ROWS).select("source_sheet", "source_row", "source_column", "change", "value_masked")
    table(
        f"统一写法的单元格(前 {SHOWN_ROWS} 格,共 {changed.height} 格)",
        ("工作表", "行", "列", "改法", "原值(遮盖)"),
        [(sheet, row, name, CellChange.label_of(change), was) for sheet, row, name, change, was in shown.iter_rows()],
        numbers_from=5,
    )


def _show_refused(rows: pl.DataFrame, title: str) -> None:
    from cli.show import table

    columns = {
        "register": "名册",
        "source_file": "文件",
        "source_sheet": "工作表",
        "source_row": "行",
        "source_column": "列",
        "reason": "原因",
        "value_masked": "原值(遮盖)",
        "advice": "怎么办",
    }
    shown = rows.head(SHOWN_ROWS).select(*columns)
    table(
        f"{title}(前 {SHOWN_ROWS} 条,共 {rows.height} 条)",
        tuple(columns.values()),
        [tuple(cell if cell is not None else "" for cell in row) for row in shown.iter_rows()],
        numbers_from=len(columns),
    )
    if rows.is_empty():
        click.echo("没有拒收的行。")
