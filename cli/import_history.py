"""`disburse import-history`: what was paid before the first run, so that day one pays only what is owed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import DayType, county_option, json_option, officer_option, print_json
from contracts.codes import OfficerRole
from contracts.errors import InputError, StoppedError
from contracts.settings import Home

if TYPE_CHECKING:
    from intake import Accepted, Received
    from ledger.book import Book

HISTORY = "history"


@click.command("import-history")
@county_option
@click.argument("file", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@officer_option
@click.option("--known-on", type=DayType(), help="知悉日(默认今天)")
@click.option("--accept-refused", is_flag=True, help="有拒收行时,不等更正先导入其余各行;须写明 --reason")
@click.option("--reason", default="", help="不等更正的理由,记入审计日志")
@json_option
def import_history(
    county: str,
    file: Path,
    officer: str,
    known_on: date | None,
    accept_refused: bool,
    reason: str,
    as_json: bool,
) -> None:
    """导入启用之前已经发放的钱(每人每项目每月一行),此后只发差额;同一文件再导入不变。

    Import what was paid before the first run: person, benefit, month, yuan. All rows or none, unless the refused ones
    are left out with a reason. The same file again changes nothing.
    """
    if accept_refused and not reason:
        raise click.UsageError("--accept-refused 须同时写明 --reason")
    from intake import find_layout, receive
    from ledger import history
    from ledger.book import opened
    from month.month import system_user

    home = Home.from_environment()
    go_live_month = _go_live_month(home, county, officer)
    received = receive(file, HISTORY, home.store, find_layout(home.layouts_of(county), HISTORY))
    if problem := received.problem():
        raise problem
    known = known_on or date.today()  # noqa: DTZ011 the officer's own calendar day
    source = history.Source(received.file_name, received.digest, known)
    with opened(home.database_url) as book:
        with book.reading() as conn:
            if history.is_imported(conn, source):
                _tell_again(as_json)
                return
        taken = _taken(book, county, received, known, go_live_month)
        lists = _write_refused(home, county, received, taken)
        if taken.rows.is_empty() or (taken.rows_refused and not accept_refused):
            raise _stopped(taken, lists, home)
        rows = taken.rows.select("person_no", "benefit", "benefit_month", "amount_fen", "source_row")
        left_out = history.LeftOut(taken.rows_refused, reason) if taken.rows_refused else None
        history.import_history(book, county, rows, source, go_live_month, officer, system_user(), left_out)
    _tell(taken, lists, as_json)


def _go_live_month(home: Home, county: str, officer: str) -> date:
    """The first month that is computed; InputError where the county's settings do not name it."""
    from month.officers import require

    require(home, officer, OfficerRole.MAKER, county, "import history")
    go_live_month = home.settings().of(county).go_live_month
    if go_live_month is None:
        raise InputError(
            f"没有设置 {county} 的 go_live_month(本系统起算月)",
            f'请在 [county.{county}] 下写明,如 go_live_month = "2024-01";导入的是该月起已发放的钱',
            "disburse.toml",
        )
    return go_live_month


def _taken(book: Book, county: str, received: Received, known_on: date, go_live_month: date) -> Accepted:
    """The file's rows, sorted into taken and refused; InputError where there is nothing to take."""
    from intake import accept, ids_in, refuse_rows
    from ledger.history import misfits
    from ledger.people import number_people

    taken = accept(received, number_people(book, ids_in([received])), known_on)
    if not taken.rows_in - taken.rows_listed:
        raise InputError("发放历史没有数据行", "请核对导出条件后重新导出", received.file_name)
    with book.reading() as conn:
        return refuse_rows(taken, "benefit_month", misfits(conn, county, taken.rows, go_live_month))


def _write_refused(home: Home, county: str, received: Received, taken: Accepted) -> list[Path]:
    """The refused rows as a list, and as the county's own rows to send back; nothing where none was refused."""
    from contracts.columns import headers
    from contracts.tables import RefusedRow
    from intake import write_returned
    from reports.lists import refused_rows
    from reports.tables import write_table

    folder = home.reports / county / "import_history"
    listed = folder / "refused.xlsx"
    returned = write_returned(received, taken.refused, home.store, folder / "returned_history.xlsx")
    if taken.refused.is_empty():
        listed.unlink(missing_ok=True)
        return []
    write_table(refused_rows(taken.refused), listed, headers(RefusedRow), "拒收行")
    return [listed, *([returned] if returned else [])]


def _stopped(taken: Accepted, lists: list[Path], home: Home) -> StoppedError:
    where = "、".join(str(path.relative_to(home.path)) for path in lists)
    otherwise = "" if taken.rows.is_empty() else ",或加 --accept-refused --reason 理由 先导入其余各行"
    return StoppedError(
        f"发放历史有 {taken.rows_refused} 行拒收,其余 {taken.rows.height} 行也没有导入",
        f"原因见 {where};请更正后整份重新导入{otherwise}",
        found={**_counts(taken), "lists": [str(path) for path in lists]},
    )


def _counts(taken: Accepted) -> dict[str, int]:
    """What became of the file's rows; persons of a household's row beyond the first come on top of `rows_in`."""
    return {
        "rows_in": taken.rows_in,
        "rows_unfolded": taken.rows_unfolded,
        "rows": taken.rows.height,
        "rows_refused": taken.rows_refused,
        "rows_listed": taken.rows_listed,
    }


def _tell(taken: Accepted, lists: list[Path], as_json: bool) -> None:
    from cli.show import table, yuan
    from reports.history import by_benefit

    rows = by_benefit(taken.rows)
    if as_json:
        lists_told = [str(path) for path in lists]
        print_json({"imported": True, **_counts(taken), "benefits": rows, "lists": lists_told})
        return
    table(
        "已导入的发放历史(元)",
        ("项目", "首月", "末月", "人数", "行数", "金额"),
        [(r["label"], r["first_month"], r["last_month"], r["people"], r["rows"], yuan(r["fen"])) for r in rows],
        numbers_from=3,
    )
    click.echo(
        f"来文 {taken.rows_in} 行:导入 {taken.rows.height},拒收 {taken.rows_refused},不是数据 {taken.rows_listed}"
    )
    for path in lists:
        click.echo(f"清单:{path}")


def _tell_again(as_json: bool) -> None:
    if as_json:
        print_json({"imported": False, "reason": "same file"})
    else:
        click.echo("这份文件此前已经导入,没有变化。")
