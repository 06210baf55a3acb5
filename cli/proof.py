"""A proof of the law in the terminal."""

from __future__ import annotations

import click
import polars as pl

from cli.show import table, yuan
from contracts.months import month_text
from reports.proof import Finding, Proof
from reports.proof_told import RELATIONS


def show_proof(proof: Proof) -> None:
    """Findings, open ones first; pairs that meet; the most that anybody draws; who draws nothing."""
    click.echo(f"{proof.name} {month_text(proof.month)} 起的规定(按 {proof.known_on} 所知)")
    click.echo(
        f"{proof.situation_count:,} 种情形,代表 {proof.combination_count:,} 种事实组合;"
        f"看了 {len(proof.months)} 个变化月"
    )
    table(
        "疑点",
        ("", "疑点", "自", "说明", "依据", "位置"),
        [
            ("已确认" if each.known else "未确认", each.kind.label, month_text(each.since), each.text, *_place(each))
            for each in sorted(proof.findings, key=lambda each: each.known is not None)
        ],
        numbers_from=6,
    )
    table(
        "能相遇的项目",
        ("项目", "项目", "关系", "依据"),
        [(m.first.label, m.second.label, RELATIONS[m.relation], str(m.source)) for m in proof.meetings],
        numbers_from=4,
    )
    if proof.greatest_fen:
        click.echo(f"一人一月最多 {yuan(proof.greatest_fen)} 元:{' / '.join(proof.greatest)}")
    for rhythm in proof.rhythms:
        click.echo(rhythm)
    table(
        "在低收入名册而一项也领不到的人(本县户籍,已到起始年龄)",
        ("哪些人", "为什么", "确认的依据"),
        [(idle.who, idle.why, str(idle.known.source) if idle.known else "") for idle in proof.idle],
        numbers_from=3,
    )
    left = len(proof.open_findings)
    click.echo(f"{left} 处疑点未经确认" if left else "没有未经确认的疑点")


def _place(finding: Finding) -> tuple[str, str]:
    """On which clause, and where it is written."""
    return str(finding.source), str(finding.where)


def show_turned(turned: pl.DataFrame) -> None:
    """Situations that fare otherwise under another law (reports.situation_change), merged into the fewest rows."""
    table(
        "变化的情形(本县户籍;现有人数为名册末月)",
        ("项目", "自", "哪些人", "变化", "之前(元)", "之后(元)", "现有人数"),
        [
            (
                row["benefit"],
                row["from_month"],
                row["who"],
                row["turn"],
                yuan(row["before_fen"]) or row["before"],
                yuan(row["after_fen"]) or row["after"],
                "" if row["people_count"] is None else row["people_count"],
            )
            for row in turned.iter_rows(named=True)
        ],
        numbers_from=4,
    )
