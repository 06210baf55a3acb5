"""`disburse policies`: the law as data, for the people who own it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import COUNTY, DayType, MonthType, county_option, json_option, print_json
from contracts.months import add_months, months_between, today
from contracts.settings import Home

if TYPE_CHECKING:
    from rulebook.coverage import Covered
    from rulebook.lawbook import LawBook
    from rulebook.telling import InForce

YEAR = 12
known_on_option = click.option("--known-on", type=DayType(), help="按哪一天所知(默认今天)")


@click.group()
def policies() -> None:
    """查看、检查、证明、比较政策与标准。  The law as data: show, check, prove, table, calendar, diff."""


def law_of(home: Home, *more: Path) -> LawBook:
    """The shipped law with the home's own on top, and further folders on that."""
    import rulebook

    return rulebook.load(*rulebook.folders(home.overlay), *more)


@policies.command()
@known_on_option
@json_option
@click.pass_obj
def check(home: Home, known_on: date | None, as_json: bool) -> None:
    """检查全部政策:一次列出所有问题;有低于下限、高于上限的标准,或证明中未经确认的疑点时退出码为 4。

    Check the whole law: every problem at once; exit code 4 where a standard breaks a bound, or a proof finds what the
    pack does not acknowledge (known.yaml).
    """
    from contracts.errors import PolicyError
    from reports.proof import unacknowledged
    from rulebook.bands import left_behind
    from rulebook.breaches import breaches

    law, day = law_of(home), known_on or today()
    broken = [f"{law.name_of(breach.county)} {breach}" for breach in breaches(law, day)]
    unintended = unacknowledged(law, day.replace(day=1), day)
    problems = [*broken, *unintended]
    unfunded = list(law.unfunded(day))
    behind = [f"{law.name_of(code)} {one}" for code in law.counties() for one in left_behind(law.chain_of(code), day)]
    statuses = _statuses(law)
    found = {
        "digest": law.digest,
        "counties": law.counties(),
        "values": statuses,
        "problems": problems,
        "left_behind": behind,
        "unfunded": unfunded,
    }
    if problems:
        raise PolicyError(
            "\n".join(
                [
                    *([f"{len(broken)} 项标准不能发放:", *broken] if broken else []),
                    *([f"{len(unintended)} 处未经确认的疑点:", *unintended] if unintended else []),
                ]
            ),
            ";".join(
                [
                    *(["不能发放的请向上级核实,载入新的文件后重算,此前按“标准未设定”处理"] if broken else []),
                    *(["疑点请改正,或在 known.yaml 写明依据(policies/README.md)"] if unintended else []),
                ]
            ),
            "policies",
            found,
        )
    if as_json:
        print_json(found)
        return
    for line in (*behind, *unfunded):
        click.echo(f"请核对:{line}")
    counted = "、".join(f"{label} {count} 个" for label, count in statuses.items())
    click.echo(f"没有问题:{len(law.counties())} 个县;标准值 {counted}")


def _statuses(law: LawBook) -> dict[str, int]:
    from contracts.codes import ValueStatus

    values = [value for place in law.jurisdictions.values() for value in place.values]
    return {status.label: sum(value.status is status for value in values) for status in ValueStatus}


@policies.command("prove")
@county_option
@click.option("--month", type=MonthType(), help="哪个月的规定(默认本月);以后的变化一并列出")
@known_on_option
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写入 .xlsx:疑点、相遇的项目、应助未助",
)
@json_option
@click.pass_obj
def prove_law(
    home: Home, county: str, month: date | None, known_on: date | None, output: Path | None, as_json: bool
) -> None:
    """把一县规定能区分的每种情形都算一遍:矛盾、够不着的标准、应升而降、应助未助,逐条注明条款与行号。

    Decide every situation a county's law can tell apart: contradictions, rates out of reach, steps that fall, people
    who draw nothing; each with clause and line. What the pack acknowledges (known.yaml) is told as such.
    """
    from cli.proof import show_proof
    from reports.proof import prove
    from reports.proof_told import proof_row, write_proof

    day = known_on or today()
    found = prove(law_of(home), county, month or day.replace(day=1), day)
    if output:
        write_proof(found, output)
    if as_json:
        print_json({**proof_row(found), "file": str(output or "")})
        return
    show_proof(found)
    if output:
        click.echo(f"→ {output}")


