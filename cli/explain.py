"""`disburse explain`: one person's benefit month to the clause and the fen."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import MonthType, county_option, json_option, page_option, print_json
from cli.whom import METAVAR, PERSON
from contracts.settings import Home

if TYPE_CHECKING:
    from reports.explain import BenefitProof, Proof


@click.command()
@click.argument("person_id", metavar=METAVAR, type=PERSON)
@county_option
@click.option("--month", "benefit_month", required=True, type=MonthType(), help="所属月")
@click.option("--run", "pay_month", type=MonthType(), help="按哪个发放月所知来说明(默认最近一次)")
@page_option
@json_option
@click.pass_obj
def explain(
    home: Home,
    person_id: str,
    county: str,
    benefit_month: date,
    pay_month: date | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """说明一个人一个月的每一分钱:情形、名册行、条款、标准、择高、入账与文件行。

    何人:写 - 从标准输入读身份证号(终端里会问),或 @文件,或 disburse person 列出的序号。

    Explain one person's benefit month: facts, register rows, clauses, rates, choose-higher, postings and file rows.
    """
    from month.month import opened_month
    from month.one_person import number_of, proof_of, write_page

    with opened_month(home, county, pay_month) as month:
        person_no = number_of(month, person_id)
        proof = proof_of(month, person_no, benefit_month)
        if output is not None:
            write_page(month, person_no, proof, output)
    if as_json:
        print_json(proof.as_dict())
    else:
        _show(proof)
    if output is not None:
        click.echo(f"已写出 {output}", err=as_json)


def _show(proof: Proof) -> None:
    click.secho(f"{proof.county} · {proof.name} · 所属月 {proof.benefit_month}(按 {proof.known_on} 所知)", bold=True)
    for note in proof.notes:
        click.echo(note)
    click.secho("\n情形", bold=True)
    click.echo("  " + ";".join(f"{label} {value}" for label, value in proof.facts.items()))
    click.secho("\n依据的名册行", bold=True)
    for row in proof.rows:
        click.echo(f"  {row.label}({row.source}):" + ",".join(f"{key} {value}" for key, value in row.cells.items()))
    for benefit in proof.benefits:
        _show_benefit(benefit)


def _show_benefit(benefit: BenefitProof) -> None:
    amount = f" {benefit.amount} 元" if benefit.outcome == "ENTITLED" else ""
    click.secho(f"\n{benefit.label}:{benefit.outcome_label}{amount}", bold=True)
    show_reasons(benefit)
    for line in benefit.booked:
        click.echo(f"  账:{line}")


def show_reasons(benefit: BenefitProof) -> None:
    """Why: each condition with its clause, each value with its document."""
    click.echo(f"  {benefit.reason}")
    for line in benefit.left_open:
        click.echo(f"  留待规定:{line}")
    if benefit.missing:
        click.echo(f"  登记缺项影响待遇:{benefit.missing}")
    click.echo(f"  条件出处:{benefit.conditions_source}")
    for leaf in benefit.conditions:
        within = f"{leaf.within} › " if leaf.within else ""
        click.echo(f"    {leaf.outcome_label} {within}{leaf.condition}(当月:{leaf.found}){leaf.clause}")
    for value in benefit.values:
        click.echo(
            f"  标准:{value.parameter} = {value.value}({value.level_name},{value.role},{value.status},"
            f"{value.effective_from} 起){value.source}" + (f"“{value.quote}”" if value.quote else "")
        )
