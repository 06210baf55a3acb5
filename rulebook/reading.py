"""From folders of YAML to the law of each jurisdiction. Nothing is guessed; every problem is kept with its place.

A folder whose name begins with a division code is that jurisdiction's, wherever it lies; later roots add to earlier.
`audit.yaml` beside these folders is every province's, as far as its own says nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from contracts.codes import AuditRule, Benefit, Code, FundLevel
from contracts.funding import FundingShares
from contracts.policy import AuditSetting
from contracts.strict_yaml import Document, Problem, check, check_part, read
from contracts.strict_yaml import Key as At
from rulebook.conditions import Tree, read_tree
from rulebook.forms import (
    AuditForm,
    Citation,
    ConditionsForm,
    FundingForm,
    FundingSharesForm,
    InteractionsForm,
    JurisdictionForm,
    KnownFindingsForm,
    ListForm,
    Paper,
    ParameterForm,
    ProvisionsForm,
    Strict,
)
from rulebook.heads import JURISDICTION
from rulebook.keys import DIMENSIONS, Key, read_key
from rulebook.law import Conditions, Funding, Item, Jurisdiction, Known, Pair, Source, Unset, Value, Where
from rulebook.parameters import UNITS, Declared, declared, read_figure, read_fraction

Form = TypeVar("Form", bound=Strict)
FOLDER = re.compile(r"^(\d{6})(_.+)?$")
INTERACTIONS, LIST = "interactions.yaml", "list.yaml"
KNOWN = "known.yaml"
AUDIT = "audit.yaml"
FUNDING = "funding.yaml"


@dataclass
class Reading:
    """What was read: jurisdictions by code, and everything that is wrong."""

    jurisdictions: dict[str, Jurisdiction] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class _File:
    """One file as read and judged, and the documents it may cite."""

    document: Document
    form: Strict
    papers: Mapping[str, Paper]
    problems: list[Problem]

    def where(self, *key: str | int) -> Where:
        return Where(self.document.file, *self.document.place_of(key))

    def wrong(self, key: At, what: str) -> None:
        self.problems.append(self.document.problem(key, what))

    def source(self, citation: Citation, *key: str | int) -> Source:
        paper = self.papers.get(citation.document)
        if paper is None:
            known = "、".join(sorted(self.papers)) or "(无)"
            self.wrong((*key, "document"), f"documents 中没有 {citation.document},现有:{known}")
            paper = Paper(title=citation.document, number="?")
        return Source(paper.title, paper.number, citation.clause, citation.quote, citation.note)

    def cited(self, written: object, key: At) -> str:
        """A source that stands inside a condition, for an officer to read; empty, with a problem, where it is none."""
        citation, wrong = check_part(Citation, self.document, key, written)
        self.problems.extend(wrong)
        return self.source(citation, *key).told if citation else ""


def read_law(texts: Iterable[tuple[Path, str, str]]) -> Reading:
    """Read (path below its root, name for problems, text) of every file."""
    reading = Reading()
    folders: dict[str, list[tuple[Path, str, str]]] = {}
    shared: dict[AuditRule, AuditSetting] = {}
    for path, name, text in texts:
        found = FOLDER.match(path.parent.name)
        if found:
            folders.setdefault(found[1], []).append((path, name, text))
        elif path == Path(AUDIT):
            shared |= _shared_audit(name, text, reading.problems)
        else:
            reading.problems.append(Problem(name, 1, 1, "文件应放在以行政区划代码开头的文件夹里,如 410721_新乡县/"))
    for code, files in sorted(folders.items()):
        _read_jurisdiction(code, files, reading)
    for province in (place for place in reading.jurisdictions.values() if place.parent is None):
        province.audit = shared | province.audit
    return reading


MODELS: Mapping[str, type[Strict]] = {
    JURISDICTION: JurisdictionForm,
    INTERACTIONS: InteractionsForm,
    LIST: ListForm,
    KNOWN: KnownFindingsForm,
    AUDIT: AuditForm,
    FUNDING: FundingSharesForm,
}


def _read_jurisdiction(code: str, files: list[tuple[Path, str, str]], reading: Reading) -> None:
    problems = reading.problems
    judged: list[tuple[Path, _File]] = []
    papers: dict[str, Paper] = {}
    for path, name, text in files:
        document = read(text, name)
        form, wrong = check(MODELS.get(path.name, ProvisionsForm), document)
        problems += wrong
        if form is not None:
            judged.append((path, _File(document, form, papers, problems)))
            _gather_papers(judged[-1][1], papers)
    heads = [file for path, file in judged if path.name == JURISDICTION]
    if not heads:
        if not any(path.name == JURISDICTION for path, _, _ in files):
            problems.append(Problem(files[0][1], 1, 1, f"{code} 没有 {JURISDICTION};新的地区要先写明代码、名称与上级"))
        return
    for second in heads[1:]:
        second.wrong((), f"{code} 已由 {heads[0].document.file} 定义,不能再定义")
    jurisdiction = _head(code, heads[0])
    reading.jurisdictions[code] = jurisdiction
    for path, file in judged:
        match file.form:
            case ProvisionsForm() as form:
                _read_provisions(path, file, form, jurisdiction)
            case InteractionsForm() as form:
                jurisdiction.pairs += _pairs(file, form, jurisdiction)
            case KnownFindingsForm() as form:
                jurisdiction.known += _known(file, form)
            case AuditForm() as form:
                jurisdiction.audit |= _audit(file, form)
            case FundingSharesForm() as form:
                jurisdiction.funding += _funding(file, form)
            case ListForm() as form:
                jurisdiction.items = list(_items(file, form))  # a home's own list stands for the shipped one


def _shared_audit(name: str, text: str, problems: list[Problem]) -> dict[AuditRule, AuditSetting]:
    document = read(text, name)
    form, wrong = check(AuditForm, document)
    problems += wrong
    return _audit(_File(document, form, form.documents, problems), form) if form else {}


def _audit(file: _File, form: AuditForm) -> dict[AuditRule, AuditSetting]:
    common = file.source(form.source, "source")
    return {
        rule: AuditSetting(
            rule,
            said.blocks,
            said.limit,
            str(file.source(said.source, "rules", rule.value, "source") if said.source else common),
        )
        for rule, said in form.rules.items()
    }


def _gather_papers(file: _File, papers: dict[str, Paper]) -> None:
    for name, paper in getattr(file.form, "documents", {}).items():
        if name in papers:
            file.wrong(("documents", name), f"文件 {name} 在本地区已经登记过,请另取名")
        papers[name] = paper


def _head(code: str, file: _File) -> Jurisdiction:
    form = file.form
    assert isinstance(form, JurisdictionForm)
    if form.code != code:
        file.wrong(("code",), f"code {form.code} 与文件夹 {code} 不一致")
    return Jurisdiction(code, form.name, form.level, form.parent, form.is_paying, file.where())


def _read_provisions(path: Path, file: _File, form: ProvisionsForm, jurisdiction: Jurisdiction) -> None:
    if form.benefit is not None and path.stem != form.benefit:
        file.wrong(("benefit",), f"benefit {form.benefit} 应与文件名 {path.stem} 相同")
    if form.benefit is not None and form.conditions is not None:
        jurisdiction.conditions.append(_conditions(file, form.benefit, form.conditions))
    for name, parameter in form.parameters.items():
        values, unset = _parameter(file, name, parameter, jurisdiction)
        jurisdiction.values += values
        jurisdiction.unset += unset


def _conditions(file: _File, benefit: Benefit, form: ConditionsForm) -> Conditions:
    at: At = ("conditions", "when")
    tree = None
    if form.when is not None:
        tree = read_tree(form.when, at, file.cited)
        for key, what in tree.problems:
            file.wrong(key, what)
    source = file.source(form.source, "conditions", "source")
    places = {key: Where(file.document.file, *place) for key, place in file.document.places.items() if key[:2] == at}
    return Conditions(benefit, tree, form.begins_on, source, file.where("conditions"), places)


def _parameter(
    file: _File, name: str, form: ParameterForm, jurisdiction: Jurisdiction
) -> tuple[list[Value], list[Unset]]:
    at: At = ("parameters", name)
    known = declared(name)
    by = form.by if form.by is not None else (known.by if known else ())
    if not _is_sound(file, at, form, known, by):
        return [], []
    label = form.label or (known.label if known else name)
    values = list(_values(file, at, name, label, form, known, by, jurisdiction))
    unset = [
        Unset(
            name, by, key, file.source(said.source, *at, "not_set", place, "source"), file.where(*at, "not_set", place)
        )
        for place, said in enumerate(form.not_set)
        for key in _keys(file, (*at, "not_set", place), said.keys or ("",), by)
    ]
    return values, unset


def _is_sound(file: _File, at: At, form: ParameterForm, known: Declared | None, by: tuple[str, ...]) -> bool:
    wrong = [
        *([("unit", f"不认识的单位 {form.unit},可用:{'、'.join(UNITS)}")] if form.unit not in UNITS else []),
        *(
            [("unit", f"单位应为 {' 或 '.join(known.units)}")]
            if known and form.unit in UNITS and form.unit not in known.units
            else []
        ),
        *(("by", f"不认识的分档 {name},可用:{'、'.join(DIMENSIONS)}") for name in by if name not in DIMENSIONS),
    ]
    for part, what in wrong:
        file.wrong((*at, part), what)
    return not wrong


def _keys(file: _File, at: At, texts: Iterable[str], by: tuple[str, ...]) -> Iterator[Key]:
    for text in texts:
        try:
            yield read_key(text, by)
        except ValueError as wrong:
            file.wrong(at, str(wrong))


def _values(
    file: _File,
    at: At,
    name: str,
    label: str,
    form: ParameterForm,
    known: Declared | None,
    by: tuple[str, ...],
    jurisdiction: Jurisdiction,
) -> Iterator[Value]:
    codes: type[Code] | None = known.codes if known else None
    for place, entry in enumerate(form.entries):
        here: At = (*at, "entries", place)
        source = file.source(entry.source, *here, "source")
        for text_key, text in (entry.values or {"": entry.value}).items():
            there: At = (*here, "values", text_key) if entry.values else (*here, "value")
            try:
                key = read_key(text_key, by)
                figure = None if text is None else read_figure(text, form.unit, codes)
            except ValueError as wrong:
                file.wrong(there, str(wrong))
                continue
            if text is None and not (known and known.may_end):
                file.wrong(there, "此项不能为 null(只有待遇标准可以取消)")
                continue
            yield Value(
                name, label, by, key, text, figure, form.unit, entry.effective_from, entry.issued_on, entry.role,
                entry.status, jurisdiction.code, jurisdiction.name, source, file.where(*there),
            )  # fmt: skip


def _pairs(file: _File, form: InteractionsForm, jurisdiction: Jurisdiction) -> Iterator[Pair]:
    seen: dict[tuple[object, ...], int] = {}
    for place, pair in enumerate(form.pairs):
        source = file.source(pair.source, "pairs", place, "source")
        for other in pair.with_:
            decided = (frozenset((pair.benefit, other)), pair.effective_from, pair.issued_on)
            if decided in seen:
                file.wrong(
                    ("pairs", place),
                    f"{pair.benefit} + {other} 已在第 {seen[decided] + 1} 条规定过;请只留一条,或写明 effective_from",
                )
            seen.setdefault(decided, place)
            yield Pair(pair.benefit, other, pair, jurisdiction.code, source, file.where("pairs", place))


def _funding(file: _File, form: FundingSharesForm) -> Iterator[Funding]:
    seen: dict[tuple[object, ...], int] = {}
    for place, said in enumerate(form.funding):
        at: At = ("funding", place)
        source = str(file.source(said.source, *at, "source"))
        shares = _shares(file, said, at)
        for benefit in said.benefits:
            decided = (benefit, said.effective_from, said.issued_on)
            if decided in seen:
                file.wrong(
                    at, f"{benefit} 同日起、同日发布的分担已在第 {seen[decided] + 1} 条写过;请只留一条或改正日期"
                )
            seen.setdefault(decided, place)
            told = FundingShares(benefit, shares, said.status, source)
            yield Funding(told, said.effective_from, said.issued_on, file.where(*at))


def _shares(file: _File, said: FundingForm, at: At) -> dict[FundLevel, Fraction]:
    """The shares, from the highest level; a problem where one is no share, or they are not the whole together."""
    shares: dict[FundLevel, Fraction] = {}
    for level in FundLevel:
        if level in said.shares:
            try:
                shares[level] = read_fraction(said.shares[level])
            except ValueError as wrong:
                file.wrong((*at, "shares", level.value), str(wrong))
                return {}
    if sum(shares.values()) != 1:
        file.wrong((*at, "shares"), f"各级分担合计 {sum(shares.values())},应正好为 1")
    return shares


def _known(file: _File, form: KnownFindingsForm) -> Iterator[Known]:
    for place, known in enumerate(form.known):
        at: At = ("known", place)
        tree = _tree_of_words(file, known.when, (*at, "when")) if known.when is not None else None
        source = file.source(known.source, *at, "source")
        yield Known(known.finding, known.about, tree, source, file.where(*at))


def _tree_of_words(file: _File, written: object, at: At) -> Tree:
    """A condition of numbers and words alone."""
    tree = read_tree(written, at, file.cited)
    for key, what in tree.problems:
        file.wrong(key, what)
    if tree.uses:
        file.wrong(at, "此处的条件只用数字与词,不用 $参数")
    return tree


def _items(file: _File, form: ListForm) -> Iterator[Item]:
    seen: set[str] = set()
    for place, item in enumerate(form.items):
        at: At = ("items", place)
        if item.no in seen:
            file.wrong((*at, "no"), f"序号 {item.no} 重复")
        seen.add(item.no)
        tree = _tree_of_words(file, item.when, (*at, "when")) if item.when is not None else None
        yield Item(
            item.no, item.id, item.name, item.kind, item.who, item.standard, item.period, item.funding, item.lead,
            item.benefits, tree, item.missing, form.status, form.title, file.source(item.source, *at, "source"),
            file.where(*at),
        )  # fmt: skip
