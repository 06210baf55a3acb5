"""`disburse intake`: look at a file before it is handed in, and at what became of the files that were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import (
    COUNTY,
    county_option,
    json_option,
    month_option,
    month_to_run_option,
    officer_option,
    print_json,
)
from cli.who import acting
from contracts.codes import RefusalCode
from contracts.errors import InputError
from contracts.months import today
from contracts.registers import FILES, INBOX_FILES, label_of
from contracts.settings import Home

if TYPE_CHECKING:
    import polars as pl

    from intake import Offer, Seen
    from month.month import Month

SHOWN_ROWS = 50  # on the screen; a file given with -o has all
COUNTYS_OWN = ""  # --write without a file: among the county's layouts
register_option = click.option("--register", type=click.Choice(list(INBOX_FILES)), help="哪个名册")


@click.group()
def intake() -> None:
    """查看来文、版式、拒收行和收件历史;采用被叫停的名册。

    Files as they arrive: look at one, accept one that was stopped, refused rows, what was received when.
    """


@intake.command()
@click.argument("file", metavar="文件", type=click.Path(path_type=Path))
@click.option("--county", type=COUNTY, metavar="县", help="县的代码或名称:按该县的版式读取")
@click.option("--register", type=click.Choice(list(FILES)), help="哪个名册(默认看文件名,再看表头)")
@click.option("--suggest", "suggests", is_flag=True, help="另给出建议的版式")
@click.option(
    "--write",
    metavar="[FILE]",
    is_flag=False,
    flag_value=COUNTYS_OWN,
    help="把建议的版式写入这个文件;不写文件的,写入该县的版式目录(须写明 --county)。已有的不覆盖",
)
@click.option("--list-changes", "lists_changes", is_flag=True, help="逐格列出被统一写法的单元格")
@click.option("--list-refused", "lists_refused", is_flag=True, help="逐行列出会拒收的行(号码遮盖)")
@json_option
@click.pass_obj
def inspect(
    home: Home,
    file: Path,
    county: str | None,
    register: str | None,
    suggests: bool,
    write: str | None,
    lists_changes: bool,
    lists_refused: bool,
    as_json: bool,
) -> None:
    """看一个文件:表头、列、行数、哪些行会被拒收;列名不同的,给出填好的版式。写收件目录的,看其中哪些不会读取。

    What the program sees in a file, or in a month's folder of the inbox; nothing is kept of it.
    """
    import intake as room

    if write == COUNTYS_OWN and not county:
        raise click.UsageError("--write 不写文件的,须同时写明 --county")
    if file.is_dir():
        _inspect_folder(file, as_json)
        return
    named = register or room.register_named(file)
    part = room.part_named(file.name)
    layout = room.find_layout(home.layouts_of(county), named, part) if county and named else None
    is_current_list = bool(county and named in home.settings().of(county).current_lists)
    day = today()
    seen = room.inspect(file, named, layout, day, is_current_list=is_current_list)
    wanted = seen.tables and (suggests or write is not None or seen.needs_layout())
    offered = room.offer(file, seen, day, is_current_list=is_current_list) if wanted else None
    name = f"{seen.register}-{part}" if part else seen.register
    target = _layout_file(home, county, name, write)
    written = _kept(home, target, offered.text) if write is not None and offered else None
    beside = _not_taken(file.parent)
    if as_json:
        changed = seen.accepted.changed.to_dicts() if lists_changes and seen.accepted else []
        told = {
            "changed": changed,
            "refused_rows": seen.refused_rows().drop("person_no").to_dicts() if lists_refused else [],
            "layout": offered.text if offered else "",
            "with_layout": _counts(offered.seen) if offered and offered.seen else {},
            "written": written or "",
            "not_taken": beside,
        }
        print_json({**_told(seen), **told})
        return
    _show_seen(seen, file)
    if offered and written is None:
        way = ("--register", seen.register, "--county", county or "县代码", "--write")
        _show_offer(seen, offered, f"disburse intake inspect {file} {' '.join(way)}")
    if lists_refused:
        _show_refused(seen.refused_rows(), "会拒收的行")
    if lists_changes and seen.accepted:
        _show_changes(seen.accepted.changed)
    if written:
        click.echo(f"已写入 {written};请核对后再用。")
    _show_not_taken(beside)


@intake.command()
@county_option
@month_to_run_option
@register_option
@officer_option
@click.option("--reason", required=True, help="理由,记入审计日志")
@json_option
@click.pass_obj
def accept(
    home: Home, county: str, pay_month: date, register: str | None, officer: str, reason: str, as_json: bool
) -> None:
    """采用被内控叫停的名册:只对这一份文件有效,署名并写明理由。

    Take a register's file that a threshold stopped; this very file only, by name and reason.
    """
    from month.files import accept_stopped

    given = accept_stopped(home, county, pay_month, register, acting(home, officer), reason)
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
@click.pass_obj
def refused(home: Home, county: str, pay_month: date, register: str | None, output: Path | None, as_json: bool) -> None:
    """列出本月拒收的行和原因(号码遮盖),并说明退回县里的表在哪里。

    Refused rows with reasons, masked, and where the workbooks to send back lie.
    """
    from contracts.columns import headers
    from contracts.tables import RefusedRow
    from month.files import refused_of, return_refused_of
    from reports.lists import refused_rows
    from reports.tables import write_table

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
@click.pass_obj
def history(home: Home, county: str, register: str | None, as_json: bool) -> None:
    """收件历史:每份收到过的文件,何时收到,收下和拒收多少行,被哪份取代。

    Every file ever received, its rows in the newest run that used it, and what superseded it.
    """
    from cli.show import table
    from ledger.book import opened
    from month.files import received_files

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


def _layout_file(home: Home, county: str | None, name: str, write: str | None) -> Path:
    """Where a suggested layout goes."""
    if write:
        return Path(write)
    folder = home.layouts_of(county) if county else home.path / "layouts"
    return folder / f"{name}.yaml"


def _kept(home: Home, target: Path, text: str) -> str:
    """Where a suggested layout was kept, as it is told."""
    from intake import keep_suggested

    told = str(target.relative_to(home.path) if target.is_relative_to(home.path) else target)
    keep_suggested(target, text, told)
    return told


def _not_taken(folder: Path) -> list[dict[str, str]]:
    """What of a month's folder of the inbox will not be read; nothing where the folder is none."""
    from contracts.months import MONTH_TEXT, parse_month
    from intake import not_taken

    if not MONTH_TEXT.match(folder.resolve().name):
        return []
    found = not_taken(folder.resolve().parent, parse_month(folder.resolve().name))
    return [{"file": one.path.name, "reason": one.reason, "advice": one.advice} for one in found]


