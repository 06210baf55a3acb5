"""`disburse explain`: one person's benefit month to the clause and the fen."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from cli.options import MonthType, county_option, json_option, print_json
from contracts.errors import InputError
from contracts.settings import Home

if TYPE_CHECKING:
    from reports.explain import BenefitProof, Proof


@click.command()
@click.argument("person_id", metavar="身份证号")
@county_option
@click.option("--month", "benefit_month", required=True, type=MonthType(), help="所属月")
@click.option("--run", "pay_month", type=MonthType(), help="按哪个发放月所知来说明(默认最近一次)")
@json_option
@click.pass_obj
def explain(
    home: Home, person_id: str, county: str, benefit_month: date, pay_month: date | None, as_json: bool
) -> None:
    """说明一个人一个月的每一分钱:情形、名册行、条款、标准、择高、入账与文件行。

    Explain one person's benefit month: facts, register rows, clauses, rates, choose-higher, postings and file rows.
    """
    import rulebook
    from ledger import people
    from month.month import opened_month
    from reports.explain import explain as proof_of
    from rulebook.telling import in_force

    with opened_month(home, county, pay_month) as month:
        with month.book.reading() as conn:
            person_no = people.counted_no_of(conn, county, person_id)
        if person_no is None:
            raise InputError("从未收到过这个身份证号", "请核对号码", county)
        if benefit_month not in month.manifest.computed_months():
            raise InputError(f"{benefit_month:%Y-%m} 不在该次运行计算的月份之内", "请另选 --month 或 --run", county)
        law = rulebook.load_kept(month.home.store, month.manifest.pack_digest)
        told = in_force(law.chain_of(county), benefit_month, month.manifest.known_on)
        proof = proof_of(month.book, person_no, benefit_month, month.rules, month.scope, month.registers, told)
    if as_json:
        print_json(proof.as_dict())
    else:
        _show(proof)


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
    for line in benefit.booked:
        click.echo(f"  账:{line}")
