"""The decision table of a county as a page: who draws how much of each benefit, in the fewest rows, with the clause.

`python -m reports.decision_table docs` writes docs/law/<county>-table.md for every county of the shipped law: the law
of the last month in which anything changes, as known once everything loaded is known. `disburse policies table` gives
the same of a home's own law, of any month.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import polars as pl

import rulebook
from contracts.codes import Benefit, Outcome, UnsetReason
from contracts.files import write_whole
from contracts.money import yuan_label
from contracts.months import month_text
from contracts.situations import AXES
from reports.merging import Box, fewest
from reports.pay_rhythm import rhythms
from reports.proof_told import RELATIONS
from reports.situations import PLACES, Situations, tabulate
from rulebook.chain import Chain
from rulebook.lawbook import LawBook
from rulebook.parameters import DIBAO, belongs_to
from rulebook.places import ValuesOf, months_of_change

GENERATED = "由 `policies/` 生成,请勿手改:`python -m reports.decision_table docs`。Generated; a test keeps it current."
USUAL = ("alive", "registered")
Answer = tuple[str, str]  # what is paid, and on what


def tables(law: LawBook) -> dict[Path, str]:
    """Every page by its path below docs/."""
    return {
        Path("law") / f"{county}-table.md": county_table(
            law, county, months_of_change(law.chain_of(county))[-1], date.max, GENERATED
        )
        for county in law.counties()
    }


def county_table(law: LawBook, county: str, month: date, known_on: date, said: str) -> str:
    """The decision table of one county, of a month as known on a day; `said`: what the page says of itself.

    PolicyError where the county has no law in that month.
    """
    chain = law.chain_of(county)
    rules = law.resolve(county, [month], known_on)
    found = tabulate(rules)
    values = ValuesOf(chain, rules)
    head = [
        f"# {rules.county_name} {county} 判定表",
        "",
        said,
        "",
        f"{month_text(month)} 起的规定。每行是一类人;没有列出的人没有这一项;空格表示不论。",
        "各行都须本县户籍、当月在世或当月去世。",
        f"共 {found.table.situations.height:,} 种情形({found.count:,} 种事实组合),",
        "由发放所用的程序逐一算出,合并成最少的行。",
        "",
    ]
    head += [line for rhythm in rhythms(rules, month) for line in (f"{rhythm}。", "")]
    sections = [line for benefit in rules.benefits for line in _section(chain, found, values, benefit)]
    return "\n".join([*head, *sections])


def write_table(page: str, target: Path) -> None:
    """Write a page, whole or not at all."""
    write_whole(target, page.encode())


def _section(chain: Chain, found: Situations, values: ValuesOf, benefit: Benefit) -> Iterator[str]:
    _, named = chain.conditions[benefit]
    yield f"## {benefit.label}"
    yield ""
    yield f"条件:{named.source}"
    yield ""
    rows = list(_rows(chain, found, values, benefit))
    if not rows:
        yield "没有人符合条件。"
        yield ""
        return
    axes = [
        place
        for place, axis in enumerate(AXES)
        if axis not in USUAL and any(found.said(axis, box[place]) for box, _ in rows)
    ]
    titles = [*(list(AXES.values())[place].label for place in axes), "每月", "依据"]
    yield from _table(titles, ([*(_cell(found, box, place) for place in axes), *answer] for box, answer in rows))
    yield ""
    for line in _beside(chain, found, benefit):
        yield line
        yield ""


def _cell(found: Situations, box: Box, place: int) -> str:
    return found.said(list(AXES)[place], box[place])


def _rows(chain: Chain, found: Situations, values: ValuesOf, benefit: Benefit) -> Iterator[tuple[Box, Answer]]:
    """Boxes of situations and what the benefit comes to there, among people who are usual."""
    usual = found.table.situations.filter("is_alive", "is_registered")
    own = found.table.entitled.filter(pl.col("benefit") == benefit)
    answered = usual.join(own, on="person_no", how="left").select(
        *PLACES, "rate_id", "would_be_fen", "unset_code", "is_excluded"
    )
    others = (_excluding(chain, found, benefit), _not_set(chain, benefit))
    points = {row[: len(PLACES)]: _answer(values, others, *row[len(PLACES) :]) for row in answered.iter_rows()}
    for box, answer in fewest(points):
        assert isinstance(answer, tuple)
        yield box, answer


def _excluding(chain: Chain, found: Situations, benefit: Benefit) -> str:
    """The clauses that shut people out of a benefit."""
    pairs = (chain.pair(other, benefit, found.rules.months[-1], date.max) for other in found.rules.benefits)
    return "、".join(dict.fromkeys(str(p.source) for p in pairs if p and p.form.excluded_by and p.second is benefit))


def _not_set(chain: Chain, benefit: Benefit) -> str:
    """The clauses that leave a benefit's standard open; where none says so, its conditions'."""
    rests_on = (DIBAO,) if benefit is Benefit.TEKUN_LIVING else ()
    said = [
        unset for name, told in chain.unset.items() if belongs_to(name) is benefit or name in rests_on for unset in told
    ]
    return "、".join(dict.fromkeys(str(unset.source) for unset in said)) or str(chain.conditions[benefit][1].source)


def _answer(
    values: ValuesOf,
    others: tuple[str, str],
    rate_id: str | None,
    would_be_fen: int | None,
    unset: str | None,
    is_excluded: bool | None,
) -> Answer | None:
    if rate_id is None:
        return None
    if is_excluded:
        return Outcome.EXCLUDED.label, others[0]
    clause = "、".join(dict.fromkeys(str(value.source) for value in values.amounts(rate_id)))
    if would_be_fen is None:
        why_unset = UnsetReason(unset or UnsetReason.NOT_SET)
        return Outcome.STANDARD_NOT_SET.label, others[1] if why_unset is UnsetReason.NOT_SET else clause
    return f"{yuan_label(would_be_fen)} 元", clause


def _beside(chain: Chain, found: Situations, benefit: Benefit) -> Iterator[str]:
    """What the table leaves to other registers and other benefits."""
    of_month = found.table.entitled.filter(pl.col("benefit") == benefit)
    if of_month["needs_claim"].any():
        yield "须申请:没有审批的申请,不发。"
    for other in found.rules.benefits:
        pair = chain.pair(benefit, other, found.rules.months[-1], date.max)
        if pair is None or pair.form.relation == "stack":
            continue
        tie = f",同额时{pair.form.tie.label}" if pair.form.tie else ""
        if pair.form.relation == "choose_higher" or pair.second is benefit:
            yield f"与{other.label}{RELATIONS[pair.form.relation]}{tie}:{pair.source}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    titles = list(head)
    for cells in (titles, ["---"] * len(titles), *map(list, rows)):
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def write(docs: Path) -> None:
    """Write the page of every county of the shipped law."""
    for path, text in tables(rulebook.load(rulebook.POLICIES)).items():
        (docs / path).write_text(text.rstrip("\n") + "\n", "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
