"""The law as pages for officials, written from the packs: `python -m rulebook.pages docs tests/cases`.

docs/benefits/<benefit>.md   who qualifies, every figure with its document, which worked cases show it
docs/law/<county>.md         the list item by item: what it says, what the program does, the test that proves it
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations
from pathlib import Path

import yaml

import rulebook
from contracts.codes import Benefit
from rulebook.chain import Chain
from rulebook.forms import ItemClass
from rulebook.law import Item, Value
from rulebook.lawbook import LawBook
from rulebook.printing import text_of
from rulebook.wording import Label, lines, sentence

GENERATED = (
    "由 `policies/` 生成,请勿手改:`python -m rulebook.pages docs tests/cases`。Generated; a test keeps it current."
)
LIST_TEST = "tests/rulebook/test_lists.py"
MONTH_TEST = "tests/rulebook/test_every_month.py"
KINDS = {
    ItemClass.MONTHLY_CASH: "按月现金",
    ItemClass.MONTHLY_CASH_ELSEWHERE: "按月现金(由其他系统核定)",
    ItemClass.OTHER_CASH: "其他现金",
    ItemClass.SERVICE: "服务",
    ItemClass.INSURANCE: "保险",
}
RELATIONS = {"stack": "可兼领", "exclude": "不兼领", "choose_higher": "择高"}
Cases = Mapping[str, Mapping[Benefit, list[str]]]  # county → benefit → ids of the cases that expect a row of it


def pages(law: LawBook, cases: Cases) -> dict[Path, str]:
    """Every page by its path below docs/."""
    benefits = {Path("benefits") / f"{benefit}.md": benefit_sheet(law, benefit, cases) for benefit in Benefit}
    counties = {Path("law") / f"{county}.md": county_page(law, county, cases) for county in law.counties()}
    return {**benefits, **counties, Path("law") / "README.md": _index(law)}


def read_cases(folder: Path) -> Cases:
    """Which worked cases expect a row of which benefit."""
    told: dict[str, dict[Benefit, list[str]]] = {}
    for file in sorted(folder.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text("utf-8")):
            of_county = told.setdefault(case["jurisdiction"], {})
            for benefit in sorted({row["benefit"] for row in case["expect"]}):
                of_county.setdefault(Benefit(benefit), []).append(case["id"])
    return told


def _index(law: LawBook) -> str:
    rows = (
        (f"[{law.name_of(county)}]({county}.md)", county, _above(law.chain_of(county))) for county in law.counties()
    )
    return "\n".join(["# 各地的法规 The law by county", "", GENERATED, "", *_table(("县", "代码", "上级"), rows), ""])


def _above(chain: Chain) -> str:
    return " → ".join(level.name for level in reversed(chain.levels[1:]))


# One benefit.


def benefit_sheet(law: LawBook, benefit: Benefit, cases: Cases) -> str:
    """Who qualifies, the figures and their documents, county by county."""
    parts = [f"# {benefit.label} `{benefit}`", "", GENERATED, ""]
    for county in law.counties():
        chain = law.chain_of(county)
        if benefit in chain.conditions:
            parts += _benefit_in(chain, benefit, cases.get(county, {}).get(benefit, []))
    return "\n".join(parts)


def _benefit_in(chain: Chain, benefit: Benefit, case_ids: list[str]) -> Iterator[str]:
    with_tree, named = chain.conditions[benefit]
    assert with_tree.tree is not None
    yield f"## {chain.levels[0].name}"
    yield ""
    yield f"依据:{named.source}{_quoted(named.source.quote, named.source.note)}"
    yield ""
    yield from lines(with_tree.tree.condition, _labels(chain, benefit))
    yield ""
    yield from _table(
        ("标准或参数", "档", "值", "自", "发布", "性质", "状态", "由谁定", "依据"),
        (_value_row(value) for value in _values_of(chain, benefit)),
    )
    yield ""
    unset = list(_unset_of(chain, benefit))
    yield from unset
    if unset:
        yield ""
    yield f"用例:{_linked_cases(chain, case_ids)}"
    yield ""


def _unset_of(chain: Chain, benefit: Benefit) -> Iterator[str]:
    for name in _parameters_of(chain, benefit):
        for said in chain.unset.get(name, ()):
            what = f"{chain.label_of(name)} {said.key.text}".rstrip()
            yield f"- 标准未设定:{what} — {said.source}{_quoted(said.source.quote, said.source.note)}"


def _linked_cases(chain: Chain, case_ids: list[str]) -> str:
    file = f"[tests/cases/{chain.levels[0].code}.yaml](../../tests/cases/{chain.levels[0].code}.yaml)"
    return f"{'、'.join(case_ids)}({file})" if case_ids else "(无)"


def _parameters_of(chain: Chain, benefit: Benefit) -> list[str]:
    """A benefit's own parameters, then the standards it rests on."""
    own = [name for name in (*chain.values, *chain.unset) if name.startswith(f"{benefit}.")]
    rests_on = {
        Benefit.TEKUN_LIVING: ["dibao.standard"],
        Benefit.TEKUN_CARE: ["minimum_wage.amount", "minimum_wage.tier"],
    }
    amounts_first = sorted(set(own), key=lambda name: (not name.endswith((".amount", ".ratio", ".benchmark")), name))
    return [*amounts_first, *rests_on.get(benefit, [])]


