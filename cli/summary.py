"""A month's summary in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from cli.show import console, table, yuan
from contracts.codes import BatchState
from contracts.money import yuan_label
from reports.corrections import ActionLine, GroundLine
from reports.month_explained import Change, MonthExplained
from reports.summary import FileLine, Labelled, MonthSummary, OldRegister, total_of
from reports.year_explained import MONTHS, YearExplained, YearLine, total_of_lines

if TYPE_CHECKING:
    from ledger.overrides import Overridden
    from month.listing import Silence

SHOWN_DIGEST = 8


def show(summary: MonthSummary) -> None:
    """Print the summary: benefits, what changed, what waits, what it rests on, files."""
    known = (
        "项目",
        "人数",
        "金额",
        "上月人数",
        "上月(按现在所知)",
        "上月实发",
        "补发",
        "撤回",
        "应追回",
        "标准未设定人数",
    )
    table(
        f"{summary.county} {summary.pay_month} 各项待遇(元)",
        known,
        [
            (
                line.label,
                line.people,
                yuan(line.fen),
                line.people_before or "",
                yuan(line.fen_before),
                yuan(line.fen_issued_before),
                yuan(line.arrears_fen),
                yuan(line.withdrawn_fen),
                yuan(line.receivable_fen),
                line.people_without_standard or "",
            )
            for line in (*summary.benefits, summary.total)
        ],
    )
    _labelled("撤回(未付出的)", "原因", "笔数", summary.withdrawals)
    _labelled("应追回(已付出的)", "原因", "笔数", summary.receivables)
    show_holds(summary.holds)
    show_uncertain(summary.uncertain)
    _labelled("拒收的名册行", "名册", "行数", summary.refused)
    show_files("批次与发放文件", summary.files)
    if not summary.files:
        _say("本月没有要付的款项,没有发放文件。")


def _say(text: str, style: str = "") -> None:
    """One line, however long: the terminal wraps it, a file keeps it whole."""
    console().print(text, style=style, soft_wrap=True)


def _warn(text: str) -> None:
    _say(f"⚠ {text}", "yellow")


def show_files(title: str, files: Sequence[FileLine]) -> None:
    """Print payment files with their sums and the first digits of their SHA-256."""
    shown = [
        (
            file.label,
            BatchState.label_of(file.state),
            file.file_name,
            file.file_digest[:SHOWN_DIGEST],
            file.lines,
            yuan(file.fen),
        )
        for file in files
    ]
    total = total_of(files)
    last = [(total.label, "", "", "", total.count, yuan(total.fen))] if len(files) > 1 else []
    table(title, ("项目", "状态", "文件", "SHA-256", "笔数", "金额(元)"), [*shown, *last], numbers_from=4)


def show_brief(summary: MonthSummary, silence: Silence) -> None:
    """The month in a few lines; the tables are for whoever asks."""
    total, files = summary.total, summary.in_files
    _say(
        f"{summary.county} {summary.pay_month}:{len(summary.benefits)} 项待遇,本月应发 {yuan_label(total.fen)} 元"
        f"(上月实发 {yuan_label(total.fen_issued_before)}),补发 {yuan_label(total.arrears_fen)},"
        f"撤回 {yuan_label(total.withdrawn_fen)},应追回 {yuan_label(total.receivable_fen)}"
    )
    held = ",".join(f"{row.label} {row.count} 人 {yuan_label(row.fen or 0)} 元" for row in summary.holds)
    _say(f"暂缓:{held or '没有'};拒收 {summary.rows_refused} 行;条件具备而未发 {silence.people_not_drawing} 人次")
    if summary.uncertain:
        _say(f"有 {yuan_label(summary.uncertain_fen)} 元所依的标准并非现行有效(草案或占位)")
    _say(f"发放文件 {len(summary.files)} 个,{files.count} 笔 {yuan_label(files.fen or 0)} 元")


def show_explained(told: MonthExplained) -> None:
    """Print how this month's money follows from last month's: all causes together, then each benefit in a line."""
    then = f"{told.since} 应发" if told.since else "此前没有运行"
    rows = [
        (
            one.label,
            one.people_before or "",
            yuan(one.fen_before),
            one.people_new or "",
            one.people_gone or "",
            one.people_now,
            yuan(one.fen_now),
            yuan(one.fen_in_files),
        )
        for one in (*told.benefits, told.total)
    ]
    heads = ("项目", "原人数", then, "新增", "减少", "现人数", f"{told.pay_month} 应发", "文件合计")
    table("从上期应发到本期文件(元)", heads, rows)
    total = told.total
    moves = [
        (line.label, line.people_new or "", line.people_gone or "", line.people_changed or "", yuan(line.fen))
        for line in total.moves
    ]
    table("应发为何变动(元)", ("原因", "新增", "减少", "变动", "金额"), moves)
    for line in told.no_longer_set:
        _warn(line)
    flows = [(line.label, line.people, yuan(line.fen)) for line in total.flows]
    table("应发与文件之差(元)", ("去向", "人次", "金额"), flows)


def show_year(told: YearExplained) -> None:
    """Print a year of all benefits: its months by people and money, then the causes, the flows, and each benefit."""
    year = told.total
    of_people = [
        ("上期人数", year.people_before),
        ("新增", total_of_lines(year.new)),
        ("减少", total_of_lines(year.gone)),
    ]
    of_owed = [("上期应发", year.fen_before), ("变动", total_of_lines(year.moves)), ("本期应发", year.fen_now)]
    of_files = [("应发", year.owed), ("与文件之差", total_of_lines(year.flows)), ("文件合计", year.in_files)]
    _by_month(told, "人数", "年初到年末", of_people, lambda people: str(people or ""))
    _by_month(told, "各月应发(元)", "年初到年末", of_owed, yuan)
    _by_month(told, "应发到文件(元)", "全年", of_files, yuan)
    table("应发为何变动(元)", ("原因", "全年"), [(one.label, yuan(one.of_year)) for one in year.moves])
    table("应发与文件之差(元)", ("去向", "全年"), [(one.label, yuan(one.of_year)) for one in year.flows])
    sums = [(one.label, yuan(one.owed.of_year), yuan(one.in_files.of_year)) for one in (*told.benefits, year)]
    table("各项待遇全年(元)", ("项目", "应发", "文件合计"), sums)
    if told.silent:
        _say(f"没有运行的月份:{'、'.join(told.silent)}")


def _by_month(
    told: YearExplained, title: str, last: str, columns: Sequence[tuple[str, YearLine]], cell: Callable[[int], str]
) -> None:
    rows = [
        (f"{told.year}-{month}", *(cell(line.of_months[place] or 0) for _, line in columns))
        for place, month in enumerate(MONTHS)
        if f"{told.year}-{month}" not in told.silent
    ]
    year = (last, *(cell(line.of_year) for _, line in columns))
    table(f"{told.county} {told.year} 年{title}", ("发放月", *(label for label, _ in columns)), [*rows, year])


def show_largest(changes: Sequence[Change]) -> None:
    """Print the people whose money differs most."""
    table(
        "变动最大的人",
        ("项目", "姓名", "村社区", "原因", "上期(元)", "本期(元)"),
        [(one.label, one.name, one.village, one.cause, yuan(one.fen_before), yuan(one.fen_now)) for one in changes],
        numbers_from=4,
    )


def show_old(registers: Sequence[OldRegister], pay_month: str) -> None:
    """First of all: which registers the month does without."""
    for line in registers:
        if line.is_received:
            _warn(f"名册:{line.told(pay_month)}")
    if never := [line.label for line in registers if not line.is_received]:
        _say(f"名册:从未收到{'、'.join(never)}")


def show_cautions(cautions: Sequence[str]) -> None:
    """What is to be known of who acted."""
    for line in cautions:
        _warn(line)


def show_payees(payees: Sequence[str]) -> None:
    """What the lines of the files are: regular, arrears, sent again, institutions, 代领, accounts of several people."""
    for line in payees:
        _say(line)


def show_overridden(overridden: Sequence[Overridden]) -> None:
    """Before everything else an officer signs on: which controls stopped the month, and who let it go on."""
    for line in overridden:
        _warn(f"曾被叫停 {line.told}")


def show_silence(silence: Silence) -> None:
    """Standards outside their bounds, whole groups that draw nothing, and what a layout says in the county's place."""
    for line in silence.not_drawn:
        if line.documents:
            _warn(str(line))
    for nobody in silence.nobody_draws:
        _warn(nobody.told)
    for told in (*silence.defaults, *silence.not_taken, *(line.told for line in silence.missing_cells)):
        _warn(told)


