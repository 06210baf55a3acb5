"""What one file cannot know: names, keys, gaps, overlaps and pairs, over a county with everything above it.

Every check yields problems with file and line, what is wrong, and what to do about it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, product

from contracts.codes import Benefit, Enrolment, Role
from contracts.policy import AllOf, Compare, Condition, Parameter, leaves
from contracts.strict_yaml import Problem
from contracts.vocabulary import WORDS, WordKind
from rulebook.cells import may_qualify
from rulebook.chain import EVER, NUMBERS, Chain
from rulebook.forms import Level
from rulebook.keys import DIMENSIONS, GREATEST_AGE, Cell
from rulebook.law import Conditions, Jurisdiction, Value, Where
from rulebook.parameters import (
    ALL,
    BENCHMARK,
    BENCHMARK_GRADE,
    DIBAO,
    EVERY_BENEFIT,
    OF_ALL,
    STANDARDS,
    TEKUN,
    TIER,
    UNITS,
    WAGE,
    Kind,
    belongs_to,
    declared,
)

ABOVE: Mapping[Level, Level | None] = {Level.PROVINCE: None, Level.CITY: Level.PROVINCE, Level.COUNTY: Level.CITY}


def of_tree(jurisdictions: Mapping[str, Jurisdiction]) -> Iterator[Problem]:
    """Each level hangs under one of the level above it, and only counties pay."""
    for place in jurisdictions.values():
        above = ABOVE[place.level]
        parent = jurisdictions.get(place.parent or "")
        if above is None and place.parent is not None:
            yield place.where.problem(f"省级不写 parent(现为 {place.parent})")
        if above is not None and (parent is None or parent.level is not above):
            yield place.where.problem(f"parent {place.parent} 应是已有的上级({above.value})")
        if place.is_paying and place.level is not Level.COUNTY:
            yield place.where.problem("只有县级发放(is_paying)")


def of_names(jurisdictions: Iterable[Jurisdiction]) -> Iterator[Problem]:
    """Every parameter is one the calculators know, or one that some condition asks for, in the unit it needs."""
    places = list(jurisdictions)
    asked = _asked_for(places)
    known = {*STANDARDS, *TEKUN, *(f"{ALL}.{suffix}" for suffix in OF_ALL), *asked}
    known |= {f"{benefit}.{suffix}" for benefit in Benefit for suffix in ("amount", *OF_ALL)}
    for place in places:
        for parameter, where in _named(place):
            if declared(parameter) is None and parameter not in asked:
                near = difflib.get_close_matches(parameter, sorted(known), n=1)
                advice = f",是否应为 {near[0]}" if near else ",没有任何条件(when)用到它"
                yield where.problem(f"不认识的参数 {parameter}{advice}")
        for value in place.values:
            kind = asked.get(value.parameter)
            if kind is not None and UNITS[value.unit][0] is not kind:
                yield value.where.problem(f"{value.parameter} 在条件中按 {kind.value} 使用,单位 {value.unit} 不符")


def _named(place: Jurisdiction) -> list[tuple[str, Where]]:
    """Every parameter a jurisdiction names, and where."""
    values = [(value.parameter, value.where) for value in place.values]
    return [*values, *((said.parameter, said.where) for said in place.unset)]


def _asked_for(places: Iterable[Jurisdiction]) -> dict[str, Kind]:
    return {
        f"{conditions.benefit}.{name}": kind
        for place in places
        for conditions in place.conditions
        if conditions.tree is not None
        for name, kind in conditions.tree.uses.items()
    }


def of_overlaps(place: Jurisdiction) -> Iterator[Problem]:
    """On one level no two values of the same start and issue say something for the same person."""
    together: dict[tuple[str, Role | None, date, date], list[Value]] = {}
    for value in place.values:
        bound = None if value.role in NUMBERS else value.role
        together.setdefault((value.parameter, bound, value.effective_from, value.issued_on), []).append(value)
    for values in together.values():
        for first, second in combinations(values, 2):
            if first.by == second.by and first.key.meets(second.key):
                yield second.where.problem(
                    f"{second.name}({second.written})与 {first.where} 的 {first.name}({first.written})重叠,"
                    f"都是 {second.effective_from} 起、{second.issued_on} 发布;请只留一条或改正日期"
                )


def of_interactions(place: Jurisdiction) -> Iterator[Problem]:
    """Statuses are yes/no words."""
    for pair in place.pairs:
        word = WORDS.get(pair.form.excluded_by)
        if pair.form.excluded_by and (word is None or word.kind is not WordKind.YES_NO):
            yield pair.where.problem(f"excluded_by {pair.form.excluded_by} 应是是/否类的词,如 tekun")


def of_county(chain: Chain) -> Iterator[Problem]:
    """Everything that must be decided before a county can pay."""
    county = chain.levels[0]
    if not chain.conditions:
        yield county.where.problem(f"{county.name} 发放(is_paying),但没有任何项目的条件(conditions)")
    yield from _keys_agree(chain)
    for benefit, (with_tree, named) in chain.conditions.items():
        yield from _parameters_are_decided(chain, benefit, with_tree, named)
        yield from _codes_are_known(chain, with_tree)
        yield from _one_age_per_benefit(chain, benefit, named)
        yield from _not_before_it_exists(chain, benefit, with_tree)
        yield from _no_money_gap(chain, benefit, with_tree, named)
    yield from _benchmarks_exist(chain)
    yield from _pairs_are_decided(chain)


def _keys_agree(chain: Chain) -> Iterator[Problem]:
    for rows in chain.values.values():
        values = [value for level in reversed(rows) for value in level]
        others = {value.by: value for value in reversed(values) if value.by != values[0].by}
        for value in others.values():
            yield value.where.problem(
                f"{value.parameter} 按 {'、'.join(value.by) or '(无)'} 分档({value.source}),"
                f"{values[0].where} 按 {'、'.join(values[0].by) or '(无)'} 分档({values[0].source});各级须一致"
            )


def _one_age_per_benefit(chain: Chain, benefit: Benefit, named: Conditions) -> Iterator[Problem]:
    columns = [
        column
        for dimension in {
            name for parameter in chain.values if belongs_to(parameter) is benefit for name in chain.by(parameter)
        }
        for column in DIMENSIONS[dimension].columns
    ]
    if len(columns) != len(set(columns)):
        yield named.where.problem(f"{benefit} 同时按 age 与 age_after_birthday 分档,只能用一种")


def _parameters_are_decided(
    chain: Chain, benefit: Benefit, with_tree: Conditions, named: Conditions
) -> Iterator[Problem]:
    assert with_tree.tree is not None
    needed = [*EVERY_BENEFIT, *(name for name in with_tree.tree.uses if name not in EVERY_BENEFIT)]
    for suffix in needed:
        values = chain.values_of(benefit, suffix)
        begins_on = _needed_from(chain, benefit, suffix, with_tree.begins_on or EVER)
        if begins_on is None:
            continue
        if not values:
            yield _place(chain, named).problem(
                f"{chain.levels[0].name}:{benefit}.{suffix} 没有任何一级作出规定,"
                f"{benefit.label}不能载入;请写明此值及依据"
            )
        elif (first := min(value.effective_from for value in values)) > begins_on > EVER:
            yield values[0].where.problem(
                f"{benefit}.{suffix} 自 {first} 才有规定,"
                f"{benefit.label}自 {begins_on} 就要用到,其间为空白;请补上更早的值"
            )


def _place(chain: Chain, named: Conditions) -> Where:
    """Where a county has to write what is missing: its own conditions, or else its jurisdiction.yaml."""
    county = chain.levels[0]
    return named.where if named in county.conditions else county.where


def _needed_from(chain: Chain, benefit: Benefit, suffix: str, begins_on: date) -> date | None:
    """From when on a parameter is needed: a start rule only once the benefit is claimed."""
    if suffix != "start_rule":
        return begins_on
    claimed = [value for value in chain.values_of(benefit, "enrolment") if value.figure == Enrolment.CLAIM]
    return max(begins_on, min(value.effective_from for value in claimed)) if claimed else None


def _codes_are_known(chain: Chain, with_tree: Conditions) -> Iterator[Problem]:
    assert with_tree.tree is not None
    for name, codes in with_tree.tree.codes.items():
        for level in chain.values.get(f"{with_tree.benefit}.{name}", ()):
            for value in level:
                if value.text not in codes:
                    yield value.where.problem(
                        f"{value.parameter} 的值 {value.text} 在 {with_tree.where} 的条件中没有用到,应为 "
                        + "、".join(sorted(codes))
                    )


def _not_before_it_exists(chain: Chain, benefit: Benefit, with_tree: Conditions) -> Iterator[Problem]:
    for name, rows in chain.values.items():
        if belongs_to(name) is not benefit or with_tree.begins_on is None:
            continue
        for value in (value for level in rows for value in level):
            if value.effective_from < with_tree.begins_on:
                yield value.where.problem(
                    f"{value.name} 自 {value.effective_from} 起({value.source}),早于{benefit.label}设立的 "
                    f"{with_tree.begins_on}({with_tree.where},{with_tree.source});请核对日期"
                )


def _no_money_gap(chain: Chain, benefit: Benefit, with_tree: Conditions, named: Conditions) -> Iterator[Problem]:
    for alternatives in _money_needed(benefit):
        by = tuple(dict.fromkeys(name for parameter in alternatives for name in chain.by(parameter)))
        domains = [_cells_that_matter(chain, with_tree, name) for name in by]
        places = [dict(zip(by, cells, strict=True)) for cells in product(*domains)]
        silent = [place for place in places if not any(_is_spoken_of(chain, each, place) for each in alternatives)]
        if silent:
            yield _place(chain, named).problem(
                f"{chain.levels[0].name}:{' 或 '.join(alternatives)}{_cells_text(silent)}既没有值,"
                "也没有写明未设定(not_set);请补上其一"
            )


def _money_needed(benefit: Benefit) -> list[tuple[str, ...]]:
    """Parameters of which one must speak of every cell."""
    match benefit:
        case Benefit.TEKUN_LIVING:
            return [("tekun_living.amount", "tekun_living.ratio"), ("tekun_living.amount", DIBAO)]
        case Benefit.TEKUN_CARE:
            return [("tekun_care.amount", "tekun_care.ratio", BENCHMARK), (TIER,), (WAGE,)]
        case _:
            return [(f"{benefit}.amount",)]


def _is_spoken_of(chain: Chain, parameter: str, place: Mapping[str, Cell]) -> bool:
    cells = tuple(place.get(name) for name in chain.by(parameter))
    values = [value.key for level in chain.values.get(parameter, ()) for value in level]
    unset = [said.key for said in chain.unset.get(parameter, ())]
    return any(key.holds(cells) for key in (*values, *unset))


def _cells_text(places: Sequence[Mapping[str, Cell]]) -> str:
    """Which cells, to stand after a parameter's name: of the first, every cell of its last dimension."""
    first = places[0]
    last = [*first][-1:]
    alike = [place for place in places if all(place[name] == first[name] for name in first if name not in last)]
    cells = "、".join(
        f"{DIMENSIONS[name].label} {DIMENSIONS[name].written(place[name] for place in alike)}" for name in first
    )
    return f" 对{cells}" if cells else " "