@policies.command("table")
@county_option
@click.option("--month", type=MonthType(), help="哪个月的规定(默认本月)")
@known_on_option
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="写入文件(.md);不写则列在屏幕上")
@click.pass_obj
def table_of(home: Home, county: str, month: date | None, known_on: date | None, output: Path | None) -> None:
    """一县的判定表:哪些人每项领多少,合并成最少的行,逐行注明条款;连同数据目录里本县自己的规定。

    Who draws how much of each benefit, in the fewest rows, each with its clause; with the home's own notices.
    """
    from reports.decision_table import county_table, write_table

    day = known_on or today()
    said = f"按 {day} 所知;政策包与本县数据目录里的规定。"
    page = county_table(law_of(home), county, month or day.replace(day=1), day, said)
    if output is None:
        click.echo(page)
        return
    write_table(page, output)
    click.echo(f"→ {output}")


@policies.command()
@county_option
@click.option("--month", required=True, type=MonthType(), help="所属月")
@known_on_option
@click.option("--all", "is_all", is_flag=True, help="连同条件参数与办理方式")
@json_option
@click.pass_obj
def show(home: Home, county: str, month: date, known_on: date | None, is_all: bool, as_json: bool) -> None:
    """某县某月适用什么:标准、状态、由谁定、依据哪份文件。  What applies in a month, on which document."""
    from cli.show import table
    from rulebook.telling import in_force

    law = law_of(home)
    told = in_force(law.chain_of(county), month, known_on or today())
    if as_json:
        print_json([in_force_row(row) for row in told])
        return
    rows = [row for row in told if is_all or row.parameter.endswith((".amount", ".ratio", ".benchmark", ".standard"))]
    table(
        f"{law.name_of(county)} {month:%Y-%m} 适用的标准",
        ("标准", "档", "值", "状态", "由谁定", "自", "依据"),
        [
            (
                _name(row),
                row.key,
                row.text if row.why_unset is None or not row.value else f"{row.text}({row.why_unset.label})",
                row.status.label if row.status else "",
                row.set_by,
                row.effective_from or "",
                " ↔ ".join(part for part in (row.citation, row.against) if part),
            )
            for row in rows
        ],
        numbers_from=7,
    )


def _name(row: InForce) -> str:
    """The label, with its benefit where it does not say it."""
    if row.benefit is None or row.benefit.label in row.label:
        return row.label
    return f"{row.benefit.label}·{row.label}"


def in_force_row(row: InForce) -> dict[str, object]:
    """What stands, for JSON."""
    return {
        "benefit": row.benefit,
        "parameter": row.parameter,
        "label": row.label,
        "key": row.key,
        "value": row.value,
        "unit": row.unit,
        "why_unset": row.why_unset,
        "role": row.role,
        "status": row.status,
        "set_by": row.set_by,
        "effective_from": row.effective_from,
        "issued_on": row.issued_on,
        "source": row.source,
        "quote": row.quote,
        "note": row.note,
        "against": row.against,
        "is_abolished": row.is_abolished,
    }


@policies.command()
@click.option("--county", type=COUNTY, metavar="县", help="县的代码或名称(默认所有县)")
@click.option("--from", "first", type=MonthType(), help="首月(默认 12 个月前)")
@click.option("--to", "last", type=MonthType(), help="末月(默认本月)")
@known_on_option
@json_option
@click.pass_obj
def calendar(
    home: Home, county: str | None, first: date | None, last: date | None, known_on: date | None, as_json: bool
) -> None:
    """覆盖日历:每项每月有无标准、是否占位或征求意见稿、多久没有更新。  Coverage by benefit and month."""
    from rulebook.coverage import calendar as covered

    day = known_on or today()
    end = last or day.replace(day=1)
    months = months_between(first or add_months(end, 1 - YEAR), end)
    law = law_of(home)
    told = [row for code in ([county] if county else law.counties()) for row in covered(law.resolve(code, months, day))]
    if as_json:
        print_json([covered_row(row) for row in told])
        return
    _show_calendar(law, told)


def covered_row(row: Covered) -> dict[str, object]:
    """One month's cover, for JSON."""
    return {
        "county": row.county,
        "benefit": row.benefit,
        "month": f"{row.month:%Y-%m}",
        "cover": row.cover,
        "since": row.since,
        "stale_since": row.stale_since,
    }


def _show_calendar(law: LawBook, told: list[Covered]) -> None:
    """One line per benefit and stretch of months with the same cover."""
    from cli.show import table

    stretches: list[list[Covered]] = []
    for row in told:
        last = stretches[-1][-1] if stretches else None
        same = last and (last.county, last.benefit, last.cover, last.since) == (
            row.county,
            row.benefit,
            row.cover,
            row.since,
        )
        if same:
            stretches[-1].append(row)
        else:
            stretches.append([row])
    table(
        "覆盖日历",
        ("县", "项目", "月份", "状态", "标准自", "久未更新"),
        [
            (
                law.name_of(rows[0].county),
                rows[0].benefit.label,
                f"{rows[0].month:%Y-%m} … {rows[-1].month:%Y-%m}",
                rows[0].cover.label,
                rows[0].since or "",
                f"自 {rows[-1].stale_since:%Y-%m}" if rows[-1].stale_since else "",
            )
            for rows in stretches
        ],
        numbers_from=6,
    )