def show_not_drawn(silence: Silence) -> None:
    """Who meets the conditions and draws nothing."""
    table(
        "条件具备而未发(本月)",
        ("项目", "为何", "怎么办", "人数", "若发放(元)"),
        [(one.label, one.outcome_label, one.advice, one.people, yuan(one.would_be_fen)) for one in silence.not_drawn],
        numbers_from=3,
    )


def show_holds(rows: tuple[Labelled, ...]) -> None:
    """Print what is held, by reason."""
    _labelled("暂缓", "原因", "人数", rows)


def show_uncertain(rows: tuple[Labelled, ...]) -> None:
    """Print the money that rests on a draft or a placeholder."""
    _labelled("金额所依的标准并非现行有效", "项目", "人数", rows)


def show_unconfirmed(labels: tuple[str, ...]) -> None:
    """Print the forms of files to which no bank has agreed."""
    if labels:
        click.echo(f"未经银行确认的格式:{'、'.join(labels)}(银行认可后在格式里写 confirmed)")


def show_grounds(rows: tuple[GroundLine, ...]) -> None:
    """Print what was corrected, on which ground."""
    table(
        "更正(元)",
        ("理由", "人数", "补发", "撤回", "应追回"),
        [(row.label, row.people, yuan(row.owed_fen), yuan(row.withdrawn_fen), yuan(row.owed_back_fen)) for row in rows],
    )


def show_actions(beyond: ActionLine) -> None:
    """Print what no run may carry."""
    if beyond.lines:
        _say(
            f"须人工处理:期限之外的差异 {beyond.lines} 笔,少发 {yuan_label(beyond.owed_more_fen)} 元,"
            f"多发 {yuan_label(beyond.owed_less_fen)} 元(见 action_required 清单)"
        )


def _labelled(title: str, what: str, unit: str, rows: tuple[Labelled, ...]) -> None:
    with_money = any(row.fen is not None for row in rows)
    headers = (what, unit, "金额(元)") if with_money else (what, unit)
    table(title, headers, [(row.label, row.count, *([yuan(row.fen)] if with_money else [])) for row in rows])