def _cells_that_matter(chain: Chain, with_tree: Conditions, dimension: str) -> Sequence[Cell]:
    """Ages that can qualify, tiers the county has, and every cell of other dimensions."""
    if dimension == "age":
        return _ages(chain, with_tree)
    if dimension == "age_after_birthday":
        assert with_tree.tree is not None
        return [
            (age, is_first)
            for age in _ages(chain, with_tree)
            for is_first in (False, True)
            if may_qualify(with_tree.tree.condition, _of_age(chain, with_tree, age, is_first))
        ]
    if dimension == "tier":
        tiers = {value.text for level in chain.values.get(TIER, ()) for value in level}
        return [tier for tier in DIMENSIONS[dimension].domain if tier in tiers]
    return DIMENSIONS[dimension].domain


def _of_age(chain: Chain, with_tree: Conditions, age: int, has_birthday: bool) -> dict[str, object]:
    """What is known of somebody of an age, with the least of each lower bound of age; everything else is unknown."""
    assert with_tree.tree is not None
    on_age = (leaf for leaf in leaves(with_tree.tree.condition) if isinstance(leaf, Compare) and leaf.word == "age")
    bounds = [leaf.at_least for leaf in on_age]
    return {
        "age_years": age,
        "has_birthday": has_birthday,
        **{
            f"p_{bound.name}": min(figures)
            for bound in bounds
            if isinstance(bound, Parameter) and (figures := _figures(chain, with_tree.benefit, bound))
        },
    }