def _inspect_folder(folder: Path, as_json: bool) -> None:
    """Which files of a month's folder are read as what, and which are not."""
    from cli.show import table
    from contracts.months import MONTH_TEXT
    from intake import register_named

    if not MONTH_TEXT.match(folder.resolve().name):
        raise InputError("这是一个目录", "请写明其中的文件,或写某月的收件目录,如 inbox/410721/2024-07", folder.name)
    beside = _not_taken(folder)
    others = {one["file"] for one in beside}
    names = sorted(path.name for path in folder.iterdir() if path.name not in others)
    taken = {name: register for name in names if (register := register_named(Path(name)))}
    if as_json:
        print_json({"taken": taken, "not_taken": beside})
        return
    table("会读取的文件", ("文件", "名册"), [(name, label_of(register)) for name, register in taken.items()], 2)
    _show_not_taken(beside)
    if not taken and not beside:
        click.echo("这个目录是空的。")


def _show_not_taken(beside: list[dict[str, str]]) -> None:
    from cli.show import table

    rows = [(one["file"], one["reason"], one["advice"]) for one in beside]
    table("收件目录中不会读取的", ("文件", "为什么", "怎么办"), rows, numbers_from=3)


def _show_offer(seen: Seen, offered: Offer, command: str) -> None:
    """The layout, how the file would be read with it, and the command that writes it down."""
    if seen.needs_layout():
        click.echo("\n这张表的列名和规定的不同。不用改表,用版式说明哪一列是什么。照这张表填好的版式:")
    else:
        click.echo("\n建议的版式:")
    click.echo(f"\n{offered.text}")
    if offered.seen is not None and offered.seen.accepted:
        accepted = offered.seen.accepted
        click.echo(f"按它读取:来文 {accepted.rows_in} 行,可收下 {accepted.rows.height},会拒收 {accepted.rows_refused}")
    else:
        click.echo("其中 # 开头的几行补填以后就能读取。")
    click.echo(f"写下来:{command}")


def _counts(seen: Seen) -> dict[str, int]:
    accepted = seen.accepted
    if accepted is None:
        return {}
    return {
        "rows_in": accepted.rows_in,
        "rows_unfolded": accepted.rows_unfolded,
        "rows_accepted": accepted.rows.height,
        "rows_refused": accepted.rows_refused,
        "rows_collapsed": accepted.rows_collapsed,
        "rows_listed": accepted.rows_listed,
    }


def _told(seen: Seen) -> dict[str, object]:
    accepted = seen.accepted
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
        "needs_layout": seen.needs_layout(),
        "counts": _counts(seen),
        "refusals": seen.refusals(),
        "rows_of_refusals": seen.rows_of_refusals(),
        "rows_of_no_data": seen.rows_of_no_data(),
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
        click.echo(f"没有找到的列:{'、'.join(absent)}")
    for reason, advice in seen.about_the_file():
        if not (seen.needs_layout() and reason.startswith(RefusalCode.HEADER_MISSING.label)):  # said above, together
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
    rows = seen.rows_of_refusals()
    refusals = [(reason, rows.get(reason, ""), count) for reason, count in seen.refusals().items()]
    table("会拒收的行", ("原因", "行", "处"), refusals, numbers_from=2)
    table("不是数据的行", ("是什么", "行"), list(seen.rows_of_no_data().items()), numbers_from=2)
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