def _values_of(chain: Chain, benefit: Benefit) -> Iterator[Value]:
    for name in _parameters_of(chain, benefit):
        rows = [value for level in chain.values.get(name, ()) for value in level]
        yield from sorted(rows, key=lambda value: (value.effective_from, value.issued_on))


def _value_row(value: Value) -> tuple[str, ...]:
    return (
        value.label,
        value.key.text,
        text_of(value),
        str(value.effective_from),
        str(value.issued_on),
        value.role.label,
        value.status.label,
        value.level_name,
        f"{value.source}{_quoted(value.source.quote, value.source.note)}",
    )


def _quoted(quote: str, note: str) -> str:
    return (f":“{quote}”" if quote else "") + (f"({note})" if note else "")


def _labels(chain: Chain, benefit: Benefit) -> Label:
    return lambda name: chain.label_of(f"{benefit}.{name}")


# One county.


def county_page(law: LawBook, county: str, cases: Cases) -> str:
    """The list item by item, then who may draw what together."""
    chain = law.chain_of(county)
    head = [f"# {chain.levels[0].name} {county}", "", GENERATED, "", f"上级:{_above(chain)}", ""]
    return "\n".join([*head, *_list(chain, cases.get(county, {})), *_matrix(chain), ""])


def _list(chain: Chain, cases: Mapping[Benefit, list[str]]) -> Iterator[str]:
    level = next((level for level in chain.levels if level.items), None)
    if level is None:
        return
    title, status = level.items[0].list_title, level.items[0].status
    yield f"## 清单逐项对照 {title}"
    yield ""
    yield f"状态:{status.label}。“原文”摘自所引文件;“程序”说明本系统做什么;“证明”是跑得通的测试。"
    yield ""
    yield from _table(
        ("序号", "项目", "对象与标准", "原文", "牵头", "类别", "程序", "证明"),
        (_item_row(level.code, item, cases) for item in level.items),
    )
    yield ""


def _item_row(owner: str, item: Item, cases: Mapping[Benefit, list[str]]) -> tuple[str, ...]:
    does, proof = _does(owner, item, cases)
    return (
        item.no,
        f"{item.name} `{item.id}`",
        f"{item.who};{item.standard};{item.period}",
        f"{item.source.clause}{_quoted(item.source.quote, item.source.note)}",
        "、".join(item.lead),
        KINDS[item.kind],
        does,
        proof,
    )


def _does(owner: str, item: Item, cases: Mapping[Benefit, list[str]]) -> tuple[str, str]:
    """What the program does with an item, and the test that proves it."""
    if item.benefits:
        computed = [f"[{benefit.label}](../benefits/{benefit}.md)" for benefit in item.benefits]
        ids = sorted({case for benefit in item.benefits for case in cases.get(benefit, [])})
        proof = f"用例 {'、'.join(ids)}" if ids else f"`{MONTH_TEST}`"
        return f"按月计算并发放:{'、'.join(computed)}", proof
    who = f"名册可判断:{sentence(item.tree.condition, str)}" if item.tree else ""
    missing = f"名册中没有:{'、'.join(item.missing)}" if item.missing else ""
    return ";".join(part for part in (who, missing) if part), f"`{LIST_TEST}` {owner}-{item.no}"


def _matrix(chain: Chain) -> Iterator[str]:
    benefits = list(chain.conditions)
    pairs = {frozenset(pair): chain.pair(*pair, date.max, date.max) for pair in combinations(benefits, 2)}
    yield "## 兼领 Who may draw what together"
    yield ""
    yield from _table(
        ("", *(benefit.label for benefit in benefits)),
        (
            (
                first.label,
                *(
                    RELATIONS[pair.form.relation] if (pair := pairs.get(frozenset((first, second)))) else ""
                    for second in benefits
                ),
            )
            for first in benefits
        ),
    )
    yield ""
    yield from _table(
        ("项目", "项目", "关系", "依据"),
        (
            (
                pair.first.label,
                pair.second.label,
                _relation(pair.form.relation, pair.form.tie),
                f"{pair.source}{_quoted(pair.source.quote, pair.source.note)}",
            )
            for pair in pairs.values()
            if pair
        ),
    )
    yield ""
    yield "证明:`tests/rulebook/test_interactions.py`。"


def _relation(relation: str, tie: Benefit | None) -> str:
    return f"{RELATIONS[relation]},同额时 {tie.label}" if tie else RELATIONS[relation]


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    titles = list(head)
    for cells in (titles, ["---"] * len(titles), *map(list, rows)):
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def write(docs: Path, cases: Path) -> None:
    """Write every page of the shipped law."""
    for path, text in pages(rulebook.load(rulebook.POLICIES), read_cases(cases)).items():
        (docs / path).parent.mkdir(parents=True, exist_ok=True)
        (docs / path).write_text(text.rstrip("\n") + "\n", "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