def _ages(chain: Chain, with_tree: Conditions) -> tuple[int, ...]:
    """The ages that the outermost conditions on age let through."""
    assert with_tree.tree is not None
    first, last = 0, GREATEST_AGE
    for bound in _outer_ages(with_tree.tree.condition):
        if bound.at_least is not None:
            first = max(first, min(_figures(chain, with_tree.benefit, bound.at_least), default=0))
        if bound.at_most is not None:
            last = min(last, max(_figures(chain, with_tree.benefit, bound.at_most), default=GREATEST_AGE))
        if bound.below is not None:
            last = min(last, max(_figures(chain, with_tree.benefit, bound.below), default=GREATEST_AGE + 1) - 1)
    return tuple(range(first, last + 1))


def _outer_ages(tree: Condition) -> Iterator[Compare]:
    match tree:
        case AllOf(conditions=conditions):
            for condition in conditions:
                yield from _outer_ages(condition)
        case Compare(word="age"):
            yield tree


def _figures(chain: Chain, benefit: Benefit, bound: int | Parameter) -> list[int]:
    if isinstance(bound, int):
        return [bound]
    return [value.figure for value in chain.values_of(benefit, bound.name) if isinstance(value.figure, int)]


def _benchmarks_exist(chain: Chain) -> Iterator[Problem]:
    for level in chain.values.get(BENCHMARK, ()):
        for value in level:
            named = value.text or ""
            if value.text is not None and named not in chain.values and named not in chain.unset:
                yield value.where.problem(
                    f"参照的 {named} 在本地没有规定,应为某项目的 amount,如 disability_care_subsidy.amount"
                )
            elif value.text is not None and "grade" in chain.by(named) and BENCHMARK_GRADE not in chain.values:
                yield value.where.problem(f"参照的 {named} 按残疾等级分档,请写明按哪一级({BENCHMARK_GRADE})")