@policies.command()
@county_option
@click.option("--run", "pay_month", type=MonthType(), help="用哪个发放月的名册(默认最近一次)")
@click.option("--known-on", type=DayType(), help="之前:按哪一天所知(默认该次运行的知悉日)")
@click.option("--and-known-on", type=DayType(), help="之后:按哪一天所知(默认同上)")
@click.option(
    "--with",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="之后:再加上这个文件夹的政策",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="谁增谁减,逐人逐月写入 .csv、.parquet 或 .xlsx",
)
@json_option
@click.pass_obj
def diff(
    home: Home,
    county: str,
    pay_month: date | None,
    known_on: date | None,
    and_known_on: date | None,
    folder: Path | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """用真实名册和全部情形比较两套政策或两个知悉日:谁增谁减,到年底相差多少,哪些情形变了;不入账。

    Compare two laws, or one law as known on two days: on the real roster, who gains, who loses, how much to year end;
    and over every situation, also of people who are in no register yet.
    """
    from cli.proof import show_turned
    from cli.show import table, yuan
    from contracts.codes import Benefit
    from ledger import people
    from month.month import opened_month
    from reports.law_change import (
        IS_UNSET,
        NAMED,
        by_name,
        gaining_and_losing,
        law_change,
        months_to_year_end,
        no_longer_set,
        taken_back,
        totals,
    )
    from reports.pay_rhythm import rhythm_changes
    from reports.situation_change import changes_of_situations
    from reports.tables import write_table

    with opened_month(home, county, pay_month) as month:
        manifest, registers = month.manifest, month.registers
        day = known_on or manifest.known_on
        months = months_to_year_end(manifest.window(), manifest.pay_month)
        old, new = law_of(home), law_of(home, *([folder] if folder else []))
        before = old.resolve(county, months, day)
        after = new.resolve(county, months, and_known_on or day)
        turned = changes_of_situations((old, day), (new, and_known_on or day), county, months, registers)
        changes = law_change(registers, before, after, manifest.pay_month)
        with month.book.reading() as conn:
            identities = people.identities(conn, changes)
    if output:
        write_table(by_name(changes, identities, manifest.pay_month), output, NAMED, "差别")
    gaining, losing = gaining_and_losing(changes)
    found, unset = totals(changes, manifest.pay_month), no_longer_set(changes, before, after)
    debts = taken_back(changes, before, after, manifest.pay_month)
    paid_in = rhythm_changes(before, after)
    if as_json:
        people_counts = {"gaining_count": gaining, "losing_count": losing}
        compared = {"first_month": f"{months[0]:%Y-%m}", "last_month": f"{months[-1]:%Y-%m}"}
        counts = {"changed_rows": changes.height, **people_counts}
        print_json(
            {
                **compared,
                **counts,
                "benefits": found.to_dicts(),
                "situations": turned.to_dicts(),
                "no_longer_set": [asdict(one) for one in unset],
                "taken_back": [asdict(one) for one in debts],
                "pay_months": [asdict(one) for one in paid_in],
                "file": str(output or ""),
            }
        )
        return
    if changes.is_empty() and turned.is_empty() and not paid_in:
        click.echo("两者没有差别")
        return
    for change in paid_in:
        click.echo(str(change))
    show_turned(turned)
    if changes.is_empty():
        click.echo("名册上的人没有差别")
        return
    table(
        f"{county} 差别({months[0]:%Y-%m} … {months[-1]:%Y-%m})",
        (
            "项目",
            "增加人数",
            "减少人数",
            "至本月差额(元)",
            "下月至年底差额(元)",
            "标准未设定人数",
            "未设定期间不发(元)",
        ),
        [
            (
                Benefit.label_of(row["benefit"]),
                row["gaining_count"],
                row["losing_count"],
                yuan(row["until_now_fen"]),
                yuan(row["to_year_end_fen"]),
                row["unset_count"],
                yuan(row["unset_to_year_end_fen"]),
            )
            for row in found.iter_rows(named=True)
        ]
        + [
            (
                "合计(按人)",
                gaining,
                losing,
                *(yuan(sum(found[name])) for name in ("until_now_fen", "to_year_end_fen")),
                changes.filter(IS_UNSET)["person_no"].n_unique(),
                yuan(sum(found["unset_to_year_end_fen"])),
            )
        ],
    )
    for one in (*debts, *unset):
        click.echo(str(one))
    if output:
        click.echo(f"{changes.height} 行 → {output}")