def _pairs_are_decided(chain: Chain) -> Iterator[Problem]:
    groups: dict[Benefit, set[str]] = {}
    for first, second in combinations(chain.conditions, 2):
        pair = chain.pair(first, second, date.max, date.max)
        earliest = [
            found.form.effective_from or EVER
            for level in chain.levels
            for found in level.pairs
            if found.key == {first, second}
        ]
        if pair is None:
            yield _place(chain, chain.conditions[second][1]).problem(
                f"{chain.levels[0].name}:{first.label}与{second.label}({first} + {second})能否兼领没有规定;"
                "请在 interactions.yaml 中写明 stack、exclude 或 choose_higher 及依据"
            )
            continue
        if min(earliest) > EVER:
            yield pair.where.problem(f"{first} + {second} 在 {min(earliest)} 之前没有规定;请先写一条不带日期的规定")
        if pair.form.group:
            for benefit in pair.key:
                groups.setdefault(benefit, set()).add(pair.form.group)
        for parameter, keys in pair.form.until_set.items():
            yield from _must_be_restated(chain, first, second, parameter, keys)
    for benefit, found in groups.items():
        if len(found) > 1:
            yield chain.conditions[benefit][1].where.problem(f"{benefit} 同时在两个择高组:{'、'.join(sorted(found))}")


def _must_be_restated(
    chain: Chain, first: Benefit, second: Benefit, parameter: str, keys: tuple[str, ...]
) -> Iterator[Problem]:
    for value in (value for level in chain.values.get(parameter, ()) for value in level):
        if value.key.text in keys:
            yield value.where.problem(
                f"载入 {parameter} {value.key.text} 须同时重申 {first} 与 {second} 能否兼领;"
                "请在同一文件夹的 interactions.yaml 中写明(不再写 until_set)"
            )
